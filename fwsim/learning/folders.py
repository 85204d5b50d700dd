"""Folders in the place of a log: one of results holds its status log."""

from __future__ import annotations

from pathlib import Path

from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.results.output.folder.manifest import MANIFEST

LOGS = ("status-log.csv", "status-log.parquet", "status-log.jsonl")
"""Names of the log in a folder of results."""
_OF_LOGS = frozenset((".csv", ".txt", ".log", ".tsv", ".parquet", ".jsonl", ".json", ".xes"))


def log_in(path: Path) -> Path:
    """Return the log of a folder of results; a file is itself.

    Raises
    ------
    InputError
        If a folder has none.
    """
    if not path.is_dir():
        return path
    found = next((path / name for name in LOGS if (path / name).is_file()), None)
    if found is None:
        text = say("under_way.no_log_in_folder")
        raise InputError([Problem(text + _named(path), str(path))])
    return found


def refuse_folder(path: Path) -> None:
    """Refuse a folder in the place of a web server's log.

    Raises
    ------
    InputError
        If it is one.
    """
    if path.is_dir():
        text = say("under_way.folder_of_web_logs")
        raise InputError([Problem(text + _named(path), str(path))])


def _named(folder: Path) -> str:
    """Return what to say of a folder's files that may be the logs that are meant."""
    try:
        files = sorted(one for one in folder.iterdir() if one.suffix.lower() in _OF_LOGS)
    except OSError:
        return ""
    if not files or (folder / MANIFEST).exists():  # tables of fwsim's own are no logs
        return ""
    return say("under_way.file_in_folder", file=files[-1])
