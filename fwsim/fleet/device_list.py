"""A device list as management consoles export it: CSV with headers.

Known headers become fields, all others stay as attributes of the device. Nothing is dropped
silently: every bad row is reported, with its line and the reason. Rows of which there is nothing
to say are taken many at once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from fwsim import spelling
from fwsim.commands.client_group import FLASH_SIZE
from fwsim.fleet import no_devices
from fwsim.fleet.known_devices import KnownDevices
from fwsim.fleet.left_out import LeftOut
from fwsim.fleet.list_cells import (
    ERROR_CELLS,
    Mark,
    cell_text,
    field_readers,
    taken,
    tells_nothing,
)
from fwsim.fleet.list_columns import clean_columns
from fwsim.fleet.list_headers import FIELDS, Headers, folded
from fwsim.fleet.list_marks import kept_as_text, without_marks
from fwsim.fleet.list_rows import Row, Table, lines_named, of_encoding, read_table
from fwsim.fleet.listed import BadRowsError, DeviceList, UnclearRows
from fwsim.input_file import as_text_as_it_comes, read_bytes
from fwsim.messages import say
from fwsim.problems import InputError, Problem, Severity
from fwsim.quantities.units import may_be_thousands

LARGEST_FILE = 1_000_000_000
MOST_ROWS = 2_000_000
_ROWS_AT_A_TIME = 1 << 8
"""So few that they are gone before Python looks for garbage among them."""
_MORE_IN_A_SPELLING = 4
"""Letters by which another spelling of a header may be longer."""
_NUMBERS = ("flash", "device_rate")
_MAY_BE_UNKNOWN = frozenset({"mac", "connection", *_NUMBERS})
"""Fields in which *n/a* is nothing."""
_LISTS = {"name": "names", "mac": "macs"}
"""Where a field is kept, if it is not under its own name."""


class _Rows:
    """The rows being read, and what is wrong with them."""

    def __init__(
        self,
        table: Table,
        known: Mapping[str, Collection[str]],
        source: str,
        *,
        commas_are_decimal: bool,
    ) -> None:
        self.list = DeviceList()
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.marks: set[Mark | None] = set()
        self._doubtful: set[tuple[str, str]] = set()
        self._readers = field_readers(
            known,
            commas_are_decimal=commas_are_decimal,
            marks=self.marks,
            doubtful=self._doubtful,
        )
        self._source = source
        self._columns = table.columns
        self._header = [folded(cell) for cell in table.header]
        self._header_words = frozenset(self._header).union(no_devices.BEGINNINGS)
        self._longest_word = max(map(len, table.header)) + _MORE_IN_A_SPELLING
        self._name_at = table.columns.index("name")
        self._header_line, self._unnamed = table.header_line, table.unnamed
        self._nameless: set[int] = set()
        self._out = LeftOut()
        self._lines = array("q")  # of the rows that are taken
        self._last: deque[Row] = deque(maxlen=no_devices.MOST_TOTALS + 1)
        self._errors: dict[tuple[str, str], list[int]] = {}
        self._known = KnownDevices()
        self._unclear: list[str] = []  # rows whose cells cannot be told from one another
        self._misnamed: dict[int, tuple[str, str]] = {}  # OU and text, by the row's index
        self._unread: set[str] = set()  # fields of which a cell cannot be read
        self._lacks_macs = False
        self.is_whole = True
        kept = [FLASH_SIZE if name == "flash" else name for name in table.columns]
        self.list.attributes.update({name: [] for name in kept if name not in FIELDS})

    def _complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(message, source=self._source, line=line))

    def _warn(self, line: int, message: str) -> None:
        self.warnings.append(Problem(message, self._source, line, severity=Severity.WARNING))

    def take(self, rows: Iterator[Row]) -> None:
        """Take all rows; empty ones are left out with a word, but for lines at the end."""
        while block := list(islice(rows, self._rows_at_a_time())):
            if len(self.list.names) >= MOST_ROWS:
                self._complain(block[0][0], say("row.too_many", most=MOST_ROWS))
                self.is_whole = False
                return
            if not self._take_clean(block):
                for line, cells in block:
                    self._take_one(line, cells)
        self._leave_out_total()
        for text in no_devices.odd_names(self.list.names, self.list.unit):
            self.warnings.append(Problem(text, self._source, severity=Severity.WARNING))
        for line, text in self._out.words():
            self._warn(line, text)
        for (name, cell), where in self._errors.items():
            self._warn(where[0], say("row.formula", name=name, cell=cell, lines=lines_named(where)))

    def _rows_at_a_time(self) -> int:
        """Return how many rows are taken together: no more than there is room for."""
        return max(1, min(_ROWS_AT_A_TIME, MOST_ROWS - len(self.list.names)))

    def _take_clean(self, block: list[Row]) -> bool:
        """Take all of some rows if nothing is to be said of any; else none of them."""
        lines, rows = zip(*block, strict=True)
        try:
            columns = clean_columns(rows, self._columns, self._readers)
        except ValueError:
            return False
        nothing = [""] * len(lines)
        names, units = columns["name"], columns.get("unit", nothing)
        longest, ruled = self._longest_word, no_devices.RULED
        short = (name for name in names if len(name) <= longest or name.startswith(ruled))
        if not self._header_words.isdisjoint(map(spelling.folded, short)):
            return False
        if not all(ERROR_CELLS.isdisjoint(values) for values in columns.values()):
            return False
        if not self._known.add_new(lines, names, units, columns.get("mac", nothing)):
            return False
        for name, values in self._lists():
            missing = [0] * len(lines) if name in _NUMBERS else nothing
            values.extend(columns.get(name, missing))
        self._out.take_in_blank_lines()
        self._lines.extend(lines)
        self._last.extend(block[-1 - no_devices.MOST_TOTALS :])
        return True

    def _lists(self) -> Iterator[tuple[str, list[Any]]]:
        """Return each field and attribute with the list it is kept in."""
        for name in FIELDS:
            yield name, getattr(self.list, _LISTS.get(name, name))
        yield from self.list.attributes.items()

    def _take_one(self, line: int, cells: list[str]) -> None:
        if self._is_header(cells):
            self._take_header(line, cells)
        elif any(cell.strip() for cell in cells) and no_devices.is_no_row(
            cells, len(self._columns)
        ):
            self._out.no_rows.append(line)
        elif any(cell.strip() for cell in cells):
            self._out.take_in_blank_lines()
            self._add(line, cells)
        elif len(cells) > 1:
            self._out.empty.append(line)
        else:
            self._out.blank.append(line)

    def _is_header(self, cells: list[str]) -> bool:
        """Tell whether a row is the header again, as where exports lie one below the other."""
        if folded("".join(cells[self._name_at : self._name_at + 1])) not in self._header_words:
            return False
        here = len(self._header)
        texts = [folded(cell) for cell in cells]
        return sorted(texts[:here]) == sorted(self._header) and not any(texts[here:])

    def _take_header(self, line: int, cells: list[str]) -> None:
        if [folded(cell) for cell in cells[: len(self._header)]] != self._header:
            self._complain(line, say("row.other_order"))
            self.is_whole = False
        self._out.headers.append(line)

    def _add(self, line: int, cells: list[str]) -> None:
        if not self._fits(line, cells):
            self._unclear.append(" ".join(cells))
            return
        row = {}
        for name, cell in zip(self._columns, cells, strict=False):
            text = taken(cell, breaks=name not in FIELDS)
            if text is None:
                shown = cell_text(cell)[:20]
                self._complain(line, say("row.not_one_line", name=name, shown=shown))
                self._unclear.append(" ".join(cells))
                return
            row[name] = text
        told = len(self.problems)
        values = {**row, **self._identity(line, row), FLASH_SIZE: row.get("flash", "")}
        for name in ("people", "power", "connection", *_NUMBERS):
            values[name] = self._read(line, name, row)
        if self._is_again(line, values, told):
            del self.problems[told:]
            self._misnamed.popitem()
            self._out.again.append(line)
            return
        for name, text in row.items():
            if text in ERROR_CELLS and not (name in _MAY_BE_UNKNOWN and tells_nothing(text)):
                self._errors.setdefault((name, text), []).append(line)
        for name, column in self._lists():
            column.append(values.get(name, ""))
        self._lines.append(line)
        self._last.append((line, cells))

    def _is_again(self, line: int, values: dict[str, Any], told: int) -> bool:
        """Tell whether a row says what the first of its name does, and nothing else is wrong."""
        if len(self.problems) - told != 1 + bool(values["mac"]) or not values["name"]:
            return False
        first = self._known.line_of_name(values["unit"], values["name"], line)
        at = bisect_left(self._lines, first)
        return first != line and all(
            column[at] == values.get(name, "") for name, column in self._lists()
        )

    def _leave_out_total(self) -> None:
        """Leave the last rows out, and what is wrong with them, if they tell how many there are."""
        rows = [cells for _, cells in self._last]
        found = no_devices.totals_at_end(self.list.names, self.list.macs, rows, self._columns)
        if not found:
            return
        gone = {self._last.pop()[0] for _ in range(found)}
        for _, column in self._lists():
            del column[len(column) - found :]
        self._out.no_rows = sorted([*self._out.no_rows, *gone])
        self.problems = [one for one in self.problems if one.line not in gone]
        self.warnings = [one for one in self.warnings if one.line not in gone]
        for of, where in [*self._errors.items()]:
            if not (rest := [line for line in where if line not in gone]):
                del self._errors[of]
            where[:] = rest

    def _fits(self, line: int, cells: list[str]) -> bool:
        """Tell whether a row has the cells the header says; empty ones more do not matter."""
        expected = len(self._columns)
        last = len(cells)
        while last and not cells[last - 1].strip():
            last -= 1
        if expected < last <= expected + self._unnamed:
            self._nameless.add(last)
            return False
        if last > expected or len(cells) < expected:
            self._complain(line, say("row.cells", count=len(cells), expected=expected))
            return False
        return True

    def faults(self) -> list[Problem]:
        """Return everything that is wrong: first what is wrong with the header."""
        texts = [say("list.no_header_at", number=number) for number in sorted(self._nameless)]
        return [Problem(t, self._source, self._header_line) for t in texts] + self.problems

    def refusal(self, problems: list[Problem]) -> InputError:
        """Return the error that tells problems, with what can be read in spite of them."""
        if not self.is_whole or not self.list.names:
            return InputError(problems)
        nameless = tuple(self._misnamed.values())
        unread = frozenset(self._unread)
        unclear = UnclearRows(tuple(self._unclear), nameless, unread, self._lacks_macs)
        return BadRowsError(problems, self.list.without(self._misnamed), unclear)

    def thousands(self) -> Iterator[Problem]:
        """Yield a word on each field with a quantity that may be meant as a thousand times it."""
        for name in _NUMBERS:
            text = min((text for of, text in self._doubtful if of == name), default="")
            if readings := may_be_thousands(text):
                one, other = readings
                told = say("warning.thousands", text=text, one=one, other=other)
                yield Problem(f"{name}: {told}", self._source, severity=Severity.WARNING)

    def _identity(self, line: int, row: dict[str, str]) -> dict[str, str]:
        """Return name, OU and MAC of a row; the three together are told apart from rows before."""
        told = len(self.problems)
        unit = self._read(line, "unit", row)
        if len(self.problems) > told:
            self._unclear.append(" ".join(row.values()))
        told = len(self.problems)
        # fwsim's own tables name a device so where its name alone is not unique.
        name = row["name"].removeprefix(f"{unit}/") if unit else row["name"]
        if not name:
            self._complain(line, say("row.no_name"))
        elif "/" in name:
            self._complain(line, say("row.stroke", name=name))
        else:
            self._check_name(line, unit, name)
        if len(self.problems) > told:
            self._misnamed[len(self.list.names)] = (unit, " ".join(row.values()))
        told = len(self.problems)
        mac = self._read(line, "mac", row)
        first = self._known.line_of_mac(mac, line)
        if first != line:
            self._complain(line, say("row.mac_again", mac=mac, first=first))
        self._lacks_macs |= len(self.problems) > told
        return {"unit": unit, "name": name, "mac": mac}

    def _check_name(self, line: int, unit: str, name: str) -> None:
        first = self._known.line_of_name(unit, name, line)
        if first != line:
            told = "row.name_again" if unit else "row.name_without_unit_again"
            self._complain(line, say(told, name=name, unit=unit, first=first))
            return
        other, first = self._known.first_alike(unit, name)
        if first != line:
            self._warn(line, say("row.spelling", name=name, other=other, first=first))

    def _read(self, line: int, name: str, row: dict[str, str]) -> Any:
        try:
            return self._readers[name](row.get(name, ""))
        except ValueError as error:
            self._complain(line, str(error))
            self._unread.add(name)
            return 0 if name in _NUMBERS else ""


def read_device_list(
    path: Path,
    *,
    source: str,
    headers: Mapping[str, str] | None = None,
    known: Mapping[str, Collection[str]] | None = None,
) -> DeviceList:
    """Read a device list.

    Parameters
    ----------
    path
        CSV with a header line, as consoles and spreadsheets write it: any usual delimiter and
        encoding.
    source
        The file's name as the user wrote it.
    headers
        Header of the file → fwsim's field, or the name of an attribute.
    known
        Names that may stand in a field, by field; every other name is a problem.

    Raises
    ------
    InputError
        With every bad row: line and reason. Then no row is taken.
    """
    raw = read_bytes(path, source, largest=LARGEST_FILE)
    return device_list_of(raw, source=source, headers=headers, known=known)


def device_list_of(
    raw: bytes,
    *,
    source: str,
    headers: Mapping[str, str] | None = None,
    known: Mapping[str, Collection[str]] | None = None,
) -> DeviceList:
    """Return the device list in a file's content; see `read_device_list`.

    Raises
    ------
    InputError
        With every bad row.
    """
    decoded = as_text_as_it_comes(raw, source)
    table, rows = _read_rows(decoded.text, Headers(headers or {}), known or {}, source)
    problems = rows.faults()
    if not rows.list.names and not problems:
        problems.append(Problem(say("row.none"), source=source))
    if problems:
        raise rows.refusal(problems)
    warnings = (*of_encoding(decoded, source), *table.warnings, *rows.warnings, *rows.thousands())
    in_order = sorted(warnings, key=lambda problem: problem.line or 0)
    return replace(rows.list, warnings=tuple(in_order))


def _read_rows(
    text: str, headers: Headers, known: Mapping[str, Collection[str]], source: str
) -> tuple[Table, _Rows]:
    """Return a table with its rows as they were read: once more if a decimal comma has turned up.

    Then the dot in 1.024 MB may stand for thousands, in rows above, too.
    """
    marks = kept_as_text(read_table(text, headers, source)) if "'" in text else frozenset()

    def read(*, commas_are_decimal: bool) -> tuple[Table, _Rows]:
        table = read_table(text, headers, source)
        decimal = commas_are_decimal or table.delimiter == ";"
        rows = _Rows(table, known, source, commas_are_decimal=decimal)
        rows.take(without_marks(table.rows, marks) if marks else table.rows)
        return table, rows

    table, rows = read(commas_are_decimal=False)
    is_unclear = table.delimiter != ";" and rows.marks.issuperset(Mark)
    return read(commas_are_decimal=True) if is_unclear else (table, rows)
