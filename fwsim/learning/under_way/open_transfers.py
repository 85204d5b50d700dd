"""What transfers that are under way say of their line: it has not carried them through yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.learning.behind_hubs import OpenTransfers, is_repository_ample
from fwsim.learning.journeys import NOWHERE
from fwsim.learning.sizes import UNKNOWN, Sizes, before_of, whole_at
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_lines import NO_HUB
from fwsim.model.set_up import SetUp
from fwsim.model.sharing_classes import weights_of
from fwsim.model.status_log import Integers, LogColumns
from fwsim.quantities.elementary import Floats


def most_carried(begun: Begun, rollout: Rollout) -> dict[str, Floats]:
    """Return how many times what is believed of it each site's line carries at the most.

    While n devices of a site fetch, each gets an n-th of what the line carries, or its own rate.
    What each of those under way would have by now, if the line carried as much as believed, is
    compared with what it fetches. Where something else than the line may hold transfers back,
    nothing is said.

    Parameters
    ----------
    begun
        Transfers of the log so far.
    rollout
        As it is believed.

    Returns
    -------
    dict of str to ndarray of float64, shape (transfers under way,)
        By site; those without a transfer under way are left out.
    """
    if not _only_lines_bind(rollout):
        return {}
    rates, size, is_open = begun.rate, begun.size, begun.is_open
    ceilings = rollout.ceilings()
    found: dict[str, Floats] = {}
    for code in np.unique(begun.site[is_open]).tolist():
        if rollout.hub_of[code] != NO_HUB:
            continue  # its hub may hold them back, too (`behind_hubs`)
        mine = begun.site == code
        starts, opened = begun.begin[mine], is_open[mine]
        edges, share = _shares(rollout, code, starts, begun.end[mine])
        own = np.minimum(rates[mine][opened], ceilings[code]).astype(np.float64)
        due = np.array(
            [
                (np.minimum(share, rate) * np.diff(np.maximum(edges, start))).sum() / 1000.0
                for rate, start in zip(own.tolist(), starts[opened].tolist(), strict=True)
            ]
        )
        fetched = size[mine][opened]
        told = (due > 0) & (fetched > 0)
        if told.any():
            found[rollout.fleet.site.values[code]] = fetched[told] / due[told]
    return found


def open_by_site(begun: Begun, rollout: Rollout) -> dict[str, OpenTransfers]:
    """Return transfers under way that no proxy may serve, by site, as far as bytes are known.

    Parameters
    ----------
    begun
        Transfers of the log so far.
    rollout
        As it is believed.
    """
    if len(weights_of(rollout.assumptions.share_spread)) > 1:
        return {}  # a small share of its own tells nothing of a line
    some = begun.is_open & (begun.size > 0) & ~rollout.configuration.may_be_served[begun.device]
    site, names = begun.site[some], rollout.fleet.site.values
    begin, size = begun.begin[some] + rollout.epoch, begun.size[some]
    return {
        names[code]: OpenTransfers(begin[site == code], size[site == code])
        for code in np.unique(site).tolist()
    }


@dataclass(frozen=True)
class Begun:
    """Transfers that a log tells to have begun; arrays have shape (transfers,).

    Parameters
    ----------
    device, site
        Whose.
    begin, end
        When its first byte came, and when it was over or the log ends; milliseconds.
    size
        Bytes; 0 where nobody knows them.
    rate
        What the device takes at most, bytes per second.
    is_open
        Which are under way.
    """

    device: Integers
    site: Integers
    begin: Integers
    end: Integers
    size: Integers
    rate: Integers
    is_open: NDArray[np.bool_]

    @classmethod
    def of(cls, past: Past, rollout: Rollout) -> Begun:
        """Return those of a log.

        Parameters
        ----------
        past
            The log. Where it does not tell the bytes of a transfer, the scenario's images do.
        rollout
            As it is believed.
        """
        log = past.lines
        begins = np.flatnonzero(log.state == State.TRANSFER)
        is_open = np.isin(begins + 1, past.firsts[1:])
        after = np.minimum(begins + 1, len(log) - 1)
        stops = np.where(is_open, past.until, log.time[after])
        device = log.device[begins].astype(np.int64)
        site, rate = (
            rollout.fleet.site.codes[device].astype(np.int64),
            rollout.fleet.device_rate[device],
        )
        size = _sizes(log, begins, rollout)
        set_up = SetUp(rollout).least_of(site, rate, size)
        begun = np.minimum(log.time[begins] + set_up, stops)
        return cls(device, site, begun, stops, size, rate, is_open)


def _sizes(log: LogColumns, begins: Integers, rollout: Rollout) -> Integers:
    """Return the bytes of transfers; 0 of those of which nobody knows them."""
    told = log.amount[begins]
    if (told > 0).all():
        return told
    sizes = Sizes(rollout, log.runs)
    device, run = log.device.astype(np.int64), log.run.astype(np.int64)
    installed = sizes.installed(_installations_before(log, begins, sizes), device, run)
    known, _ = sizes.of(device[begins], run[begins], installed)
    return np.where(told > 0, told, np.where(known == UNKNOWN, 0, known)).astype(np.int64)


def _installations_before(log: LogColumns, begins: Integers, sizes: Sizes) -> Integers:
    """Return the line that told the device's last installation before each; -1 if none did."""
    order = np.lexsort((log.time, log.device))
    place = np.empty(len(log), np.int64)
    place[order] = np.arange(len(log))
    own = log.where(order)
    told = own.in_state(State.REBOOT, State.RESTART_PENDING, State.SUCCESS)
    told &= sizes.brings_image(own.run.astype(np.int64))
    job = own.device.astype(np.int64) * len(own.runs) + own.run
    whole = whole_at(job, own.in_state(State.TRANSFER, State.INSTALL), told)
    before = before_of(place[begins], whole, own.device.astype(np.int64))
    return np.where(before == NOWHERE, NOWHERE, order[before])


def _only_lines_bind(rollout: Rollout) -> bool:
    """Tell whether nothing but a line on the way can hold a site's transfers back.

    Neither the repository nor an outage; and no proxy takes anything off the line.
    """
    if not is_repository_ample(rollout) or rollout.scenario.outages:
        return False
    if len(weights_of(rollout.assumptions.share_spread)) > 1:
        return False  # a small share of its own tells nothing of the line
    settings = (settings for _, settings in rollout.configuration.settings_in_use())
    return not any(one.has_proxy for one in settings)


def _shares(
    rollout: Rollout, site: int, starts: Integers, stops: Integers
) -> tuple[Floats, Floats]:
    """Return times, and what each one at work gets of the line between them, bytes a second."""
    steps = np.array(rollout.link_steps(rollout.sites()[site]), np.float64)
    edges = np.unique(np.concatenate([starts, stops, steps[:, 0]])).astype(np.float64)
    edges = edges[edges <= stops.max()]
    at = edges[:-1]
    rate = steps[np.searchsorted(steps[:, 0], at, side="right") - 1, 1]
    busy = np.searchsorted(np.sort(starts), at, side="right") - np.searchsorted(
        np.sort(stops), at, side="right"
    )
    return edges, np.where(busy > 0, rate / np.maximum(busy, 1), 0.0)
