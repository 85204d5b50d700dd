"""A device list as management consoles export it: CSV with headers.

Known headers become fields, all others stay as attributes of the device. Nothing is dropped
silently: every bad row is reported, with its line and the reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fwsim.commands.client_group import REPORTED_ATTRIBUTES
from fwsim.commands.targets import normal_mac
from fwsim.input_file import read_text
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.units import read_rate, read_size

HEADERS: dict[str, str] = {
    "name": "name", "device": "name", "device name": "name", "host name": "name",
    "hostname": "name",
    "mac": "mac", "mac address": "mac",
    "ou": "unit", "unit": "unit", "organisational unit": "unit", "organizational unit": "unit",
    "group": "unit", "path": "unit",
    "site": "site", "location": "site",
    "people": "people", "power": "power",
    "image": "installed", "image file": "installed", "idf": "installed", "idf name": "installed",
    "installed": "installed",
    "connection": "connection",
    "flash": "flash", "flash size": "flash",
    "device rate": "device_rate", "rate": "device_rate",
}  # fmt: skip
"""Which header, in small letters, means which field. A scenario's ``headers`` come first."""

FIELDS = ("name", "mac", "unit", "site", "people", "power", "installed", "connection", "flash",
          "device_rate")  # fmt: skip
CONNECTIONS = ("wired", "wlan", "vpn")
LARGEST_FILE = 1_000_000_000
MOST_ROWS = 2_000_000
LONGEST_CELL = 1000


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


def _delimiter(header: str) -> str:
    return max(";,\t", key=header.count)


def _fold(header: str) -> str:
    return " ".join(header.replace("-", " ").replace("_", " ").split()).casefold()


def _columns(header: list[str], headers: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the field or attribute of each column, and what is wrong with the headers."""
    given = {_fold(name): target for name, target in headers.items()}
    reported = {_fold(name): name for name in REPORTED_ATTRIBUTES}
    columns: list[str] = []
    faults: list[str] = []
    for number, name in enumerate(header, 1):
        folded = _fold(name)
        target = given.get(folded) or HEADERS.get(folded) or reported.get(folded) or name.strip()
        if not target:
            faults.append(f"column {number} has no header")
        elif target in columns:
            first = header[columns.index(target)]
            faults.append(f"the headers {first!r} and {name!r} both mean {target}")
        columns.append(target)
    if "name" not in columns:
        near = nearest("name", header)
        faults.append(
            f"no column holds the devices' names{near}; expected a header such as Name, "
            "or a line in headers: that names yours"
        )
    unused = sorted(name for name in headers if _fold(name) not in {_fold(h) for h in header})
    faults += [
        f"headers: the file has no column {name!r}{nearest(name, header)}" for name in unused
    ]
    return columns, faults


class _Rows:
    """The rows being read, and what is wrong with them."""

    def __init__(
        self, columns: list[str], known: Mapping[str, Collection[str]], source: str
    ) -> None:
        self.list = DeviceList()
        self.problems: list[Problem] = []
        self._known = known
        self._source = source
        self._columns = columns
        self._line_of_mac: dict[str, int] = {}
        self._line_of_name: dict[tuple[str, str], int] = {}
        self.list.attributes.update({name: [] for name in columns if name not in FIELDS})

    def _complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(message, source=self._source, line=line))

    def add(self, line: int, cells: list[str]) -> None:
        """Take one row."""
        if len(cells) != len(self._columns):
            expected = len(self._columns)
            self._complain(line, f"{len(cells)} cells, expected {expected} as in the header")
            return
        row = {name: cell.strip() for name, cell in zip(self._columns, cells, strict=True)}
        for name, cell in row.items():
            if len(cell) > LONGEST_CELL or any(ord(c) < 32 for c in cell):
                self._complain(line, f"{name}: {cell[:20]!r}… is no text of one short line")
                return
        self._add_identity(line, row)
        for name in ("site", "installed"):
            getattr(self.list, name).append(row.get(name, ""))
        for name in ("people", "power", "connection"):
            getattr(self.list, name).append(self._one_of_known(line, name, row.get(name, "")))
        self.list.flash.append(self._size(line, "flash", row))
        self.list.device_rate.append(self._size(line, "device_rate", row))
        for name, values in self.list.attributes.items():
            values.append(row[name])

    def _add_identity(self, line: int, row: dict[str, str]) -> None:
        name, unit = row["name"], row.get("unit", "").strip("/")
        if not name:
            self._complain(line, "the device has no name")
        elif "/" in name:
            self._complain(line, f"name {name!r}: a / separates OUs and cannot stand in a name")
        first = self._line_of_name.setdefault((unit, name), line)
        if first != line:
            self._complain(line, f"device {name!r} of OU {unit!r} stands in line {first} already")
        if any(not part.strip() for part in unit.split("/")) and unit:
            self._complain(line, f"{unit!r} is no path of an OU; expected for example DE/Karlsruhe")
        self.list.names.append(name)
        self.list.unit.append(unit)
        self.list.macs.append(self._mac(line, row["mac"]) if "mac" in row else "")

    def _mac(self, line: int, text: str) -> str:
        mac = normal_mac(text)
        if mac is None:
            self._complain(line, f"{text!r} is no MAC; expected for example 00:E0:C5:42:2A:2E")
            return ""
        first = self._line_of_mac.setdefault(mac, line)
        if first != line:
            self._complain(line, f"MAC {mac} stands in line {first} already")
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
            return read_size(text) if name == "flash" else read_rate(text)
        except ValueError as error:
            self._complain(line, f"{name}: {error}")
            return 0


def _rows(text: str, delimiter: str, source: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        text = f"is no CSV from here on: {error}"
        raise InputError([Problem(text, source=source, line=reader.line_num)]) from None


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
        CSV with a header line; comma, semicolon or tab; UTF-8 or UTF-16.
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
    text = read_text(path, source, largest=LARGEST_FILE)
    delimiter = _delimiter(text.split("\n", 1)[0])
    rows = _rows(text, delimiter, source)
    header = next(rows, (1, []))[1]
    if not header:
        raise InputError([Problem("is empty; expected a header line", source=source, line=1)])
    columns, faults = _columns(header, headers or {})
    if faults:
        raise InputError(Problem(fault, source=source, line=1) for fault in faults)
    found = _Rows(columns, {"connection": CONNECTIONS, **(known or {})}, source)
    for line, cells in rows:
        if len(found.list.names) >= MOST_ROWS:
            limit = f"more than {MOST_ROWS} devices"
            raise InputError([Problem(limit, source=source, line=line)])
        if any(cell.strip() for cell in cells):
            found.add(line, cells)
    if not found.list.names and not found.problems:
        found.problems.append(Problem("holds no device", source=source))
    if found.problems:
        raise InputError(found.problems)
    return found.list
