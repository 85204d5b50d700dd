"""Why a plan breaks its limits: one reason a limit, of what runs that miss it and bounds tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from fwsim.measures.amounts import shown_rate, shown_share
from fwsim.measures.catalogue import TIMES, Kind, Unit
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import expectation_in_words
from fwsim.measures.measure import Measure, written_time
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.planning.bounds.in_doubt import FeasibilityInDoubt
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.question import Question
from fwsim.planning.search.why_sums import SUMS, telling, why_too_much
from fwsim.quantities.elementary import summed
from fwsim.results.run.replication import Replication
from fwsim.results.run.stages import STAGES_UNDER_WAY
from fwsim.results.run.tail import TAIL
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.causes import CAUSES
from fwsim.results.statistics.judgement import judge, outcome_causes
from fwsim.results.statistics.setting import Setting
from fwsim.scenario.server_clock import shown, start_of

MOST_RUNS = 5
"""That are looked at of those that miss a limit."""
IDLE, HARDLY = 0.5, 0.1
"""Share of a line in its fullest hour, and of the time spent on transfers, below which lines are no
reason: others may fill a line of which updates take little."""
_OF_SUCCESS = (Kind.SUCCESSFUL, Kind.UP_TO_DATE, Kind.DEVICES_SUCCESSFUL)
_OF_TIME = (*TIMES, Kind.CHANCE_OF)
_OF_LINES = (
    Kind.PEAK_SITES,
    Kind.PEAK_HUBS,
    Kind.PEAK_LINK,
    Kind.PEAK_SITE_RATE,
    Kind.PEAK_HUB_RATE,
)


@dataclass(frozen=True)
class Seen:
    """Runs of a plan that miss limits, with all that tells why.

    Parameters
    ----------
    rollout
        The plan.
    missing
        For each limit that it breaks, runs that miss it.
    """

    rollout: Rollout
    missing: Mapping[Expectation, tuple[Replication, ...]]

    @property
    def runs(self) -> int:
        """How many runs these are; one may miss several limits."""
        return len({run.number for runs in self.missing.values() for run in runs})


def seen(trial: Candidate, question: Question, runs: CandidateRuns, rollout: Rollout) -> Seen:
    """Return runs of a plan that miss the limits it breaks, the first few of each.

    Parameters
    ----------
    trial
        The plan, and its runs.
    question
        Its limits.
    runs
        Makes them anew; they are not among what was spent.
    rollout
        The plan made ready.
    """
    broken = question.broken(trial.by_measure(question.measures))
    numbers = {limit: _missing(trial, limit) for limit in broken}
    wanted = sorted({number for some in numbers.values() for number in some})
    measures = dict.fromkeys(m for limit in broken for m in (limit.measure, *_telling(limit)))
    found = runs.seen(trial, wanted, [*measures]) if wanted else ()
    by_number = {run.number: run for run in found}
    missing = {
        limit: tuple(by_number[number] for number in some if number in by_number)
        for limit, some in numbers.items()
    }
    return Seen(rollout, missing)


def _missing(trial: Candidate, limit: Expectation) -> list[int]:
    """Return the first runs that miss a limit, by number."""
    numbers = (n for n in sorted(trial.values) if not limit.meets(trial.values[n][limit.measure]))
    return [number for number, _ in zip(numbers, range(MOST_RUNS), strict=False)]


def _telling(limit: Expectation) -> tuple[Measure, ...]:
    """Return what else tells why a limit is broken, of the same devices."""
    return telling(limit) if limit.measure.kind in SUMS else (_at_end(limit),)


def _at_end(limit: Expectation) -> Measure:
    """Return what tells whether a limit that is missed would be kept if there were more time."""
    measure = limit.measure
    if measure.kind is Kind.CHANCE_OF:
        return Measure(Kind.TIME_TO, share=measure.share, of_targeted=measure.of_targeted)
    return replace(measure, time=None) if measure.kind in _OF_SUCCESS else measure


def why_in_words(found: Seen) -> Iterator[str]:
    """Yield why each limit is broken that runs miss, a sentence each."""
    for limit, runs in found.missing.items():
        if runs:
            reason = _reason(found.rollout, limit, runs) or say("plan.why_unknown")
            yield say("plan.why_not", limit=expectation_in_words(limit), reason=reason)


def _reason(rollout: Rollout, limit: Expectation, runs: Sequence[Replication]) -> str:
    measure = limit.measure
    answer = Answer(Setting.of(rollout), runs, provenance={})
    if measure.kind in (*_OF_SUCCESS, *_OF_TIME) and not limit.holds_back:
        reason = _of_bound(rollout, limit) or _never(answer, limit)
        if reason or measure.is_of_all:
            return reason or _late(answer, limit)
    if measure.kind in _OF_LINES and not limit.wants_more:
        return _of_lines(rollout, limit)
    if measure.kind in SUMS and not limit.wants_more:
        return why_too_much(rollout, answer, limit)
    return "; ".join(judge(answer, (limit,))[0].causes[:1])


def _of_bound(rollout: Rollout, limit: Expectation) -> str:
    """Return what stands in the way of any run, where it does in most worlds."""
    bounds = FeasibilityInDoubt(rollout).bounds([limit])
    if not bounds or bounds[0].out_of_reach < 0.5:
        return ""
    reason, worlds = bounds[0].reason, bounds[0].worlds
    if len(worlds) > 1:
        missed = [bound for bound in worlds if not bound.is_possible]
        told = {"missed": len(missed), "count": len(worlds)}
        return say("plan.why_in_draws", **told, reason=missed[len(missed) // 2].reason)
    if late := Feasibility(rollout).late_lines(limit):
        sites, until = late
        at = say("plan.why_after_end")
        if until < rollout.horizon:
            at = written_time(_on_the_clock(rollout, until))
        reason = say("plan.why_lines", reason=reason, count=sites, at=at)
    return say("plan.why_no_run", reason=reason)


def _on_the_clock(rollout: Rollout, at: int) -> datetime:
    scenario = rollout.scenario
    return shown(scenario, start_of(scenario) + timedelta(milliseconds=at))


def _never(answer: Answer, limit: Expectation) -> str:
    """Return how devices end, where too few are successful at the end of most of the runs, too."""
    at_end = answer.values(_at_end(limit))
    if limit.measure.kind in _OF_TIME:
        never = sum(map(math.isinf, at_end))
    else:
        never = sum(not limit.meets(value) for value in at_end)
    outcomes = outcome_causes(answer, limit.measure)
    if never * 2 <= len(at_end) or not outcomes:
        return ""
    return say("plan.why_never", never=never, count=len(at_end), outcomes="; ".join(outcomes[:2]))


def _late(answer: Answer, limit: Expectation) -> str:
    """Return on what the devices that are late spent most of their time."""
    spent = [run.spent for run in answer.replications if run.spent.devices]
    if not spent:
        return say("plan.why_nobody")
    is_last = _asked_share(answer, limit) >= (1 - TAIL) * _successful(answer)
    times = np.mean([one.by_last if is_last else one.by_all for one in spent], axis=0)
    by_cause = {
        name: summed(float(times[STAGES_UNDER_WAY.index(way)]) for way in ways)
        for name, ways in CAUSES.items()
    }
    name = max(by_cause, key=lambda one: by_cause[one])
    if not (whole := summed(by_cause.values())):
        return ""
    what = "window" if name == "command" and answer.setting.windows else name
    told = {"share": shown_share(by_cause[name] / whole), "what": say(f"spent.{what}")}
    text = say("plan.why_last" if is_last else "plan.why_all", **told)
    fullest = max(float(run.sites.busy_hour.max(initial=0)) for run in answer.replications)
    if by_cause["line"] < HARDLY * whole and fullest < IDLE:
        return say("plan.why_idle", reason=text, share=shown_share(fullest))
    return text


def _successful(answer: Answer) -> float:
    return answer.estimates[Measure(Kind.SUCCESSFUL)].value


def _asked_share(answer: Answer, limit: Expectation) -> float:
    """Return what share of all targeted devices a limit asks for."""
    measure = limit.measure
    if measure.kind in _OF_TIME:
        return measure.share or 0.0
    if measure.definition.unit is Unit.SHARE:
        return limit.limit
    targeted = max(run.targeted for run in answer.replications)
    return limit.limit / max(1, targeted)


def _of_lines(rollout: Rollout, limit: Expectation) -> str:
    """Return how many lines let updates take more than a limit, and how much."""
    allowed = Feasibility(rollout).cap(limit).rates
    most = np.array([line.most_for_updates for line in rollout.lines()], np.float64)
    asked = np.isfinite(allowed)
    over = asked & (most > allowed)
    if not over.any():
        return ""
    told = {"count": int(over.sum()), "of": int(asked.sum())}
    return say("plan.why_line_lets", **told, rate=shown_rate(float(most[over].max())))
