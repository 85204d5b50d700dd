"""Times of the clock as text, a million at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

_QUARTER = 15 * 60 * 1000


def _offset(epoch_ms: int, zone: ZoneInfo) -> int:
    at = datetime.fromtimestamp(epoch_ms / 1000, UTC).astimezone(zone)
    return round((at.utcoffset() or timedelta()) / timedelta(milliseconds=1))


def _offsets(epoch_ms: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Return the zone's offset from UTC in milliseconds at each instant."""
    quarters, back = np.unique(epoch_ms // _QUARTER, return_inverse=True)
    table = np.array([_offset(quarter * _QUARTER, zone) for quarter in quarters.tolist()], np.int64)
    found = table[back]
    # Nearly every zone changes on a quarter of an hour; where one does not, each instant counts.
    ends = [_offset((quarter + 1) * _QUARTER - 1, zone) for quarter in quarters.tolist()]
    for place in np.flatnonzero((table != np.array(ends, np.int64))[back]).tolist():
        found[place] = _offset(int(epoch_ms[place]), zone)
    return found


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
    start = round(clock.start.timestamp() * 1000)
    epoch = start + milliseconds
    local = epoch + _offsets(epoch, clock.zone)
    return local.astype("datetime64[ms]")


def iso_stamps(clock: Clock, milliseconds: NDArray[np.int64]) -> list[str]:
    """Return times since the start as ISO 8601 text with the zone's offset."""
    start = round(clock.start.timestamp() * 1000)
    epoch = start + milliseconds
    offsets = _offsets(epoch, clock.zone)
    texts = np.datetime_as_string((epoch + offsets).astype("datetime64[ms]"), unit="ms")
    tails = {int(offset): _offset_text(int(offset)) for offset in np.unique(offsets)}
    return [f"{text}{tails[offset]}" for text, offset in zip(texts, offsets.tolist(), strict=True)]


def _offset_text(offset: int) -> str:
    minutes = offset // 60_000
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def console_stamps(clock: Clock, milliseconds: NDArray[np.int64]) -> list[str]:
    """Return times since the start as the console shows them, ``2018-08-20 11:34:23``."""
    texts = np.datetime_as_string(wall_clock(clock, milliseconds).astype("datetime64[s]"))
    return [str(text).replace("T", " ") for text in texts]
