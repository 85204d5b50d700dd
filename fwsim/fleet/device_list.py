"""A device list as management consoles export it: CSV with headers.

Known headers become fields, all others stay as attributes of the device. Nothing is dropped
silently: every bad row is reported, with its line and the reason.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from fwsim.fleet.list_cells import (
    cell_text,
    is_plain,
    on_one_line,
    plain_quantity,
    read_connection,
    read_mac,
    read_path,
)
from fwsim.fleet.list_headers import FIELDS, Headers
from fwsim.fleet.list_rows import Row, Table, read_table
from fwsim.input_file import read_text_as_it_comes
from fwsim.problems import InputError, Problem, Severity, nearest
from fwsim.quantities.units import read_rate, read_size
from fwsim.text_encoding import Decoded

LARGEST_FILE = 1_000_000_000
MOST_ROWS = 2_000_000
_MOST_LINES_NAMED = 5


@dataclass(frozen=True)
class DeviceList:
    """The rows of a device list, column by column; what a row does not say is empty or 0.

    Parameters
    ----------
    names, macs, unit, site, people, power, installed, connection
        Text per device; a MAC is in Scout's spelling or empty.
    flash, device_rate
        Bytes, and bytes per second.
    attributes
        All other columns, by the attribute's name.
    warnings
        What was taken with a word.
    """

    names: list[str] = field(default_factory=list)
    macs: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    site: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    power: list[str] = field(default_factory=list)
    installed: list[str] = field(default_factory=list)
    connection: list[str] = field(default_factory=list)
    flash: list[int] = field(default_factory=list)
    device_rate: list[int] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()


class _Rows:
    """The rows being read, and what is wrong with them."""

    def __init__(self, table: Table, known: Mapping[str, Collection[str]], source: str) -> None:
        self.list = DeviceList()
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._known = known
        self._source = source
        self._columns = table.columns
        self._header_line, self._unnamed = table.header_line, table.unnamed
        self._nameless: set[int] = set()
        self._commas_are_decimal = table.delimiter == ";"
        self._line_of_mac: dict[str, int] = {}
        # By paths: texts, unlike pairs of them, are nothing that looks for garbage goes through.
        self._line_of_path: dict[str, int] = {}
        self._place_alike: dict[str, int] = {}
        self.list.attributes.update({n: [] for n in table.columns if n not in FIELDS})

    def _complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(message, source=self._source, line=line))

    def _warn(self, line: int, message: str) -> None:
        self.warnings.append(Problem(message, self._source, line, severity=Severity.WARNING))

    def add(self, line: int, cells: list[str]) -> None:
        """Take one row."""
        if not self._fits(line, cells):
            return
        row = {}
        for name, cell in zip(self._columns, cells, strict=False):
            text = _taken(cell, breaks=name not in FIELDS)
            if text is None:
                shown = cell_text(cell)[:20]
                self._complain(line, f"{name}: {shown!r}… is not one short line of text")
                return
            row[name] = text
        self._add_identity(line, row)
        for name in ("site", "installed"):
            getattr(self.list, name).append(row.get(name, ""))
        for name in ("people", "power"):
            getattr(self.list, name).append(self._one_of_known(line, name, row.get(name, "")))
        self.list.connection.append(self._read(line, read_connection, row.get("connection", "")))
        self.list.flash.append(self._size(line, "flash", row))
        self.list.device_rate.append(self._size(line, "device_rate", row))
        for name, values in self.list.attributes.items():
            values.append(row[name])

    def take(self, rows: Iterable[Row]) -> None:
        """Take all rows; empty ones are left out with a word, but for lines at the end."""
        empty: list[int] = []
        blank: list[int] = []
        for line, cells in rows:
            if len(self.list.names) >= MOST_ROWS:
                self._complain(line, f"more than {MOST_ROWS} devices")
                return
            if any(cell.strip() for cell in cells):
                empty += blank
                blank = []
                self.add(line, cells)
            elif len(cells) > 1:
                empty.append(line)
            else:
                blank.append(line)
        if empty:
            are = "is empty and is" if len(empty) == 1 else "are empty and are"
            self._warn(min(empty), f"{_lines(sorted(empty))} {are} left out")

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
            cells_read = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
            self._complain(line, f"{cells_read}, expected {expected} as in the header")
            return False
        return True

    def faults(self) -> list[Problem]:
        """Return everything that is wrong: first what is wrong with the header."""
        texts = [f"column {number} has no header" for number in sorted(self._nameless)]
        return [Problem(t, self._source, self._header_line) for t in texts] + self.problems

    def _add_identity(self, line: int, row: dict[str, str]) -> None:
        unit = self._read(line, read_path, row.get("unit", ""))
        # fwsim's own tables name a device so where its name alone is not unique.
        name = row["name"].removeprefix(f"{unit}/") if unit else row["name"]
        if not name:
            self._complain(line, "the device has no name")
        elif "/" in name:
            self._complain(line, f"name {name!r}: a / separates OUs and cannot be part of a name")
        else:
            self._check_name(line, unit, name)
        self.list.names.append(name)
        self.list.unit.append(unit)
        self.list.macs.append(self._mac(line, row.get("mac", "")))

    def _check_name(self, line: int, unit: str, name: str) -> None:
        first = self._line_of_path.setdefault(f"{unit}/{name}", line)
        if first != line:
            self._complain(line, f"device {name!r} of OU {unit!r} is already in line {first}")
            return
        alike = name if name.isascii() else unicodedata.normalize("NFKC", name)
        here = len(self.list.names)
        place = self._place_alike.setdefault(f"{unit}\0{alike.casefold()}", here)
        if place != here:
            other = self.list.names[place]
            first = self._line_of_path[f"{unit}/{other}"]
            text = f"device {name!r} differs from {other!r} of line {first} only in its spelling"
            self._warn(line, f"{text}; taken for two devices")

    def _read(self, line: int, read: Callable[[str], str], text: str) -> str:
        try:
            return read(text)
        except ValueError as error:
            self._complain(line, str(error))
            return ""

    def _mac(self, line: int, text: str) -> str:
        mac = self._read(line, read_mac, text)
        first = self._line_of_mac.setdefault(mac, line) if mac else line
        if first != line:
            self._complain(line, f"MAC {mac} is already in line {first}")
        return mac

    def _one_of_known(self, line: int, name: str, text: str) -> str:
        known = self._known.get(name)
        if text and known is not None and text not in known:
            choices = ", ".join(list(known)[:5]) or "none"
            self._complain(
                line, f"unknown {name} {text!r}{nearest(text, known)}; expected one of: {choices}"
            )
        return text

    def _size(self, line: int, name: str, row: dict[str, str]) -> int:
        text = row.get(name, "")
        if not text:
            return 0
        try:
            return _amount(text, name, commas_are_decimal=self._commas_are_decimal)
        except ValueError as error:
            self._complain(line, f"{name}: {error}")
            return 0


@lru_cache(maxsize=4096)
def _taken(cell: str, *, breaks: bool) -> str | None:
    """Return what a cell says, None if it is no short line; most devices of a list say the same."""
    text = cell_text(cell)
    if breaks:
        text = on_one_line(text)
    return text if is_plain(text) else None


@lru_cache(maxsize=1024)
def _amount(text: str, name: str, *, commas_are_decimal: bool) -> int:
    """Return a size or a rate; most devices of a list have the same."""
    plain = plain_quantity(text, commas_are_decimal=commas_are_decimal)
    return read_size(plain) if name == "flash" else read_rate(plain)


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_LINES_NAMED]))
    more = len(numbers) - _MOST_LINES_NAMED
    return f"line{'s' if len(numbers) > 1 else ''} {shown}" + (f" and {more} more" * (more > 0))


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
    decoded = read_text_as_it_comes(path, source, largest=LARGEST_FILE)
    table = read_table(decoded.text, Headers(headers or {}), source)
    rows = _Rows(table, known or {}, source)
    rows.take(table.rows)
    problems = rows.faults()
    if not rows.list.names and not problems:
        problems.append(Problem("holds no device", source=source))
    if problems:
        raise InputError(problems)
    warnings = (*_of_encoding(decoded, source), *table.warnings, *rows.warnings)
    in_order = sorted(warnings, key=lambda problem: problem.line or 0)
    return replace(rows.list, warnings=tuple(in_order))


def _of_encoding(decoded: Decoded, source: str) -> Iterator[Problem]:
    if decoded.encoding:
        shown = f" ({decoded.example})" if decoded.example else ""
        text = f"is not UTF-8; read as {decoded.encoding}{shown}"
        yield Problem(text, source, severity=Severity.WARNING)
