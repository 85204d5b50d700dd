"""Forecasts beside what then happened."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from fwsim.arguments import a, a_map, some_axes, taking
from fwsim.messages import say
from fwsim.results.figures.grid import looked_at, of_areas, of_curves
from fwsim.results.figures.letters import named
from fwsim.results.figures.look import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    axes,
    band_text,
    completion_axes,
    legend_over,
    tidy,
    times_from_command,
)
from fwsim.results.figures.stretches import shown_points
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = (ORANGE, BLUE, GREEN, PURPLE)
_HATCHES = ("///", "", "\\\\\\", "...")


@taking(forecasts=a_map("parts", a("answer", Answer)), happened=a("answer", Answer), ax=some_axes)
def hindsight(
    forecasts: Mapping[str, Answer], happened: Answer | None = None, ax: Axes | None = None
) -> Axes:
    """Draw completion as it was forecast, each with its band, and as it then came.

    Parameters
    ----------
    forecasts
        By what to call them; of the same devices and the same command.
    happened
        The run that came true.
    ax
        Where to draw; a new figure by default.
    """
    ax = axes(ax)
    shown = [*forecasts.values(), *([] if happened is None else [happened])]
    ranges = [shown_points(answer) for answer in shown]
    points = slice(min(r.start for r in ranges), max(r.stop for r in ranges))
    looks = cycle(zip(_COLOURS, _HATCHES, strict=True))
    for (name, answer), (colour, hatch) in zip(forecasts.items(), looks, strict=False):
        curve, times = answer.completion(), times_from_command(answer, points)
        low, high, mean = (
            np.append(0.0, edge[points]) for edge in (curve.low, curve.high, curve.mean)
        )
        ax.fill_between(
            times,
            low,
            high,
            facecolor=(colour, 0.3),
            edgecolor=(colour, 0.6),
            hatch=hatch,
            linewidth=0,
            label=_band_name(named(name), answer.runs),
            **of_areas(points),
        )
        ax.plot(times, mean, color=colour, linewidth=1.6, **of_curves(points))
    if happened is not None:
        curve, times = happened.completion(), times_from_command(happened, points)
        came = np.append(0.0, curve.mean[points])
        label = say("hindsight.happened")
        ax.plot(times, came, color=BLACK, linewidth=2.2, label=label, **of_curves(points))
    completion_axes(ax, shown[0], times_from_command(shown[0], points))
    legend_over(ax)
    return tidy(ax, looked_at(say("hindsight.title"), shown[0], points))


def _band_name(name: str, runs: int) -> str:
    """Return what a band holds; of few runs it is not 9 rollouts in 10."""
    if runs >= FEWEST_FOR_RANGE:
        return say("hindsight.band", name=name)
    return say("hindsight.band_of_few", name=name, band=band_text(runs))
