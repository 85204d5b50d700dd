"""Rollouts whose logs are of the same time, set apart: a line carried each of them alone.

Runs of one scenario all have its date. A device is in one rollout at a time, so logs that have
devices in common are of rollouts that had nothing to do with one another; those that have none may
have shared their lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np

from fwsim.fleet.spans import merged
from fwsim.learning.journeys import Ints, Journeys
from fwsim.learning.lines import Cuts
from fwsim.observations.observed import LONG_AGO

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK = 7 * 24 * 3600 * 1000
_MOST = 53 * _WEEK
"""So much later a zone's clock has been as it was, if it ever is."""


@dataclass(frozen=True)
class RolloutsApart:
    """By how much each log is moved, such that none is of the time of another.

    Parameters
    ----------
    begin, end
        Of each log as it was written, milliseconds since the epoch; shape (logs,).
    later
        Milliseconds by which it is moved; whole weeks, so that busy times stay what they are.
    """

    begin: Ints
    end: Ints
    later: Ints

    @classmethod
    def of(cls, journeys: Journeys, zone: ZoneInfo) -> RolloutsApart:
        """Move every log that is of the time of one before it to the next week that is free.

        Parameters
        ----------
        journeys
            The lines of all logs.
        zone
            Whose week.
        """
        logs = journeys.rollouts
        begin = np.full(logs, np.iinfo(np.int64).max)
        end = np.full(logs, np.iinfo(np.int64).min)
        # A first export tells of any time before it; the log is of no time before its own.
        first = np.where(journeys.early > LONG_AGO, journeys.early, journeys.late)
        np.minimum.at(begin, journeys.rollout, first)
        np.maximum.at(end, journeys.rollout, np.maximum(journeys.late, journeys.until))
        later = np.zeros(logs, np.int64)
        is_in = np.zeros((logs, int(journeys.device.max(initial=0)) + 1), bool)
        is_known = journeys.device >= 0
        is_in[journeys.rollout[is_known], journeys.device[is_known]] = True
        for log in range(1, logs):
            before = np.arange(log)
            meets = (is_in[before] & is_in[log]).any(axis=1)
            meets &= (begin[before] <= end[log]) & (end[before] >= begin[log])
            if meets.any():
                taken = zip((begin + later)[before], (end + later)[before], strict=True)
                weeks = _weeks_later((int(begin[log]), int(end[log])), [*taken], zone)
                later[log] = weeks * _WEEK
        return cls(begin, end, later)

    @property
    def ends(self) -> tuple[int, int]:
        """Between which times the logs are as they were written, milliseconds since the epoch."""
        return int(self.begin.min()), int(self.end.max())

    def cuts(self, cuts: Cuts) -> list[tuple[int, int]]:
        """Return when nothing came over a line, each log's own moved with it."""
        if not self.later.any():
            return [*cuts]
        moved = [
            (max(begin, cut[0]) + later, min(end, cut[1]) + later)
            for begin, end, later in zip(
                self.begin.tolist(), self.end.tolist(), self.later.tolist(), strict=True
            )
            for cut in cuts
            if cut[0] < end and cut[1] > begin
        ]
        return merged(moved)


def _weeks_later(own: tuple[int, int], taken: Sequence[tuple[int, int]], zone: ZoneInfo) -> int:
    """Return after how many weeks nothing else is, if possible with the zone's clock as it was."""
    free = (
        week * _WEEK
        for week in count(1)
        if all(
            own[1] + week * _WEEK < since or own[0] + week * _WEEK > until for since, until in taken
        )
    )
    first = later = next(free)
    while later < first + _MOST:
        if all(_offset(at, zone) == _offset(at + later, zone) for at in own):
            return later // _WEEK
        later = next(free)
    return first // _WEEK


def _offset(at: int, zone: ZoneInfo) -> timedelta | None:
    """Return by how much a zone's clock is ahead at a time, milliseconds since the epoch."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone).utcoffset()
