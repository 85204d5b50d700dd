"""Where devices stand after each line of a log, by the command that tells their outcome so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.model.status_log import LogColumns
from fwsim.results.run.jobs import (
    RANK_OF_STATE,
    Lines,
    latest_marked,
    owner_by_owner,
    stable_order,
)
from fwsim.results.run.stages import ENDS, STAGE_OF_STATE, STAGES, Stage

_IS_AFTERWARDS = np.array([state in {State.HALTING, State.HALTED} for state in State])
"""Switching a device off after its command changes nothing of how it ended."""
_STAYS = -1
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
    if not len(state):
        return np.zeros(0, np.int64)
    order, begins = owner_by_owner(device.astype(np.int64))
    owner = np.cumsum(begins) - 1
    now = state[order]
    tells = np.flatnonzero(~_IS_AFTERWARDS[now])
    until = _next_of_job(owner[tells], run[order][tells].astype(np.int64), tells)
    told, now = order[tells], now[tells]
    best = _greatest(owner, tells, until, RANK_OF_STATE[now] * len(state) + told)
    done = now == State.SUCCESS
    succeeded = _greatest(owner, tells[done], until[done], told[done])
    telling = np.where(best >= 0, best % len(state), -1)
    stays = (telling >= 0) & (state[telling] == State.NOT_NEEDED) & (succeeded >= 0)
    found: Lines = np.empty(len(state), np.int64)
    found[order] = np.where(stays, succeeded, telling)
    return found


def _next_of_job(owner: Lines, run: Lines, places: Lines) -> Lines:
    """Return, per place, the next one of the same device and run; `_STAYS` of the last."""
    found = np.full(len(places), _STAYS)
    if len(places):
        job = owner * (int(np.ptp(run)) + 1) + run - run.min()
        by_job = stable_order(job)
        goes_on = job[by_job][1:] == job[by_job][:-1]
        found[by_job[:-1][goes_on]] = places[by_job[1:][goes_on]]
    return found


def _greatest(owner: Lines, since: Lines, until: Lines, value: Lines) -> Lines:
    """Return, per place, the greatest value of its owner that holds there; -1 if none does.

    Parameters
    ----------
    owner
        Of each place, ascending; shape (lines,).
    since, until
        From where on each value holds, ascending, and to before which place of the same owner;
        `_STAYS` for all its further ones.
    value
        From 0 on.
    """
    stays, most = until == _STAYS, int(value.max(initial=0)) + 2
    greatest = owner * most
    greatest[since[stays]] += value[stays] + 1
    greatest = np.maximum.accumulate(greatest) - owner * most - 1
    at, until, value = since[~stays], until[~stays], value[~stays]
    while len(at):  # once for nearly all: the next line of a device is mostly of the same run
        greatest[at] = np.maximum(greatest[at], value)
        holds = at + 1 < until
        at, until, value = at[holds] + 1, until[holds], value[holds]
    return greatest


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
        order, begins = owner_by_owner(device.astype(np.int64))
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
    stages, _ = standing(log.device, log.run, log.state, log.fields() == field)
    return stages
