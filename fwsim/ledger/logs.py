"""Logs to hold forecasts against: files as they come, and folders that fwsim wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fwsim.input_file import LARGEST_LOG, digest_of
from fwsim.messages import say
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import Observed
from fwsim.problems import InputError, Problem
from fwsim.results.output.folder.reading import Saved, read_saved

_LOG, _SUMMARY = "status-log", "summary.json"
_LARGEST_SUMMARY = 50_000_000
MappingFile = str | Path | LogMapping | None


@dataclass(frozen=True)
class Source:
    """A log, or several files of one: where it lies, and of which scenario it says to be.

    Parameters
    ----------
    files
        What to read.
    scenario_sha256
        Of the scenario it was made with; None if it does not say.
    is_run
        Whether it is a run that fwsim saved, and so goes to the end of its rollout.
    """

    files: tuple[Path, ...]
    scenario_sha256: str | None
    is_run: bool

    @property
    def sha256(self) -> str:
        """Of its content."""
        return digest_of(self.files, largest=LARGEST_LOG)

    def read(self, zone: str | None, mapping: MappingFile = None) -> Observed:
        """Return what was seen.

        Raises
        ------
        InputError
            If a file is no log.
        """
        from fwsim.observations.reading import read_observed  # Arrow, which keeping does not need

        return read_observed(self.files, zone=zone, mapping=mapping)


def source_of(paths: Path | Iterable[Path]) -> Source:
    """Return the log that paths stand for: files of one rollout, or a folder of fwsim's.

    Raises
    ------
    InputError
        If a folder holds no run, or there are several with a folder among them.
    """
    several = [paths] if isinstance(paths, Path) else list(paths)
    folders = [path for path in several if path.is_dir()]
    if not folders:
        return Source(tuple(several), None, is_run=False)
    if len(several) > 1:
        text = say("ledger.folder_alone")
        raise InputError([Problem(text, str(folders[0]))])
    return read_saved(folders[0], _saved_run)


def _saved_run(saved: Saved) -> Source:
    name = saved.table(_LOG)
    if name is None:
        text = say("ledger.no_log", name=_LOG)
        raise InputError([Problem(text, str(saved.folder))])
    sha256 = _origin(saved.path(_SUMMARY)) if saved.has(_SUMMARY) else None
    return Source((saved.path(name),), sha256, is_run=True)


def _origin(path: Path) -> str | None:
    """Return which scenario a summary says it is of; None if it says nothing of the kind."""
    if path.stat().st_size > _LARGEST_SUMMARY:
        return None
    try:
        data: Any = json.loads(path.read_bytes())
        found = data["provenance"]["scenario_sha256"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def check_twice(sources: Sequence[Source]) -> None:
    """Refuse a log that is named twice.

    Raises
    ------
    InputError
        If one is.
    """
    seen: set[Path] = set()
    for path in (path.resolve() for source in sources for path in source.files):
        if path in seen:
            text = say("ledger.named_twice")
            raise InputError([Problem(text, str(path))])
        seen.add(path)
