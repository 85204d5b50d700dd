"""The log of IIS in W3C form: ``#Fields`` says what stands where, times are UTC.

A line is written when a request is over; ``time-taken`` counts milliseconds up to the client's last
acknowledgement (KB 944884). What the client broke off has a Windows error code, whatever its
status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.arrow import pa
from fwsim.observations.complaints import Complaints
from fwsim.observations.context import whole_numbers
from fwsim.observations.stamps import read_times
from fwsim.observations.text_table import (
    LONGEST_LINE,
    column_of,
    lines_of,
    open_line_of,
)
from fwsim.observations.web_lines import Requests
from fwsim.problems import nearest

FORM = "log of a web server (IIS W3C)"
NEEDED = (
    "date",
    "time",
    "c-ip",
    "cs-method",
    "cs-uri-stem",
    "sc-status",
    "sc-bytes",
    "time-taken",
)
_BROKEN_OFF = ("64", "995", "1236")
"""Windows error codes of a client that has gone."""
_CUT = 499


@dataclass
class _Found:
    """Cells of the needed fields, line by line."""

    line: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    cells: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in (*NEEDED, "sc-win32-status")}
    )


def is_iis(first_lines: list[str]) -> bool:
    """Tell whether lines are the first of such a log."""
    return any(line.startswith(("#Fields:", "#Software: Microsoft")) for line in first_lines)


def read_iis(text: str, complaints: Complaints) -> tuple[Requests, int]:
    """Read a log; return its requests and how many lines it has.

    Raises
    ------
    InputError
        If fields are missing that it has to have.
    """
    found, width, lines = _Found(), 0, 0
    fields: dict[str, int] = {}
    open_line = open_line_of(text)
    for number, line in enumerate(lines_of(text.lstrip("\ufeff")), 1):
        if line.startswith("#"):
            if line.startswith("#Fields:"):
                fields, width = _fields(line, number, complaints)
            continue
        if not line.strip():
            continue
        lines += 1
        if number == open_line:
            complaints.leave_out(number, say("log_line.may_be_cut"), 1)
            continue
        cells = line.split(" ") if len(line) <= LONGEST_LINE else []
        if len(cells) == width and width:
            found.line.append(number)
            found.raw.append(line)
            for name, column in found.cells.items():
                at = fields.get(name)
                column.append(cells[at] if at is not None else "0")
        else:
            at = LONGEST_LINE + 1 if len(line) > LONGEST_LINE else len(line) + 1
            complaints.leave_out(number, _odd(line, cells, width, complaints), at)
    if not width:
        complaints.refuse(say("web_log.no_fields"), 1)
    return _requests(found, fields, complaints), lines


def _odd(line: str, cells: list[str], width: int, complaints: Complaints) -> str:
    if len(line) > LONGEST_LINE:
        return say("log_line.too_long", count=len(line), most=LONGEST_LINE)
    if not width:
        return say("web_log.before_fields")
    text = complaints.shown(line)
    return say("web_log.fields", count=len(cells), wanted=width, text=text)


def _fields(line: str, number: int, complaints: Complaints) -> tuple[dict[str, int], int]:
    names = line.removeprefix("#Fields:").split()
    missing = [name for name in NEEDED if name not in names]
    if missing:
        near = nearest(missing[0], names)
        complaints.refuse(
            say("log.no_field", missing=", ".join(missing), near=near),
            number,
        )
    return {name: i for i, name in enumerate(names)}, len(names)


def _begins(line: str, place: int) -> int:
    """Return the column, counted from 1, in which a field begins."""
    return sum(len(cell) + 1 for cell in line.split(" ")[:place]) + 1


def _requests(found: _Found, fields: dict[str, int], complaints: Complaints) -> Requests:
    line = np.array(found.line, np.int64)
    cells = found.cells
    columns = {
        name: column_of(pa.array(cells[name], pa.large_string()))
        for name in cells
        if name not in {"date", "time"}
    }
    stamps = [f"{day}T{time}Z" for day, time in zip(cells["date"], cells["time"], strict=True)]
    times = read_times(
        column_of(pa.array(stamps, pa.large_string())),
        line,
        complaints,
        zone=ZoneInfo("UTC"),
        where=lambda row: _begins(found.raw[row], fields.get("date", 0)),
    )
    good = times.good.copy()
    numbers = {
        name: _whole_numbers(found, name, columns[name], fields.get(name, 0), good, complaints)
        for name in ("sc-status", "sc-bytes", "time-taken")
    }
    kept = np.flatnonzero(good)
    broken = np.array([code in _BROKEN_OFF for code in columns["sc-win32-status"].values], bool)
    status = np.minimum(numbers["sc-status"], 999)
    went = broken[columns["sc-win32-status"].codes] & np.isin(status, (200, 206))
    end = times.earliest
    part = {name: column.rows(kept) for name, column in columns.items()}
    return Requests(
        device=part["c-ip"],
        method=part["cs-method"],
        path=part["cs-uri-stem"],
        begin=(end - numbers["time-taken"])[kept],
        end=end[kept],
        size=numbers["sc-bytes"][kept],
        status=np.where(went, _CUT, status).astype(np.int16)[kept],
        line=line[kept],
        resolution=1000,
        timed=True,
    )


def _whole_numbers(
    found: _Found,
    name: str,
    column: Column,
    place: int,
    good: NDArray[np.bool_],
    complaints: Complaints,
) -> NDArray[np.int64]:
    """Return the numbers of a field; lines in which it is none are good no more."""
    numbers, is_number = whole_numbers(column)
    is_number &= numbers >= 0
    for row in np.flatnonzero(~is_number & good).tolist():
        shown = complaints.shown(column[row])
        text = say("log_line.no_number", what=name, text=shown, example="5242880")
        complaints.leave_out(found.line[row], text, _begins(found.raw[row], place))
    good &= is_number
    return numbers
