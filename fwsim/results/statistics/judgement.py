"""Whether an answer is what the scenario expects: held or not, by how much, and why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fwsim.measures.amounts import shown, shown_share
from fwsim.measures.catalogue import TIMES, Kind, Unit
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import measure_in_words, outcome_in_words, reason_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.quantities.units import write_share
from fwsim.results.run.tail import TAIL
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference_in_words import signed
from fwsim.results.statistics.estimate import Estimate, Method, estimate, quantile
from fwsim.results.statistics.in_words import mean_in_words
from fwsim.results.statistics.line_causes import line_causes
from fwsim.results.statistics.sentences import tail_in_words
from fwsim.results.statistics.stopping import can_be_judged, stop_moment

MOST_CAUSES = 3
NEVER_REACHED = 10.0
"""Shortfall of what no run reaches."""
_OF_SUCCESS = (Kind.SUCCESSFUL, Kind.DEVICES_SUCCESSFUL, Kind.UP_TO_DATE)
_OF_TIME = (*TIMES, Kind.CHANCE_OF)
_A_SHARE = Measure(Kind.SUCCESSFUL)


@dataclass(frozen=True)
class Verdict:
    """What became of one expectation.

    Parameters
    ----------
    expectation
        What was expected.
    held
        Whether it was met.
    got
        What was found, with its interval.
    margin
        By how much it was met or missed.
    causes
        What is nearest to the reason, if it was missed.
    judged
        Whether the runs went far enough to say so; if they did not, `held` is False.
    """

    expectation: Expectation
    held: bool
    got: str
    margin: str
    causes: tuple[str, ...] = ()
    judged: bool = True


def judge(answer: Answer, expectations: tuple[Expectation, ...]) -> list[Verdict]:
    """Return a verdict on each expectation."""
    return [_verdict(answer, expectation) for expectation in expectations]


def shortfall(expectation: Expectation, values: Sequence[float]) -> float:
    """Return by how much values miss an expectation, as a share of it; 0 if they meet it.

    Parameters
    ----------
    expectation
        Its level of confidence is not looked at: this is for a first look with a few runs.
    values
        One a run.
    """
    if expectation.runs is not None:
        share = sum(map(expectation.meets, values)) / len(values)
        return max(0.0, expectation.runs - share)
    if expectation.quantile is not None:
        found = quantile(values, expectation.quantile)
    else:
        found = estimate(values, expectation.measure.definition.unit).value
    if expectation.meets_on_average(found):
        return 0.0
    if not math.isfinite(found):
        return NEVER_REACHED
    scale = abs(expectation.limit) or 1.0
    return min(NEVER_REACHED, max(abs(found - expectation.limit) / scale, 1e-9))


def holds(expectation: Expectation, values: Sequence[float]) -> bool:
    """Tell whether runs meet an expectation, with the confidence it asks for.

    Parameters
    ----------
    expectation
        What is expected.
    values
        What its measure came to, one a run.
    """
    held, _, _ = _judged(expectation, values)
    return held


def _verdict(answer: Answer, expectation: Expectation) -> Verdict:
    measure = expectation.measure
    held, got, margin = _judged(expectation, answer.values(measure))
    if not can_be_judged(answer, expectation, holds):
        why = say("verdict.stopped", at=stop_moment(answer))
        return Verdict(expectation, False, say("verdict.not_judged"), "", (why,), judged=False)
    causes = () if held else tuple(_too_few(answer, expectation) or _reasons(answer, expectation))
    return Verdict(expectation, held, got, margin, causes)


def _reasons(answer: Answer, expectation: Expectation) -> list[str]:
    """Return what the runs came to, where a share of them missed it, and the nearest causes."""
    measure = expectation.measure
    if answer.runs == 1 and expectation.meets(answer.values(measure)[0]):
        return []  # one run that meets it shows nothing more: that is all
    if expectation.level is not None and _would_hold(answer, expectation):
        return [say("verdict.not_shown", count=answer.runs)]
    causes = _causes(answer, expectation)
    if expectation.runs is None or answer.runs == 1 or measure.definition.unit is Unit.CHANCE:
        return causes
    return [say("verdict.median", median=answer.cells(measure).middle), *causes]


def _would_hold(answer: Answer, expectation: Expectation) -> bool:
    """Tell whether it is met but for the confidence that is asked for."""
    return holds(replace(expectation, level=None), answer.values(expectation.measure))


def _too_few(answer: Answer, expectation: Expectation) -> list[str]:
    """Return that runs which all meet it are too few to show a share of all possible runs."""
    wanted, level = expectation.runs, expectation.level
    values = answer.values(expectation.measure)
    if wanted is None or level is None or not all(map(expectation.meets, values)):
        return []
    if wanted >= 1:
        return [say("verdict.never_shown", count=len(values))]
    enough = math.floor(math.log((1 - level) / 2) / math.log(wanted)) + 1  # Clopper and Pearson's
    return [say("verdict.too_few", count=len(values), enough=enough)]


def _judged(expectation: Expectation, values: Sequence[float]) -> tuple[bool, str, str]:
    """Return whether it is met, what was found, and by how much."""
    if expectation.runs is not None:
        return _in_share_of_runs(expectation, values)
    if expectation.quantile is None:
        return _by_estimate(expectation, values)
    found = quantile(values, expectation.quantile)
    shown_found = _shown(found, expectation.measure)
    share = localised(f"{100 * expectation.quantile:g}")
    got = say("verdict.quantile", percent=share, count=len(values), found=shown_found)
    return expectation.meets(found), got, _margin(expectation, found)


def _in_share_of_runs(expectation: Expectation, values: Sequence[float]) -> tuple[bool, str, str]:
    wanted = expectation.runs or 0.0
    hits = [float(expectation.meets(value)) for value in values]
    level = expectation.level
    found = estimate(hits, Unit.CHANCE, level or 0.95) if len(hits) > 1 else None
    share = sum(hits) / len(hits)
    bound = share if level is None or found is None else found.low
    held = bound >= wanted and not (level is not None and found is None)
    got = say("verdict.in_runs", hits=round(sum(hits)), count=len(hits))
    if found is not None:
        low, high = shown_share(found.low), shown_share(found.high)
        at = _share_in_words(found.level)
        got = say("verdict.in_share_of_runs", runs=got, low=low, high=high, level=at)
    if level is not None and found is None:
        return held, got, say("verdict.one_run")
    margin = signed(bound - wanted, _A_SHARE)
    return held, got, say("measure.share_of_runs", value=margin)


def _by_estimate(expectation: Expectation, values: Sequence[float]) -> tuple[bool, str, str]:
    measure, level = expectation.measure, expectation.level
    found = estimate(values, measure.definition.unit, level or 0.95)
    got = mean_in_words(found, measure)
    has_interval = found.low < found.high and math.isfinite(found.value)
    if level is not None and found.method is Method.ONE_RUN:
        return False, got, say("verdict.one_run")
    if has_interval:
        got = say("verdict.at_level", got=got, level=_share_in_words(found.level))
    bound = (found.value,) if level is None else _bound(expectation, found)
    met = all(map(expectation.meets_on_average, bound))
    return met, got, _margin(expectation, bound[0])


def _share_in_words(share: float) -> str:
    return localised(write_share(share))


def _bound(expectation: Expectation, found: Estimate) -> tuple[float, ...]:
    if expectation.comparison == "=":
        return found.low, found.high
    return (found.low,) if expectation.wants_more else (found.high,)


def _shown(value: float, measure: Measure) -> str:
    return shown(value, measure.definition)


def _margin(expectation: Expectation, value: float) -> str:
    if not math.isfinite(value):
        return say("measure.never_in_one")
    return signed(value - expectation.limit, expectation.measure)


def _causes(answer: Answer, expectation: Expectation) -> list[str]:
    """Return what is nearest to the reason why a measure is not as expected."""
    measure = expectation.measure
    whom = measure.targeted
    if whom in answer.measures and not any(answer.values(whom)):
        return [say("verdict.none_targeted", measure=measure_in_words(whom))]
    if measure.kind is Kind.OUTCOME and not expectation.wants_more:
        return _reasons_of_outcome(answer, measure)
    if measure.kind in (*_OF_SUCCESS, *_OF_TIME) and expectation.holds_back:
        return []  # what went wrong elsewhere is not why it got so far
    if measure.kind in _OF_TIME:
        return _time_causes(answer, measure)
    if measure.kind in (*_OF_SUCCESS, Kind.OUTCOME):
        return [*_came_later(answer, measure), *outcome_causes(answer, measure)][:MOST_CAUSES]
    return line_causes(answer, measure)


def _time_causes(answer: Answer, measure: Measure) -> list[str]:
    """Return why so many do not have it in time: who never gets it, and in what the last are late.

    Who never gets it is no reason where enough get it in every run; nor are the last, where the
    time asked for is over before it is their turn.
    """
    reached = _reached(answer, measure) or [0.0]
    share = measure.share or 0.0
    causes = []
    if any(own < share for own in reached):
        causes += outcome_causes(answer, measure)[:1]
    if measure.is_of_all and share >= (1 - TAIL) * sum(reached) / len(reached):
        causes.append(tail_in_words(answer))
    return [cause for cause in causes if cause]


def _reached(answer: Answer, measure: Measure) -> list[float]:
    """Return the share that is successful in the end, run by run, of those that a time counts."""
    in_the_end = Measure(Kind.SUCCESSFUL, unit=measure.unit, group=measure.group)
    if in_the_end not in answer.measures:
        return []
    needless = replace(in_the_end, kind=Kind.OUTCOME, outcome="not necessary")
    successful = answer.values(in_the_end)
    if measure.of_targeted or needless not in answer.measures:
        return successful
    pairs = zip(successful, answer.values(needless), strict=True)
    return [round(own / (1 - other), 9) for own, other in pairs if other < 1]


def _came_later(answer: Answer, measure: Measure) -> list[str]:
    """Return how many had it after the time that was asked for."""
    in_the_end = _in_the_end(answer, measure)
    if measure.time is None or in_the_end is None or measure not in answer.measures:
        return []
    later = in_the_end - answer.estimates[measure].value
    return [say("verdict.later", share=_shown(later, measure))] if later > 0 else []


def _in_the_end(answer: Answer, measure: Measure) -> float | None:
    """Return what a measure of success by some time came to in the end; None if nobody looked."""
    whole = replace(measure, time=None)
    if whole in answer.measures:
        return answer.estimates[whole].value
    share = replace(whole, kind=Kind.SUCCESSFUL)
    if measure.kind is not Kind.DEVICES_SUCCESSFUL or not whole.is_of_all:
        return None
    pairs = zip(answer.values(share), answer.replications, strict=True)
    return sum(own * run.targeted for own, run in pairs) / answer.runs


def _reasons_of_outcome(answer: Answer, measure: Measure) -> list[str]:
    """Return why devices ended so, where an outcome has reasons and no one was asked for."""
    if measure.detail is not None:
        return []
    return _largest(
        answer, lambda other: other.outcome == measure.outcome and bool(other.detail), measure
    )


def outcome_causes(answer: Answer, measure: Measure) -> list[str]:
    """Return how else devices ended."""
    wanted = {"successful"} | ({measure.outcome} - {None})
    if measure.kind is Kind.UP_TO_DATE or (measure.kind in _OF_TIME and not measure.of_targeted):
        wanted.add("not necessary")
    outcomes = [other for other in answer.estimates if other.kind is Kind.OUTCOME]
    with_reason = {
        other.outcome for other in outcomes if other.detail and other.grouping == measure.grouping
    }
    return _largest(
        answer,
        lambda other: (
            other.outcome not in wanted and bool(other.detail or other.outcome not in with_reason)
        ),
        measure,
    )


def _largest(answer: Answer, counts: Callable[[Measure], bool], whom: Measure) -> list[str]:
    """Return the outcomes of the same devices that are most frequent, of those that count."""
    shares = {
        other: found.value
        for other, found in answer.estimates.items()
        if other.kind is Kind.OUTCOME
        and other.grouping == whom.grouping
        and found.value > 0
        and counts(other)
    }
    ordered = sorted(shares, key=lambda other: -shares[other])[:MOST_CAUSES]
    return [
        say("verdict.outcome", share=_shown(shares[other], other), outcome=_outcome(other))
        for other in ordered
    ]


def _outcome(measure: Measure) -> str:
    outcome = outcome_in_words(measure.outcome or "")
    if not measure.detail:
        return outcome
    return say("verdict.because", outcome=outcome, reason=reason_in_words(measure.detail))
