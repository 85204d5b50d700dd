"""Sites of which a log has no line, though it has of others of the same command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.known_names import devices_of, indices_of
from fwsim.messages import by_door, say
from fwsim.model.first_due import each_due, what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.gaps import shown_last
from fwsim.observations.observed import Observed

_MOST_NAMED = 3


@dataclass(frozen=True)
class WithoutALine:
    """Sites of which a log of a rollout has no line.

    Whether their part of the log is missing or nothing came there, no finished rollout tells.

    Parameters
    ----------
    sites
        Their names.
    devices
        How many devices are commanded there.
    elsewhere
        Another log that has lines of them from the same time; empty if none has.
    """

    sites: tuple[str, ...]
    devices: int
    elsewhere: str = ""

    @property
    def text(self) -> str:
        """What is to be said of them where inputs are learnt."""
        text = self.said("learn.sites_without_a_line")
        if not self.elsewhere:
            return text
        option = by_door("--together", "together=True")
        return say("learn.sites_in_another_log", text=text, other=self.elsewhere, option=option)

    def said(self, name: str, **more: str) -> str:
        """Return a sentence about them.

        Parameters
        ----------
        name
            Of the sentence.
        more
            What else it tells.
        """
        return say(name, sites=named_sites(self.sites), count=self.devices, **more)


def named_sites(sites: Sequence[str]) -> str:
    """Return the first of some sites, and how many more there are."""
    named = ", ".join(sites[:_MOST_NAMED])
    more = len(sites) - _MOST_NAMED
    return say("under_way.sites_more", sites=named, count=more) if more > 0 else named


def heard_of(observed: Observed, rollout: Rollout) -> NDArray[np.bool_]:
    """Return which devices a log has a line of, or its last exports show; shape (devices,).

    Parameters
    ----------
    observed
        The log.
    rollout
        Whose.
    """
    shown = sorted(shown_last(observed))
    told = devices_of(observed, rollout)[np.unique(observed.device.codes)]
    last = indices_of(shown, rollout, observed.renamed, observed.placed, observed.macs)
    found = np.zeros(len(rollout.fleet), np.bool_)
    for devices in (told, last):
        found[devices[devices >= 0]] = True
    return found


def sites_without_a_line(
    observed: Observed, rollout: Rollout, others: Sequence[Observed] = ()
) -> WithoutALine | None:
    """Return the sites of which a log has no line while it has of others of the same command.

    Only what the rollout is judged by counts: a log may leave all deliveries ahead of it out.

    Parameters
    ----------
    observed
        The log of a rollout, whatever of it is used.
    rollout
        Of the scenario it is laid beside.
    others
        Further logs: of one rollout, too, if they have been exported site by site.
    """
    site, is_heard = rollout.fleet.site, heard_of(observed, rollout)
    heard = np.bincount(site.codes[is_heard], minlength=len(site.values)) > 0
    is_meant = np.zeros(len(is_heard), np.bool_)
    is_of_then = observed.until >= rollout.epoch
    for at, devices in each_due(rollout, what_is_due(rollout).judged):
        is_due = rollout.epoch + at <= observed.until or not is_of_then
        if is_due and is_heard[devices].any():
            is_meant[devices] = True
    silent = is_meant & ~heard[site.codes]
    if not silent.any():
        return None
    names = tuple(site.values[code] for code in np.unique(site.codes[silent]).tolist())
    elsewhere = (
        other.sources[0]
        for other in others
        if other.sources and _overlap(other, observed) and heard_of(other, rollout)[silent].any()
    )
    return WithoutALine(names, int(silent.sum()), next(elsewhere, ""))


def _overlap(one: Observed, other: Observed) -> bool:
    """Tell whether two logs tell of the same time."""
    spans = [(each.latest.min(initial=each.until), each.until) for each in (one, other)]
    return bool(max(begin for begin, _ in spans) <= min(end for _, end in spans))
