"""Spreads: prompts by hour, times over the runs, time by stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fwsim.arguments import a, a_share, some_axes, taking
from fwsim.measures.amounts import shown_duration
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
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
    per_cent,
    runs_of,
    tidy,
    time_axis,
)
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.estimate import mean_interval
from fwsim.results.statistics.in_words import in_one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@taking(answer=a("answer", Answer), ax=some_axes)
def prompts_by_hour(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw how many notices came up in each hour: the mean, with its 95 % interval."""
    ax = axes(ax)
    step = answer.replications[0].timeline.step
    per_run = np.array([run.timeline.prompts for run in answer.replications])
    hour_of_bin = np.arange(per_run.shape[1]) * step // HOUR
    hours = np.zeros((answer.runs, int(hour_of_bin.max()) + 1))
    np.add.at(hours.T, hour_of_bin, per_run.T)
    busy = np.flatnonzero(hours.any(axis=0))
    if not len(busy):
        ax.text(0.5, 0.5, say("figure.no_notices"), ha="center", transform=ax.transAxes)
        return tidy(ax, say("figure.notices"))
    shown = np.arange(busy[0], busy[-1] + 1)
    times = clock_times(answer, shown.astype(np.int64) * HOUR)
    mean = hours[:, shown].mean(axis=0)
    ax.bar(times, mean, width=np.timedelta64(54, "m"), align="edge", color=BLUE)
    if answer.runs > 1:
        bounds = [mean_interval(hours[:, hour].tolist(), 0.95) for hour in shown]
        below = [mean - max(low, 0.0) for mean, low, _ in bounds]
        above = [high - mean for mean, _, high in bounds]
        middles = times + np.timedelta64(27, "m")
        ax.errorbar(
            middles, mean, yerr=[below, above], fmt="none", ecolor=BLACK, elinewidth=1, capsize=2
        )
    ax.set_ylabel(say("figure.notices_an_hour"))
    time_axis(ax, answer)
    return tidy(ax, say("figure.notices_mean", runs=runs_of(answer)))


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
    measure = Measure(Kind.TIME_TO, share=share)
    values, estimate = answer.values(measure), answer.forecast(measure)
    reached = sorted(value / HOUR for value in values if math.isfinite(value))
    if reached:
        heights = np.arange(1, len(reached) + 1) / len(values)
        ax.step([*reached, reached[-1] * 1.02], [*heights, heights[-1]], where="post", color=BLUE)
        ax.plot(reached, heights, "o", color=BLUE, markersize=4)
        ax.plot(reached, np.zeros(len(reached)), "|", color=BLACK, markersize=9)
    else:
        ax.text(0.5, 0.5, say("figure.not_reached"), ha="center", transform=ax.transAxes)
    low, high = estimate.low.value / HOUR, estimate.high.value / HOUR
    if math.isfinite(low) and low < high:
        right = high if math.isfinite(high) else ax.get_xlim()[1]
        ax.axvspan(low, right, color=ORANGE, alpha=0.35, linewidth=0)
    for value, style in ((estimate.middle.value, "-"), (estimate.sure.value, "--")):
        if math.isfinite(value):
            ax.axvline(value / HOUR, color=ORANGE, linewidth=1.5, linestyle=style)
    if math.isfinite(estimate.sure.value):
        at = estimate.sure.value / HOUR
        ax.annotate(
            say("figure.sure"),
            (at, 0.08),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=8.5,
        )
    ax.set_ylim(-0.03, 1.03)
    per_cent(ax)
    ax.set_ylabel(say("figure.of_runs"))
    ax.set_xlabel(say("figure.hours_after"))
    told = in_one_line(values, measure)
    return tidy(ax, say("figure.time_to", share=write_share(share), told=told))


@taking(answer=a("answer", Answer), ax=some_axes)
def time_spent(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw where the time went: all successful devices against the last 5 % of them."""
    table = answer.time_spent()
    rows = np.arange(len(table))
    ax = axes(ax, (8.0, 1.0 + 0.3 * len(rows)))
    for offset, column, colour, label in (
        (-0.2, "all (min)", GREY, say("figure.all_devices")),
        (0.2, "last 5 % (min)", BLUE, say("figure.last_devices")),
    ):
        hours = table[column] / 60
        bars = ax.barh(rows + offset, hours, height=0.38, color=colour, label=label)
        texts = [shown_duration(minutes * 60_000) for minutes in table[column]]
        ax.bar_label(bars, texts, padding=3, fontsize=7.5)
    ax.set_yticks(rows, table["stage"])
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set_xlabel(say("figure.hours"))
    legend_below(ax)
    tidy(ax, say("figure.time_spent", runs=runs_of(answer)))
    ax.grid(visible=False, axis="y")
    return ax
