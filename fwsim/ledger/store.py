"""The ledger: one SQLite file to which forecasts are added, and from which nothing is taken.

Triggers refuse whatever changes an entry. Who takes them away leaves a file of another make, and
who goes round them breaks the chain: each entry holds the SHA-256 of itself and of all before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar
from uuid import uuid4

from pydantic import ValidationError

from fwsim.input_file import check_file, first_bytes, nearest_file
from fwsim.interrupts import interrupts_held
from fwsim.ledger.happened import Happened
from fwsim.ledger.kept import KeptForecast, Plain
from fwsim.messages import say
from fwsim.problems import InputError, NotWrittenError, Problem
from fwsim.put_in_place import putting

FORMAT = 1
PATIENCE = 60.0
"""Seconds to wait while others write."""
LARGEST = 4_000_000_000
LARGEST_ENTRY = 20_000_000
"""Bytes of a ledger, and of one of its entries."""
_APPLICATION = int.from_bytes(b"fwsL", "big")
_MAGIC = b"SQLite format 3\0"
_REFUSED = "SELECT RAISE(ABORT, 'a ledger is added to, never changed')"
_NEXT = "(SELECT coalesce(max(id), 0) + 1 FROM entries)"
_SCHEMA = {
    "entries": (
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, "
        "scenario_sha256 TEXT NOT NULL, content TEXT NOT NULL, chain TEXT NOT NULL)"
    ),
    "no_update": f"CREATE TRIGGER no_update BEFORE UPDATE ON entries BEGIN {_REFUSED}; END",
    "no_delete": f"CREATE TRIGGER no_delete BEFORE DELETE ON entries BEGIN {_REFUSED}; END",
    # INSERT OR REPLACE deletes without a word to the trigger above.
    "only_next": (
        "CREATE TRIGGER only_next BEFORE INSERT ON entries "
        f"WHEN NEW.id IS NOT {_NEXT} BEGIN {_REFUSED}; END"
    ),
}
_KINDS: dict[str, type[Plain]] = {"forecast": KeptForecast, "rollout": Happened}
Kept = TypeVar("Kept", bound=Plain)


@dataclass(frozen=True)
class Ledger:
    """What a ledger holds; numbers are those of its entries, from 1.

    Parameters
    ----------
    path
        Where it lies.
    forecasts
        Forecasts by number, as they were added.
    rollouts
        What rollouts came to, by number; of several of one scenario `came_to` tells which holds.
    """

    path: Path
    forecasts: dict[int, KeptForecast]
    rollouts: dict[int, Happened]

    def of_scenario(self, sha256: str) -> dict[int, KeptForecast]:
        """Return the forecasts of one scenario."""
        return {n: kept for n, kept in self.forecasts.items() if kept.scenario_sha256 == sha256}

    def scenarios(self) -> dict[str, str]:
        """Return the scenarios that were forecast: their names, by their SHA-256."""
        return {kept.scenario_sha256: kept.scenario for kept in self.forecasts.values()}

    def came_to(self) -> dict[str, Happened]:
        """Return what each rollout came to, by the SHA-256 of its scenario.

        The last that is known of the whole holds: a part takes nothing back. Else the last part.
        """
        found: dict[str, Happened] = {}
        for happened in self.rollouts.values():
            before = found.get(happened.scenario_sha256)
            if before is None or happened.is_whole or not before.is_whole:
                found[happened.scenario_sha256] = happened
        return found


def append(path: Path, entry: KeptForecast | Happened) -> int:
    """Add an entry; others may be adding meanwhile.

    Parameters
    ----------
    path
        Of the ledger; made if it is not there.
    entry
        What to keep.

    Returns
    -------
    int
        Its number.

    Raises
    ------
    InputError
        If something else is there, or it is damaged.
    NotWrittenError
        If it cannot be written to; then nothing is added.
    """
    kind = next(kind for kind, model in _KINDS.items() if isinstance(entry, model))
    data = entry.model_dump(mode="json", exclude_defaults=True)
    content = json.dumps(data, allow_nan=False, sort_keys=True)
    if len(content) > LARGEST_ENTRY:
        raise InputError([Problem(say("ledger.too_much"), str(path))])
    row = (kind, entry.scenario_sha256, content)
    if not path.exists() and _made_with(path, row):
        return 1
    return _added(path, path, row)


def _made_with(path: Path, row: tuple[str, str, str]) -> bool:
    """Make a ledger with its first entry; tell whether that was possible.

    It takes its name when it is whole, so a full disk leaves no empty file; and only if nobody else
    has made one meanwhile.
    """
    draft = path.with_name(f".ledger-{uuid4().hex[:8]}~")
    try:
        _added(draft, path, row)
        with putting(path):
            os.link(draft, path)
    except OSError:  # somebody has, or there are no links here
        return False
    finally:
        with interrupts_held():
            for left in (draft, draft.with_name(f"{draft.name}-journal")):
                with suppress(OSError):
                    left.unlink()
    return True


def _added(place: Path, path: Path, row: tuple[str, str, str]) -> int:
    """Add what an entry consists of to the ledger at a place; it is told of as another path."""
    put = [path] if place == path else []  # a draft is not there yet
    with _opened(place, "rwc", path) as database, _transaction(database, *put):
        if _is_new(database):
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {FORMAT}")
            for statement in _SCHEMA.values():
                database.execute(statement)
        _check_make(path, database)
        # What stands behind a damaged entry could not be read either.
        before, chain = 0, ""
        for before, *_, chain in _entries(path, database):  # noqa: B007 - the last is wanted
            pass
        full = (before + 1, *row)
        database.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", (*full, _link(chain, full)))
        return before + 1


def read_ledger(path: Path) -> Ledger:
    """Return what a ledger holds.

    Raises
    ------
    InputError
        If it is not there, is not fwsim's, or is no longer what was written.
    """
    if not path.exists():
        text = say("ledger.none_such", near=nearest_file(path))
        raise InputError([Problem(text, str(path))])
    ledger = Ledger(path, {}, {})
    with _opened(path, "ro") as database:
        _check_make(path, database)
        for number, kind, content, _ in _entries(path, database):
            _take(path, ledger, number, kind, content)
    return ledger


def _entries(path: Path, database: sqlite3.Connection) -> Iterator[tuple[int, str, str, str]]:
    """Yield number, kind, content and chain of each entry.

    Raises
    ------
    InputError
        At the first that is not what was written.
    """
    chain = ""
    rows = database.execute(
        "SELECT id, kind, scenario_sha256, content, chain FROM entries ORDER BY id"
    )
    for number, (*row, told) in enumerate(rows, 1):
        chain = _link(chain, tuple(row))
        if row[0] != number or told != chain:
            _refuse(path, say("ledger.changed", number=number))
        yield number, str(row[1]), str(row[3]), chain


def check_ledger(path: Path) -> None:
    """Refuse what is no ledger, before there is anything to keep.

    Raises
    ------
    InputError
        If something else is there, it is damaged, or it could not be added to or made there.
    """
    from fwsim.results.output.writing import check_folder

    if path.exists():
        with _opened(path, "rw") as database, _attempt(database):
            if not _is_new(database):
                _check_make(path, database)
                for _ in _entries(path, database):
                    pass
            # SQLite opens what may only be read, and says so when something is written.
            database.execute(f"PRAGMA user_version = {FORMAT}")
    elif not path.parent.is_dir():
        raise InputError([Problem(say("ledger.no_folder"), str(path.parent))])
    else:
        check_folder(path.parent)


def _link(chain: str, row: tuple[object, ...]) -> str:
    """Return what an entry's chain is: of the one before, and of itself."""
    return hashlib.sha256(json.dumps([chain, *row]).encode()).hexdigest()


def _take(path: Path, ledger: Ledger, number: int, kind: str, content: str) -> None:
    try:
        entry = _KINDS[kind].model_validate_json(content)
    except KeyError:
        _refuse(path, say("ledger.unknown_kind", number=number))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(key) for key in first["loc"])
        _refuse(path, say("ledger.otherwise", number=number, name=place))
    if isinstance(entry, KeptForecast):
        ledger.forecasts[number] = entry
    elif isinstance(entry, Happened):
        ledger.rollouts[number] = entry


@contextmanager
def _opened(path: Path, mode: str, told: Path | None = None) -> Iterator[sqlite3.Connection]:
    """Open a file as a database; what goes wrong is told in words, of another path if one is given.

    Raises
    ------
    InputError
        If it is none, or cannot be read or written.
    """
    place, path = path, told or path
    check_file(place, str(path))
    try:
        if place.exists():
            _check_bytes(place)
        uri = f"{place.absolute().as_uri()}?mode={mode}"
        with closing(
            sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
        ) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST_ENTRY)
            yield database
    except sqlite3.OperationalError as error:
        _refuse_operation(path, error, mode)
    except UnicodeDecodeError:
        _refuse(path, say("ledger.no_text"))
    except sqlite3.Error as error:
        _refuse(path, _said(error))
    except OSError as error:
        text = say("ledger.not_opened", reason=error.strerror or error)
        raise InputError([Problem(text, str(path))]) from None


def _check_bytes(path: Path) -> None:
    size = path.stat().st_size
    if size > LARGEST:
        raise InputError([Problem(say("ledger.too_large", gigabytes=LARGEST // 10**9), str(path))])
    if first_bytes(path, str(path), len(_MAGIC)) not in {b"", _MAGIC}:
        raise InputError([Problem(say("ledger.no_ledger"), str(path))])


def _refuse_operation(path: Path, error: sqlite3.OperationalError, mode: str) -> NoReturn:
    reason = _said(error)
    if "locked" in reason:
        text = say("ledger.locked", seconds=f"{PATIENCE:.0f}")
    elif "decode" in reason:
        _refuse(path, say("ledger.no_text"))
    elif "malformed" in reason:
        _refuse(path, reason)
    else:
        text = say("ledger.not_read" if mode == "ro" else "ledger.not_written", reason=reason)
    kind = InputError if mode == "ro" else NotWrittenError
    raise kind([Problem(text, str(path))]) from None


def _said(error: sqlite3.Error) -> str:
    """Return what SQLite says, which may quote what stands in a damaged file."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(error)[:200])


def _refuse(path: Path, why: str) -> NoReturn:
    text = say("ledger.damaged", reason=why)
    raise InputError([Problem(text, str(path))]) from None


@contextmanager
def _transaction(database: sqlite3.Connection, *put: Path) -> Iterator[None]:
    """Do all of it or nothing; one writer at a time. Note what is put in its place by it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        _take_back(database)
        raise
    with putting(*put):
        database.execute("COMMIT")


@contextmanager
def _attempt(database: sqlite3.Connection) -> Iterator[None]:
    """Do all of it and take it back."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        _take_back(database)


def _take_back(database: sqlite3.Connection) -> None:
    if database.in_transaction:  # a full disk has ended it already
        database.execute("ROLLBACK")


def _is_new(database: sqlite3.Connection) -> bool:
    """Tell whether nobody has written anything to a file yet."""
    made = database.execute("PRAGMA application_id").fetchone()[0]
    return not made and not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _check_make(path: Path, database: sqlite3.Connection) -> None:
    """Refuse a database that is not made as a ledger is.

    Raises
    ------
    InputError
        If it is another program's, of a later format, or was changed.
    """
    if _is_new(database):
        raise InputError([Problem(say("ledger.no_forecast_yet"), str(path))])
    if database.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        text = say("ledger.another_program")
        raise InputError([Problem(text, str(path))])
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > FORMAT:
        text = say("ledger.later_format", number=version, value=FORMAT)
        raise InputError([Problem(text, str(path))])
    made = dict(database.execute("SELECT name, sql FROM sqlite_master").fetchall())
    if made != _SCHEMA:
        _refuse(path, say("ledger.made_otherwise"))
