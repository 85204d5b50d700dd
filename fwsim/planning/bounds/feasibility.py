"""What no run can achieve, told in milliseconds before anything is simulated.

Closed forms: N devices that each need S bytes over one line of rate C cannot be done before
N·S/C; the k-th device of a command is not sent before its turn; who does not agree at once comes
later by the notice or a deferment. Each bound is on the lucky side, so no run contradicts one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.grouping import Grouping, in_group
from fwsim.fleet.week import Week
from fwsim.measures.amounts import digits_apart, shown
from fwsim.measures.catalogue import Kind
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import expectation_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.capacity_bound import Reach
from fwsim.planning.bounds.earliest import Earliest, earliest, why_unbounded
from fwsim.planning.bounds.line_capacity import Spans
from fwsim.planning.bounds.lines import Cap, Lines, OverTime
from fwsim.quantities.elementary import summed

_AT_MOST = ("<=", "<")
_PEAKS = (
    Kind.PEAK_SITE_RATE,
    Kind.PEAK_HUB_RATE,
    Kind.PEAK_SITES,
    Kind.PEAK_HUBS,
    Kind.PEAK_LINK,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bound:
    """What a measure can be at best.

    Parameters
    ----------
    expectation
        What is asked of it.
    best
        The best it can come to, in its unit; infinite is *never*.
    is_possible
        Whether that meets the expectation.
    reason
        What stands in the way, with its numbers.
    is_certain
        Whether that hangs on nothing that may be in doubt.
    """

    expectation: Expectation
    best: float
    is_possible: bool
    reason: str
    is_certain: bool = False

    @property
    def digits(self) -> int:
        """How many digits more than usual tell the best from the limit that it misses."""
        if self.is_possible or not math.isfinite(self.best):
            return 0
        asked = self.expectation
        return digits_apart(self.best, asked.limit, asked.measure.definition)

    def __str__(self) -> str:
        measure = self.expectation.measure
        reach = say("bounds.never_reached")
        if math.isfinite(self.best):
            best = shown(self.best, measure.definition, more=self.digits)
            is_most = measure.more_is_better
            reach = say("bounds.best_at_most" if is_most else "bounds.best_at_least", best=best)
        return say(
            "bounds.possible" if self.is_possible else "bounds.impossible",
            expectation=expectation_in_words(self.expectation),
            reach=reach,
            reason=self.reason,
        )


class Feasibility:
    """The closed forms of one rollout.

    Parameters
    ----------
    rollout
        The plan.
    lines
        How its lines' rates change, if that is known already.
    is_known
        Whether there is no other world than this one.
    """

    def __init__(
        self, rollout: Rollout, lines: list[OverTime] | None = None, *, is_known: bool = True
    ) -> None:
        self._rollout, self._is_known = rollout, is_known
        self.unbounded = why_unbounded(rollout)
        self._devices = earliest(rollout) if self.unbounded is None else None
        if self._devices is not None:
            self._lines = Lines(rollout, self._devices, lines)

    def bounds(self, expectations: Sequence[Expectation]) -> list[Bound]:
        """Return the best that each expected measure can come to, for those that have a bound.

        Parameters
        ----------
        expectations
            All that the plan must keep: limits on the lines narrow what a deadline can reach.
        """
        if self._devices is None or not len(self._devices.device):
            return []
        bounds = []
        for expectation in expectations:
            others = [other for other in expectations if other is not expectation]
            if (bound := self._bound(expectation, self._devices, others)) is not None:
                bounds.append(bound)
        return bounds

    def impossible(self, expectations: Sequence[Expectation]) -> list[Bound]:
        """Return the bounds that rule the plan out."""
        return [bound for bound in self.bounds(expectations) if not bound.is_possible]

    def _bound(
        self, expectation: Expectation, devices: Earliest, others: Sequence[Expectation]
    ) -> Bound | None:
        measure = expectation.measure
        if measure.group is not None or expectation.runs == 0:
            return None  # of the latter every plan keeps it
        members = self._members(devices, measure.unit)
        match measure.kind:
            case Kind.SUCCESSFUL if expectation.wants_more:
                best, reason = self._most_successful(expectation, members, others)
            case Kind.UP_TO_DATE if expectation.wants_more:
                best, reason = self._most_up_to_date(expectation, members, others)
            case Kind.TIME_TO if expectation.comparison in _AT_MOST:
                best, reason = self._soonest(measure, devices, members)
            case Kind.TIME_SINCE if expectation.comparison in _AT_MOST:
                soonest, reason = self._soonest(measure, devices, members)
                best = max(0.0, soonest + devices.first_command - self._since(measure))
                if not measure.of_targeted and not devices.needs[members].any():
                    best, reason = 0.0, say("bounds.nothing")  # perhaps none needs it
            case Kind.CHANCE_OF if expectation.wants_more:
                time = Measure(Kind.TIME_TO, share=measure.share, of_targeted=measure.of_targeted)
                soonest, _ = self._soonest(time, devices, members)
                deadline = self._deadline(measure)
                best, reason = 1.0, say("bounds.nothing")
                if soonest > deadline - devices.first_command:
                    # What made it no sooner stands in nobody's way by the deadline.
                    best, reason = 0.0, Reach(self._lines, members, deadline).reason
            case _:
                return None
        is_possible = expectation.meets_on_average(best)
        return Bound(expectation, best, is_possible, reason, not members.any())

    # Deadlines

    def _deadline(self, measure: Measure) -> int:
        horizon = self._rollout.horizon
        if measure.time is None:
            return horizon
        return min(self._rollout.milliseconds_of(measure.time), horizon)

    def _since(self, measure: Measure) -> int:
        return 0 if measure.since is None else self._rollout.milliseconds_of(measure.since)

    def _most_successful(
        self,
        expectation: Expectation,
        members: NDArray[np.bool_],
        others: Sequence[Expectation],
    ) -> tuple[float, str]:
        until = self._deadline(expectation.measure)
        if not members.any():
            return 0.0, say("bounds.none_targeted")
        free = Reach(self._lines, members, until, ())
        most, reason = free.most, free.reason
        for caps, runs in self._caps(expectation, others):
            if not caps:
                continue
            reach = Reach(self._lines, members, until, caps)
            # Where limits hold in a share of the runs only, the others may do as well as they can.
            narrowed = runs * reach.most + (1 - runs) * free.most
            if narrowed < most:
                most, reason = narrowed, reach.reason
        return float(most / members.sum()), reason

    def _most_up_to_date(
        self,
        expectation: Expectation,
        members: NDArray[np.bool_],
        others: Sequence[Expectation],
    ) -> tuple[float, str]:
        """Return the share that may run the image: who perhaps does already needs no line."""
        needs = self._lines.devices.needs & members
        if members.any() and not needs.any():
            return 1.0, say("bounds.nothing")
        share, reason = self._most_successful(expectation, needs, others)
        if not members.any():
            return share, reason
        return float((members & ~needs).sum() + share * needs.sum()) / members.sum(), reason

    def late_lines(self, limit: Expectation) -> tuple[int, int] | None:
        """Return how many sites' lines carry too little by the time a limit names, and until when.

        Parameters
        ----------
        limit
            On success by a time, or on a time.

        Returns
        -------
        tuple or None
            Sites, and milliseconds by which the last of their lines is through at best, at the
            latest the horizon; None where all lines are, or no time is named.
        """
        measure, devices = limit.measure, self._devices
        if devices is None or not len(devices.device):
            return None
        if measure.kind is Kind.TIME_TO:
            until = devices.first_command + int(limit.limit)
        elif measure.kind is Kind.TIME_SINCE:
            until = self._since(measure) + int(limit.limit)
        else:
            until = self._deadline(measure)
        counts = devices.needs & self._members(devices, measure.unit)
        return self._lines.late(counts, until, self._rollout.horizon)

    def _members(self, devices: Earliest, unit: str | None) -> NDArray[np.bool_]:
        if unit is None:
            return np.ones(len(devices.device), bool)
        return in_group(self._rollout.fleet, Grouping.UNIT, unit, devices.device)

    def _caps(
        self, expectation: Expectation, others: Sequence[Expectation]
    ) -> list[tuple[tuple[Cap, ...], float]]:
        """Return limits on lines that hold together with an expectation, each set with how often.

        A limit on a line's minutes lowers what the line can carry, and so what else can be reached.
        But limits need not hold in the same runs: if each of two holds in 95 % of them, both are
        sure to hold together in 90 % only. So a bound counts them for that share of the runs. What
        a quantile is to be holds in a share of the runs, too. Where a mean keeps a limit, not all
        runs of such a share are above it by more than the others can make up for (Markov).
        """
        limits = [o for o in others if o.measure.kind in _PEAKS and o.comparison in _AT_MOST]
        in_runs = [(self.cap(o), share) for o in limits if (share := _share_of_runs(o))]
        missing = summed(1 - share for _, share in in_runs)
        quantile = expectation.quantile
        if quantile is not None and not self._is_known:
            return []
        often = expectation.runs if quantile is None else 1 - quantile
        if often is not None:
            spare = 1 - often
            means = [o for o in limits if _is_on_mean(o)] if self._is_known and often else []
            some = [((self.cap(o).in_one_of(often),), 1.0) for o in means]
            if missing + spare < 1:
                return [*some, (tuple(cap for cap, _ in in_runs), 1.0)]
            return [*some, *(((cap,), 1.0) for cap, share in in_runs if 1 - share + spare < 1)]
        average = tuple(self.cap(o) for o in limits if _is_on_mean(o))
        return [(average, 1.0), (tuple(cap for cap, _ in in_runs), max(0.0, 1 - missing))]

    def cap(self, limit: Expectation) -> Cap:
        """Return what a limit on lines lets each of them carry."""
        measure = limit.measure
        links = np.array([line.carries for line in self._rollout.lines()], np.float64)
        names, sites = self._rollout.line_names(), self._rollout.fleet.site
        first_hub = len(sites.values)
        rates = np.full(len(links), np.inf)
        match measure.kind:
            case Kind.PEAK_SITES:
                rates[:first_hub] = links[:first_hub] * limit.limit
            case Kind.PEAK_HUBS:
                rates[first_hub:] = links[first_hub:] * limit.limit
            case Kind.PEAK_LINK if measure.site in names:
                number = names.index(measure.site)
                rates[number] = links[number] * limit.limit
            case Kind.PEAK_SITE_RATE if measure.unit is None:
                rates[:first_hub] = limit.limit
            case Kind.PEAK_SITE_RATE:
                members = self._rollout.fleet.in_unit(measure.unit or "", subordinate_units=True)
                rates[np.unique(sites.codes[members])] = limit.limit
            case Kind.PEAK_HUB_RATE:
                rates[first_hub + self._rollout.hubs_for(measure.unit)] = limit.limit
        return Cap(rates, self._spans(measure.week), _is_on_mean(limit))

    def _spans(self, week: Week | None) -> Spans | None:
        if week is None or week.is_always:
            return None
        return tuple(self._rollout.week_intervals(week))

    # Times

    def _soonest(
        self, measure: Measure, devices: Earliest, members: NDArray[np.bool_]
    ) -> tuple[float, str]:
        """Return the least time after the first command to a share of some devices, and why."""
        if not members.any():
            return math.inf, say("bounds.none_targeted")
        of = int((members if measure.of_targeted else devices.needs & members).sum())
        # Where none is certain to need it, all that do may have it at once: there may be none.
        wanted = max(min(of, 1), math.ceil(round((measure.share or 0.0) * of, 9)))

        def reach(until: int) -> Reach:
            return Reach(self._lines, members, until, ())

        low, high = devices.first_command, self._rollout.horizon
        at_end = reach(high)
        if at_end.most < wanted:
            return math.inf, at_end.reason
        reason = ""
        while high - low > 1:
            middle = (low + high) // 2
            reached = reach(middle)
            if reached.most >= wanted:
                high = middle
            else:
                low, reason = middle, reached.reason
        return float(max(0, low - devices.first_command)), reason or say("bounds.nothing")


def _share_of_runs(limit: Expectation) -> float:
    """Return in what share of the runs a limit holds at least; 0 also if it is one on the mean."""
    return limit.runs if limit.runs is not None else limit.quantile or 0.0


def _is_on_mean(limit: Expectation) -> bool:
    return limit.runs is None and limit.quantile is None
