"""What a log implies of commands before those it tells of: who lacks nothing now was updated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.image import is_modified
from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.model.past import UNTOLD
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.model.status_log import CommandRun, LogColumns

Ints = NDArray[np.int64]
_NONE = -1


def with_implied_successes(log: LogColumns, rollout: Rollout) -> tuple[LogColumns, int]:
    """Return lines and, where they imply them, successes under a command before; and how many.

    A console shows each device's last state alone. Who has *not necessary* there, and lacked the
    image by the scenario, has it by a command before; when is not told, and the middle between
    that command, or the last that is told of the device under it, and the later one stands for it.

    Parameters
    ----------
    log
        Lines in order of time, of a log that is not fwsim's own.
    rollout
        Whose devices and commands.
    """
    if len(rollout.runs) < 2:
        return log, 0
    places = _unexplained(log, rollout)
    if not len(places):
        return log, 0
    due = np.array([run.at for run in log.runs], np.int64)
    runs = _commands_before(log, places, due, rollout)
    places, runs = places[runs != _NONE], runs[runs != _NONE]
    if not len(places):
        return log, 0
    since = np.maximum(due[runs], _last_told(log, log.device[places], runs))
    count = len(places)
    joined = LogColumns(
        np.concatenate([log.time, (since + np.maximum(since, due[log.run[places]])) // 2]),
        np.concatenate([log.device, log.device[places]]),
        np.concatenate([log.run, runs.astype(np.int32)]),
        np.concatenate([log.state, np.full(count, State.SUCCESS, np.int8)]),
        np.concatenate([log.detail, np.full(count, Detail.NONE, np.int8)]),
        np.concatenate([log.amount, np.full(count, UNTOLD)]),
        log.runs,
    )
    return joined.where(np.argsort(joined.time, kind="stable")), count


def _last_told(log: LogColumns, devices: NDArray[np.int32], runs: Ints) -> Ints:
    """Return when the last line of each of some devices is from, under its run; 0 if none is."""
    count = len(log.runs)
    wanted = devices.astype(np.int64) * count + runs
    job = log.device.astype(np.int64) * count + log.run
    order = np.argsort(wanted)
    place = np.minimum(np.searchsorted(wanted[order], job), len(wanted) - 1)
    is_wanted = wanted[order][place] == job
    last = np.zeros(len(wanted), np.int64)
    np.maximum.at(last, order[place[is_wanted]], log.time[is_wanted])
    return last


def _unexplained(log: LogColumns, rollout: Rollout) -> Ints:
    """Return the first line of each device that says *not necessary* though it lacked the image."""
    told: Ints = np.flatnonzero(np.isin(log.state, [int(State.SUCCESS), int(State.NOT_NEEDED)]))
    first: Ints = told[np.unique(log.device[told], return_index=True)[1]]
    first = first[(log.state[first] == State.NOT_NEEDED) & (log.run[first] < len(rollout.runs))]
    if not len(first):
        return first
    device, configuration = log.device[first], rollout.configuration
    classes, examples = configuration.address_classes()
    epochs = np.searchsorted(np.array(configuration.change_times), log.time[first], side="right")
    columns = (classes[device], rollout.fleet.installed.codes[device], log.run[first], epochs)
    keys = np.stack([np.asarray(column, np.int64) for column in columns], axis=1)
    distinct, at, back = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    choices = rollout.installed_choices()
    lacked = [
        _lacks(choices[installed], int(examples[kind]), number, int(log.time[first[one]]), rollout)
        for (kind, installed, number, _), one in zip(distinct.tolist(), at.tolist(), strict=True)
    ]
    unexplained: Ints = first[np.array(lacked, bool)[back.reshape(-1)]]
    return unexplained


def _lacks(
    choices: Sequence[tuple[int, float]], device: int, number: int, at: int, rollout: Rollout
) -> bool:
    """Tell whether whoever ran one of some images lacked what a command sent it to."""
    run = rollout.runs[number]
    if not _updates(run):
        return False
    offered = rollout.configuration.served(rollout.configuration.address(device, run.at), at)
    if isinstance(offered, Detail):
        return False
    images, newer_only = rollout.images, rollout.assumptions.newer_only
    return all(
        image == UNKNOWN_IMAGE or is_modified(images[image], images[offered], newer_only=newer_only)
        for image, _ in choices
    )


def _commands_before(log: LogColumns, places: Ints, due: Ints, rollout: Rollout) -> Ints:
    """Return the last command before each line's own that may have updated its device."""
    device, own = log.device[places], due[log.run[places]]
    ended = np.isin(log.state, [int(state) for state in OUTCOMES])
    found = np.full(len(places), _NONE)
    for number, run in enumerate(rollout.runs):
        if _updates(run):
            others = log.device[ended & (log.run == number)]
            may = np.isin(device, _targets(run, rollout)) & ~np.isin(device, others)
            found[may & (run.at < own)] = number
    return found


def _updates(run: CommandRun) -> bool:
    return run.command.status_field is StatusField.UPDATE


def _targets(run: CommandRun, rollout: Rollout) -> NDArray[np.int32]:
    """Return whom a run is for; of a dynamic group the scenario does not say who was in it."""
    target = run.command.target
    none = np.zeros(0, np.int32)
    return none if isinstance(target, ClientGroupTarget) else rollout.find(target)
