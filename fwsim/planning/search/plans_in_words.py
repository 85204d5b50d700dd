"""The plans that were looked at as a table for people; `table` has them as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwsim.measures.in_words import measure_in_words
from fwsim.messages import say
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.plan_in_words import plan_in_words
from fwsim.planning.search.question import shown_estimate
from fwsim.planning.search.search_result import SearchResult

if TYPE_CHECKING:
    import pandas as pd


def plans_in_words(result: SearchResult) -> pd.DataFrame:
    """Return one row a plan looked at, best first: what it is, and what its runs came to.

    Parameters
    ----------
    result
        What a search came to.
    """
    import pandas as pd

    return pd.DataFrame([_row(result, trial) for trial in result.trials])


def _row(result: SearchResult, trial: Candidate) -> dict[str, str]:
    row = {say("plan.head_plan"): plan_in_words(trial) or say("plan.as_written")}
    row[say("plan.head_runs")] = str(trial.runs)
    if result.question.limits:
        row[say("plan.head_kept")] = _kept(result, trial)
    for measure in result.question.measures:
        came_to = shown_estimate(measure, trial.of(measure)) if trial.runs else ""
        row[measure_in_words(measure)] = came_to
    return row


def _kept(result: SearchResult, trial: Candidate) -> str:
    """Return in how many of a plan's runs every limit was kept; of one without runs, why."""
    if trial.runs:
        told = say("plan.in_runs", often=result.kept_by(trial), count=trial.runs)
        return say("plan.dropped", runs=told) if trial.is_dropped else told
    return say("plan.no_plan") if trial.faults else say("plan.out_of_reach")
