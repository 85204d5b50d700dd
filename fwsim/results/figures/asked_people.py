"""Kinds of people against hours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, some_axes, taking, whole_from
from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.tally import HOUR
from fwsim.quantities.counts import MOST_DRAWN
from fwsim.results.figures.alt_text import read_rows_as
from fwsim.results.figures.distributions import notices_title
from fwsim.results.figures.letters import rows_named
from fwsim.results.figures.look import axes, clock_times, mean_of, tell_nothing, tidy, time_axis
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.results.statistics.prompts_by_hour import prompts_in_hours
from fwsim.results.statistics.prompts_by_people import MOST_SHOWN, AskedPeople

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@taking(answer=a("answer", Answer), ax=some_axes, most=whole_from(1, MOST_DRAWN))
def prompts_by_people(answer: Answer, ax: Axes | None = None, most: int = MOST_SHOWN) -> Axes:
    """Draw how many notices came up at each kind of people, by the hour; mean over the runs.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.
    most
        How many kinds to show: those with the most notices.

    Raises
    ------
    InputError
        If the runs do not tell people apart: those of an earlier fwsim do not.
    """
    asked, (_, shown) = AskedPeople(answer), prompts_in_hours(answer)
    chosen = asked.kinds[:most]
    title = say("figure.notices_by_people", notices=notices_title(answer), runs=mean_of(answer))
    ax = axes(ax, (8.0, 1.8 + 0.28 * max(len(chosen), 2)))
    if not chosen:
        tell_nothing(ax, say("figure.no_notices"))
        return tidy(ax, title)
    if len(chosen) < len(asked.kinds):
        words = {"title": title, "some": len(chosen), "of": len(asked.kinds)}
        title = say("figure.busiest_people", **words)
    hours = answer.replications[0].timeline.hours
    edges = np.arange(shown[0], shown[-1] + 2, dtype=np.int64) * hours * HOUR
    counts = [asked.counts(kind)[:, shown].mean(axis=0) for kind in chosen]
    mesh = ax.pcolormesh(
        clock_times(answer, edges),
        np.arange(len(chosen) + 1),
        np.array(counts),
        cmap="Blues",
        vmin=0,
    )
    names = rows_named(map(asked.name, chosen))
    read_rows_as(ax, map(partial(_in_words, answer, edges), names, counts))
    ax.set_yticks(np.arange(len(chosen)) + 0.5, names, fontsize=8.5)
    ax.invert_yaxis()
    time_axis(ax, answer)
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.01, fraction=0.04, aspect=30)
    label = (
        say("figure.notices_an_hour") if hours == 1 else say("figure.notices_in_hours", hours=hours)
    )
    bar.set_label(label, fontsize=8.5)
    ax.set_title(title, loc="left", fontsize=11, wrap=True)
    return ax


def _in_words(
    answer: Answer, edges: NDArray[np.int64], name: str, counts: NDArray[np.float64]
) -> str:
    """Return what a row shows: how many notices came up in its busiest hour, and when that was."""
    busiest = int(counts.argmax())
    if not counts[busiest]:
        return say("figure.row_of_nothing", name=name)
    at = moment_in_words(answer.moment(float(edges[busiest]) - answer.first_command, up=False))
    most = counted(float(counts[busiest]), "notice")
    return say("figure.row_at_most", name=name, most=most, at=at)
