"""One rollout under several products: completion, load and interruptions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.quantities.units import write_share
from fwsim.results.figures.alt_text import tell_in_notebooks
from fwsim.results.figures.grid import as_it_was, curves_within
from fwsim.results.figures.letters import matplotlib, named, rows_named
from fwsim.results.figures.look import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    per_cent,
    runs_of,
    tidy,
)
from fwsim.results.statistics.answer import Answer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (9.6, 7.6)
HOUR = 3_600_000.0
_LINES: tuple[tuple[str, Any], ...] = (
    (BLACK, "-"),
    (BLUE, "-"),
    (SKY, "--"),
    (GREEN, "-"),
    (ORANGE, "-"),
    (VERMILION, "--"),
    (PURPLE, "-"),
    (GREY, "-"),
    (BLUE, ":"),
)
"""Colour and dashes of each line, in the order of the products."""


@dataclass(frozen=True)
class ProductAnswer:
    """A product in the picture.

    Parameters
    ----------
    name
        What it is called.
    answer
        What its runs came to.
    """

    name: str
    answer: Answer


def products(replayed: Sequence[ProductAnswer]) -> Axes:
    """Draw completion over time, and below it the load and the interruptions of each product.

    Parameters
    ----------
    replayed
        The products, the same fleet and runs under each.
    """
    figure = matplotlib(".pyplot").figure(figsize=SIZE, layout="constrained")
    tell_in_notebooks(figure)
    grid = figure.add_gridspec(2, 2, height_ratios=(1.25, 1))
    completion: Axes = figure.add_subplot(grid[0, :])
    _completion(completion, replayed)
    load: Axes = figure.add_subplot(grid[1, 0])
    _bars(load, replayed, Measure(Kind.PEAK_REPOSITORY), 1.0)
    per_cent(load, "x")
    sure = replayed[0].answer.forecast(Measure(Kind.PEAK_REPOSITORY)).holds
    load.set_xlabel(say("products.range", sure=localised(write_share(round(sure, 2)))))
    tidy(load, say("products.title_load"))
    people: Axes = figure.add_subplot(grid[1, 1])
    _bars(people, replayed, Measure(Kind.USER_TIME_LOST), HOUR)
    people.set_xlabel(say("products.hours"))
    people.set_yticklabels([])
    tidy(people, say("products.title_people"))
    for ax in (load, people):
        ax.grid(visible=False, axis="y")
        ax.grid(axis="x", color="#E5E5E5", linewidth=0.8)
    return completion


def _completion(ax: Axes, replayed: Sequence[ProductAnswer]) -> None:
    hours = max(1.04 * max(_hours_until_still(product.answer) for product in replayed), 1.0)
    holds = False
    for number, product in enumerate(replayed):
        first = product.answer.first_command
        known = curves_within(product.answer, first + 1, first + round(hours * HOUR))
        colour, dashes = _LINES[number % len(_LINES)]
        ax.plot(
            np.append(0.0, (known.times - first) / HOUR),
            np.append(0.0, known.values.mean(axis=0)),
            color=colour,
            linestyle=dashes,
            linewidth=1.8,
            label=named(product.name),
            **known.of_lines,
        )
        holds |= known.holds
    for share in (0.5, 0.95):
        ax.axhline(share, color=GREY, linewidth=0.8, linestyle=":")
    ax.set_xlim(0, hours)
    ax.set_ylim(0, 1.02)
    per_cent(ax)
    ax.set_ylabel(say("figure.of_targeted"))
    ax.set_xlabel(say("figure.hours_after.update"))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8.5)
    title = say("products.title_completion", runs=runs_of(replayed[0].answer))
    tidy(ax, as_it_was(title, replayed[0].answer) if holds else title)


def _hours_until_still(answer: Answer) -> float:
    """Return how long after the first command more devices were successful; 0 if none were."""
    moves = np.flatnonzero(np.diff(answer.completion().mean) > 0)
    last = int(answer.times[moves[-1] + 1]) if len(moves) else 0
    return max(0.0, (last - answer.first_command) / HOUR)


def _bars(ax: Axes, replayed: Sequence[ProductAnswer], measure: Measure, by: float) -> None:
    """Draw the median of a measure under each product, with the range of the next rollout."""
    found = [product.answer.forecast(measure) for product in replayed]
    places = np.arange(len(replayed))
    middles = np.array([one.middle.value / by for one in found])
    ax.barh(places, middles, color=[_LINES[n % len(_LINES)][0] for n in places], alpha=0.75)
    for place, one in zip(places, found, strict=True):
        ends = [one.low.value / by, one.high.value / by]
        ax.plot(ends, [place, place], color=BLACK, linewidth=1.0)
    ax.set_yticks(places, rows_named(product.name for product in replayed), fontsize=8.5)
    ax.invert_yaxis()
    ax.set_xlim(left=0)
