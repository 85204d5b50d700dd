"""What every run of a search came to, kept in a file: nothing is lost, nothing counted twice."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fwsim.input_file import check_file
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.problems import InputError, NotWrittenError, Problem
from fwsim.put_in_place import putting

_TABLES = (
    "create table about (name text primary key, value text not null)",
    "create table run (plan text not null, number integer not null, measure text not null, "
    "value real, primary key (plan, number, measure))",
)
Key = str
"""A plan, by the digest of its scenario."""
APPLICATION = 0x66777331
"""What SQLite keeps in the head of a study, so that no other file is taken for one."""


class Study:
    """The runs of a search, in memory or in an SQLite file.

    Parameters
    ----------
    path
        The file; None keeps them in memory. A file of the same question is taken up again.
    about
        What the runs depend on besides the plan: scenario, seed, versions.

    Raises
    ------
    InputError
        If the file is none of fwsim's, cannot be written, or belongs to another question.
    """

    def __init__(self, path: Path | None, about: Mapping[str, str]) -> None:
        self._places = () if path is None else (path,)
        self._source = str(path)
        is_new = path is not None and not path.exists()
        if path is not None:
            check_file(path, self._source)
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # One thread at a time uses it, but not always the one that opened it.
            self._file = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=30,
                check_same_thread=False,
                isolation_level=None,
            )
            self._closing = weakref.finalize(self, self._file.close)
            with _transaction(self._file):
                self._open(dict(about))
        except (sqlite3.Error, OSError) as error:
            if is_new and path is not None:
                self._remove_empty(path)
            self._refuse(say("planning.no_study", reason=error))

    @staticmethod
    def _remove_empty(path: Path) -> None:
        """Leave no file behind that nothing could be written into."""
        with suppress(OSError):
            if path.stat().st_size == 0:
                path.unlink()

    def _open(self, about: dict[str, str]) -> None:
        """Take a study up, or make one of an empty file."""
        (mark,) = self._file.execute("pragma application_id").fetchone()
        (tables,) = self._file.execute("select count(*) from sqlite_master").fetchone()
        if mark != APPLICATION:
            if tables:
                self._refuse(say("planning.other_database"))
            for statement in _TABLES:
                self._file.execute(statement)
            self._file.execute(f"pragma application_id = {APPLICATION}")
        known: dict[str, str] = dict(self._file.execute("select name, value from about"))
        if known and known != about:
            other = [name for name in about if known.get(name) != about[name]]
            self._refuse(say("planning.other_study", parts=", ".join(other)))
        self._file.executemany("insert or ignore into about values (?, ?)", about.items())

    def _refuse(self, text: str) -> None:
        raise InputError([Problem(text, source=self._source)])

    def values(self, plan: Key, measures: Iterable[Measure]) -> dict[int, dict[Measure, float]]:
        """Return what the runs of a plan came to, by number; only runs with all measures."""
        by_name = {measure.name: measure for measure in measures}
        by_number: dict[int, dict[Measure, float]] = {}
        rows = self._read(
            "select number, measure, value from run where plan = ? order by number", plan
        )
        for number, name, value in rows:
            if name in by_name:
                amount = float("inf") if value is None else float(value)
                by_number.setdefault(number, {})[by_name[name]] = amount
        return {n: values for n, values in by_number.items() if len(values) == len(by_name)}

    def keep(self, plan: Key, number: int, values: Mapping[Measure, float]) -> None:
        """Keep what a run came to; a run that is known already stays as it is.

        Raises
        ------
        NotWrittenError
            If it cannot be kept; what was kept before stays.
        """
        rows = [
            (plan, number, measure.name, None if value == float("inf") else value)
            for measure, value in values.items()
        ]
        try:
            with putting(*self._places), _transaction(self._file):
                self._file.executemany("insert or ignore into run values (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            problem = Problem(say("planning.study_not_written", reason=error), source=self._source)
            raise NotWrittenError([problem]) from None

    def __len__(self) -> int:
        ((runs,),) = self._read("select count(*) from (select distinct plan, number from run)")
        return int(runs)

    def _read(self, query: str, *values: str) -> list[Any]:
        try:
            return self._file.execute(query, values).fetchall()
        except sqlite3.Error as error:
            problem = Problem(say("planning.study_not_read", reason=error), source=self._source)
            raise InputError([problem]) from None

    def close(self) -> None:
        """Close the file; who drops the study has it closed, too."""
        self._closing()


@contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[None]:
    """Do several things as one; another process waits."""
    file.execute("begin immediate")
    try:
        yield
        file.execute("commit")
    except BaseException:
        if file.in_transaction:  # a full disk has ended it already
            file.execute("rollback")
        raise
