"""Status logs as files, however long: written part by part, whole or not at all."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.problems import InputError, Problem, told_as_not_written
from fwsim.results.output.folder.drafts import staging
from fwsim.results.output.folder.writing import NewPart, write_parts
from fwsim.results.output.table_files import table_writer
from fwsim.results.output.writing import arrow_parquet, check_folder
from fwsim.results.run.replication import Replication
from fwsim.results.run.tables import log_table


def parquet_writer(rollout: Rollout, log: LogColumns) -> Callable[[Path], None]:
    """Return a function that writes a log as Parquet, thinned as the scenario wishes."""
    return table_writer(log_table(rollout, log, rollout.scenario.log), "parquet")


def log_name(number: int) -> str:
    """Return the name of the file that holds the log of a run."""
    return f"status-log-{number:05d}.parquet"


def write_log(rollout: Rollout, log: LogColumns, path: Path) -> None:
    """Write a log as Parquet, whole or not at all.

    Raises
    ------
    NotWrittenError
        If the folder cannot be written to.
    """
    draft = path.with_name(f"{path.name}~")
    with told_as_not_written(str(path.parent)):
        try:
            parquet_writer(rollout, log)(draft)
            os.replace(draft, path)  # noqa: PTH105 - in one step
        except OSError:
            draft.unlink(missing_ok=True)
            raise


class LogsElsewhereWarning(UserWarning):
    """Logs of runs that other machines made, and kept."""


@contextmanager
def logs_of_runs(folder: Path | None, done: Sequence[Replication]) -> Iterator[Path | None]:
    """Give a place for logs of runs; at the end those take the place of the ones before.

    Parameters
    ----------
    folder
        Where they will lie; None keeps none.
    done
        The runs that count at the end.

    Raises
    ------
    InputError
        If the folder cannot be written to, or Parquet is not to be had.
    """
    if folder is None:
        yield None
        return
    arrow_parquet()
    check_folder(folder)
    with staging(folder) as place:
        try:
            yield place
        except InputError as error:
            told = [_of_folder(p, place, folder) for p in error.problems]
            raise type(error)(told) from None
        names = [log_name(run.number) for run in done]
        here = {name: _moving(place / name) for name in names if (place / name).is_file()}
        if len(here) < len(names):
            lacking = len(names) - len(here)
            text = say("log_parts.elsewhere", lacking=lacking, of=len(names), place=place)
            warnings.warn(text, LogsElsewhereWarning, stacklevel=5)
        write_parts(folder, {"logs": NewPart(here)})


def _of_folder(problem: Problem, place: Path, folder: Path) -> Problem:
    """Return a problem of the hidden place as one of the folder a person named."""
    return replace(problem, source=str(folder)) if problem.source == str(place) else problem


def _moving(source: Path) -> Callable[[Path], None]:
    return lambda path: os.replace(source, path)  # noqa: PTH105 - within one file system
