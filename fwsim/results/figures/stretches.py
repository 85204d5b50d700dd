"""Which points of the time line figures show, and in which stretches hardly anything happens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.model.tally import HOUR
from fwsim.results.statistics.answer import Answer

LEAST_IDLE = 3 * HOUR
HARDLY_ANYTHING = 1e-3
"""Of all devices and bytes, an hour."""


def shown_points(answer: Answer) -> slice:
    """Return the points of the time line from the first command until nothing happens any more."""
    step = answer.replications[0].timeline.step
    begin = -(-answer.first_command // step)
    changes = np.flatnonzero(np.any(np.diff(answer.stages, axis=1) != 0, axis=0))
    end = int(changes[-1]) + 2 if len(changes) else begin + 2
    last = answer.stages.shape[1]
    margin = max(2, (end - begin) // 25)
    return slice(min(begin, last - 1), min(last, max(begin + 2, end + margin)))


def busy_points(answer: Answer) -> slice:
    """Return the points that `shown_points` returns, and those at which anything was fetched."""
    shown = shown_points(answer)
    fetched = np.zeros(answer.stages.shape[1], bool)
    for run in answer.replications:
        fetched[:-1] |= run.timeline.repository > 0
    busy = np.flatnonzero(fetched)
    if not len(busy):
        return shown
    last = answer.stages.shape[1]
    return slice(min(shown.start, int(busy[0])), min(last, max(shown.stop, int(busy[-1]) + 2)))


def idle_stretches(answer: Answer, quiet: NDArray[np.bool_] | None = None) -> list[tuple[int, int]]:
    """Return stretches in which hardly anything happens, milliseconds after the start.

    That is: in each hour fewer than one device in a thousand gets on, and less than a thousandth
    of all bytes is fetched; mean over the runs.

    Parameters
    ----------
    answer
        The results.
    quiet
        Whether nothing is to be seen in a figure of something else, such as one line, at each
        step of the time line; nothing but such stretches is idle then.

    Returns
    -------
    list of (int, int)
        Ascending, each at least `LEAST_IDLE`, within what is shown.
    """
    timeline = answer.replications[0].timeline
    step, shown = timeline.step, busy_points(answer)
    moved = np.abs(np.diff(answer.stages, axis=1)).sum(axis=0) / 2
    fetched = np.mean([run.timeline.repository for run in answer.replications], axis=0)
    targeted = max(1.0, float(np.mean([run.targeted for run in answer.replications])))
    length = min(len(moved), len(fetched))
    done = moved[:length] / targeted + fetched[:length] / max(1.0, float(fetched.sum()))
    hour = np.ones(max(1, HOUR // step))
    is_idle = np.convolve(done, hour, mode="same") < HARDLY_ANYTHING
    if quiet is not None:
        length = min(len(is_idle), len(quiet))
        is_idle = is_idle[:length] & quiet[:length]
    is_idle[: shown.start] = is_idle[shown.stop :] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_idle.astype(np.int8), [0]])))
    return [
        (int(begin) * step, int(end) * step)
        for begin, end in edges.reshape(-1, 2)
        if (end - begin) * step >= LEAST_IDLE
    ]


def over_steps(quiet: NDArray[np.bool_], each: int, step: int) -> NDArray[np.bool_]:
    """Return at which steps of the time line nothing is to be seen.

    Parameters
    ----------
    quiet
        Whether nothing is to be seen in each stretch from the start on.
    each, step
        How long those are, and a step; one is a multiple of the other.
    """
    if step <= each:
        return np.repeat(quiet, each // step)
    together = step // each
    whole = np.append(quiet, np.ones(-len(quiet) % together, np.bool_))
    steps: NDArray[np.bool_] = np.logical_and.reduce(whole.reshape(-1, together), axis=1)
    return steps
