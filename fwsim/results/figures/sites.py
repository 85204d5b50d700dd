"""Sites against hours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, some_axes, taking, whole_from
from fwsim.measures.amounts import shown_share
from fwsim.messages import say
from fwsim.model.tally import HOUR
from fwsim.quantities.counts import MOST_DRAWN
from fwsim.results.figures.alt_text import read_rows_as
from fwsim.results.figures.letters import rows_named
from fwsim.results.figures.look import (
    HARDLY_VISIBLE,
    axes,
    clock_times,
    mean_of,
    per_cent,
    time_axis,
)
from fwsim.results.figures.stretches import busy_points, over_steps
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.fullest import fullest_first
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.results.statistics.line_hours import hour_edges

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_SITES = 40


@taking(answer=a("answer", Answer), ax=some_axes, most=whole_from(1, MOST_DRAWN))
def site_heat_map(answer: Answer, ax: Axes | None = None, most: int = MOST_SITES) -> Axes:
    """Draw what updates took of each site's and each hub's line, by the hour; mean over the runs.

    A share is of what the line carried at most in that run, which doubt may have drawn. What
    others took is not in it: where they leave a part (`busy`), the line is full below 100 %.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.
    most
        How many lines to show: those of which updates took most in an hour.
    """
    setting = answer.setting
    edges = hour_edges(setting)
    hours, seconds = len(edges) - 1, np.maximum(np.diff(edges), 1) / 1000
    shares = np.zeros((len(setting.sites), hours))
    for run in answer.replications:
        site, hour, size = run.timeline.site_hours
        shares[site, hour] += size / (run.sites.link[site] * seconds[hour])
    shares /= answer.runs
    chosen = fullest_first(shares.max(axis=1, initial=0), shares.sum(axis=1))[:most]
    ax = axes(ax, (8.0, 1.6 + 0.16 * max(len(chosen), 9)))
    step = answer.replications[0].timeline.step
    first = busy_points(answer).start * step // HOUR
    last = min(hours, -(-busy_points(answer).stop * step // HOUR))
    mesh = ax.pcolormesh(
        clock_times(answer, edges[first : last + 1]),
        np.arange(len(chosen) + 1),
        shares[chosen][:, first:last],
        cmap="Blues",
        vmin=0,
        vmax=1,
    )
    names = rows_named(setting.sites[i] for i in chosen)
    read_rows_as(ax, map(partial(_in_words, answer, edges), names, shares[chosen]))
    ax.set_yticks(np.arange(len(chosen)) + 0.5, names, fontsize=7)
    ax.invert_yaxis()
    is_low = shares.max(axis=0, initial=0) < HARDLY_VISIBLE
    time_axis(ax, answer, over_steps(is_low, HOUR, step))
    figure = ax.figure
    bar = figure.colorbar(mesh, ax=ax, pad=0.01, fraction=0.04, aspect=30)
    per_cent(bar.ax)
    bar.set_label(say("figure.of_line"), fontsize=8.5)
    ax.set_title(_title(answer, len(chosen)), loc="left", fontsize=11, wrap=True)
    return ax


def _in_words(
    answer: Answer, edges: NDArray[np.int64], name: str, shares: NDArray[np.float64]
) -> str:
    """Return what a row shows: how full the line was in its fullest hour, and when that was."""
    hour = int(shares.argmax())
    if not shares[hour]:
        return say("figure.row_of_nothing", name=name)
    at = moment_in_words(answer.moment(float(edges[hour]) - answer.first_command, up=False))
    return say("figure.row_at_most", name=name, most=shown_share(float(shares[hour])), at=at)


def _title(answer: Answer, shown: int) -> str:
    """Return what is drawn; where that is not every line, of how many it is the fullest."""
    setting = answer.setting
    title = say("figure.lines", runs=mean_of(answer))
    if shown == len(setting.sites):
        return title
    if setting.hubs:
        return say("figure.fullest_with_hubs", title=title, of=len(setting.sites), some=shown)
    return say("figure.fullest", title=title, of=len(setting.sites), some=shown)
