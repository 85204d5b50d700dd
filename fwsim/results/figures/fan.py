"""Luck, doubt and both as three bands of one fan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.arguments import a, some_axes, taking
from fwsim.messages import say
from fwsim.results.figures.grid import looked_at, of_areas, of_curves
from fwsim.results.figures.look import (
    BLUE,
    ORANGE,
    SKY,
    axes,
    completion_axes,
    legend_over,
    tidy,
    times_from_command,
)
from fwsim.results.figures.stretches import shown_points
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.spread_answer import Edges, Fan
from fwsim.results.statistics.spread_in_words import both_in_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@taking(answer=a("answer", Answer), fan=a("fan", Fan), ax=some_axes)
def spread_fan(answer: Answer, fan: Fan, ax: Axes | None = None) -> Axes:
    """Draw what luck, doubt and both make of the completion curve.

    Parameters
    ----------
    answer
        The forecast.
    fan
        Its bands.
    ax
        Where to draw; a new figure by default.
    """
    ax = axes(ax)
    points = shown_points(answer)
    times = times_from_command(answer, points)
    for edges, colour, alpha, label in (
        (fan.both, SKY, 0.35, both_in_words("spread.band_both", answer.runs)),
        (fan.doubt, BLUE, 0.45, say("spread.band_doubt")),
        (fan.luck, ORANGE, 0.85, say("spread.band_luck")),
    ):
        low, high = _from_nothing(edges, points)
        style: dict[str, Any] = {"color": colour, "alpha": alpha, "linewidth": 0, "label": label}
        ax.fill_between(times, low, high, **style, **of_areas(points))
    middle = np.append(0.0, fan.middle[points])
    label = say("spread.middle")
    ax.plot(times, middle, color="black", linewidth=1.4, label=label, **of_curves(points))
    completion_axes(ax, answer, times)
    legend_over(ax)
    return tidy(ax, looked_at(say("spread.figure"), answer, points))


def _from_nothing(edges: Edges, points: slice) -> Edges:
    low, high = (np.append(0.0, edge[points]) for edge in edges)
    return low, high
