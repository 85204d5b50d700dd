"""Times of the clock as text, a million at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

_QUARTER = 15 * 60 * 1000  # every zone's offset changes on a quarter of an hour


def _offsets(epoch_ms: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Return the zone's offset from UTC in milliseconds at each instant."""
    quarters, back = np.unique(epoch_ms // _QUARTER, return_inverse=True)
    offsets = [
        datetime.fromtimestamp(int(quarter) * _QUARTER / 1000, UTC).astimezone(zone).utcoffset()
        for quarter in quarters
    ]
    table = [round((offset or timedelta()) / timedelta(milliseconds=1)) for offset in offsets]
    return np.array(table, np.int64)[back]


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
