"""What was settled when a forecast was made: whoever reads it off a log has forecast nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from fwsim.ledger.happened import Happened
from fwsim.ledger.kept import KeptForecast, KeptMeasure, epoch
from fwsim.measures.catalogue import TIMES, Kind
from fwsim.measures.measure import Measure

_DONE = frozenset({Kind.TIME_TO, Kind.SUCCESSFUL, Kind.UP_TO_DATE})
"""What says whether anything may still come."""


class Settled:
    """What was settled when a forecast was made, by what it said itself and by the log.

    Parameters
    ----------
    kept
        The forecast.
    happened
        What its rollout came to.
    """

    def __init__(self, kept: KeptForecast, happened: Happened) -> None:
        self._kept, self._happened = kept, happened
        self._since = kept.first_command_at
        if kept.data_up_to is not None:
            self._since = max(self._since, epoch(kept.data_up_to))

    def is_past(self, at: float) -> bool:
        """Tell whether a time, milliseconds since the epoch, was over, or nothing is sent by it."""
        return at <= self._since

    def is_settled(self, told: KeptMeasure) -> bool:
        """Tell whether a measure was.

        Parameters
        ----------
        told
            What the forecast said of it.
        """
        measure = told.measure
        if measure.time is not None and self.is_past(self._kept.instant(measure.time)):
            return True
        if self._kept.data_up_to is None:
            return False
        if measure.kind is Kind.CHANCE_OF:
            return self._is_over or self._has_come(measure) or self._cannot_come(measure)
        if self._is_told(measure):
            return True
        is_over = self._is_over or self._is_over_for(measure)
        return self._is_of_the_past(told) or (is_over and _is_one_value(told))

    def _is_of_the_past(self, told: KeptMeasure) -> bool:
        """Tell whether a share of the devices was reached in the past of every run."""
        last, since = told.numbers[-1], told.measure.since
        first = self._kept.first_command_at if since is None else self._kept.instant(since)
        return bool(told.measure.kind in TIMES and self.is_past(first + last))

    def _has_come(self, event: Measure) -> bool:
        """Tell whether so many devices, or more of them, had it already."""
        return any(
            self._is_of_the_past(told)
            for told in self._times_of(event)
            if (told.measure.share or 0.0) >= (event.share or 1.0)
        )

    def _is_told(self, measure: Measure) -> bool:
        """Tell whether the log had settled it by itself."""
        up_to, since = self._kept.data_up_to, self._happened.settled_at.get(measure.name)
        return up_to is not None and since is not None and since <= up_to

    def _cannot_come(self, event: Measure) -> bool:
        """Tell whether so many devices, or fewer of them, could not have it any more."""
        return any(
            self._is_told(told.measure)
            for told in self._times_of(event)
            if (told.measure.share or 0.0) <= (event.share or 1.0)
        )

    def _times_of(self, event: Measure) -> Iterator[KeptMeasure]:
        """Yield what was said of the times to shares of an event's devices."""
        devices = event.unit, event.group, event.of_targeted
        for told in self._kept.measures:
            time = told.measure
            if time.kind is Kind.TIME_TO and (time.unit, time.group, time.of_targeted) == devices:
                yield told

    @cached_property
    def _is_over(self) -> bool:
        """Whether some had it, and in no run anybody gets it later or would have been anybody else.

        So say the runs of a rollout whose log tells how each device ended.
        """
        return self._are_over(self._kept.measures)

    def _is_over_for(self, measure: Measure) -> bool:
        """Tell the same of the group that a measure is of: it may be over before all others."""
        if measure.is_of_all:
            return False
        part = measure.unit, measure.group
        return self._are_over(
            [one for one in self._kept.measures if (one.measure.unit, one.measure.group) == part]
        )

    def _are_over(self, measures: Sequence[KeptMeasure]) -> bool:
        told = [one for one in measures if one.measure.kind in _DONE]
        times = [one.numbers[-1] for one in told if one.measure.kind is Kind.TIME_TO]
        reached = [time for time in times if np.isfinite(time)]
        first = self._kept.first_command_at
        return (
            bool(reached)
            and all(self.is_past(first + time) for time in reached)
            and all(map(_is_one_value, told))
        )


def _is_one_value(told: KeptMeasure) -> bool:
    return bool(told.numbers[0] == told.numbers[-1])
