"""Times as logs write them, a million at a time: as milliseconds since the epoch, in UTC.

A time of the wall clock needs a zone. In the hour that the clocks go through twice it has two ends;
in the hour that they skip there is no such time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.arrow import pa, pc
from fwsim.observations.complaints import Complaints
from fwsim.observations.dates_with_strokes import OrderOfDates
from fwsim.observations.loose_times import LONGEST_TIME, datetime_of
from fwsim.quantities.calendar import FIRST_YEAR, LAST_YEAR

Times = NDArray[np.int64]
_QUARTER = 15 * 60 * 1000
_ISO = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-2]):00|\+0\d:(30|45))?$"
_ZONED = r"(Z|[+\-]\d\d:\d\d)$"
_OFFSET = re.compile(r"[+\-]\d\d:\d\d\s*$")
_NO_CHANCE = 10
"""Different times from which on it is no chance that all are whole minutes [A]."""
_DOTTED = r"^(\d\d)\.(\d\d)\.(\d{4}),? +(\d\d:\d\d(:\d\d)?)$"
_EPOCH = re.compile(r"\d{9,10}(?:[.,]\d{1,6})?|\d{13}")
_GROUPED = re.compile(r"\d{1,3}([.,'’\s])\d{3}(?:\1\d{3}){2,3}")
"""Unix time as a spreadsheet shows it, with marks between the thousands."""
_FIRST = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp() * 1000)
_END = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True)
class ReadTimes:
    """Times of lines; arrays have shape (lines,).

    Parameters
    ----------
    earliest, latest
        Between which instants; they differ in the hour that the clocks go through twice.
    good
        Which of them are times.
    resolution
        Step of the times, milliseconds.
    """

    earliest: Times
    latest: Times
    good: NDArray[np.bool_]
    resolution: int


@dataclass
class _Values:
    """The distinct texts while they are read; what is wrong is told by text."""

    texts: list[str]
    local: NDArray[np.bool_]
    at: Times
    faults: dict[int, str]
    order: OrderOfDates = field(default_factory=OrderOfDates)


def local_to_utc(local: Times, zone: ZoneInfo) -> tuple[Times, Times]:
    """Return the first and the last instant at which a zone's wall clock shows times.

    Parameters
    ----------
    local
        Milliseconds that the wall clock shows, counted as if it were UTC.
    zone
        Whose clock. Where the last comes before the first, the clock never shows the time.
    """
    quarters, back = np.unique(local // _QUARTER, return_inverse=True)
    offsets = np.array([_offsets(quarter * _QUARTER, zone) for quarter in quarters.tolist()])
    table = offsets.reshape(-1, 2).astype(np.int64)[back]
    return local - table[:, 0], local - table[:, 1]


def _offsets(local_ms: int, zone: ZoneInfo) -> tuple[int, int]:
    at = datetime.fromtimestamp(local_ms / 1000, UTC).replace(tzinfo=zone)
    both = (at.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    first, second = (round(offset / timedelta(milliseconds=1)) for offset in both)
    return first, second


def read_times(
    column: Column,
    line: NDArray[np.int64],
    complaints: Complaints,
    *,
    zone: ZoneInfo | None,
    day_first: bool | None = None,
    where: Callable[[int], int | None] = lambda _: None,
) -> ReadTimes:
    """Read a column of times; what is none is complained of and left out.

    Parameters
    ----------
    column
        The texts.
    line
        Their lines.
    complaints
        Takes what is wrong.
    zone
        Of times that name none.
    day_first
        How to read ``05/06/2021``; None refuses what may be two days.
    where
        Gives the column, counted from 1, in which a row's text stands.

    Raises
    ------
    InputError
        If times name no zone and none is given.
    """
    values = _read_values(list(column.values), day_first)
    if zone is None and values.local.any():
        row = int(np.flatnonzero(values.local[column.codes])[0])
        text = say("log_time.no_zone", time=complaints.shown(column[row]))
        complaints.refuse(text, int(line[row]), where(row))
    in_range = (values.at >= _FIRST) & (values.at < _END)
    earliest = latest = values.at
    is_skipped = np.zeros(len(values.at), bool)
    if zone is not None and values.local.any():
        first, last = local_to_utc(np.where(in_range, values.at, _FIRST), zone)
        earliest = np.where(values.local, first, earliest)
        latest = np.where(values.local, last, latest)
        is_skipped = latest < earliest
    good = np.ones(len(values.at), bool)
    good[list(values.faults)] = False
    good &= ~is_skipped & in_range
    codes = column.codes

    def why(row: int) -> tuple[str, int | None]:
        code = int(codes[row])
        fault = values.faults.get(code) or _fault_of_time(zone, is_skipped=bool(is_skipped[code]))
        shown = f" {complaints.shown(column[row])}" if column[row] else ""
        return say("log_time.time", time=shown, fault=fault), where(row)

    for row in np.flatnonzero(~good[codes]).tolist():
        complaints.leave_out_lazily(int(line[row]), partial(why, row))
    early, late = _by_order(earliest[codes], latest[codes], good[codes])
    _tell_of_clocks(early, late, good[codes], values.local[codes], zone, line, complaints)
    _tell_of_dates(values, codes, line, complaints)
    return ReadTimes(early, late, good[codes], _resolution(values, good))


def _by_order(earliest: Times, latest: Times, good: NDArray[np.bool_]) -> tuple[Times, Times]:
    """Return times with one end, where the order of the lines tells them apart.

    In a log that is in order of time, or its reverse, the clock is seen to go back once: what
    stands before was the first time through the hour, what comes after the second. Lines that have
    changed places step back, too: the clock went back if that leaves the smaller gap.
    """
    rows = np.flatnonzero(good)
    twice = latest[rows] > earliest[rows]
    places = np.flatnonzero(twice)
    if len(places) < _NO_CHANCE or places[0] == 0 or places[-1] == len(rows) - 1:
        return earliest, latest
    if earliest[rows[0]] > earliest[rows[-1]]:
        rows, twice = rows[::-1], twice[::-1]
        places = np.flatnonzero(twice)
    begin, end = places[0], places[-1] + 1
    inside, others = earliest[rows[begin:end]], earliest[rows[~twice]]
    back = np.flatnonzero(np.diff(inside) < 0) + 1
    if not twice[begin:end].all() or (np.diff(others) < 0).any() or len(back) != 1:
        return earliest, latest
    step_back = inside[back - 1] - inside[back]
    if 2 * step_back <= latest[rows[begin]] - earliest[rows[begin]]:
        return earliest, latest
    first, second = np.split(rows[begin:end], back)
    earliest, latest = earliest.copy(), latest.copy()
    latest[first] = earliest[first]
    earliest[second] = latest[second]
    return earliest, latest


def _fault_of_time(zone: ZoneInfo | None, *, is_skipped: bool) -> str:
    """Return why a text that is a time cannot be one of the log's."""
    if is_skipped:
        return say("log_time.skipped", zone=zone)
    return say("log_time.outside", first=FIRST_YEAR, last=LAST_YEAR)


def _tell_of_clocks(
    earliest: Times,
    latest: Times,
    good: NDArray[np.bool_],
    local: NDArray[np.bool_],
    zone: ZoneInfo | None,
    line: NDArray[np.int64],
    complaints: Complaints,
) -> None:
    twice = np.flatnonzero(good & (latest > earliest))
    if len(twice):
        text = say("log_time.twice", count=len(twice), zone=zone)
        complaints.warn(text, int(line[twice[0]]))
    if local[good].any() and not local[good].all():
        row = int(np.flatnonzero(good & local)[0])
        text = say("log_time.mixed", zone=zone)
        complaints.warn(text, int(line[row]))


def _tell_of_dates(
    values: _Values, codes: NDArray[np.int32], line: NDArray[np.int64], complaints: Complaints
) -> None:
    order = values.order
    told = order.unclear if order.day_first is not None else ""
    if told:
        which = "day_first" if order.day_first else "month_first"
        plain = complaints.shown(order.plain)
        text = say(f"log_time.{which}", time=complaints.shown(told), plain=plain)
    elif told := order.may_begin_with_year:
        text = say("log_time.may_begin_with_year", time=complaints.shown(told))
    if told:
        lines = line[codes == values.texts.index(told)]
        complaints.warn(text, int(lines.min()) if len(lines) else None)


def _resolution(values: _Values, good: NDArray[np.bool_]) -> int:
    """Return the coarsest step that all times are whole in: a minute, a second, a millisecond.

    Seconds that are written and always :00 count as such only while they may be so by chance.
    """
    at = values.at[good]
    if not len(at) or (at % 1000).any():
        return 1
    if (at % 60_000).any():
        return 1000
    if len(np.unique(at)) >= _NO_CHANCE:
        return 60_000
    texts = (values.texts[i] for i in np.flatnonzero(good).tolist())
    shows_seconds = any(
        _EPOCH.fullmatch(_ungrouped(t)) or _OFFSET.sub("", t).count(":") > 1 for t in texts
    )
    return 1000 if shows_seconds else 60_000


def _read_values(texts: list[str], day_first: bool | None) -> _Values:
    """Read distinct texts: by the million what is ISO or dotted, one by one what is not."""
    count = len(texts)
    values = _Values(texts, np.zeros(count, bool), np.zeros(count, np.int64), {})
    plain = pc.utf8_trim_whitespace(pa.array(texts, pa.large_string()))
    plain = pc.replace_substring_regex(plain, _DOTTED, r"\3-\2-\1T\4")
    plain = pc.replace_substring_regex(plain, r"^(.{19}),(\d+)", r"\1.\2")
    is_iso = pc.match_substring_regex(plain, _ISO).to_numpy(zero_copy_only=False).astype(bool)
    slow = np.flatnonzero(~is_iso)
    if not _read_iso(plain, is_iso, values):
        slow = np.arange(count)
    if day_first is None:
        short = (texts[i] for i in slow.tolist() if len(texts[i]) <= LONGEST_TIME)
        values.order = OrderOfDates.told_by(short)
        day_first = values.order.day_first
    for i in slow.tolist():
        _read_loose(i, plain[i].as_py(), day_first, values)
    return values


def _read_iso(plain: pa.Array, is_iso: NDArray[np.bool_], values: _Values) -> bool:
    """Read all ISO times at once; tell whether that went well."""
    cut = pc.replace_substring_regex(plain, r"(\.\d{3})\d+", r"\1")
    zoned = (
        pc.match_substring_regex(cut, _ZONED).to_numpy(zero_copy_only=False).astype(bool) & is_iso
    )
    for which, kind in (
        (zoned, pa.timestamp("ms", "UTC")),
        (is_iso & ~zoned, pa.timestamp("ms")),
    ):
        at = np.flatnonzero(which)
        if not len(at):
            continue
        try:
            read = pc.cast(cut.take(pa.array(at)), kind)
        except pa.ArrowInvalid:
            return False
        values.at[at] = read.cast(pa.int64()).to_numpy(zero_copy_only=False)
    values.local[is_iso & ~zoned] = True
    return True


def _read_loose(i: int, text: str, day_first: bool | None, values: _Values) -> None:
    """Read one text of any other form."""
    text = _ungrouped(text)
    try:
        if _EPOCH.fullmatch(text):
            number = float(text.replace(",", "."))
            values.at[i] = round(number if text.isdigit() and len(text) == 13 else number * 1000)
            return
        values.order.check(text)
        at = datetime_of(text, day_first)
    except ValueError as error:
        values.faults[i] = str(error)
        return
    values.local[i] = at.tzinfo is None
    values.at[i] = round(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)


def _ungrouped(text: str) -> str:
    """Return Unix time without marks between its thousands; any other text as it is."""
    is_one = len(text) <= LONGEST_TIME and _GROUPED.fullmatch(text)
    return re.sub(r"\D", "", text) if is_one else text
