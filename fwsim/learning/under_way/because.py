"""Why a rollout is ahead or behind: what was learnt, and what it does to the share that is done.

An input is suspected where what was learnt of it leaves out what was believed in the middle. What
it does is seen in runs with it put back to that, beside runs with it as it is (`put_back`): both
have the same luck, so what differs between the two has that one cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fwsim.commands.details import Detail
from fwsim.learning.counted import waking
from fwsim.learning.journeys import journeys_of
from fwsim.learning.learnt import Input
from fwsim.learning.under_way.drawn_numbers import LINE, Key, numbers_at
from fwsim.learning.under_way.put_back import Pairs, Suspect, moved_by_each
from fwsim.learning.under_way.sent_later import LateCommands
from fwsim.learning.under_way.so_far import SoFar
from fwsim.measures.amounts import shown_share
from fwsim.messages import localised, say
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.quantities.units import write_duration
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS

MOST_NAMED = 3
LEAST_POINTS = 0.01
"""An input that explains less than one point of the share done is not named."""
LEAST_EXPLAINED = 1 / 3
"""Share of a gap that reasons have to explain together to be told [A]."""
_ERRORS = 3.0
"""By how many standard errors its effect must stand out from luck."""
_MOST_SUSPECTS = 5
"""So many are put back at most, those that are the farthest from what was believed [A]."""
_WORLDS, _WORLDS_LEARNT = 200, 100
"""Of what was believed, which scatters, and of what was learnt, which hardly does."""
_SURE = (0.025, 0.5, 0.975)
"""Ends and middle of what is learnt: where it leaves out what was believed, it is not that."""
_NEXT_TO_NOTHING = 0.1
"""Of what the strongest of several lines moves: with less, a line is no reason [A]."""
WAKE_UP = "wake_up"
COMMANDS = "commands"
Ends = tuple[float, float, float]
_EVEN = 0.5
"""Share from which on one counts on a wake-up."""


@dataclass(frozen=True)
class Cause:
    """An input that moves the rollout.

    Parameters
    ----------
    place
        Its keys.
    before, now
        Median of what was believed, and of what is; as `part` says.
    points
        By how much the share done by now is larger for it; negative is behind.
    part
        Which of several numbers: a button.
    label
        What the line is labelled with, bytes per second; 0 for what is no line.
    late
        Commands that began late, which are no input.
    """

    place: tuple[str, ...]
    before: float
    now: float
    points: float
    part: str = ""
    label: float = 0.0
    late: LateCommands | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The cause in words."""
        return self.late.text if self.late is not None else _in_words(self)

    @property
    def is_of_site(self) -> bool:
        """Whether it is one site's part of a reason that others have, too."""
        return self.place[:2] == ("network", "sites")

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        name = ".".join((*self.place, self.part) if self.part else self.place)
        return {"place": name, "text": self.text, "points": round(100 * self.points, 2)}


def causes(
    believed: Rollout,
    now: Rollout,
    inputs: Sequence[Input],
    in_vain: Sequence[str],
    pairs: Pairs,
    late: LateCommands | None = None,
) -> list[Cause]:
    """Return what was learnt and moves the rollout, the strongest first.

    Parameters
    ----------
    believed, now
        The rollout as it was believed before the start, and as it is.
    inputs
        What was learnt.
    in_vain
        Sites at which devices were woken and none came.
    pairs
        Of runs up to now.
    late
        Commands that began late, if any did.
    """
    found = suspects(believed, now, inputs, in_vain, pairs.plain.seed)
    found = found if late is None else [Suspect((), (), (), late=late), *found]
    if not found:
        return []
    moved = moved_by_each(pairs, found, len(believed.fleet))
    each = [
        cause
        for suspect, more in zip(found, moved, strict=True)
        if _stands_out(more.sum(axis=1) / pairs.devices)
        for cause in _causes_of(suspect, more.mean(axis=0) / pairs.devices, believed)
    ]
    return sorted(each, key=lambda cause: -abs(cause.points))


def _stands_out(points: Floats) -> bool:
    """Tell whether what an input moves in pairs of runs is a point or more, and no luck."""
    error = float(points.std(ddof=1)) / np.sqrt(len(points))
    return bool(abs(points.mean()) >= max(LEAST_POINTS, _ERRORS * error))


def _causes_of(suspect: Suspect, points: Floats, rollout: Rollout) -> Iterator[Cause]:
    """Yield what an input, or each of several that were put back together, moves.

    Parameters
    ----------
    suspect
        What was put back.
    points
        By how much larger the share done is for it, by the site of the devices.
    rollout
        Whose.
    """
    if suspect.late is not None:
        yield Cause((COMMANDS,), 0.0, 0.0, float(points.sum()), late=suspect.late)
        return
    steps = [now - before for now, before in zip(suspect.now, suspect.before, strict=True)]
    if not suspect.is_by_site:
        at = max(range(len(steps)), key=lambda place: abs(steps[place]))
        yield _cause(suspect, at, float(points.sum()), rollout)
        return
    sites = {site: at for at, site in enumerate(rollout.fleet.site.values)}
    own = points[[sites[place[2]] for place, _ in suspect.keys]] * np.sign(points.sum())
    for at in np.flatnonzero(own > _NEXT_TO_NOTHING * own.max()).tolist():
        yield _cause(suspect, at, float(own[at] * np.sign(points.sum())), rollout)


def _cause(suspect: Suspect, at: int, points: float, rollout: Rollout) -> Cause:
    place, part = suspect.keys[at]
    label = _label(rollout, place)
    return Cause(place, suspect.before[at], suspect.now[at], points, part, label)


def woken_in_vain(so_far: SoFar, rollout: Rollout) -> list[str]:
    """Return the sites at which devices were woken and none came, though it was to be expected.

    Parameters
    ----------
    so_far
        What was seen.
    rollout
        As it was planned.
    """
    if not (so_far.past.log.detail == Detail.NOT_SWITCHED_ON).any():
        return []
    names, sections = rollout.fleet.site.values, rollout.sites()
    usual = rollout.assumptions.wake_up_sites
    found = []
    for site in waking(journeys_of([so_far.observed], rollout), rollout).in_vain:
        own = sections[site].wake_up
        if (usual if own is None else own) >= _EVEN:
            found.append(names[site])
    return found


def suspects(
    believed: Rollout,
    now: Rollout,
    inputs: Sequence[Input],
    in_vain: Sequence[str],
    seed: int,
) -> list[Suspect]:
    """Return what is other than was believed, the farthest off first.

    Lines that are slower are put back together, for each moves little, and so are faster ones;
    which sites' devices are done for it tells whose it was.

    Parameters
    ----------
    believed, now, inputs, in_vain
        As of `causes`.
    seed
        Of the runs.
    """
    keys = [key for one in _own(inputs) for key in _keys(one)]
    was = numbers_at(believed, keys, seed, _WORLDS)
    learnt = numbers_at(now, keys, seed, _WORLDS_LEARNT)
    known = [key for key in keys if key in was and key in learnt]
    believed_ends = _quantiles(was, (0.05, 0.5, 0.95))
    learnt_ends = _quantiles(learnt, _SURE)
    far = {key: _how_far(believed_ends[key], learnt_ends[key]) for key in known}
    groups: dict[tuple[Any, ...], list[Key]] = {}
    for key in known:
        place, _ = key
        of_site = _is_line_of_site(place)
        if far[key] or not of_site:
            groups.setdefault(("lines", far[key] > 0) if of_site else place, []).append(key)
    moved = [group for group in groups.values() if any(far[key] for key in group)]
    moved.sort(key=lambda group: -max(abs(far[key]) for key in group))
    woken = [_not_waking(in_vain)] if in_vain else []
    each = (_suspect(group, believed_ends, learnt_ends) for group in moved)
    return [*woken, *each][:_MOST_SUSPECTS]


def _quantiles(drawn: Mapping[Key, Floats], of: Ends) -> dict[Key, Ends]:
    """Return ends and middle of what is drawn; what many lines share is looked at once."""
    different = {id(values): values for values in drawn.values()}
    ends = {name: tuple(np.quantile(values, of).tolist()) for name, values in different.items()}
    return {key: ends[id(values)] for key, values in drawn.items()}


def _how_far(was: Ends, learnt: Ends) -> float:
    """Return how far what is learnt lies off, in widths of what was believed; 0 if it may not."""
    low, middle, high = was
    least, now, most = learnt
    if least <= middle <= most:
        return 0.0
    return float((now - middle) / max(high - low, 1e-9 * abs(middle), 1e-12))


def _suspect(keys: Sequence[Key], was: Mapping[Key, Ends], learnt: Mapping[Key, Ends]) -> Suspect:
    before, now = (tuple(of[key][1] for key in keys) for of in (was, learnt))
    return Suspect(tuple(keys), before, now, _is_line_of_site(keys[0][0]))


def _is_line_of_site(place: tuple[str, ...]) -> bool:
    return place[:2] == ("network", "sites") and place[-1] == LINE


def _not_waking(sites: Sequence[str]) -> Suspect:
    """Return that wake-up does not work at some sites, at which it was believed to work."""
    keys = tuple((("network", "sites", site, WAKE_UP), "") for site in sites)
    return Suspect(keys, (1.0,) * len(keys), (0.0,) * len(keys), is_by_site=True)


def _own(inputs: Sequence[Input]) -> list[Input]:
    """Return what was learnt, but for what follows from what was seen of each site."""
    pooled = (("network", "sites", DEFAULT), ("assumptions", "wake_up_sites"))
    return [one for one in inputs if not any(one.place[: len(it)] == it for it in pooled)]


def _keys(one: Input) -> list[Key]:
    parts = BUTTONS if one.place[-1] == "answer" else ("",)
    return [(one.place, part) for part in parts]


def _label(rollout: Rollout, place: tuple[str, ...]) -> float:
    """Return what a line is labelled with; 0 for what is no line."""
    if place[-1] != LINE:
        return 0.0
    section = _section(rollout.scenario, place)
    return float(getattr(section, "link", 0) or 0)


def _section(scenario: Scenario, place: tuple[str, ...]) -> Any:
    lines = getattr(scenario.network, place[1])
    return lines.get(place[2], lines.get("default"))


_KINDS = {
    "left_on": "under_way.because.left_on",
    "restart_time": "under_way.because.restart",
    "install_rate": "under_way.because.install",
    "after": "under_way.because.after",
    "persistence": "under_way.because.persistence",
}


def _in_words(cause: Cause) -> str:
    """Return a cause in words: what is so, instead of what was believed."""
    last = cause.place[-1]
    if last == WAKE_UP:
        return say("under_way.because.wake_up", site=cause.place[2])
    if cause.label:
        rates = [cause.label * value * 8 / 1e6 for value in (cause.now, cause.before)]
        now, before = (localised(f"{rate:.3g}") for rate in rates)
        if cause.is_of_site:
            return say("under_way.because.line", site=cause.place[2], now=now, before=before)
        return say("under_way.because.hub", hub=cause.place[2], now=now, before=before)
    told = {"place": ".".join(cause.place)}
    if cause.part:
        shares = {"now": shown_share(cause.now), "before": shown_share(cause.before)}
        return say(f"under_way.because.{cause.part}", **told, **shares)
    if last in {"restart_time", "after", "idf_fetch_time", "package_check_time"}:
        written = [
            write_duration(1000 * max(1, round(v / 1000))) for v in (cause.now, cause.before)
        ]
    elif last == "install_rate":
        written = [
            localised(f"{value * 8 / 1e6:.3g} Mbit/s") for value in (cause.now, cause.before)
        ]
    else:
        written = [shown_share(value) for value in (cause.now, cause.before)]
    name = _KINDS.get(last, "under_way.because.other")
    return say(name, **told, now=written[0], before=written[1])
