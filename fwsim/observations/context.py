"""What every reader of a table is told beside the table, and what most of them need from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.fleet.list_cells import is_number_of_a_mac
from fwsim.messages import say
from fwsim.observations.alike import first_alike
from fwsim.observations.arrow import pa, pc
from fwsim.observations.complaints import and_more
from fwsim.observations.headings import status_roles
from fwsim.observations.mapping import LogMapping
from fwsim.observations.names import mac_or_name, plain_mac, plain_name, plain_path
from fwsim.observations.stamps import ReadTimes, read_times
from fwsim.observations.text_table import (
    LONGEST_CELL,
    TextTable,
    combined,
    mapped,
    plain_cells,
)
from fwsim.observations.whereabouts import (
    Shown,
    last_rows,
    macs_in,
    moved_between,
    units_in,
)
from fwsim.observations.words import Words
from fwsim.spelling import Spellings, meant


def no_name() -> str:
    """Return what is wrong with a line whose device has no name."""
    return say("log_line.no_name")


_EXAMPLES = 4
_LONGEST_NUMBER = 30


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
        self.shown = Shown()
        """What the table shows of its devices, once `devices` has been asked."""

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
        return plain_cells(column, self.table.kind) if change is None else mapped(column, change)

    def where(self, role: str) -> Callable[[int], int | None]:
        """Return what gives the place in its line where a row's cell begins."""
        header = self.roles.get(role)
        return self.table.place(header) if header is not None else lambda _: None

    def leave_out(self, which: NDArray[np.bool_], role: str, told: Callable[[int], str]) -> None:
        """Leave out rows that are still good, saying of each why."""
        place = self.where(role)

        def why(row: int) -> tuple[str, int | None]:
            return told(row), place(row)

        for row in np.flatnonzero(which & self.good).tolist():
            self.complaints.leave_out_lazily(int(self.line[row]), partial(why, row))
        self.good &= ~which

    def leave_out_told_again(self, *columns: NDArray[np.integer]) -> int:
        """Leave out good rows that say in all columns what an earlier one says; tell how many."""
        told = np.flatnonzero(self.good)
        first = first_alike([column[told] for column in columns])
        again = told[first != np.arange(len(told))]
        if len(again):
            text = say("log_line.told_again", more=and_more(len(again) - 1))
            self.complaints.warn(text, int(self.line[again].min()))
        self.good[again] = False
        return len(again)

    def devices(self, at: NDArray[np.int64] | None = None) -> Column:
        """Return the devices' names; a row without one is bad.

        With a column of OUs, a name that stands in several of them is told with its OU, unless it
        has one MAC in all of them, or was moved from look to look.

        Parameters
        ----------
        at
            When somebody looked, a row each; None if rows are no looks.
        """
        is_mac = self.roles.get("mac") == self.roles["device"]
        names = mapped(self.texts("device"), mac_or_name if is_mac else plain_name)
        units, macs = mapped(self.texts("unit"), plain_path), mapped(self.texts("mac"), plain_mac)
        if is_mac:
            self._leave_out_numbers(names)
        else:
            names = _or_else(names, macs)
        empty = np.array([not name for name in names.values], bool)
        self.leave_out(empty[names.codes], "device", lambda _: no_name())
        long = np.array([len(name) > LONGEST_CELL for name in names.values], bool)

        def too_long(row: int) -> str:
            shown = self.complaints.shown(names[row])
            return say("log_line.no_short_name", device=shown, most=LONGEST_CELL)

        self.leave_out(long[names.codes], "device", too_long)
        names = self._by_unit(names, units, macs, at)
        own = self.context.mapping.plain_devices
        return mapped(names, lambda name: own.get(name, name)) if own else names

    def _leave_out_numbers(self, macs: Column) -> None:
        """Leave out rows whose MAC a spreadsheet has made a number of: it may be several."""
        lost = np.array([is_number_of_a_mac(text) for text in macs.values], bool)
        shown = self.complaints.shown
        self.leave_out(
            lost[macs.codes], "device", lambda row: say("list.number_of_mac", text=shown(macs[row]))
        )

    def _by_unit(
        self, names: Column, units: Column, macs: Column, at: NDArray[np.int64] | None
    ) -> Column:
        """Return names, with their OU where the table shows several devices of a name."""
        of, mac_of = units_in(names, units), macs_in(names, macs)
        several = frozenset(name for name, each in of.items() if len(each) > 1)
        moved = several & mac_of.keys()
        between = moved_between(names, units, macs, at) if at is not None and several else moved
        if between is None:
            self._tell_of_many_looks(several - moved)
        else:
            moved |= several & between
        if moved:
            last = last_rows(moved, names, at)
            of |= {name: frozenset((units[row],)) for name, row in last.items()}
            self._tell_of_moved(last, units)
        whole = _qualified(names, units, several - moved)
        self.shown = Shown(of, mac_of | macs_in(whole, macs), whole.values)
        return whole

    def _tell_of_moved(self, last: Mapping[str, int], units: Column) -> None:
        name, row = min(last.items(), key=lambda pair: int(self.line[pair[1]]))
        shown = self.complaints.shown
        more = and_more(len(last) - 1)
        text = say("log_line.elsewhere", device=shown(name), unit=shown(units[row]), more=more)
        self.complaints.warn(text, int(self.line[row]))

    def _tell_of_many_looks(self, several: frozenset[str]) -> None:
        if several:
            shown = self.complaints.shown(min(several))
            self.complaints.warn(say("log_file.several_units", device=shown))

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

        def no_number(row: int) -> str:
            shown = self.complaints.shown(column[row])
            return say("log_line.no_number", what=what, text=shown, example=example)

        self.leave_out(bad, role, no_number)
        return np.where(is_number, values, missing)

    def unknown(self, role: str, text: str, known: list[str]) -> str:
        """Return what to say of a word that is unknown."""
        # Another word is no slip: German *fertig* is not *fetching*.
        alike = None if self.complaints.hides else Spellings(known).nearest(text)
        near = meant(text, alike)
        near = near or say("log.for_example", known=", ".join(known[:_EXAMPLES]))
        shown = self.complaints.shown(text)
        return say("log.unknown_word", what=role, word=shown, near=near)


def told_again(count: int) -> dict[str, int]:
    """Return what to say in an account of lines that said the same as one before them."""
    return {"the same as a line before": count} if count else {}


def _or_else(names: Column, macs: Column) -> Column:
    """Return names, and the MACs of those rows that have none."""
    empty = np.array([not name for name in names.values], bool)[names.codes]
    if not empty.any():
        return names
    both = Column.join([names, macs])
    return Column(both.values, np.where(empty, *np.split(both.codes, 2)[::-1]).astype(np.int32))


def _qualified(names: Column, units: Column, some: frozenset[str]) -> Column:
    """Return names, with the OU in front of some of them."""
    if not some:
        return names
    return combined(
        names, units, lambda name, unit: f"{unit}/{name}" if name in some and unit else name
    )


_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[.,'’\s])\d{3}){2,5}|(?P<whole>\d{1,18})[.,]0{1,2}")
"""What is a whole number whoever has written it: one group, `1.024`, may be a fraction."""


def _without_groups(text: str) -> str:
    """Return a whole number without separated thousands, or decimals that are none."""
    match = _GROUPED.fullmatch(text) if len(text) < _LONGEST_NUMBER else None
    if match is None:
        return text
    return match["whole"] or text.replace(match["mark"], "")


def whole_numbers(column: Column) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return numbers, and which texts are some; the others are 0."""
    texts = pa.array(map(_without_groups, column.values), pa.large_string())
    good = pc.match_substring_regex(texts, r"^-?\d{1,18}$")
    numbers = pc.cast(pc.if_else(good, texts, "0"), pa.int64()).to_numpy(zero_copy_only=False)
    is_number = good.to_numpy(zero_copy_only=False).astype(bool)
    return numbers[column.codes].astype(np.int64), is_number[column.codes]
