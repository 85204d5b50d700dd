"""What may go wrong with a plan, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from fwsim.measures.amounts import shown, shown_share
from fwsim.measures.catalogue import Kind
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.headline import SHARE
from fwsim.results.statistics.in_words import none_needs_it
from fwsim.results.statistics.judgement import holds
from fwsim.results.statistics.stopping import can_be_judged, is_for_nobody

_SIGNS = {">=": "≥", "<=": "≤"}


def risk_in_words(answer: Answer) -> str:
    """Return the risk of a plan in one sentence.

    It is about the expectation that most runs miss. Where none does, or nothing is expected, about
    how many devices are successful in a bad run; where the runs all agree, it says so.

    Parameters
    ----------
    answer
        What the runs came to.
    """
    if answer.runs == 1:
        return say("risk.one_run")
    judged = _judged(answer)
    missed = [(_missed(answer, e), e) for e in judged]
    count, expected = max(missed, key=lambda pair: pair[0], default=(0, None))
    if count and expected is not None:
        return say(
            "risk.missed",
            missed=count,
            count=answer.runs,
            measure=measure_in_words(expected.measure),
            comparison=_SIGNS.get(expected.comparison, expected.comparison),
            limit=shown(expected.limit, expected.measure.definition),
        )
    if is_for_nobody(answer):
        return say("risk.nobody")
    over = Measure(Kind.TIME_TO, share=SHARE)
    if none_needs_it(answer.values(over), over):
        return say("risk.none_needs_it")
    found = answer.forecast(Measure(Kind.SUCCESSFUL))
    if found.runs < FEWEST_FOR_RANGE:
        return say("risk.worst", count=found.runs, share=shown_share(found.least))
    share = shown_share(found.low.value)
    none_is_missed = bool(judged) and len(judged) == len(answer.setting.expectations)
    if found.is_same:
        which = "risk.none_same" if none_is_missed else "risk.same"
    else:
        which = "risk.none" if none_is_missed else "risk.range"
    return say(which, share=share)


def _judged(answer: Answer) -> list[Expectation]:
    """Return what is expected, without what the runs did not go far enough for."""
    return [
        expected
        for expected in answer.setting.expectations
        if can_be_judged(answer, expected, holds)
    ]


def _missed(answer: Answer, expected: Expectation) -> int:
    values: Sequence[float] = answer.values(expected.measure)
    return sum(not expected.meets(value) for value in values)
