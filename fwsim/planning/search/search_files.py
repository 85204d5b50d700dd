"""A search on disk: every plan looked at, the picture, what it takes to search again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fwsim.messages import ENGLISH, speaking
from fwsim.planning.search.as_written import as_written_in_words
from fwsim.planning.search.result_in_words import picture, table, verdict
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.figures.look import picture_files
from fwsim.results.output.writing import frame_writer, json_writer

OF_A_SEARCH = ("search.json", "plans.csv", "plans.png")
"""Names of the files."""


@speaking(ENGLISH)
def search_files(result: SearchResult) -> dict[str, Callable[[Path], None]]:
    """Return what to write, by file name."""
    summary = {
        "question": result.question.words(),
        "verdict": verdict(result),
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
