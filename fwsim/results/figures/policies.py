"""Policies by what they cost with a good image and save with a bad one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.arguments import a, a_count, several, some_axes, taking
from fwsim.measures.amounts import counted
from fwsim.messages import localised, say
from fwsim.quantities.units import write_duration
from fwsim.results.figures.letters import named
from fwsim.results.figures.look import BLUE, axes, intervals, tidy
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.estimate import Estimate, Method

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.6, 4.8)
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_TICKS = (0, 10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)
_PLACES = [
    ((side * 6, height), "left" if side > 0 else "right", "bottom" if height > 0 else "top")
    for height in (5, -5, 30, -30, 55, -55, 80, -80)
    for side in (1, -1)
]
"""Where a name may stand beside its point, the best first: offset in points, alignments."""
_STRAIGHT = 10 * _MINUTE
"""Up to here the axis is straight, from here on each length is ten times as much."""


@dataclass(frozen=True)
class PolicyPoint:
    """A policy in the picture.

    Parameters
    ----------
    name
        What it is called.
    later
        How much later a good image is over than under the first policy, milliseconds.
    hit
        Devices the bad image failed on.
    """

    name: str
    later: Difference
    hit: Estimate


@taking(points=several("rows", a("row_of_policies", PolicyPoint)), devices=a_count, ax=some_axes)
def policies(points: Sequence[PolicyPoint], *, devices: int, ax: Axes | None = None) -> Axes:
    """Draw policies by delay and devices hit; down and to the left is better.

    Parameters
    ----------
    points
        The policies; one whose good image is never over, or that has none to be later than, is
        left out.
    devices
        In all.
    ax
        Where to draw; by default a new figure.
    """
    ax = axes(ax, SIZE)
    shown = [p for p in points if np.isfinite(p.later.value)]
    xs = [p.later.value for p in shown]
    ax.set_xscale("symlog", linthresh=_STRAIGHT)
    for is_median in (False, True):
        chosen = [p for p in shown if _is_of_median(p) == is_median]
        if chosen:
            _draw_points(ax, chosen, is_median=is_median)
    right = max([*xs, _HOUR])
    ticks = [tick for tick in _TICKS if tick <= 2 * right]
    ax.set_xticks(ticks, [_later_by(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlim(-_STRAIGHT / 5, 12 * right)
    ax.set_ylim(bottom=0)
    first = points[0].name if points else ""
    is_open = any(np.isinf([p.later.low, p.later.high]).any() for p in shown)
    arrows = f"\n{say('figure.policies.unbounded')}" if is_open else ""
    ax.set_xlabel(say("figure.policies.later", first=named(first)) + arrows)
    ax.set_ylabel(say("figure.policies.hit", devices=counted(devices, "device")))
    tidy(ax, _title(points, shown))
    _name_points(ax, shown)
    return ax


def _later_by(delay: int) -> str:
    return localised(write_duration(delay)) if delay else say("figure.policies.no_later")


def _title(points: Sequence[PolicyPoint], shown: Sequence[PolicyPoint]) -> str:
    """Return what the picture shows, and why it leaves some out."""
    if any(map(_is_of_median, shown)):
        title = say("figure.policies.title_of_medians")
    else:
        title = say("figure.policies.title")
    if not (hidden := len(points) - len(shown)):
        return title
    if np.isfinite(points[0].later.value):
        why = say("figure.policies.never_over")
    else:
        why = say("figure.policies.first_never_over")
    return say("figure.left_out", title=title, count=hidden, why=why)


def _is_of_median(point: PolicyPoint) -> bool:
    """Tell whether its place is that of medians, for some runs never got there."""
    return Method.MEDIAN in {point.later.method, point.hit.method}


def _draw_points(ax: Axes, shown: Sequence[PolicyPoint], *, is_median: bool) -> None:
    """Draw policies with their intervals."""
    intervals(
        ax,
        [p.later for p in shown],
        [p.hit for p in shown],
        fmt="o",
        markersize=5.5,
        color=BLUE,
        markerfacecolor="white" if is_median else BLUE,
        elinewidth=1,
        capsize=2,
    )


def _name_points(ax: Axes, shown: Sequence[PolicyPoint]) -> None:
    """Write the policies' names beside them, apart, and in how many runs they never got there."""
    from matplotlib.patheffects import withStroke

    figure: Any = ax.figure
    figure.draw_without_rendering()
    halo = [withStroke(linewidth=3, foreground="white")]
    taken: list[Any] = []
    bars = _bars(ax, shown)
    # Better on a bar than on another name.
    places = [(place, others) for others in (bars, []) for place in _PLACES]
    for point in shown:
        missed = point.later.only_second + point.later.neither
        told = say("figure.policies.not_reached_in", missed=missed, runs=point.later.runs)
        never = f"\n{told}" if missed else ""
        label = ax.annotate(
            named(point.name) + never,
            (point.later.value, point.hit.value),
            xytext=_PLACES[0][0],
            textcoords="offset points",
            fontsize=8.5,
            linespacing=1.0,
            path_effects=halo,
        )
        for (offset, side, height), others in places:
            label.set(position=offset, ha=side, va=height)
            box = label.get_window_extent()
            if not any(box.overlaps(other) for other in (*taken, *others)):
                break
        taken.append(box)


def _bars(ax: Axes, shown: Sequence[PolicyPoint]) -> list[Any]:
    """Return where the intervals are drawn, and their points, in pixels."""
    from matplotlib.transforms import Bbox

    edges = ax.get_window_extent()
    found = []
    for p in shown:
        x, y = ax.transData.transform((p.later.value, p.hit.value))
        left, bottom = _pixels(ax, (p.later.low, p.hit.low), (edges.x0, edges.y0))
        right, top = _pixels(ax, (p.later.high, p.hit.high), (edges.x1, edges.y1))
        found += [Bbox([[left, y - 1], [right, y + 1]]), Bbox([[x - 1, bottom], [x + 1, top]])]
    return found


def _pixels(ax: Axes, ends: tuple[float, float], edges: tuple[float, float]) -> tuple[float, float]:
    """Return where the ends of two intervals are drawn; one without an end goes to the edge."""
    x, y = ax.transData.transform([end if np.isfinite(end) else 0.0 for end in ends])
    is_open = np.isinf(ends)
    return (edges[0] if is_open[0] else x), (edges[1] if is_open[1] else y)
