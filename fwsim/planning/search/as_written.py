"""What the plan as it is written comes to beside the one that was found.

It need not be among those searched, and it chooses nothing.
"""

from __future__ import annotations

from fwsim.messages import say
from fwsim.planning.search.result_in_words import limits_in_words, measures_in_words
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.statistics.difference_in_words import in_words


def as_written_in_words(result: SearchResult) -> list[str]:
    """Return what the plan as it is written comes to, and how much better the found one is.

    Parameters
    ----------
    result
        What a search came to.

    Returns
    -------
    list of str
        Line by line; empty where no plan got held-out runs, or the search was stopped.
    """
    written, told = result.written, result.told
    if told is None or (written is None and result.interrupted):
        return []
    if written is None:
        return [say("plan.as_written_stopped")]
    if result.is_as_written:
        return []
    runs = written.runs
    if all(told.of(measure) == written.of(measure) for measure in result.question.measures):
        return [say("plan.same_as_written", count=runs)]
    names = {"first": say("plan.plan_above"), "second": say("plan.as_written")}
    lines = measures_in_words(result, written)
    for place, found in enumerate(result.against_written):
        words = in_words(found, of_plans=True, **names)
        lines[place] = say("plan.and_above", line=lines[place], difference=words)
    lines += limits_in_words(result, written) if result.question.limits else []
    heading = say("plan.in_comparison_as_written", count=runs)
    return [heading, *(f"  {line}" for line in lines)]
