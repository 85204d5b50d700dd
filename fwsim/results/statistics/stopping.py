"""Runs that were stopped with something left to do, and what can be told of an expectation then."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from fwsim.commands.schedule import on_the_clock
from fwsim.fleet.week import intervals
from fwsim.measures.catalogue import OF_PEOPLE, TIMES, Kind
from fwsim.measures.expectation import Expectation
from fwsim.measures.outcomes import is_under_way
from fwsim.messages import say
from fwsim.quantities.elementary import summed
from fwsim.results.run.replication import Replication
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.in_words import moment_in_words

if TYPE_CHECKING:
    from fwsim.fleet.week import Week
    from fwsim.results.statistics.answer import Answer
    from fwsim.results.statistics.setting import Setting

Holds = Callable[[Expectation, Sequence[float]], bool]
_ONLY_GROWS = (Kind.SUCCESSFUL, Kind.DEVICES_SUCCESSFUL, Kind.UP_TO_DATE, Kind.CHANCE_OF)
"""What never gets less while a run goes on, unless a later command targets more or overtakes it."""
_ADDS_UP = (
    *OF_PEOPLE,
    Kind.TARGETED,
    Kind.PEAK_REPOSITORY,
    Kind.PEAK_SITES,
    Kind.PEAK_HUBS,
    Kind.PEAK_LINK,
    Kind.PEAK_SITE_RATE,
    Kind.PEAK_HUB_RATE,
    Kind.PEAK_PROVIDERS,
    Kind.WAN,
    Kind.FROM_PROXIES,
)
"""Nor does this: what has come by then stays, and more may come."""


def stopped_runs(answer: Answer) -> list[Replication]:
    """Return the runs that were stopped with something left to do.

    At the horizon these are the runs in which a device is under way: a command that comes later is
    no part of the scenario. Somebody who stops runs before it does so whatever is left.

    Parameters
    ----------
    answer
        What the runs came to.
    """
    setting = answer.setting
    at_the_end = (run for run in answer.replications if run.ended >= setting.end)
    return [run for run in at_the_end if setting.until is not None or _is_under_way(run)]


def _is_under_way(run: Replication) -> bool:
    return any(
        share > 0
        for measure, share in run.values.items()
        if measure.kind is Kind.OUTCOME and measure.is_of_all and is_under_way(measure.outcome)
    )


def stop_in_words(answer: Answer) -> str:
    """Return how many runs were stopped, and when; empty if none was.

    Parameters
    ----------
    answer
        What the runs came to.
    """
    stopped = stopped_runs(answer)
    if not stopped:
        return ""
    at_it = all(map(_is_under_way, stopped))
    told = {"count": len(stopped), "runs": answer.runs, "at": stop_moment(answer)}
    if answer.runs == 1:
        which = "headline.stopped.one_run_at_it" if at_it else "headline.stopped.one_run"
    else:
        which = "headline.stopped.at_it" if at_it else "headline.stopped.runs"
    return say(which, **told)


def before_any_in_words(answer: Answer) -> str:
    """Return that no run had targeted a device when it was stopped; empty where one had.

    Parameters
    ----------
    answer
        What the runs came to.
    """
    if len(stopped_runs(answer)) < answer.runs or any(run.targeted for run in answer.replications):
        return ""
    if answer.runs == 1:
        return say("headline.stopped.one_run_before_any", at=stop_moment(answer))
    return say("headline.stopped.before_any", count=answer.runs, at=stop_moment(answer))


def is_for_nobody(answer: Answer) -> bool:
    """Tell whether no run targets a device, and nothing is for one that starts by itself."""
    return not answer.setting.starters and not any(run.targeted for run in answer.replications)


def nobody_in_words(answer: Answer) -> str:
    """Return that no run targets a device; empty where one does, or may yet."""
    return say("headline.nobody", count=answer.runs) if is_for_nobody(answer) else ""


def stop_moment(answer: Answer) -> str:
    """Return when runs are stopped that still have something to do, in words."""
    setting = answer.setting
    at = setting.start + timedelta(milliseconds=setting.end)
    return moment_in_words(at.astimezone(setting.zone))


def can_be_judged(answer: Answer, expectation: Expectation, holds: Holds) -> bool:
    """Tell whether the runs went far enough to say whether an expectation holds.

    Parameters
    ----------
    answer
        What the runs came to.
    expectation
        About a time, or about the end of a rollout.
    holds
        Tells whether values, one a run, meet it.
    """
    stopped, setting, measure = stopped_runs(answer), answer.setting, expectation.measure
    is_of_success = measure.kind in (*TIMES, *_ONLY_GROWS)
    if not stopped or (setting.more_due and is_of_success):
        return not stopped
    held = holds(expectation, answer.values(measure))
    if held and measure.kind in _ONLY_GROWS and expectation.wants_more:
        return True
    if measure.time is not None:
        at = on_the_clock(measure.time, setting.zone)
        return at <= setting.start + timedelta(milliseconds=setting.end)
    if measure.kind is Kind.UNFINISHED and measure.week is not None:
        return not _are_cut(setting, measure.week) or _is_decided(expectation, held=held)
    if measure.kind in TIMES:
        return _is_time_settled(answer, expectation, holds)
    # The end of the scenario is the end it asks about.
    return setting.until is None or _is_settled(setting, expectation, held=held)


def _is_time_settled(answer: Answer, expectation: Expectation, holds: Holds) -> bool:
    """Tell whether a verdict on a time is the same however long the stopped runs still take."""
    measure, values = expectation.measure, answer.values(expectation.measure)
    passed = float(max(answer.setting.end - answer.counted_from(measure), 0))
    at_least = [
        passed if math.isinf(value) and run.ended >= answer.setting.end else value
        for value, run in zip(values, answer.replications, strict=True)
    ]
    if at_least == values:
        return True
    held = holds(expectation, values)
    if answer.setting.until is None:  # the scenario goes no further either
        return held or answer.counted_from(measure) + expectation.limit <= answer.setting.end
    if expectation.runs is not None or expectation.quantile is not None:
        return expectation.comparison != "=" and held == holds(expectation, at_least)
    # What is told is the mean once all got there, and the median until then.
    if min(summed(at_least) / len(at_least), median(at_least)) <= expectation.limit:
        return False
    return expectation.level is None or not expectation.wants_more


def _is_settled(setting: Setting, expectation: Expectation, *, held: bool) -> bool:
    """Tell whether nothing that comes after a stop changes the verdict on what adds up."""
    measure = expectation.measure
    if measure.kind not in _ADDS_UP:
        return False
    is_behind = measure.week is not None and not _are_cut(setting, measure.week)
    return is_behind or _is_decided(expectation, held=held)


def _are_cut(setting: Setting, week: Week) -> bool:
    """Tell whether times of the week, those up to the horizon, end after the runs were stopped."""
    behind = setting.start + timedelta(milliseconds=setting.horizon + 1)
    spans = intervals(week, setting.zone, setting.start, behind)
    return bool(spans) and spans[-1][1] > setting.end


def _is_decided(expectation: Expectation, *, held: bool) -> bool:
    """Tell whether more of what adds up leaves it as it is: enough is there, or too much."""
    if expectation.level is not None and expectation.runs is None:
        return False  # an interval may grow in both directions
    return expectation.wants_more if held else expectation.holds_back
