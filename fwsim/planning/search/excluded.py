"""Limits that no plan of a search can keep, however its runs go: found before any is made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand, asks_its_user
from fwsim.commands.policies import UnattendedPolicy
from fwsim.commands.schedule import Every, Once
from fwsim.measures.catalogue import TIMES, Kind, Unit
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import expectation_in_words
from fwsim.measures.measure import Measure, written_time
from fwsim.measures.members import members_of
from fwsim.messages import say
from fwsim.planning.bounds.earliest import Earliest, earliest, why_unbounded
from fwsim.planning.levers import first_start
from fwsim.planning.search.axes import NOTICE
from fwsim.planning.search.space import Space
from fwsim.problems import Problem
from fwsim.scenario.option_fields import SILENT
from fwsim.scenario.server_clock import command_instant, shown, start_of

Pair = tuple[Expectation, Expectation]
_OF_SUCCESS = (Kind.SUCCESSFUL, Kind.DEVICES_SUCCESSFUL)
_OF_NOTICES = (Kind.PROMPTS, Kind.DEVICES_PROMPTED, Kind.MOST_PROMPTS)
_AT_LEAST, _AT_MOST = (">=", ">"), ("<=", "<")
_SHARES = (Kind.SUCCESSFUL, Kind.UP_TO_DATE, Kind.OUTCOME)
"""Of devices: none is more than all of them."""
_REACHED = 0.5
"""Of the runs at least have a time if its mean or its median keeps a limit."""


def excluded_limits(space: Space, limits: tuple[Expectation, ...]) -> Iterator[Problem]:
    """Yield which limits no plan can keep, alone or beside another, and why.

    Only what is certain: limits that are not named here may exclude each other all the same.

    Parameters
    ----------
    space
        The plans.
    limits
        What they must keep.
    """
    plans = _Plans(space)
    too_soon = [limit for limit in limits if plans.start_after(limit)]
    for limit in too_soon:
        told = {"limit": expectation_in_words(limit), "start": plans.first_start_in_words}
        yield _problem(space, limit, say("planning.before_start", **told))
    opposite, asked = list[Pair](), list[Pair]()
    for pair in combinations([limit for limit in limits if limit not in too_soon], 2):
        both = (pair, pair[::-1])
        if found := next((one for one in both if plans.are_opposite(*one)), None):
            opposite.append(found)
        elif found := next((one for one in both if plans.ask_too_many(*one)), None):
            asked.append(found)
    for pairs, name in ((opposite, "opposite"), (asked, "asked_anyway")):
        if pairs:
            last = max(pairs[0], key=limits.index)
            yield _problem(space, last, _pairs_in_words(pairs, name))


def _pairs_in_words(pairs: Sequence[Pair], name: str) -> str:
    """Return which limits cannot be kept together, and once why.

    Parameters
    ----------
    pairs
        Those that no plan can keep both of.
    name
        Of the message.
    """
    if len(pairs) == 1:
        first, second = map(expectation_in_words, pairs[0])
        return say(f"planning.{name}", first=first, second=second)
    beside: dict[Expectation, list[Expectation]] = {}
    for one, other in pairs:
        beside.setdefault(one, []).append(other)
    alike: dict[tuple[Expectation, ...], list[Expectation]] = {}
    for one, others in beside.items():
        alike.setdefault(tuple(others), []).append(one)
    told = [
        say("planning.beside", first=_any_of(firsts), others=_any_of(others))
        for others, firsts in alike.items()
    ]
    return say(f"planning.{name}_pairs", pairs="; ".join(told))


def _any_of(limits: Sequence[Expectation]) -> str:
    return reduce(_or, map(expectation_in_words, limits))


def _or(one: str, other: str) -> str:
    return say("planning.or", one=one, other=other)


def _problem(space: Space, limit: Expectation, text: str) -> Problem:
    search = space.scenario.search
    if search is None or limit not in search.limits:
        return Problem(text, source="limits")
    path = f"search.limits.{search.limits.index(limit)}"
    return space.scenario.placed(Problem(text, path=path))


def _often(limit: Expectation) -> float | None:
    """Return in what share of the runs a limit is to hold at least; None on average.

    What a quantile is to be holds in that share of the runs, or in more than the rest of them.
    """
    if limit.quantile is None:
        return limit.runs
    return limit.quantile if _is(limit, _AT_MOST) else 1 - limit.quantile


def _share_a_run(one: Expectation, other: Expectation) -> bool:
    """Tell whether two limits, neither on average, are to hold in one and the same run."""
    in_all = (_often(one) or 0.0) + (_often(other) or 0.0)
    is_more = any(o.quantile is not None and _is(o, _AT_LEAST) for o in (one, other))
    return in_all > (1 - 1e-9 if is_more else 1 + 1e-9)


def _is(limit: Expectation, comparisons: tuple[str, ...]) -> bool:
    return limit.comparison in comparisons


def _exceeds(amount: float, most: float) -> bool:
    """Tell whether an amount is more than another, rounding aside: 7 % of 100 is a bit above 7."""
    return amount > most + 1e-9 * max(1.0, most)


@dataclass(frozen=True)
class _Plans:
    """What all plans of a search have in common."""

    space: Space

    @cached_property
    def _devices(self) -> Earliest | None:
        """Whom the updates mean; None where devices update by themselves or nobody knows which.

        Nor where an update never runs as it is written: plans may move it to where it does.
        """
        rollout = self.space.as_written
        all_run = all(rollout.firings_of(update.schedule) for update in self._updates)
        return earliest(rollout) if all_run and why_unbounded(rollout) is None else None

    @cached_property
    def _updates(self) -> list[UpdateCommand]:
        commands = [section.command() for section in self.space.scenario.commands]
        return [command for command in commands if isinstance(command, UpdateCommand)]

    @cached_property
    def _first_start(self) -> int:
        """When the first update of all plans is due: all else that is turned only delays it."""
        rollout, scenario = self.space.as_written, self.space.scenario
        starts = [at for axis in self.space.axes if axis.field == "start" for at in axis.values]
        later = 0
        if starts:
            first = command_instant(scenario, Once(min(starts)))
            later = rollout.milliseconds(first) - rollout.milliseconds(first_start(scenario))
        return min(
            run.at + (0 if isinstance(run.command.schedule, Every) else later)
            for run in rollout.runs
            if isinstance(run.command, UpdateCommand)
        )

    @property
    def first_start_in_words(self) -> str:
        """When the first of all plans starts, on the server's clock."""
        scenario = self.space.scenario
        return written_time(
            shown(scenario, start_of(scenario) + timedelta(milliseconds=self._first_start))
        )

    def start_after(self, limit: Expectation) -> bool:
        """Tell whether a limit wants success by a time at which no plan has started yet."""
        measure, devices = limit.measure, self._devices
        if devices is None or not len(devices.device) or limit.runs == 0:
            return False
        rollout = self.space.as_written
        if measure.kind is Kind.TIME_SINCE and measure.since is not None:
            by = rollout.milliseconds_of(measure.since) + limit.limit
            is_wanted = _is(limit, _AT_MOST)
        else:
            by = math.inf if measure.time is None else rollout.milliseconds_of(measure.time)
            is_wanted = limit.wants_more and not limit.meets(0.0)
        if measure.kind not in _OF_SUCCESS:
            is_known = measure.is_of_all and bool(devices.needs.any())
            if measure.kind not in (Kind.TIME_SINCE, Kind.CHANCE_OF) or not is_known:
                return False
        return is_wanted and by <= self._first_start

    def are_opposite(self, low: Expectation, high: Expectation) -> bool:
        """Tell whether one measure is to be at least so much, and less than that at once.

        Of the mean, or in shares of the runs that overlap, as a quantile says one. Of a mean and
        such a share if all the rest of the runs, at the least or the most, do not make up for it.
        """
        if low.measure != high.measure or not _is(low, _AT_LEAST) or not _is(high, _AT_MOST):
            return False
        is_touched = low.limit == high.limit and {low.comparison, high.comparison} == {">=", "<="}
        if low.limit < high.limit or is_touched:
            return False
        of_low, of_high = _often(low), _often(high)
        if of_low is not None and of_high is not None:
            return _share_a_run(low, high)
        if of_low is not None:
            # A time that some runs never reach has no mean: its median must keep the limit.
            is_of_most = of_low > _REACHED or (low.quantile == _REACHED)
            is_of_most |= low.measure.kind not in TIMES
            return is_of_most and _exceeds(of_low * low.limit, high.limit)
        if of_high is not None:
            most = self._most(low.measure)
            return _exceeds(low.limit, of_high * high.limit + (1 - of_high) * most)
        return True

    def _most(self, measure: Measure) -> float:
        """Return the most a measure can be in any run; infinite where that is not known."""
        if measure.definition.unit is Unit.CHANCE or measure.kind in _SHARES:
            return 1.0
        fleet = self.space.as_written.fleet
        if measure.kind is Kind.DEVICES_PROMPTED:
            # Whatever is commanded may ask, also a command that the updates are not for.
            return float(members_of(measure, fleet, np.arange(len(fleet), dtype=np.int32)).sum())
        if measure.kind is Kind.DEVICES_SUCCESSFUL and self._devices:
            return float(self._members(measure).sum())
        return math.inf

    def _members(self, measure: Measure) -> NDArray[np.bool_]:
        """Tell which of those whom the updates mean a measure counts."""
        devices = self._devices.device if self._devices else np.zeros(0, np.int32)
        return members_of(measure, self.space.as_written.fleet, devices)

    def ask_too_many(self, success: Expectation, notices: Expectation) -> bool:
        """Tell whether more devices are to be successful than notices may come up.

        Where every update asks its user, each device that is successful showed a notice.
        """
        measure = notices.measure
        if not _is(notices, _AT_MOST) or not self._is_asked_in(success.measure, measure):
            return False
        of_whom = self._members(success.measure)
        wanted, often = self._wanted(success, of_whom)
        of = int(of_whom.sum())
        most = of * notices.limit if measure.kind is Kind.MOST_PROMPTS else notices.limit
        if not _exceeds(wanted, most):
            return False
        in_runs = _often(notices)
        if in_runs is None:
            return often is None or _exceeds(often * wanted, most)
        if often is None:
            return _exceeds(wanted, (1 - in_runs) * of + in_runs * most)
        # As many are successful as a quantile says, or more, in more than the rest of the runs.
        is_more = success.quantile is not None and _is(success, _AT_LEAST)
        return often + in_runs > (1 - 1e-9 if is_more else 1 + 1e-9)

    def _is_asked_in(self, success: Measure, notices: Measure) -> bool:
        """Tell whether whoever is successful showed a notice that a measure counts."""
        is_at_any_time = notices.week is None or notices.week.is_always
        if notices.kind not in _OF_NOTICES or not is_at_any_time:
            return False
        if self._devices is None or not self._ask_everybody:
            return False
        return not (self._members(success) & ~self._members(notices)).any()

    def _wanted(self, limit: Expectation, of_whom: NDArray[np.bool_]) -> tuple[float, float | None]:
        """Return how many devices a limit wants successful, and in what share of the runs.

        None is on average; it counts some of those whom the updates mean.
        """
        devices, measure = self._devices, limit.measure
        if devices is None:
            return 0.0, None
        if measure.kind in (*TIMES, Kind.CHANCE_OF):
            counted = of_whom if measure.of_targeted else of_whom & devices.needs
            of = int(counted.sum())
            wanted = math.ceil(round((measure.share or 0.0) * of, 9))
            if measure.kind is Kind.CHANCE_OF:
                often = _often(limit)
                often = limit.limit if often is None else often
                is_wanted = limit.wants_more and not limit.meets(0.0)
                return (float(wanted), often) if is_wanted else (0.0, None)
            often = _often(limit)
            often = _REACHED if often is None else often
            return (float(wanted), often) if _is(limit, _AT_MOST) else (0.0, None)
        if measure.kind not in _OF_SUCCESS or not _is(limit, _AT_LEAST):
            return 0.0, None
        of = int(of_whom.sum()) if measure.kind is Kind.SUCCESSFUL else 1
        return limit.limit * of, _often(limit)

    @cached_property
    def _ask_everybody(self) -> bool:
        """Whether in every plan each update shows a notice before it begins."""
        scenario = self.space.scenario
        if any(axis.name == NOTICE and SILENT in axis.values for axis in self.space.axes):
            return False
        assumed = scenario.assumptions
        if assumed.unattended_policy is not UnattendedPolicy.SHOW or assumed.weights:
            return False
        return all(asks_its_user(update) and update.force_at is None for update in self._updates)
