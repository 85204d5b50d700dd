"""An axis of the wall clock on which idle stretches are folded, with a break that can be seen.

A folded stretch is drawn narrow, not left out: what little there is in it keeps its place.

Places on the axis are times of a steady clock, which shows what the wall clock shows at the start
and is never set; only ticks say what the wall clock shows. So the night in which clocks are set
back has its 25 hours, and an hour that comes twice has two places.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.messages import say
from fwsim.quantities.elementary import summed
from fwsim.results.run.stamps import offset_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.ticker import Formatter, Locator

Floats = NDArray[np.float64]
Stretches = Sequence[tuple[Any, Any]]
"""Begin and end of each, on the steady clock (datetime64), ascending and apart."""

FOLDED_SHARE = 0.035
"""Of the axis, for each fold."""
MOST_FOLDED_SHARE = 0.35
_LEAST_TO_TELL = 0.6
"""Of a fold, so that how long it is can stand in it."""
_HOURS = 24.0
_DAY = 86_400_000
_HALF_A_SECOND = 0.5 / 86_400
_NOISE = 1e-6
_FAR = 1e6
"""Days beyond which nobody looks."""
_MOST_TICKS = 9
_LEAST_APART = 0.07
"""Of the axis, between two ticks with labels."""
_DATES_APART = 0.13
"""Of the axis, between two ticks that carry dates side by side."""
_STEPS = [
    *(minutes / 60 / _HOURS for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours / _HOURS for hours in (1, 2, 3, 4, 6, 12, 24, 48, 168, 336, 672)),
]
_GREY = "#6B6B6B"


class Fold:
    """From times, in days, to places on the axis and back; linear but for what is folded.

    Parameters
    ----------
    begin, end
        Of what is shown.
    stretches
        What is folded, between those.
    """

    def __init__(self, begin: float, end: float, stretches: Sequence[tuple[float, float]]) -> None:
        self.stretches = [(a, b) for a, b in stretches if begin <= a < b <= end]
        idle = summed(b - a for a, b in self.stretches)
        each = min(FOLDED_SHARE, MOST_FOLDED_SHARE / max(1, len(self.stretches)))
        share = each * len(self.stretches)
        width = (end - begin - idle) * each / (1 - share)
        times, places, gained = [begin - _FAR], [begin - _FAR], 0.0
        for a, b in self.stretches:
            times += [a, b]
            places += [a - gained, a - gained + width]
            gained += b - a - width
        self._times = np.array([*times, end + _FAR])
        self._places = np.array([*places, end + _FAR - gained])

    def to_place(self, times: Floats) -> Floats:
        """Return where on the axis times are."""
        places: Floats = np.interp(times, self._times, self._places)
        return places

    def to_time(self, places: Floats) -> Floats:
        """Return which times are at places on the axis."""
        times: Floats = np.interp(places, self._places, self._times)
        return times


class ClockHands:
    """What a wall clock shows at places of the axis.

    Parameters
    ----------
    changes
        Places at which it is set forward or back, ascending.
    offsets
        From UTC in milliseconds, before the first change and after each. The axis is that of the
        first.
    """

    def __init__(self, changes: Sequence[float] = (), offsets: Sequence[int] = (0,)) -> None:
        self._changes = np.array(changes, float)
        self._offsets = offsets
        self._shifts = np.array([offset - offsets[0] for offset in offsets], float) / _DAY

    def shown(self, places: Floats) -> Floats:
        """Return what it shows at places, in days since 1970."""
        local: Floats = places + self._shifts[self._which(places)]
        return local

    def even(self, low: float, high: float, step: float) -> Floats:
        """Return the places between two others at which it shows whole steps, ascending.

        Parameters
        ----------
        low, high
            The two.
        step
            Days.
        """
        edges = [-np.inf, *(self._changes - _HALF_A_SECOND), np.inf]
        kept = []
        for (begin, end), shift in zip(pairwise(edges), self._shifts, strict=True):
            first, last = max(begin, low) + shift, min(end, high) + shift
            number = np.ceil(first / step - _NOISE)
            count = max(0, min(5000, int((last - first) / step) + 2))
            times = (number + np.arange(count)) * step
            kept.append(times[times <= last + _NOISE * step] - shift)
        return np.concatenate(kept)

    def moment(self, place: float) -> datetime:
        """Return what it shows at a place, to the second."""
        return _moment(float(self.shown(np.array([place]))[0]))

    def offset_if_twice(self, place: float) -> str:
        """Return the offset from UTC where it shows what it shows at another place, too."""
        own = int(self._which(np.array([place]))[0])
        others = place + self._shifts[own] - self._shifts
        again = self._which(others) == np.arange(len(others))
        again[own] = False
        return offset_text(self._offsets[own]) if again.any() else ""

    def _which(self, places: Floats) -> NDArray[np.int64]:
        return np.searchsorted(self._changes, places + _HALF_A_SECOND, side="right")


STEADY = ClockHands()
"""Of a clock that is never set."""


def in_days(time: Any) -> float:
    """Return a time as the axis has it, days since 1970."""
    return float(np.datetime64(time, "ms").astype(np.int64)) / _DAY


def clock_axis(
    ax: Axes, zone: str, idle: Stretches = (), shown: Any = None, hands: ClockHands = STEADY
) -> None:
    """Label the x axis as a wall clock, and fold what is idle.

    Parameters
    ----------
    ax
        Its x limits may still change.
    zone
        Whose clock it is.
    idle
        Stretches to fold.
    shown
        Begin and end of what is shown; where nothing is folded it need not be known.
    hands
        What the clock shows along the axis.
    """
    edges = (0.0, 1.0) if shown is None else (in_days(shown[0]), in_days(shown[1]))
    fold = Fold(*edges, [(in_days(begin), in_days(end)) for begin, end in idle])
    if fold.stretches:
        low, high = ax.get_xlim()
        ax.set_xscale("function", functions=(fold.to_place, fold.to_time))
        for begin, end in fold.stretches:
            if low < end and begin < high:
                _mark(ax, begin, end, (low, high))
        ax.set_xlim(low, high)
    _tick(ax.xaxis, fold, hands, _DATES_APART)
    ax.set_xlabel(say("figure.clock", zone=zone))


def upright_clock(ax: Axes, hands: ClockHands = STEADY) -> None:
    """Label the y axis as a wall clock; nothing is folded there.

    Parameters
    ----------
    ax
        Its y limits may still change.
    hands
        What the clock shows along the axis.
    """
    _tick(ax.yaxis, Fold(0.0, 1.0, ()), hands, _LEAST_APART)


def _tick(axis: Axis, fold: Fold, hands: ClockHands, dates_apart: float) -> None:
    axis.set_major_locator(_clock_locator(fold, hands, dates_apart))
    axis.set_major_formatter(_clock_formatter(hands))


def _mark(ax: Axes, begin: float, end: float, shown: tuple[float, float]) -> None:
    """Show a fold: a pale band, two strokes across the axis, and how long it is.

    Of one that goes on beyond what is shown there may be no room to say so.
    """
    ax.axvspan(begin, end, facecolor="#F2F2F2", edgecolor="none", zorder=2.5, alpha=0.85)
    at_axis = ax.get_xaxis_transform()
    for edge in (begin, end):
        if not shown[0] <= edge <= shown[1]:
            continue
        ax.plot(
            [edge],
            [0],
            marker=[(-0.5, -1.0), (0.5, 1.0)],
            markersize=9,
            linestyle="none",
            color=_GREY,
            markeredgewidth=1.2,
            transform=at_axis,
            clip_on=False,
            zorder=5,
            scalex=False,
            scaley=False,
        )
    hours = (end - begin) * _HOURS
    first, last = max(begin, shown[0]), min(end, shown[1])
    if last - first < (end - begin) * _LEAST_TO_TELL:
        return
    ax.text(
        first + (last - first) / 2,
        0.5,
        say("figure.idle", hours=f"{hours:.0f}"),
        rotation=90,
        ha="center",
        va="center",
        fontsize=7.5,
        color=_GREY,
        transform=at_axis,
        zorder=5,
    )


def _ticks(
    low: float, high: float, fold: Fold, hands: ClockHands, dates_apart: float
) -> list[float]:
    """Return places for ticks: even times, none too close to another, and none folded."""
    places = fold.to_place(np.array([low, high]))
    length = float(places[1] - places[0])
    if not 0 < length < _FAR:
        return []
    step = next((s for s in _STEPS if s >= length / _MOST_TICKS), _STEPS[-1])
    gap = step / 1e3
    times = hands.even(low - gap, high + gap, step)
    inside = (times >= low - gap) & (times <= high + gap)
    for a, b in fold.stretches:
        inside &= (times <= a) | (times >= b)
    kept: list[float] = []
    taken: list[float] = []
    dated: dict[float, float] = {}
    free = times[inside]
    days = np.floor(hands.shown(free) + gap)
    is_first = np.append(True, np.diff(days) > 0) if len(free) else np.zeros(0, bool)
    # The first of a day carries the date, so it is the last that may be missing.
    order = [*np.flatnonzero(is_first), *np.flatnonzero(~is_first)]
    for time, day in zip(free[order], days[order].tolist(), strict=True):
        place = float(fold.to_place(np.array([time]))[0])
        others = dated.values() if day not in dated else ()
        if all(abs(place - other) >= _LEAST_APART * length for other in taken) and all(
            abs(place - other) >= dates_apart * length for other in others
        ):
            taken.append(place)
            dated.setdefault(day, place)
            kept.append(max(float(time), low))  # a hair outside it would not be drawn
    return sorted(kept)


def _clock_locator(fold: Fold, hands: ClockHands, dates_apart: float) -> Locator:
    from matplotlib.ticker import Locator

    class ClockLocator(Locator):
        def __call__(self) -> list[float]:
            axis: Any = self.axis
            low, high = sorted(axis.get_view_interval())
            return self.tick_values(low, high)

        def tick_values(self, vmin: float, vmax: float) -> list[float]:
            return _ticks(vmin, vmax, fold, hands, dates_apart)

    return ClockLocator()


def _clock_formatter(hands: ClockHands) -> Formatter:
    from matplotlib.ticker import Formatter

    class ClockFormatter(Formatter):
        def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
            at = hands.moment(x)
            return f"{_day(at)} {at:%H:%M} {hands.offset_if_twice(x)}".rstrip()

        def format_ticks(self, values: Any) -> list[str]:
            return labels([float(value) for value in values], hands)

    return ClockFormatter()


def _moment(number: float) -> datetime:
    """Return a time in days since 1970 as a datetime, to the second."""
    return datetime(1970, 1, 1) + timedelta(seconds=round(number * 86_400))


def _day(at: datetime) -> str:
    weekday = say("clock.weekdays").split()[at.weekday()]
    return say(
        "figure.day", weekday=weekday, day=at.day, month=say("clock.months").split()[at.month - 1]
    )


def labels(values: Sequence[float], hands: ClockHands = STEADY) -> list[str]:
    """Return what stands at ticks: the time, and at the first of each day the weekday and date.

    Where the clock shows a time twice, its offset from UTC stands there, too.

    Parameters
    ----------
    values
        Places, days since 1970, ascending.
    hands
        What the clock shows there.
    """
    moments = [hands.moment(value) for value in values]
    if moments and all(at.hour == at.minute == 0 for at in moments):
        return [_day(at) for at in moments]
    texts = []
    before = None
    for value, at in zip(values, moments, strict=True):
        offset = hands.offset_if_twice(value)
        if at.date() == before:
            texts.append(f"{at:%H:%M}\n{offset}".rstrip())
        else:
            texts.append(f"{at:%H:%M} {offset}".rstrip() + f"\n{_day(at)}")
        before = at.date()
    return texts
