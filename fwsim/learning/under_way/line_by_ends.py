"""What a log that tells only ends says of lines: of runs of the plan, the likest tell it.

Such a log does not tell who fetched when, so nothing can be reckoned from downloads. But a run of
the plan has its users, its faults and its lines, and comes to ends of its own: those lines are the
likelier, with which a site's devices ended as the log has it (approximate Bayesian computation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from fwsim.commands.lifecycle import OUTCOMES
from fwsim.commands.status_text import StatusField
from fwsim.engine import Engine
from fwsim.learning.behind_hubs import known_factors
from fwsim.learning.journeys import Journeys
from fwsim.learning.learnt import Input
from fwsim.learning.under_way.like_the_plan import LikeThePlan
from fwsim.learning.under_way.runs_of_plan import Played, look_at_runs, runs_of_plan
from fwsim.learning.under_way.site_ends import Ends
from fwsim.learning.under_way.so_far import SoFar
from fwsim.learning.writing import ranged_line
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import Drawn, rounded
from fwsim.quantities.elementary import Floats
from fwsim.results.run.record import RunRecord
from fwsim.scenario.default_beliefs import LEAST_FACTOR, line_place

_NOUN = "device"
"""What such a line is learnt from; downloads are what others are."""
_LIKEST = 0.1
_FEWEST_LIKEST = 20
"""Runs that are kept of a site: such a share, and no fewer."""
_ALL_SOONER = 0.95
"""Share of the likest runs that end sooner than the log, from which on a line is slower yet."""
_FEWEST_ALIKE = 3
"""Devices that have to be late alike for their line to be the reason: one may be late by itself."""
_OF_THE_LINE = 0.5
"""Share of the time of a site's devices, in runs of slow lines, that has to be its line's [A]."""
_SPREAD = 0.1
"""How sure it is then what the line carries, on the logarithm [A]."""
_BY_CHANCE = 0.01
"""How often luck alone makes the likest runs of any site differ from all."""


@dataclass(frozen=True)
class LinesByEnds:
    """What a log that tells only ends says of lines.

    Parameters
    ----------
    inputs
        What the lines carry that it says something of.
    unlike
        Sites whose devices ended as in no run of the plan: of their lines nothing is learnt.
    """

    inputs: tuple[Input, ...] = ()
    unlike: tuple[str, ...] = ()

    def without(self, sites: tuple[str, ...]) -> LinesByEnds:
        """Return the same without what it says of some sites.

        Parameters
        ----------
        sites
            Of which the log tells nothing.
        """
        inputs = (one for one in self.inputs if one.place[2] not in sites)
        return LinesByEnds(tuple(inputs), tuple(one for one in self.unlike if one not in sites))


def runs_by_ends(rollout: Rollout, so_far: SoFar) -> int:
    """Return how many runs of the plan are played to learn lines by ends; 0 where none are.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned.
    so_far
        What was seen.
    """
    if so_far.is_empty or not so_far.past.tells <= OUTCOMES or not len(_in_doubt(rollout)):
        return 0
    return runs_of_plan(rollout)


def lines_by_ends(
    journeys: Journeys,
    rollout: Rollout,
    so_far: SoFar,
    engine: Engine | str | None = None,
    tell: Played | None = None,
) -> LinesByEnds:
    """Return what each site's line carries, by when its devices were successful.

    Parameters
    ----------
    journeys
        What was seen of the devices: between which times they came to what.
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    so_far
        What was seen.
    engine
        Which clock plays; by default the faster one, for both come to the same.
    tell
        Told after every run.
    """
    if not runs_by_ends(rollout, so_far):
        return LinesByEnds()
    ends = EndsInRuns(rollout, so_far, journeys)
    look_at_runs(rollout, [ends], engine, tell)
    return ends.lines()


class EndsInRuns:
    """When devices ended in runs of the plan, and what lines carried there.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    so_far
        What was seen.
    journeys
        What was seen of the devices: between which times they came to what.
    """

    is_through = False

    def __init__(self, rollout: Rollout, so_far: SoFar, journeys: Journeys) -> None:
        self._rollout = rollout
        self._kinds = [Ends(rollout, so_far, journeys, field) for field in _that_fetch(rollout)]
        self.until = max(kind.ends_at for kind in self._kinds)
        """Up to when runs are played."""
        count = runs_of_plan(rollout)
        self._ends = [np.empty((count, len(rollout.fleet))) for _ in self._kinds]
        self._factors = np.empty((count, len(rollout.fleet.site.values)))

    def look(self, number: int, record: RunRecord) -> None:
        """Keep what is of a run.

        Parameters
        ----------
        number
            Of the run, from 0.
        record
            The run.
        """
        for kept, kind in zip(self._ends, self._kinds, strict=True):
            kept[number] = kind.of(record)
        self._factors[number] = [line.line_factor for line in record.rollout.sites()]

    def lines(self) -> LinesByEnds:
        """Return what all runs say of each site's line."""
        return _site_by_site(self._rollout, self._kinds, self._ends, self._factors)


def _site_by_site(
    rollout: Rollout, kinds: list[Ends], runs: list[Floats], factors: Floats
) -> LinesByEnds:
    """Return what runs of the plan say of each site's line, by ends and what lines carried."""
    sites, names, members = _in_doubt(rollout), rollout.fleet.site.values, _members(rollout)
    count = len(factors)
    likest = min(max(_FEWEST_LIKEST, round(_LIKEST * count)), count)
    fits, found, chance = LikeThePlan(), [], _BY_CHANCE / len(sites)
    for code in sites:
        mine = members[code]
        each = [one.at(times, mine) for one, times in zip(kinds, runs, strict=True)]
        apart = [one.apart(times, mine) for one, times in zip(kinds, each, strict=True)]
        if not (devices := max(one.shape[1] for one in apart)):
            continue
        distance = np.abs(np.concatenate(apart, axis=1)).mean(axis=1)
        is_like = distance <= np.sort(distance)[likest - 1]  # those that are as like, too
        values = _of_likest(is_like, factors[:, code], chance)
        if devices >= _FEWEST_ALIKE and all(one.are_over(mine) for one in kinds):
            by_run, rest = _late_by_line(apart, factors[:, code])
            if (by_run[is_like] < 0).mean() >= _ALL_SOONER:
                values, distance = _slower_than_all(factors[is_like, code], by_run[is_like]), rest
        fits.look(names[code], distance, each, [one.cut(mine) for one in kinds])
        if values is not None:
            found.append(_input(names[code], values, devices))
    unlike = fits.unlike
    return LinesByEnds(tuple(one for one in found if one.place[2] not in unlike), unlike)


def _members(rollout: Rollout) -> list[NDArray[np.intp]]:
    """Return the devices of each site."""
    site = rollout.fleet.site
    by_site = np.argsort(site.codes, kind="stable")
    return np.split(by_site, np.cumsum(np.bincount(site.codes, minlength=len(site.values)))[:-1])


def _in_doubt(rollout: Rollout) -> list[int]:
    """Return the sites of which it is in doubt what their lines carry, by number."""
    known, names = known_factors(rollout), rollout.fleet.site.values
    return [code for code, name in enumerate(names) if line_place("sites", name) not in known]


def is_by_ends(one: Input) -> bool:
    """Tell whether what was learnt is what a line carries, by nothing but ends."""
    return one.noun == _NOUN and one.place[-1] == line_place("sites", "")[-1]


def _that_fetch(rollout: Rollout) -> list[StatusField]:
    """Return what is judged, and deliveries ahead of it: they fetch what it no more does."""
    due = what_is_due(rollout)
    ahead = {StatusField.DELIVERY} & due.fields.keys()
    return sorted({due.judged} | ahead)


def _input(name: str, values: Floats, devices: int) -> Input:
    kept = rounded(values)
    return Input(
        place=line_place("sites", name),
        value=ranged_line(kept),
        noun=_NOUN,
        observations=devices,
        belief=Drawn(tuple(kept.tolist())),
    )


def _of_likest(is_like: NDArray[np.bool_], factors: Floats, by_chance: float) -> Floats | None:
    """Return what a line carried in the runs that are likest to the log; None if that is no news.

    Parameters
    ----------
    is_like
        Which runs are, those that are as like among them; shape (runs,).
    factors
        What the line carried in each.
    by_chance
        How often luck may pass for news.
    """
    kept = np.sort(factors[is_like])
    if _is_by_chance(kept, np.sort(factors), by_chance):
        return None
    least: Floats = np.maximum(kept, LEAST_FACTOR)
    return least


def _late_by_line(apart: list[Floats], factors: Floats) -> tuple[Floats, Floats]:
    """Return by how much each run is later than the log for its line, and how far it is else.

    Of a delivery ahead and an update, only one may hang on the line.

    Parameters
    ----------
    apart
        Of each kind of command, by how much devices are later; each of the shape (runs, devices).
    factors
        What the line carried.
    """
    some = [one for one in apart if one.shape[1]]
    late = [one.mean(axis=1) for one in some]
    of_line = [mean if _are_of_the_line(factors, mean) else np.zeros_like(mean) for mean in late]
    rest = [one - mean[:, np.newaxis] for one, mean in zip(some, of_line, strict=True)]
    by_run: Floats = np.mean([mean for mean in of_line if mean.any()] or of_line, axis=0)
    return by_run, np.abs(np.concatenate(rest, axis=1)).mean(axis=1)


def _are_of_the_line(factors: Floats, later: Floats) -> bool:
    """Tell whether a site's devices end the later, the less its line carries, and for little else.

    Parameters
    ----------
    factors
        What it carried in runs; shape (runs,).
    later
        By how much each is later than the log, on the logarithm.
    """
    is_slow = factors <= np.median(factors)
    (of_lines, both), (_, of_ends) = np.cov(np.log(factors[is_slow]), later[is_slow], bias=True)
    return bool(of_lines > 0 and -both >= _OF_THE_LINE * max(of_lines, of_ends))


def _slower_than_all(factors: Floats, later: Floats) -> Floats:
    """Return what a line carried whose devices ended later than even the likest runs have them.

    The time a line takes is the longer, the less it carries: by so much each run's is less.

    Parameters
    ----------
    factors
        What it carried in those runs.
    later
        By how much each is later than the log, on the logarithm.
    """
    chances = (np.arange(len(factors)) + 0.5) / len(factors)
    logs = np.sort(np.log(factors) + later) + _SPREAD * ndtri(chances)
    slower: Floats = np.clip(np.exp(logs), LEAST_FACTOR, 1.0)
    return slower


def _is_by_chance(kept: Floats, every: Floats, chance: float) -> bool:
    """Tell whether some of many may as well have been taken blindly (Kolmogorov and Smirnov)."""
    below = np.searchsorted(kept, every, side="right") / len(kept)
    far = np.abs(below - np.searchsorted(every, every, side="right") / len(every)).max()
    left = max(1 - len(kept) / len(every), 0.0)
    return bool(far <= np.sqrt(np.log(2 / chance) / 2 * left / len(kept)))
