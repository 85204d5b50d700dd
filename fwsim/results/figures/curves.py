"""Curves over time: completion, outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.arguments import a, some_axes, taking
from fwsim.messages import say
from fwsim.results.figures.alt_text import read_as
from fwsim.results.figures.grid import completion_between, is_coarse, looked_at, of_areas, of_curves
from fwsim.results.figures.letters import matplotlib
from fwsim.results.figures.look import (
    BLUE,
    GROUPS,
    axes,
    band_text,
    clock_times,
    completion_axes,
    group_name,
    legend_below,
    legend_over,
    mean_of,
    runs_of,
    tell_nothing,
    tidy,
    time_axis,
    times_from_command,
)
from fwsim.results.figures.stretches import shown_points
from fwsim.results.figures.time_axis import in_days
from fwsim.results.run.stages import STAGES, Stage
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.results.statistics.stopping import nobody_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@taking(answer=a("answer", Answer), ax=some_axes)
def completion(answer: Answer, ax: Axes | None = None, *, band: bool = True) -> Axes:
    """Draw the share of targeted devices that were successful, with its band.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.
    band
        Whether the runs say how far apart they lie.

    Returns
    -------
    Axes
        Under the axis stands how many devices were still pending.
    """
    ax = axes(ax)
    points = shown_points(answer)
    times = times_from_command(answer, points)
    title = say("figure.successful", runs=runs_of(answer))
    if nobody := nobody_in_words(answer):
        tell_nothing(ax, nobody)
        return tidy(ax, title)
    told = completion_between(answer, points, answer.first_command)
    if told is None:
        curve, title = answer.completion(), looked_at(title, answer, points)
        at = times
        mean, low, high = (
            np.append(0.0, edge[points]) for edge in (curve.mean, curve.low, curve.high)
        )
    else:
        at, mean, low, high = clock_times(answer, told.times), told.mean, told.low, told.high
    label = say("figure.mean_of_runs") if answer.runs > 1 else runs_of(answer)
    ax.plot(at, mean, color=BLUE, linewidth=2, label=label, **of_curves(points))
    if band and answer.runs > 1:
        label = band_text(answer.runs)
        style: dict[str, Any] = {"color": BLUE, "alpha": 0.25, "linewidth": 0, "label": label}
        ax.fill_between(at, low, high, **style, **of_areas(points))
    completion_axes(ax, answer, times)
    _pending(ax, answer, points)
    legend_over(ax, up=0.08)
    return tidy(ax, title)


def _pending(ax: Axes, answer: Answer, points: slice) -> None:
    """Write above the axis how many devices were on their way or waiting; of few points, there."""
    ways = STAGES.index(Stage.SUCCESSFUL)
    pending = answer.stages[:ways, points].sum(axis=0)
    times = np.array([in_days(time) for time in clock_times(answer, answer.times[points])])
    to_time = ax.transAxes + ax.transData.inverted()
    to_place = to_time.inverted()
    told: set[int] = set()
    halo = matplotlib(".patheffects").withStroke(linewidth=2.5, foreground="white")
    for even in (0.1, 0.3, 0.5, 0.7, 0.9):
        at, place = int(np.abs(times - to_time.transform((even, 0))[0]).argmin()), even
        if is_coarse(points):
            place = float(to_place.transform((times[at], 0))[0])
            if at in told or not 0.05 <= place <= 0.95:
                continue
            told.add(at)
        text = _pending_text(float(pending[at]))
        written = ax.text(
            place,
            0.02,
            text,
            transform=ax.transAxes,
            ha="center",
            va="bottom",
            fontsize=7.5,
            color="#555555",
            path_effects=[halo],
        )
        read_as(written, f"{moment_in_words(answer.moment(answer.times[points][at]))}: {text}")


def _pending_text(count: float) -> str:
    if 0 < count < 1:
        return say("figure.hardly_pending")
    return say("figure.pending", count=round(count))


@taking(answer=a("answer", Answer), ax=some_axes)
def outcomes(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw where the targeted devices stood over time, stacked; mean over the runs."""
    ax = axes(ax)
    points = shown_points(answer)
    times = times_from_command(answer, points)
    targeted = float(np.mean([run.targeted for run in answer.replications]))
    rows = [
        np.append(
            targeted if Stage.DISPATCH in stages else 0.0,
            answer.stages[[STAGES.index(stage) for stage in stages]][:, points].sum(axis=0),
        )
        for _, stages, _, _ in GROUPS
    ]
    used = [number for number, row in enumerate(rows) if row.max(initial=0) > 0]
    if not used:
        tell_nothing(ax, say("figure.no_update"))
        return tidy(ax, say("figure.stood"))
    stack = ax.stackplot(
        times,
        *(rows[number] for number in used),
        labels=[group_name(number) for number in used],
        colors=[GROUPS[number][2] for number in used],
        edgecolor="white",
        linewidth=0.3,
        **of_areas(points),
    )
    for area, number in zip(stack, used, strict=True):
        if hatch := GROUPS[number][3]:
            area.set_hatch(hatch)
            area.set_edgecolor("#555555")
    ax.set_xlim(times[0], times[-1])
    ax.set_ylim(0, max(1, *(run.targeted for run in answer.replications)))
    ax.locator_params("y", integer=True)
    ax.set_ylabel(say("figure.of_devices"))
    time_axis(ax, answer)
    legend_below(ax)
    title = say("figure.stood_mean", runs=mean_of(answer))
    return tidy(ax, looked_at(title, answer, points))
