"""Figures of few points of the time line: what lies between two of them nobody looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.messages import say
from fwsim.quantities.units import write_duration

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer, Band

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
    step = write_duration(answer.replications[0].timeline.step)
    return say("figure.looked_at", title=title, step=step)


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
    curves = []
    for run in answer.replications:
        if run.steps is None:
            return None
        at, _, successful = run.steps
        count = np.append(0, successful)[np.searchsorted(at, times, side="right")]
        curves.append(count / max(run.targeted, 1))
    return answer.band(np.array(curves), times)
