"""Spreads: prompts by hour, times over the runs, time by stage."""

from __future__ import annotations

import math
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, a_share, some_axes, taking
from fwsim.measures.amounts import shown_duration
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say, translated
from fwsim.model.tally import HOUR
from fwsim.quantities.units import write_share
from fwsim.results.figures.look import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    axes,
    clock_times,
    legend_below,
    legend_over,
    mean_of,
    per_cent,
    tell_nothing,
    tidy,
    time_axis,
)
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import Forecast, forecast
from fwsim.results.statistics.in_words import in_one_line, none_needs_it, range_head
from fwsim.results.statistics.prompts_by_hour import prompts_in_hours
from fwsim.results.statistics.stopping import nobody_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MINUTE = 60_000
_LEAST_WIDTH = 10 * _MINUTE
_FEWEST_BARS = 3
"""So many have room; fewer are as wide."""
_LONGEST_NAME = 30
"""Letters of a row's name on one line."""


@taking(answer=a("answer", Answer), ax=some_axes)
def prompts_by_hour(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw how many notices came up in each hour: the mean, and the range of the next rollout.

    Where the grid of a long horizon is coarser than an hour, each of its steps has a bar.
    """
    ax = axes(ax)
    hours = answer.replications[0].timeline.hours
    counts, shown = prompts_in_hours(answer)
    title, label = notices_title(answer), say("figure.notices_an_hour")
    if hours > 1:
        label = say("figure.notices_in_hours", hours=hours)
    if not len(shown):
        tell_nothing(ax, say("figure.no_notices"))
        return tidy(ax, title)
    times = clock_times(answer, shown.astype(np.int64) * hours * HOUR)
    mean = counts[:, shown].mean(axis=0)
    ax.bar(times, mean, width=np.timedelta64(54 * hours, "m"), align="edge", color=BLUE)
    if answer.runs > 1:
        _draw_ranges(ax, times + np.timedelta64(27 * hours, "m"), counts[:, shown])
    if hours == 1 and len(shown) < _FEWEST_BARS:  # a bar alone would fill the picture
        ends = clock_times(answer, (shown[0] + np.array([-1, _FEWEST_BARS - 1])) * HOUR)
        ax.set_xlim(*ends)
    ax.set_ylabel(label)
    time_axis(ax, answer)
    runs = say("figure.mean_of", count=answer.runs)
    return tidy(ax, say("figure.notices_mean", notices=title, runs=runs))


def _draw_ranges(ax: Axes, middles: NDArray[np.datetime64], counts: NDArray[np.int64]) -> None:
    """Draw over each bar where the next rollout lies, as the table of notices by hour tells it."""
    found = [forecast(bar.astype(float).tolist()) for bar in counts.T]
    low = np.array([one.low.value for one in found])
    high = np.array([one.high.value for one in found])
    label = say("figure.each_bar", range=range_head(len(counts)))
    ax.errorbar(
        *(middles, (low + high) / 2, (high - low) / 2),
        fmt="none",
        ecolor=BLACK,
        elinewidth=1,
        capsize=2,
        label=label,
    )
    ax.set_ylim(top=ax.get_ylim()[1] * 1.15)  # the last bar may be the highest: no words lie on it
    legend_over(ax, "upper right", up=0.98)


def notices_title(answer: Answer) -> str:
    """Return what notices by hour are called: how many hours they are counted together."""
    hours = answer.replications[0].timeline.hours
    return say("figure.notices") if hours == 1 else say("figure.notices_by_hours", hours=hours)


@taking(answer=a("answer", Answer), ax=some_axes, share=a_share)
def time_to(answer: Answer, ax: Axes | None = None, share: float = 0.95) -> Axes:
    """Draw over the runs how long it took until a share of the devices was successful.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.
    share
        Of those that needed the update; 0.5, 0.9, 0.95 or 0.99, or one the runs were asked for.
    """
    ax = axes(ax, (8.0, 3.2))
    if nobody := nobody_in_words(answer):
        tell_nothing(ax, nobody)
        return tidy(ax, say("report.time_to", share=write_share(share)))
    measure = Measure(Kind.TIME_TO, share=share)
    values, estimate = answer.values(measure), answer.forecast(measure)
    told = in_one_line(values, measure)
    title = say("figure.time_to", share=write_share(share), told=told)
    if none_needs_it(values, measure):
        tell_nothing(ax, say("figure.none_needs_it"))
        return tidy(ax, title)
    reached = np.sort([value for value in values if math.isfinite(value)])
    by, unit = _unit(reached)
    ax.set_ylim(-0.03, 1.03)
    per_cent(ax)
    if len(reached):
        heights = np.arange(1, len(reached) + 1) / len(values)
        spread, last = reached[-1] - reached[0], reached[-1]
        # Of one time alone the axis would tell its seconds.
        beyond = last + max(spread / 20, last / 200, min(_LEAST_WIDTH, last / 5) - spread)
        steps = np.append(reached, beyond) / by
        ax.step(steps, np.append(heights, heights[-1]), where="post", color=BLUE)
        ax.plot(reached / by, heights, "o", color=BLUE, markersize=4)
        ax.plot(reached / by, np.zeros(len(reached)), "|", color=BLACK, markersize=9)
    else:
        tell_nothing(ax, say("figure.not_reached"))
    _middle_and_sure(ax, estimate, by)
    _range(ax, estimate.low.value / by, estimate.high.value / by)
    ax.set_ylabel(say("figure.of_runs"))
    ax.set_xlabel(say(f"figure.{unit}_after.{answer.setting.judged or 'update'}"))
    return tidy(ax, title)


def _unit(milliseconds: Any) -> tuple[float, str]:
    """Return by what to divide times, and the name of the unit that makes of them."""
    longest = max(milliseconds, default=0.0)
    return (HOUR, "hours") if longest >= 2 * HOUR else (_MINUTE, "minutes")


def _middle_and_sure(ax: Axes, estimate: Forecast, by: float) -> None:
    """Draw the median, and by when it is 90 % sure."""
    for value, style in ((estimate.middle.value, "-"), (estimate.sure.value, "--")):
        if math.isfinite(value):
            ax.axvline(value / by, color=ORANGE, linewidth=1.5, linestyle=style)
    if math.isfinite(estimate.sure.value):
        at = estimate.sure.value / by
        ax.annotate(
            say("figure.sure"),
            (at, 0.08),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=8.5,
        )


def _range(ax: Axes, low: float, high: float) -> None:
    """Shade a range; one without an end goes on to the edge, with an arrow that points beyond it.

    It comes last: the edge is where all else that is drawn has put it.
    """
    if not math.isfinite(low) or low >= high:
        return
    edges = ax.get_xlim()
    is_open = math.isinf(high)
    ax.axvspan(low, edges[1] if is_open else high, color=ORANGE, alpha=0.35, linewidth=0)
    if is_open:
        ax.set_xlim(edges)
        arrow = {"arrowstyle": "->", "color": ORANGE, "lw": 1.5, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (1, 0.94), (0.93, 0.94), xycoords="axes fraction", arrowprops=arrow)


@taking(answer=a("answer", Answer), ax=some_axes)
def time_spent(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw where the time went: all successful devices against the last 5 % of them."""
    if not any(run.spent.devices for run in answer.replications):
        ax = axes(ax, (8.0, 3.2))
        tell_nothing(ax, say("figure.none_successful"))
        return tidy(ax, say("figure.time_spent", runs=mean_of(answer)))
    table = answer.time_spent()
    rows = np.arange(len(table))
    ax = axes(ax, (8.0, 1.0 + 0.3 * len(rows)))
    columns = "all (min)", "last 5 % (min)"
    by, unit = _unit(table[list(columns)].to_numpy().ravel() * _MINUTE)
    for offset, column, colour, label in (
        (-0.2, columns[0], GREY, say("figure.all_devices")),
        (0.2, columns[1], BLUE, say("figure.last_devices")),
    ):
        times = table[column] * _MINUTE
        bars = ax.barh(rows + offset, times / by, height=0.38, color=colour, label=label)
        texts = [shown_duration(time) for time in times]
        ax.bar_label(bars, texts, padding=3, fontsize=7.5)
    names = [fill(translated("stage", stage), _LONGEST_NAME) for stage in table["stage"]]
    ax.set_yticks(rows, names, fontsize=8.5)
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set_xlabel(say(f"figure.{unit}"))
    legend_below(ax)
    tidy(ax, say("figure.time_spent", runs=mean_of(answer)))
    ax.grid(visible=False, axis="y")
    return ax
