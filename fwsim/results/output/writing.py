"""Results on disk: files are written whole or not at all, and safe to open in a spreadsheet."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fwsim.messages import say
from fwsim.optional import needed
from fwsim.output_file import refuse_no_files
from fwsim.problems import InputError, Problem, told_as_not_written
from fwsim.put_in_place import putting, temporary
from fwsim.results.output.folder.before_manifests import ANSWER_TABLES, SAMPLE_RUN_TABLES
from fwsim.results.output.folder.drafts import DRAFT, settle
from fwsim.results.output.folder.lock import locked
from fwsim.spreadsheet import marked, marked_formula, unmarked, unmarked_formula

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["csv", "parquet", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "jsonl")
SAMPLE_RUN, ANSWER, REPORT, DOUBT, SCORE = "story", "answer", "report", "doubt", "score"
"""Parts of a folder: one run, several runs together, the report of those."""
NAME_COLUMNS = ("device", "unit", "ou", "site")
"""Columns of names that people gave: a ``00012`` or ``SEP-01`` there is a text, too."""


def names_of_a_run(form: Format, *, is_sample_run: bool) -> list[str]:
    """Return the names of the files that one run is written as, or several."""
    tables = (*SAMPLE_RUN_TABLES, "proxy-load", *(() if is_sample_run else ANSWER_TABLES))
    more = () if is_sample_run else ("runs.npz", "setting.json")
    return [*(f"{table}.{form}" for table in tables), *more, "summary.json"]


def check_runs_were_made(provenance: Mapping[str, Any]) -> None:
    """Refuse a first look, as the planner shows it before an experiment's runs are there.

    Raises
    ------
    InputError
        If the answer is not one that an experiment gave.
    """
    if "scenario_sha256" not in provenance:
        raise InputError([Problem(say("saved.first_look"), source="answer")])


def origin_of(provenance: Mapping[str, Any]) -> str:
    """Return what tells whether two results are of one experiment.

    Raises
    ------
    InputError
        If they are of none: a first look at a plan has too few runs to be kept as an answer.
    """
    check_runs_were_made(provenance)
    return f"{provenance['scenario_sha256']} {provenance['seed']}"


def _with_marks(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a mark in front of each text that a spreadsheet would change."""
    import pandas as pd

    safe = table.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name].dtype):
            mark = marked if name in NAME_COLUMNS else marked_formula
            safe[name] = safe[name].map(partial(_with_mark, mark), na_action="ignore")
    return safe


def _with_mark(mark: Callable[[str], str], cell: object) -> object:
    return mark(cell) if isinstance(cell, str) else cell  # yes, no or unknown is no text


def as_written(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of texts, read from CSV, without the marks that were put in front of them."""
    for column in table.columns:
        has_mark = table[column].str.startswith("'")
        if has_mark.any():
            restore = unmarked if column in NAME_COLUMNS else unmarked_formula
            table.loc[has_mark, column] = table.loc[has_mark, column].map(restore)
    return table


def frame_writer(table: pd.DataFrame, form: Format) -> Callable[[Path], None]:
    """Return a function that writes a small table, of whatever values, to a path."""
    match form:
        case "csv":
            return lambda path: _with_marks(table).to_csv(path, index=False, lineterminator="\n")
        case "parquet":
            return lambda path: _write_parquet(table, path)
        case "jsonl":
            return lambda path: table.to_json(path, orient="records", lines=True, force_ascii=False)


def arrow_parquet() -> Any:
    """Return what reads and writes Parquet.

    Raises
    ------
    InputError
        If it is not installed.
    """
    return needed("pyarrow.parquet", "logs", say("optional.parquet"))


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    arrow_parquet()
    with path.open("wb") as file:  # a path with a colon would be taken for an address
        table.to_parquet(file, index=False, compression="zstd")


def bytes_writer(content: bytes) -> Callable[[Path], None]:
    """Return a function that writes bytes to a path."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def text_writer(text: str) -> Callable[[Path], None]:
    """Return a function that writes a text to a path."""
    return lambda path: _write_text(path, text)


def json_writer(data: dict[str, Any]) -> Callable[[Path], None]:
    """Return a function that writes plain data as JSON to a path."""
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return text_writer(text)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def check_folder(folder: Path, names: Iterable[str] = ()) -> None:
    """Refuse a folder that cannot be written to, before there is anything to write.

    Parameters
    ----------
    folder
        Need not be there yet.
    names
        Of files to write: none of them may be a folder there.

    Raises
    ------
    InputError
        If it cannot be made or written to.
    """
    existing = folder
    try:
        if folder.is_symlink() and not folder.exists():
            raise NotADirectoryError(0, say("file.dead_link"))
        places = (folder, *folder.absolute().parents)
        existing = next(place for place in places if place.exists())
        if not existing.is_dir():
            raise NotADirectoryError(0, say("file.no_folder"))
        with temporary(existing, DRAFT):
            pass
    except OSError as error:
        of = "" if existing == folder else f"{existing}: "
        text = say("file.not_written", reason=f"{of}{error.strerror or error}")
        raise InputError([Problem(text, source=str(folder))]) from None
    refuse_no_files(folder, names)


def write_all(folder: Path, files: Mapping[str, Callable[[Path], None]]) -> list[Path]:
    """Write several files into a folder, all of them or none; each stands for itself.

    What belongs together is written by `fwsim.results.output.folder.writing.write_parts`.

    Parameters
    ----------
    folder
        Made if it is not there.
    files
        What writes each, by name.

    Raises
    ------
    NotWrittenError
        If the folder cannot be made or written to.
    InputError
        If a folder has the name of a file.
    """
    return write_wherever({folder / name: write for name, write in files.items()})


def write_wherever(files: Mapping[Path, Callable[[Path], None]]) -> list[Path]:
    """Write several files, wherever they are to lie, all of them or none; as `write_all`.

    Each is written beside its place first; only when all are complete do they take their names.

    Parameters
    ----------
    files
        What writes each, by its path.

    Raises
    ------
    NotWrittenError, InputError
        As `write_all`.
    """
    for path in files:
        refuse_no_files(path.parent, [path.name])
    for path in files:
        with told_as_not_written(str(path.parent)):
            path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        # Always in one order: two who write to the same folders never wait for each other.
        places = sorted({path.parent.resolve(): path.parent for path in files}.items())
        drafts = {place: held.enter_context(_drafts_in(folder)) for place, folder in places}
        draft_of = {path: drafts[path.parent.resolve()] / path.name for path in files}
        for path, write in files.items():
            with told_as_not_written(str(path.parent)):
                write(draft_of[path])
            refuse_no_files(path.parent, [path.name])
        with putting(*files):
            for path, draft in draft_of.items():
                with told_as_not_written(str(path.parent)):
                    os.replace(draft, path)  # noqa: PTH105 - in one step
    return list(files)


@contextmanager
def _drafts_in(folder: Path) -> Iterator[Path]:
    """Give a place for drafts beside what they replace; nobody else writes there meanwhile."""
    with ExitStack() as held:
        with told_as_not_written(str(folder)):
            held.enter_context(locked(folder))
            settle(folder)
            draft = held.enter_context(temporary(folder, DRAFT))
        yield draft
