"""Logs of Apache, nginx and others in common or combined form, with or without a duration.

Apache stamps a request when it comes; ``%D`` at the end of a line adds its microseconds. nginx
stamps it when it is over; ``$request_time`` adds seconds with decimals. Which it is goes by how the
number is written, or by ``duration:`` in a mapping file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import by_door, say
from fwsim.observations.arrow import pa
from fwsim.observations.complaints import Complaints
from fwsim.observations.loose_times import iso_of_web
from fwsim.observations.stamps import read_times
from fwsim.observations.text_table import (
    LONGEST_LINE,
    column_of,
    lines_of,
    mapped,
    open_line_of,
)
from fwsim.observations.web_lines import SMALLEST, Requests
from fwsim.quantities.elementary import Floats
from fwsim.quantities.units import write_rate

FORM = "log of a web server (common form)"
_LINE = re.compile(
    r'(?P<host>\S+) \S+ [^\[\]]{0,1000}\[(?P<at>[^\]]{1,40})\] "(?P<asked>(?:[^"\\]|\\.)*)" '
    r"(?P<status>\d{3}|-) (?P<size>\d{1,18}|-)(?P<rest>.*)"
)
_LAST = re.compile(r"\s(\d{1,12}(?:\.\d{1,6})?)\s*\Z")
_MICROSECONDS = 0.001
_LOCAL = re.compile(
    r"\d\d/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
)
_ANY = "2021-09-24T15:30:05Z"
_LONGEST_END = 40
_FASTEST = 125_000_000
"""Bytes per second that hardly a device takes: its own network card."""


@dataclass
class _Found:
    host: list[str] = field(default_factory=list)
    at: list[str] = field(default_factory=list)
    method: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    untimed: dict[int, str] = field(default_factory=dict)
    decimals: int = 0
    without: int = 0


def is_common(first_lines: list[str]) -> bool:
    """Tell whether most of some lines are of this form."""
    filled = [line[:LONGEST_LINE] for line in first_lines if line.strip()]
    return bool(filled) and 2 * sum(_LINE.match(line) is not None for line in filled) > len(filled)


def read_common(
    text: str, complaints: Complaints, duration: float | None = None
) -> tuple[Requests, int]:
    """Read a log; return its requests and how many lines it has.

    Parameters
    ----------
    text
        The file's.
    complaints
        Takes what is wrong.
    duration
        Milliseconds in a unit of the number at the end of a line.
    """
    found, lines, open_line = _Found(), 0, open_line_of(text)
    for number, line in enumerate(lines_of(text.lstrip("\ufeff")), 1):
        if not line.strip():
            continue
        lines += 1
        if number == open_line:
            complaints.leave_out(number, say("log_line.may_be_cut"), 1)
            continue
        if len(line) > LONGEST_LINE:
            text = say("log_line.too_long", count=len(line), most=LONGEST_LINE)
            complaints.leave_out(number, text, LONGEST_LINE + 1)
            continue
        match = _LINE.match(line)
        if match is None:
            complaints.leave_out_lazily(number, partial(_why_no_line, line, complaints))
            continue
        _take(match, number, found)
    return _requests(found, complaints, duration), lines


def _why_no_line(line: str, complaints: Complaints) -> tuple[str, int]:
    expected = '10.0.0.7 - - [24/Sep/2021:15:30:05 +0200] "GET /a.fpm HTTP/1.1" 200 5120'
    return say("web_log.no_line", text=complaints.shown(line), example=expected), 1


def _take(match: re.Match[str], number: int, found: _Found) -> None:
    asked = match["asked"].split(" ")
    found.host.append(match["host"])
    found.at.append(match["at"])
    found.method.append(asked[0])
    found.path.append(asked[1] if len(asked) > 1 else "")
    found.status.append(int(match["status"]) if match["status"] != "-" else 0)
    found.size.append(int(match["size"]) if match["size"] != "-" else 0)
    last = _LAST.search(match["rest"])
    found.taken.append(float(last[1]) if last else -1.0)
    found.decimals += bool(last and "." in last[1])
    found.without += last is None
    found.line.append(number)
    found.begins.append(match.start("at") + 1)
    if last is None:
        found.untimed[number] = match.string


def _requests(found: _Found, complaints: Complaints, duration: float | None) -> Requests:
    line = np.array(found.line, np.int64)
    stamps = mapped(column_of(pa.array(found.at, pa.large_string())), iso_of_web)
    begins = found.begins
    stamps, is_local = _without_offset(stamps, found, complaints)
    times = read_times(stamps, line, complaints, zone=None, where=lambda row: begins[row])
    in_seconds = found.decimals > 0
    unit = duration or (1000.0 if in_seconds else _MICROSECONDS)
    timed = found.without < len(found.line)
    if not timed and found.line:
        complaints.warn(say("web_log.untimed"))
    good = times.good & ~is_local
    taken = np.array(found.taken, np.float64)
    if timed and unit == _MICROSECONDS and duration is None:
        _doubt_microseconds(found, taken, complaints)
    if timed:
        _leave_out_untimed(found, good & (taken < 0), complaints)
        good &= taken >= 0
    kept = np.flatnonzero(good)
    length = np.rint(np.maximum(taken, 0) * unit).astype(np.int64) if timed else 0
    at = times.earliest
    begin, end = (at - length, at) if in_seconds else (at, at + length)

    def part(texts: list[str]) -> Column:
        column = column_of(pa.array(texts, pa.large_string()))
        return column.rows(kept)

    return Requests(
        device=part(found.host),
        method=part(found.method),
        path=part(found.path),
        begin=begin[kept],
        end=end[kept],
        size=np.array(found.size, np.int64)[kept],
        status=np.array(found.status, np.int16)[kept],
        line=line[kept],
        resolution=1000,
        timed=timed,
    )


def _without_offset(
    stamps: Column, found: _Found, complaints: Complaints
) -> tuple[Column, NDArray[np.bool_]]:
    """Tell of times that name no offset; return all with something in their place, and which."""
    local = [_LOCAL.fullmatch(text) is not None for text in stamps.values]
    which = np.array(local, bool)[stamps.codes]
    for row in np.flatnonzero(which).tolist():
        text = say("web_log.no_offset", time=complaints.shown(stamps[row]))
        complaints.leave_out(found.line[row], text, found.begins[row])
    values = (_ANY if gone else text for text, gone in zip(stamps.values, local, strict=True))
    return Column(tuple(values), stamps.codes), which


def _doubt_microseconds(found: _Found, taken: Floats, complaints: Complaints) -> None:
    """Say so where downloads would be faster than any device, for another unit may be meant."""
    size, status = np.array(found.size, np.float64), np.array(found.status)
    some = (status == 200) & (size >= SMALLEST) & (taken >= 0)
    seconds = float(taken[some].sum()) / 1e6
    if float(size[some].sum()) <= _FASTEST * seconds:
        return
    complaints.warn(
        say(
            "web_log.too_fast",
            rate=write_rate(_FASTEST),
            code="%{ms}T",
            option=by_door("--mapping", "mapping"),
        )
    )


def _leave_out_untimed(found: _Found, which: NDArray[np.bool_], complaints: Complaints) -> None:
    """Tell of lines that say no duration, where others do."""
    for row in np.flatnonzero(which).tolist():
        raw = found.untimed[found.line[row]]
        shown = complaints.shown(raw[-_LONGEST_END:])
        text = say("web_log.no_duration", text=shown)
        complaints.leave_out(found.line[row], text, len(raw) + 1)
