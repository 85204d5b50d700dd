"""What every reader of a table is told beside the table, and what most of them need from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.alike import first_alike
from fwsim.observations.arrow import pa, pc
from fwsim.observations.headings import status_roles
from fwsim.observations.mapping import LogMapping
from fwsim.observations.stamps import ReadTimes, read_times
from fwsim.observations.text_table import LONGEST_CELL, TextTable, mapped, plain_cells
from fwsim.observations.whereabouts import units_in
from fwsim.observations.words import Words
from fwsim.problems import nearest

NO_NAME = "the device has no name; expected one in every line"
_EXAMPLES = 4


@dataclass(frozen=True)
class Context:
    """How logs are read.

    Parameters
    ----------
    zone
        Of times that name none.
    mapping
        A mapping file's.
    notice
        Milliseconds a notice was shown for; None if nobody says.
    """

    zone: ZoneInfo | None = None
    mapping: LogMapping = field(default_factory=LogMapping)
    notice: int | None = None


class Rows:
    """A table with its columns by role; rows that turn out bad are left out in the end.

    Parameters
    ----------
    table
        The table.
    roles
        Role → header.
    context
        How to read it.
    """

    def __init__(self, table: TextTable, roles: dict[str, str], context: Context) -> None:
        self.table = table
        self.roles = roles
        self.context = context
        self.complaints = table.complaints
        self.line = table.line
        self.good = np.ones(len(table), bool)
        self.words = Words(context.mapping.words)
        self.units: dict[str, frozenset[str]] = {}
        """In which OUs names stand, once `devices` has been asked."""

    def __len__(self) -> int:
        return len(self.line)

    @property
    def status_role(self) -> str:
        """The role that holds what became of a device; empty if there is none."""
        return next(iter(status_roles(self.roles, self.context.mapping.columns)), "")

    def texts(self, role: str, change: Callable[[str], str] | None = None) -> Column:
        """Return a column's cells; a column that is not there is empty."""
        header = self.roles.get(role)
        if header is None:
            return Column(("",), np.zeros(len(self), np.int32))
        column = self.table.columns[header]
        return plain_cells(column) if change is None else mapped(column, change)

    def where(self, role: str) -> Callable[[int], int | None]:
        """Return what gives the place in its line where a row's cell begins."""
        header = self.roles.get(role)
        return self.table.place(header) if header is not None else lambda _: None

    def leave_out(self, which: NDArray[np.bool_], role: str, say: Callable[[int], str]) -> None:
        """Leave out rows that are still good, saying of each why."""
        place = self.where(role)
        for row in np.flatnonzero(which & self.good).tolist():
            self.complaints.leave_out(int(self.line[row]), say(row), place(row))
        self.good &= ~which

    def leave_out_told_again(self, *columns: NDArray[np.integer]) -> int:
        """Leave out good rows that say in all columns what an earlier one says; tell how many."""
        told = np.flatnonzero(self.good)
        first = first_alike([column[told] for column in columns])
        again = told[first != np.arange(len(told))]
        if len(again):
            one = len(again) == 1
            text = (
                "says the same as a line before it"
                if one
                else (f"says the same as a line before it, as {len(again) - 1} more do")
            )
            self.complaints.warn(f"{text}; left out", int(self.line[again].min()))
        self.good[again] = False
        return len(again)

    def devices(self) -> Column:
        """Return the devices' names; a row without one is bad.

        With a column of OUs, a name that stands in several of them is told with its OU.
        """
        names, units = self.texts("device"), self.texts("unit", _path)
        empty = np.array([not name for name in names.values], bool)
        self.leave_out(empty[names.codes], "device", lambda _: NO_NAME)
        long = np.array([len(name) > LONGEST_CELL for name in names.values], bool)

        def say(row: int) -> str:
            shown = self.complaints.shown(names[row])
            return f"device {shown} has no short name; expected at most {LONGEST_CELL} characters"

        self.leave_out(long[names.codes], "device", say)
        if "unit" in self.roles:
            self.units = units_in(names, units)
            names = _qualified(names, units)
        own = self.context.mapping.devices
        return mapped(names, lambda name: own.get(name, name)) if own else names

    def times(self, role: str) -> ReadTimes:
        """Return a column of times; a row without one is bad."""
        header = self.roles[role]
        read = read_times(
            plain_cells(self.table.columns[header]),
            self.line,
            self.complaints,
            zone=self.context.zone,
            day_first=self.context.mapping.day_first,
            where=self.table.place(header),
        )
        self.good &= read.good
        return read

    def numbers(
        self, role: str, what: str, *, missing: int, example: str = "5242880"
    ) -> NDArray[np.int64]:
        """Return a column of whole numbers; an empty cell is `missing`."""
        column = self.texts(role)
        values, is_number = whole_numbers(column)
        empty = np.array([not text for text in column.values], bool)[column.codes]
        bad = ~is_number & ~empty

        def say(row: int) -> str:
            shown = self.complaints.shown(column[row])
            return f"{what} {shown} is no whole number; expected for example {example}"

        self.leave_out(bad, role, say)
        return np.where(is_number, values, missing)

    def unknown(self, role: str, text: str, known: list[str]) -> str:
        """Return what to say of a word that is unknown."""
        near = "" if self.complaints.hides else nearest(text, known)
        near = near or say("log.for_example", known=", ".join(known[:_EXAMPLES]))
        shown = self.complaints.shown(text)
        return say("log.unknown_word", what=role, word=shown, near=near)


def _path(unit: str) -> str:
    """Return the path of an OU as device lists have it."""
    return "/".join(part for part in map(str.strip, unit.split("/")) if part)


def told_again(count: int) -> dict[str, int]:
    """Return what to say in an account of lines that said the same as one before them."""
    return {"the same as a line before": count} if count else {}


def _qualified(names: Column, units: Column) -> Column:
    """Return names, with the OU in front of those that stand in several."""
    pairs = names.codes.astype(np.int64) * max(len(units.values), 1) + units.codes
    distinct, back = np.unique(pairs, return_inverse=True)
    name, unit = distinct // max(len(units.values), 1), distinct % max(len(units.values), 1)
    often = np.bincount(name, minlength=len(names.values)) > 1
    texts = [
        f"{units.values[u]}/{names.values[n]}" if often[n] and units.values[u] else names.values[n]
        for n, u in zip(name.tolist(), unit.tolist(), strict=True)
    ]
    short = Column.of(texts)
    return short.rows(back)


def whole_numbers(column: Column) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return numbers, and which texts are some; the others are 0."""
    texts = pa.array(column.values, pa.large_string())
    good = pc.match_substring_regex(texts, r"^-?\d{1,18}$")
    numbers = pc.cast(pc.if_else(good, texts, "0"), pa.int64()).to_numpy(zero_copy_only=False)
    is_number = good.to_numpy(zero_copy_only=False).astype(bool)
    return numbers[column.codes].astype(np.int64), is_number[column.codes]
