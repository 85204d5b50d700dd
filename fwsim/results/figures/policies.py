"""Policies by what they cost with a good image and save with a bad one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fwsim.measures.amounts import counted
from fwsim.quantities.units import write_duration
from fwsim.results.figures.letters import lettered
from fwsim.results.figures.look import BLUE, axes, reach, tidy
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.6, 4.8)
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_TICKS = (0, 10 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)
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
    xs, ys = [p.later.value for p in shown], [p.hit.value for p in shown]
    ax.set_xscale("symlog", linthresh=_STRAIGHT)
    _draw_points(ax, shown, xs, ys)
    right = max([*xs, _HOUR])
    ticks = [tick for tick in _TICKS if tick <= 2 * right]
    ax.set_xticks(ticks, [write_duration(tick) if tick else "no later" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlim(-_STRAIGHT / 5, 12 * right)
    ax.set_ylim(bottom=0)
    first = points[0].name if points else ""
    ax.set_xlabel(f"good image: how much later 95 % of all are than under “{lettered(first)}”")
    ax.set_ylabel(f"bad image: failed on, of {counted(devices, 'device')}")
    hidden = len(points) - len(shown)
    why = "never over" if points and np.isfinite(points[0].later.value) else "the first never over"
    never = f"; {hidden} left out: {why}" if hidden else ""
    return tidy(ax, f"What a gate saves and costs: means, 95 % intervals{never}")


def _draw_points(ax: Axes, shown: Sequence[PolicyPoint], xs: list[float], ys: list[float]) -> None:
    """Draw policies with their intervals and their names."""
    from matplotlib.patheffects import withStroke

    ax.errorbar(
        xs,
        ys,
        xerr=reach([p.later for p in shown]),
        yerr=reach([p.hit for p in shown]),
        fmt="o",
        markersize=5.5,
        color=BLUE,
        elinewidth=1,
        capsize=2,
    )
    halo = [withStroke(linewidth=3, foreground="white")]
    for x, y, point in zip(xs, ys, shown, strict=True):
        ax.annotate(
            lettered(point.name),
            (x, y),
            xytext=(6, 5),
            textcoords="offset points",
            fontsize=8.5,
            path_effects=halo,
        )
