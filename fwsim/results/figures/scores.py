"""How forecasts did: what they said, what came, where it lay in them, how often they held."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fwsim.arguments import a, a_level, several, some_axes, taking
from fwsim.messages import say
from fwsim.results.figures.letters import lettered, rows_named
from fwsim.results.figures.look import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    SKY,
    axes,
    legend_below,
    per_cent,
    tidy,
)
from fwsim.results.figures.time_axis import ClockHands, upright_clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENOUGH_FOR_BARS = 20
"""Forecasts from which on their places are shown as a histogram instead of one by one."""
_BINS = 10
_TALLEST = 0.8
_ROOM = 0.12
_ROW = 0.42
"""Inches."""


@dataclass(frozen=True)
class SaidThen:
    """What one forecast said of a measure; infinite is *never*.

    Parameters
    ----------
    label
        What the forecast knew.
    low, middle, high
        The range of the next rollout, and its median.
    """

    label: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Track:
    """What forecasts of one rollout said of one measure, in order, and what came.

    Parameters
    ----------
    title
        The measure.
    axis
        What its values are; a time is told in milliseconds since 1970 of a clock that is never set.
    is_time, is_share
        What kind of values they are; else they are counts.
    said
        The forecasts.
    came
        Infinite is *never*.
    changes, offsets
        When the server's clock is set, as its values are told, and its offsets from UTC in
        milliseconds, from the first of them on, which is that of the values.
    """

    title: str
    axis: str
    is_time: bool
    is_share: bool
    said: tuple[SaidThen, ...]
    came: float
    changes: tuple[float, ...] = ()
    offsets: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Held:
    """How often the range of a measure held.

    Parameters
    ----------
    name
        The measure.
    rollouts
        How many it stands on.
    share
        In which share of them it held.
    low, high
        Between which ends the share of all rollouts lies.
    places
        Where in each forecast's law that lay which came, 0 to 1.
    """

    name: str
    rollouts: int
    share: float
    low: float
    high: float
    places: tuple[float, ...]


@taking(track=a("track", Track), ax=some_axes)
def forecasts_so_far(track: Track, ax: Axes | None = None) -> Axes:
    """Draw what forecasts said of a measure, one after the other, against what came.

    Parameters
    ----------
    track
        What they said.
    ax
        Where to draw; a new figure by default.
    """
    ax = axes(ax, (8.0, 3.8))
    ends = [end for one in track.said for end in (one.low, one.middle, one.high)]
    finite = [value for value in (*ends, track.came) if math.isfinite(value)]
    least, most = (min(finite), max(finite)) if finite else (0.0, 1.0)
    room = (most - least or abs(most) or 1.0) * _ROOM
    beyond = most + 2 * room
    for place, one in enumerate(track.said):
        low, middle, high = (min(end, beyond) for end in (one.low, one.middle, one.high))
        label = say("score.range") if not place else None
        ax.plot([place] * 2, _at(track, low, high), color=SKY, linewidth=9, alpha=0.7, label=label,
                solid_capstyle="butt")  # fmt: skip
        label = say("score.median") if not place else None
        ax.plot([place], _at(track, middle), "o", color=BLUE, markersize=7, label=label)
    came = min(track.came, beyond)
    ax.axhline(_at(track, came)[0], color=BLACK, linewidth=1.4, label=say("score.came"))
    ax.set_xticks(range(len(track.said)), [lettered(one.label) for one in track.said])
    if len(track.said) > 5:
        ax.tick_params(axis="x", rotation=30)
    ax.set_xlim(-0.6, len(track.said) - 0.4)
    ax.set_ylim(*_at(track, least - room, most + room))
    if any(math.isinf(value) for value in (*ends, track.came)):
        ax.set_ylim(_at(track, least - room)[0], _at(track, beyond + room)[0])
        ax.axhspan(*_at(track, beyond - room / 2, beyond + room), color=GREY, alpha=0.25, lw=0)
        ax.annotate(say("score.never"), (0.01, _at(track, beyond)[0]), va="bottom", ha="left",
                    xycoords=("axes fraction", "data"), fontsize=8.5)  # fmt: skip
    _axis(ax, track)
    last = _at(track, most + room)[0]
    ax.set_yticks([tick for tick in ax.get_yticks() if ax.get_ylim()[0] <= tick <= last])
    legend_below(ax, columns=3)
    return tidy(ax, say("score.track", measure=lettered(track.title)))


def _at(track: Track, *values: float) -> list[float]:
    if not track.is_time:
        return list(values)
    from matplotlib.dates import date2num

    return [float(date2num(np.datetime64(round(v), "ms"))) for v in values]  # type: ignore[no-untyped-call]


def _axis(ax: Axes, track: Track) -> None:
    if track.is_time:
        upright_clock(ax, ClockHands(_at(track, *track.changes), track.offsets))
    elif track.is_share:
        per_cent(ax)
    ax.set_ylabel(lettered(track.axis))


@taking(rows=several("rows", a("row", Held)), level=a_level, ax=some_axes)
def places(rows: Sequence[Held], level: float, ax: Axes | None = None) -> Axes:
    """Draw where in the forecasts' laws that lay which came: evenly, if they are calibrated.

    Parameters
    ----------
    rows
        Measures.
    level
        Chance with which a range was to hold.
    ax
        Where to draw; a new figure by default.
    """
    ax = axes(ax, (8.0, 1.6 + _ROW * max(3, len(rows))))
    tail = (1 - level) / 2
    ax.axvspan(tail, 1 - tail, color=SKY, alpha=0.25, linewidth=0)
    for row, one in enumerate(rows):
        if len(one.places) < ENOUGH_FOR_BARS:
            ax.plot(
                one.places,
                [row] * len(one.places),
                "o",
                color=BLUE,
                alpha=0.6,
                markersize=6,
                clip_on=False,
            )
            continue
        counts, edges = np.histogram(one.places, _BINS, (0, 1))
        heights = counts / counts.max() * _TALLEST
        foot = row + _TALLEST / 2
        ax.bar(edges[:-1], -heights, 1 / _BINS, foot, align="edge", color=BLUE, alpha=0.6)
        even = foot - len(one.places) / _BINS / counts.max() * _TALLEST
        ax.plot([0, 1], [even, even], color=BLACK, linewidth=0.8)
    _rows(ax, rows, say("score.place_axis", level=round(100 * level)))
    return tidy(ax, say("score.places"))


@taking(rows=several("rows", a("row", Held)), level=a_level, ax=some_axes)
def coverage(rows: Sequence[Held], level: float, ax: Axes | None = None) -> Axes:
    """Draw in which share of the rollouts ranges held, and what that says of all of them.

    Parameters
    ----------
    rows
        Measures.
    level
        Chance with which a range was to hold.
    ax
        Where to draw; a new figure by default.
    """
    ax = axes(ax, (8.0, 1.6 + _ROW * max(3, len(rows))))
    ax.axvline(
        level, color=ORANGE, linewidth=1.6, label=say("score.wanted", level=round(100 * level))
    )
    for row, one in enumerate(rows):
        label = say("score.bounds") if not row else None
        ax.plot([one.low, one.high], [row, row], color=GREY, linewidth=5, alpha=0.8, label=label,
                solid_capstyle="butt")  # fmt: skip
        label = say("score.seen") if not row else None
        ax.plot([one.share], [row], "o", color=BLUE, markersize=7, clip_on=False, label=label)
    _rows(ax, rows, say("score.coverage_axis"))
    below = -0.5 / (0.5 + _ROW * max(3, len(rows)))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, below), ncols=3, frameon=False, fontsize=8.5)
    return tidy(ax, say("score.coverage"))


def _rows(ax: Axes, rows: Sequence[Held], label: str) -> None:
    """Name the rows over an axis of shares, and say on how many rollouts each stands."""
    ax.set_xlim(0, 1)
    per_cent(ax, "x")
    ax.set_xlabel(label)
    shown = rows_named((one.name for one in rows), 48)
    names = [
        say("score.row", name=name, count=one.rollouts)
        for name, one in zip(shown, rows, strict=True)
    ]
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.4, -0.6)
