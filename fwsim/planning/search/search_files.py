"""A search on disk: every plan looked at, the picture, what it takes to search again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fwsim.messages import ENGLISH, say, speaking
from fwsim.planning.search.as_written import as_written_in_words
from fwsim.planning.search.picture import picture
from fwsim.planning.search.plans_table import table
from fwsim.planning.search.result_in_words import verdict
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.figures.look import picture_files
from fwsim.results.output.writing import frame_writer, json_writer
from fwsim.results.statistics.estimate import share_of_runs

OF_A_SEARCH = ("search.json", "plans.csv", "plans.png")
"""Names of the files."""


@speaking(ENGLISH)
def search_files(result: SearchResult) -> dict[str, Callable[[Path], None]]:
    """Return what to write, by file name."""
    summary = {
        "question": result.question.words(),
        "verdict": verdict(result),
        "held-out runs": _last_word(result),
        "plan as written": as_written_in_words(result),
        "plans": len(result.trials),
        "runs": result.spent,
        "interrupted": result.interrupted,
        "provenance": result.provenance,
    }
    files = {
        "search.json": json_writer(summary),
        "plans.csv": frame_writer(table(result), "csv"),
    }
    if any(trial.runs for trial in result.trials):
        files |= picture_files({"plans.png": lambda: picture(result)})
    return files


def _last_word(result: SearchResult) -> dict[str, Any] | None:
    """Return how often the plan told keeps its limits, in runs that did not select it.

    First of all, the share that may be counted on: the lower end of the interval. Beside it, how
    often it does in those that did; None without limits, or without held-out runs.
    """
    told = result.told
    if told is None or not result.question.limits:
        return None
    outcome = result.outcome
    kept = _kept(result.kept_by(told), told.runs)
    return {
        "count on": kept["low"],
        "plan": told.title or say("plan.as_written"),
        "keeps limits": result.keeps_limits,
        "kept every limit": kept,
        "kept each limit": {
            str(limit): _kept(sum(map(limit.meets, told.of(limit.measure))), told.runs)
            for limit in result.question.limits
        },
        "kept every limit in the runs that selected it": None
        if outcome is None
        else _kept(result.kept_by(outcome.selected_by), outcome.selected_by.runs),
    }


def _kept(kept: int, runs: int) -> dict[str, float]:
    """Return in how many runs something was kept, as a share with its 95 % interval."""
    share, low, high = share_of_runs(kept, runs)
    return {"kept": kept, "runs": runs, "share": share, "low": low, "high": high}
