"""Where devices stand after each line of a log, by the command that tells their outcome so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.model.status_log import LogColumns
from fwsim.results.run.jobs import RANK_OF_STATE, Lines, latest_marked, stable_order
from fwsim.results.run.stages import ENDS, STAGE_OF_STATE, STAGES, Stage

_IS_AFTERWARDS = np.array([state in {State.HALTING, State.HALTED} for state in State])
"""Switching a device off after its command changes nothing of how it ended."""
_WAITS = STAGES.index(Stage.DISPATCH)


def telling_lines(
    device: NDArray[np.integer], run: NDArray[np.integer], state: NDArray[np.integer]
) -> Lines:
    """Return, per line, the line that tells where its device stands after it.

    After a device's last line it is the one of its outcome: see `Jobs.of_devices`.

    Parameters
    ----------
    device, run, state
        Of the lines, in the order of time; shape (lines,).

    Returns
    -------
    ndarray of int64, shape (lines,)
        -1 where the device has only been switched off, by a command of which nothing is known.
    """
    lines = len(state)
    order = stable_order(device.astype(np.int64))
    begins = np.append(True, device[order][1:] != device[order][:-1])[:lines]
    tells = ~_IS_AFTERWARDS[state]
    best = np.full(lines, -1, np.int64)
    succeeded = best.copy()
    for one in np.unique(run):
        latest = latest_marked(order, begins, ((run == one) & tells)[order]).astype(np.int64)
        its_state = state[latest]
        rank = np.where(latest >= 0, RANK_OF_STATE[its_state] * lines + latest, -1)
        np.maximum(best, rank, out=best)
        is_done = (latest >= 0) & (its_state == State.SUCCESS)
        np.maximum(succeeded, np.where(is_done, latest, -1), out=succeeded)
    telling = np.where(best >= 0, best % max(lines, 1), -1)
    stays = (telling >= 0) & (state[telling] == State.NOT_NEEDED) & (succeeded >= 0)
    found: Lines = np.where(stays, succeeded, telling)
    return found


def standing(
    device: NDArray[np.integer],
    run: NDArray[np.integer],
    state: NDArray[np.integer],
    is_judged: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], Lines]:
    """Return, per line, the stage in which its device stands after it, and which line tells so.

    Parameters
    ----------
    device, run, state
        Of the lines, in the order of time; shape (lines,).
    is_judged
        Which lines are of what the rollout is judged by. How other commands end tells nothing of
        a device, and from the first line of its own on they do not count.
    """
    judged, other = np.flatnonzero(is_judged), np.flatnonzero(~is_judged)
    telling = np.full(len(state), -1, np.int64)
    parts = [
        (lines, _of_all(telling_lines(device[lines], run[lines], state[lines]), lines))
        for lines in (judged, other)
    ]
    for lines, told in parts:
        telling[lines] = told
    if len(other):
        order = stable_order(device.astype(np.int64))
        begins = np.append(True, device[order][1:] != device[order][:-1])[: len(state)]
        latest = latest_marked(order, begins, is_judged[order]).astype(np.int64)
        telling = np.where(latest >= 0, telling[latest], telling)
    stage = STAGE_OF_STATE[state[telling]].astype(np.int64)
    is_open = (telling < 0) | (ENDS[state[telling]] & ~is_judged[telling])
    return np.where(is_open, _WAITS, stage), telling


def _of_all(places: Lines, lines: Lines) -> Lines:
    """Return lines of a log by their places among some of it; -1 stays."""
    return np.where(places >= 0, lines[places], -1) if len(lines) else places


def stages_after(log: LogColumns, field: StatusField) -> NDArray[np.int64]:
    """Return in which of `STAGES` a device stands after each line; shape (lines,).

    Parameters
    ----------
    log
        The log.
    field
        What the rollout is judged by.
    """
    fields = np.array([run.command.status_field for run in log.runs], np.int64)
    stages, _ = standing(log.device, log.run, log.state, fields[log.run] == field)
    return stages
