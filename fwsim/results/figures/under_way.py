"""A rollout under way: its past, the fan of its rest, and what was forecast before the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, milliseconds, several, some_axes, taking
from fwsim.commands.schedule import on_the_clock
from fwsim.measures.amounts import shown_share
from fwsim.measures.catalogue import TIMES, Kind
from fwsim.messages import localised, say
from fwsim.quantities.units import write_share
from fwsim.results.figures.grid import as_it_was, curves_within
from fwsim.results.figures.letters import LONGEST_IN_TITLE, rows_named
from fwsim.results.figures.look import (
    BLUE,
    GREY,
    SKY,
    VERMILION,
    axes,
    clock_times,
    completion_axes,
    legend_over,
    tidy,
)
from fwsim.results.figures.stretches import shown_points
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import (
    FEWEST_FOR_RANGE,
    HELD,
    predictive_band,
    range_holds,
    range_ranks,
)
from fwsim.results.statistics.need import level_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
_HALF = 0.5
_MINUTE = 60_000


@dataclass(frozen=True)
class Seen:
    """The past as it was.

    Parameters
    ----------
    times
        When one more device was done, milliseconds after the start, ascending; shape (devices,).
    targeted
        Of how many.
    until
        Up to when that is known.
    expected
        The share that was to be done by then, in each run before the start; shape (runs,).
    """

    times: NDArray[np.int64]
    targeted: int
    until: int
    expected: Floats


@dataclass(frozen=True)
class _Limit:
    """A share of the targeted devices that is wanted, or the most of them, at a time; its name."""

    at: int
    level: float
    is_upper: bool
    name: str


@taking(
    now=a("answer", Answer),
    before=a("answer", Answer),
    seen=a("seen_so_far", Seen),
    ax=some_axes,
    windows=several("windows", several("windows", milliseconds, fewest=2, most=2)),
)
def under_way(
    now: Answer,
    before: Answer,
    seen: Seen,
    ax: Axes | None = None,
    *,
    windows: Sequence[tuple[int, int]] = (),
) -> Axes:
    """Draw what was seen as a step, what is to be expected as a fan, what was expected as a ghost.

    Parameters
    ----------
    now, before
        The forecast from here on, and the one made before the start.
    seen
        The past.
    ax
        Where to draw; a new figure by default.
    windows
        Maintenance windows, milliseconds after the start.
    """
    ax = axes(ax)
    first = min(before.first_command, now.first_command)
    end = max(int(answer.times[shown_points(answer)][-1]) for answer in (now, before))
    limits = _limits_of(now, first)
    last = int(now.times[-1])
    end = min(last, max([end, *(one.at + (one.at - first) // 25 for one in limits)]))
    for begin, over in windows:
        span: Any = clock_times(now, np.array([max(begin, first), min(over, end)], np.int64))
        if begin < end and over > first:
            ax.axvspan(
                span[0],
                span[1],
                facecolor="#F3F3E6",
                edgecolor="#C9C9B0",
                linewidth=0.6,
                zorder=0,
                label=say("figure.window"),
            )
    holds = [_ghost(ax, before, seen, first, end), _fan(ax, now, seen, end)]
    _past(ax, now, seen, first)
    edges = clock_times(now, np.array([first, max(end, seen.until + _MINUTE)], np.int64))
    completion_axes(ax, now, edges)
    _draw_limits(ax, now, limits)
    handles, labels = ax.get_legend_handles_labels()
    distinct = dict(zip(labels, handles, strict=True))
    legend_over(ax, handles=list(distinct.values()), labels=list(distinct))
    (name,) = rows_named([now.setting.name], LONGEST_IN_TITLE)
    title = say("figure.under_way", name=name)
    return tidy(ax, as_it_was(title, now) if any(holds) else title)


def _ghost(ax: Axes, before: Answer, seen: Seen, first: int, end: int) -> bool:
    """Draw what was expected before the start; return whether points are held until the next."""
    known = curves_within(before, first + 1, end)
    points = np.append(first, known.times)
    curves = np.column_stack([np.zeros(before.runs), known.values])
    place = int(np.searchsorted(points, seen.until))
    if place == len(points) or points[place] != seen.until:
        points = np.insert(points, place, seen.until)
        curves = np.insert(curves, place, 0.0, axis=1)
    curves[:, place] = seen.expected
    times: Any = clock_times(before, points)
    if before.runs > 1:
        low, high = predictive_band(curves)
        name = _band_name(before.runs, "figure.before_start_range", "figure.before_start_of_few")
        style: dict[str, Any] = {"color": GREY, "alpha": 0.18, "linewidth": 0, "label": name}
        ax.fill_between(times, low, high, **style, **known.of_areas)
    label = say("figure.before_start")
    middle = np.median(curves, axis=0)
    look: dict[str, Any] = {"color": GREY, "linewidth": 1.4, "linestyle": "--", "label": label}
    ax.plot(times, middle, **look, **known.of_lines)
    return known.holds


def _band_name(runs: int, name: str, of_few: str) -> str:
    """Return what a band holds; of few runs it is not 9 in 10."""
    if runs >= FEWEST_FOR_RANGE:
        return say(name)
    return say(of_few, count=runs, holds=shown_share(range_holds(runs)))


def _fan(ax: Axes, now: Answer, seen: Seen, end: int) -> bool:
    """Draw what is to be expected; return whether points are held until the next."""
    known = curves_within(now, seen.until + 1, end)
    if not len(known.times):
        return False
    done = len(seen.times) / max(seen.targeted, 1)
    curves = known.values
    points = np.append(seen.until, known.times)
    times: Any = clock_times(now, points)

    def from_now(values: Floats) -> Floats:
        return np.append(done, values)

    if now.runs > 1:
        bands = [(HELD, 0.35, _band_name(now.runs, "figure.fan", "figure.fan_of_few"))]
        if range_ranks(now.runs, _HALF) != range_ranks(now.runs):
            bands.append((_HALF, 0.45, say("figure.fan_half")))
        for held, alpha, label in bands:
            low, high = predictive_band(curves, held)
            ax.fill_between(
                times,
                from_now(low),
                from_now(high),
                color=SKY if held > _HALF else BLUE,
                alpha=alpha,
                linewidth=0,
                label=label,
                **known.of_areas,
            )
    middle = from_now(np.median(curves, axis=0))
    ax.plot(times, middle, color=BLUE, linewidth=1.4, **known.of_lines)
    return known.holds


def _past(ax: Axes, now: Answer, seen: Seen, first: int) -> None:
    steps = np.arange(len(seen.times) + 1) / max(seen.targeted, 1)
    points = np.concatenate([[first], seen.times, [max(seen.until, first)]])
    times: Any = clock_times(now, points.astype(np.int64))
    shares = np.append(steps, steps[-1])
    ax.step(times, shares, where="post", color="black", linewidth=2, label=say("figure.seen"))
    at: Any = times[-1]
    ax.axvline(at, color="black", linewidth=0.8)
    ax.plot([at], [shares[-1]], marker="o", color="black", markersize=5)


def _limits_of(answer: Answer, first: int) -> list[_Limit]:
    """Return what is wanted of the targeted devices by when."""
    limits = []
    for expected in answer.setting.expectations:
        measure, is_upper = expected.measure, expected.holds_back
        if not measure.is_of_all:
            continue
        name = say("figure.upper_limit" if is_upper else "figure.limit")
        if measure.kind is Kind.SUCCESSFUL and measure.time is not None:
            due = on_the_clock(measure.time, answer.setting.zone)
            at = round((due - answer.setting.start).total_seconds() * 1000)
            limits.append(_Limit(at, expected.limit, is_upper, name))
        elif measure.kind in TIMES and measure.share is not None:
            level = level_of(measure, answer)
            if level < measure.share:
                share = localised(write_share(measure.share))
                name = say("figure.limit_of_needing", limit=name, share=share)
            limits.append(
                _Limit(answer.counted_from(measure) + round(expected.limit), level, is_upper, name)
            )
    return [limit for limit in limits if limit.at > first]


def _draw_limits(ax: Axes, now: Answer, limits: Sequence[_Limit]) -> None:
    """Draw a wall below what is wanted, and one above what is wanted at most."""
    for limit in limits:
        place: Any = clock_times(now, np.array([limit.at], np.int64))[0]
        wall = [limit.level, 1.0 if limit.is_upper else 0.0]
        ax.plot([place, place], wall, color=VERMILION, linewidth=1.2, linestyle=":")
        ax.plot(
            [place],
            [limit.level],
            marker="^" if limit.is_upper else "v",
            markerfacecolor="white" if limit.is_upper else VERMILION,
            color=VERMILION,
            markersize=6,
            linestyle="none",
            label=limit.name,
        )
