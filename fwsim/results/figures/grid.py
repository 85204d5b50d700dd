"""Figures of few points of the time line: what lies between two of them nobody looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.messages import say
from fwsim.quantities.units import write_duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fwsim.results.statistics.answer import Answer
    from fwsim.results.statistics.curves import Band

FEW_POINTS = 60
"""Fewer points than these can be told apart; a line between them would be taken for what was."""
_MOMENTS = 800


def is_coarse(points: slice) -> bool:
    """Tell whether so few points of the time line are shown that each can be seen."""
    return int(points.stop) - int(points.start) < FEW_POINTS


def of_curves(points: slice) -> dict[str, Any]:
    """Return how curves are drawn: of few points each holds until the next is looked at."""
    return {"drawstyle": "steps-post"} if is_coarse(points) else {}


def of_areas(points: slice) -> dict[str, Any]:
    """Return how areas between curves are drawn, as `of_curves`."""
    return {"step": "post"} if is_coarse(points) else {}


def looked_at(title: str, answer: Answer, points: slice) -> str:
    """Return a figure's title; of few points it says how far they lie apart."""
    if not is_coarse(points):
        return title
    return as_it_was(title, answer)


def completion_between(answer: Answer, points: slice, begin: int) -> Band | None:
    """Return the share that was successful between few points, too, as the runs tell it.

    Parameters
    ----------
    answer
        The runs.
    points
        What is shown of the time line.
    begin
        When the first command was due, milliseconds.

    Returns
    -------
    Band or None
        From `begin` to the last of the points; None where there are many, or where runs that were
        read again do not tell when devices were successful.
    """
    if not is_coarse(points):
        return None
    times = np.linspace(begin, answer.times[points][-1], _MOMENTS).astype(np.int64)
    curves = _as_told(answer, times)
    return None if curves is None else answer.band(curves, times)


def _as_told(answer: Answer, times: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Return the share that was successful in each run at some times; None if a run lacks it."""
    curves = []
    for run in answer.replications:
        if run.steps is None:
            return None
        at, _, successful = run.steps
        count = np.append(0, successful)[np.searchsorted(at, times, side="right")]
        curves.append(count / max(run.targeted, 1))
    return np.array(curves)


@dataclass(frozen=True, eq=False)
class Curves:
    """The share that was successful in each run at some times.

    Parameters
    ----------
    times
        Milliseconds after the start, ascending.
    values
        Shape (runs, times).
    holds
        Whether each is to be drawn as held until the next: what lies between nobody looked at.
    """

    times: NDArray[np.int64]
    values: NDArray[np.float64]
    holds: bool

    @property
    def of_lines(self) -> dict[str, Any]:
        """How curves are drawn."""
        return {"drawstyle": "steps-post"} if self.holds else {}

    @property
    def of_areas(self) -> dict[str, Any]:
        """How areas between curves are drawn."""
        return {"step": "post"} if self.holds else {}


def curves_within(answer: Answer, begin: int, end: int) -> Curves:
    """Return completion from a time to another: of few points, as the runs tell it between, too."""
    end = min(end, int(answer.times[-1]))
    shown = np.flatnonzero((answer.times >= begin) & (answer.times <= end))
    is_few = is_coarse(slice(0, len(shown)))
    if is_few and end > begin:
        times = np.linspace(begin, end, _MOMENTS).astype(np.int64)
        if (told := _as_told(answer, times)) is not None:
            return Curves(times, told, holds=False)
    return Curves(answer.times[shown], answer.completion_curves()[:, shown], holds=is_few)


def as_it_was(title: str, answer: Answer) -> str:
    """Return a title that says how far points lie apart that are held until the next."""
    step = write_duration(answer.replications[0].timeline.step)
    return say("figure.looked_at", title=title, step=step)
