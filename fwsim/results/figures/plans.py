"""Plans by two of their measures: those that keep the limits, and those that no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fwsim.arguments import a, several, some_axes, taking
from fwsim.measures.amounts import counted
from fwsim.measures.catalogue import Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure, a_measure
from fwsim.messages import noun, say
from fwsim.results.figures.letters import lettered
from fwsim.results.figures.look import BLUE, GREY, ORANGE, axes, intervals, legend_below, tidy
from fwsim.results.statistics.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.6, 4.8)
_HOUR, _MINUTE = 3_600_000.0, 60_000.0
_EDGE = 0.96
"""Share of an axis at which a star is that is never there."""


@dataclass(frozen=True)
class PlanPoint:
    """A plan in the picture.

    Parameters
    ----------
    across, up
        What its two measures are estimated to be.
    keeps_limits
        Whether its runs keep the limits.
    on_front
        Whether no other plan that keeps them beats it in all goals.
    is_chosen
        Whether it is the selected one.
    is_nearest
        Whether it comes nearest, where none keeps the limits.
    told
        Where other runs put the one of these two that they tell: there its star is.
    """

    across: Estimate
    up: Estimate
    keeps_limits: bool
    on_front: bool
    is_chosen: bool
    is_nearest: bool = False
    told: tuple[Estimate, Estimate] | None = None

    @property
    def star(self) -> tuple[Estimate, Estimate]:
        """Where its star is, if it has one."""
        return self.told if self.told is not None and self.is_told else (self.across, self.up)

    @property
    def is_told(self) -> bool:
        """Whether its star is where other runs put it: not if most of them never get there."""
        return self.told is not None and all(np.isfinite(one.value) for one in self.told)

    def values(self, side: int) -> list[float]:
        """Return what is drawn of it across (0) or up (1): its own place, and its star's."""
        own = [(self.across, self.up)[side].value] if self.has_place else []
        told = [self.told[side].value] if self.told is not None else []
        return [*own, *(value for value in told if np.isfinite(value))]

    @property
    def missed(self) -> int:
        """In how many runs one of its measures was never reached."""
        return self.missed_of[0]

    @property
    def missed_of(self) -> tuple[int, int]:
        """In how many runs, of how many, one of its measures was never reached."""
        return max((one.runs - one.reached, one.runs) for one in (self.across, self.up))

    @property
    def has_place(self) -> bool:
        """Whether both measures got there in most of its own runs."""
        return bool(np.isfinite(self.across.value) and np.isfinite(self.up.value))

    @property
    def can_be_drawn(self) -> bool:
        """Whether it has a place, be it that of its star alone."""
        return self.has_place or self.is_told


def scale_of(measure: Measure, largest: float) -> tuple[float, str]:
    """Return by what to divide a measure's values, and the unit that makes of them."""
    match measure.definition.unit:
        case Unit.DURATION:
            return (_HOUR, "h") if largest >= 2 * _HOUR else (_MINUTE, "min")
        case Unit.SHARE | Unit.CHANCE:
            return 0.01, "%"
        case Unit.SIZE:
            return 1e9, "GB"
        case Unit.RATE:
            return 1e6 / 8, "Mbit/s"
        case Unit.COUNT:
            word = measure.definition.noun
            return 1.0, noun(word, f"{word}s", is_one=False) if word else ""


@taking(
    points=several("rows", a("row_of_plans", PlanPoint)),
    measures=several("two_measures", a_measure, fewest=2, most=2),
    ax=some_axes,
)
def plans(
    points: Sequence[PlanPoint], measures: tuple[Measure, Measure], *, ax: Axes | None = None
) -> Axes:
    """Draw plans by two measures.

    Parameters
    ----------
    points
        The plans; one that never got there is left out.
    measures
        Across and up.
    ax
        Where to draw; by default a new figure.
    """
    ax = axes(ax, SIZE)
    shown = [p for p in points if p.can_be_drawn or p.is_chosen or p.is_nearest]
    drawn = [[value for p in shown for value in p.values(side)] for side in (0, 1)]
    scales = [
        scale_of(measure, max(values, default=0.0))
        for measure, values in zip(measures, drawn, strict=True)
    ]
    (by_x, unit_x), (by_y, unit_y) = scales
    _draw_points(ax, points, by_x, by_y)
    ax.set_xlabel(_axis_label(measures[0], unit_x))
    ax.set_ylabel(_axis_label(measures[1], unit_y))
    ax.set_xlim(left=min(0.0, ax.get_xlim()[0]) if unit_x != "%" else None)
    for axis, values in zip((ax.xaxis, ax.yaxis), drawn, strict=True):
        if shown and not values:
            axis.set_ticks([])  # nothing of it was reached: a star at the edge tells so
    if ax.get_legend_handles_labels()[0]:
        legend_below(ax)
    hidden = len(points) - len(shown)
    title = counted(len(shown), "plan")
    if hidden:
        why = say("figure.plans.never_there")
        title = say("figure.left_out", title=title, count=hidden, why=why)
    return tidy(ax, title)


def _draw_points(ax: Axes, points: Sequence[PlanPoint], by_x: float, by_y: float) -> None:
    """Draw each plan by what became of it: limits broken or kept, on the front, picked."""

    def place(chosen: Sequence[PlanPoint]) -> tuple[list[float], list[float]]:
        return [p.across.value / by_x for p in chosen], [p.up.value / by_y for p in chosen]

    placed = [p for p in points if p.has_place]
    broken = [p for p in placed if not p.keeps_limits]
    kept = [p for p in placed if p.keeps_limits and not p.on_front]
    front = sorted((p for p in placed if p.on_front), key=lambda p: p.across.value)
    if broken:
        ax.scatter(*place(broken), s=26, marker="x", color=GREY, label=say("figure.plans.breaks"))
    if kept:
        label = say("figure.plans.keeps")
        ax.scatter(*place(kept), s=26, facecolor="none", edgecolor=BLUE, label=label)
    if front:
        missed = any(p.missed for p in (*kept, *front))
        judged = say("figure.plans.front_judged") if missed else say("figure.plans.front")
        _draw_front(ax, front, by_x, by_y, judged)
    _tell_missed(ax, [*kept, *front], by_x, by_y)
    for best, colour, name in (
        ([p for p in points if p.is_chosen], ORANGE, "selected"),
        ([p for p in points if p.is_nearest], "none", "nearest"),
    ):
        for point in best:
            _draw_star(ax, point, (by_x, by_y), colour, name)


def _axis_label(measure: Measure, unit: str) -> str:
    words = measure_in_words(measure)
    return lettered(say("figure.with_unit", measure=words, unit=unit) if unit else words)


def _draw_front(ax: Axes, front: Sequence[PlanPoint], by_x: float, by_y: float, label: str) -> None:
    """Draw the plans that no other beats, with their intervals."""
    xs, ys = [p.across.value / by_x for p in front], [p.up.value / by_y for p in front]
    ax.step(xs, ys, where="post", color=BLUE, linewidth=0.9, linestyle=":")
    intervals(
        ax,
        [p.across for p in front],
        [p.up for p in front],
        (by_x, by_y),
        fmt="o",
        markersize=5.5,
        color=BLUE,
        elinewidth=1,
        capsize=2,
        label=label,
    )


def _tell_missed(ax: Axes, points: Sequence[PlanPoint], by_x: float, by_y: float) -> None:
    """Say in how many runs a plan never got there: there it stands at its median."""
    for point in points:
        missed, runs = point.missed_of
        if missed:
            ax.annotate(
                say("figure.plans.never_in", missed=missed, runs=runs),
                (point.across.value / by_x, point.up.value / by_y),
                xytext=(6, 4),
                textcoords="offset points",
                fontsize=7.5,
            )


def _draw_star(
    ax: Axes, point: PlanPoint, units: tuple[float, float], colour: str, name: str
) -> None:
    """Mark the plan that people look for; what it never reaches in most runs is at the edge."""
    by_others = "" if point.told is None else "_told"
    star = point.told or (point.across, point.up)
    is_there = [bool(np.isfinite(one.value)) for one in star]
    label = say(f"figure.plans.{name}{by_others}")
    if not all(is_there):
        label = say("figure.plans.at_the_edge", star=label)
    transforms = {
        (True, True): ax.transData,
        (True, False): ax.get_xaxis_transform(),
        (False, True): ax.get_yaxis_transform(),
        (False, False): ax.transAxes,
    }
    (x, is_x), (y, is_y) = zip(star, is_there, strict=True)
    ax.scatter(
        [x.value / units[0] if is_x else _EDGE],
        [y.value / units[1] if is_y else _EDGE],
        s=300,
        marker="*",
        facecolor=colour,
        alpha=0.75,
        edgecolor="black",
        linewidth=0.6,
        zorder=1.5,
        label=label,
        transform=transforms[is_x, is_y],
    )
