"""Times of the clock as text, a million at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.schedule import offset_if_twice
from fwsim.results.run.cells import Cells, cells

_QUARTER = 15 * 60 * 1000
_HOUR = 4 * _QUARTER
_AROUND = 3 * _HOUR
"""Farther than that no clock is set back."""


def _offset(epoch_ms: int, zone: ZoneInfo) -> int:
    at = datetime.fromtimestamp(epoch_ms / 1000, UTC).astimezone(zone)
    return round((at.utcoffset() or timedelta()) / timedelta(milliseconds=1))


def _offsets(epoch_ms: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Return the zone's offset from UTC in milliseconds at each instant."""
    quarters, back = _told_apart(epoch_ms // _QUARTER)
    table = np.array([_offset(quarter * _QUARTER, zone) for quarter in quarters.tolist()], np.int64)
    offsets = table[back]
    # Nearly every zone changes on a quarter of an hour; where one does not, each instant counts.
    ends = [_offset((quarter + 1) * _QUARTER - 1, zone) for quarter in quarters.tolist()]
    for place in np.flatnonzero((table != np.array(ends, np.int64))[back]).tolist():
        offsets[place] = _offset(int(epoch_ms[place]), zone)
    return offsets


def _told_apart(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the different ones of whole numbers, ascending, and which of them each is."""
    first, last = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    if last - first > len(numbers):
        return np.unique(numbers, return_inverse=True)
    is_there = np.zeros(last - first + 1, bool)  # several times faster than sorting
    is_there[numbers - first] = True
    return np.flatnonzero(is_there) + first, (np.cumsum(is_there) - 1)[numbers - first]


class Clock(Protocol):
    """What turns milliseconds into times people read: a start and the server's zone."""

    @property
    def start(self) -> datetime:
        """When the story begins; aware."""

    @property
    def zone(self) -> ZoneInfo:
        """The server's."""


def wall_clock(clock: Clock, milliseconds: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return times since the start as naive datetimes of the server's zone."""
    epoch = _epoch(clock, milliseconds)
    local = epoch + _offsets(epoch, clock.zone)
    return local.astype("datetime64[ms]")


def _epoch(clock: Clock, milliseconds: NDArray[np.int64]) -> NDArray[np.int64]:
    return round(clock.start.timestamp() * 1000) + milliseconds


def steady_clock(clock: Clock, milliseconds: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return times since the start as of a clock that nobody sets forward or back.

    At the start it shows what the server's does. Differences of its times are how long it takes,
    which those of `wall_clock` are not where the clocks change.
    """
    start = wall_clock(clock, np.zeros(1, np.int64))[0]
    return np.asarray(start + milliseconds.astype("timedelta64[ms]"), "datetime64[ms]")


def clock_changes(clock: Clock, until: int) -> tuple[list[int], list[int]]:
    """Return when the zone's offset from UTC changes, and the offsets.

    Parameters
    ----------
    clock
        Whose zone.
    until
        Milliseconds after the start, up to which is looked.

    Returns
    -------
    list of int
        Changes, milliseconds after the start, ascending.
    list of int
        Offsets in milliseconds, from the start on; one more than there are changes.
    """
    hours = np.arange(0, until + 2 * _HOUR, _HOUR, dtype=np.int64)
    offsets = _offsets(_epoch(clock, hours), clock.zone)
    changes = []
    for place in np.flatnonzero(np.diff(offsets)).tolist():
        before, after = int(hours[place]), int(hours[place + 1])
        while after - before > 1:
            middle = (before + after) // 2
            at = int(_epoch(clock, np.array([middle], np.int64))[0])
            if _offset(at, clock.zone) == offsets[place]:
                before = middle
            else:
                after = middle
        changes.append(after)
    kept = np.append(True, np.diff(offsets) != 0)
    return changes, offsets[kept].tolist()


def console_stamps(clock: Clock, milliseconds: NDArray[np.int64]) -> list[str]:
    """Return times since the start as the console shows them, ``2018-08-20 11:34:23``."""
    texts = np.datetime_as_string(wall_clock(clock, milliseconds).astype("datetime64[s]"))
    return [str(text).replace("T", " ") for text in texts]


def told_stamps(clock: Clock, milliseconds: NDArray[np.int64], *, places: int = 19) -> list[str]:
    """Return console stamps that say which they are of two times shown alike: ``…+01:00``.

    Parameters
    ----------
    clock
        The server's.
    milliseconds
        Times since the start.
    places
        How much of a stamp is told: 19, or 16 without its seconds.
    """
    stamps = [stamp[:places] for stamp in console_stamps(clock, milliseconds)]
    epoch = _epoch(clock, milliseconds)
    before, after = (_offsets(epoch + side * _AROUND, clock.zone) for side in (-1, 1))
    for place in np.flatnonzero(before != after).tolist():
        at = clock.start + timedelta(milliseconds=int(milliseconds[place]))
        stamps[place] += offset_if_twice(at.astimezone(clock.zone))
    return stamps


# By the million: cells of columns, which cost too much to import for a stamp or two.


def console_stamp_texts(clock: Clock, milliseconds: NDArray[np.int64]) -> Cells:
    """Return what `console_stamps` does as cells."""
    local = wall_clock(clock, milliseconds).astype("datetime64[s]")
    return cells().stamps(local, " ", [""], np.zeros(len(local), np.int8))


def iso_stamp_texts(clock: Clock, milliseconds: NDArray[np.int64]) -> Cells:
    """Return times since the start as cells of ISO 8601 text with the zone's offset."""
    epoch = _epoch(clock, milliseconds)
    offsets = _offsets(epoch, clock.zone)
    different, end_of = _told_apart(offsets)
    ends = [offset_text(offset) for offset in different.tolist()]
    return cells().stamps((epoch + offsets).astype("datetime64[ms]"), "T", ends, end_of)


def offset_text(offset: int) -> str:
    """Return an offset from UTC, given in milliseconds, as ISO 8601 has it: ``+02:00``."""
    minutes = offset // 60_000
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
