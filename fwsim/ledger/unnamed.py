"""What lines are of that name no command: updates, UEFI updates or deliveries, by the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.learning.known_names import NOBODY, devices_of
from fwsim.ledger.ends import Ints, jobs_of
from fwsim.ledger.kept import epoch
from fwsim.ledger.sendings import Sending, sendings_of
from fwsim.model.device_jobs import checking_devices
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed, What
from fwsim.observations.words import ENDS

Flags = NDArray[np.bool_]
_OF_NO_DELIVERY = (
    What.ASKED,
    What.DEFERRED,
    What.CANCELLED,
    What.STARTED,
    What.RAN_OUT,
    What.WRITING,
    What.WRITTEN,
    What.RESTARTING,
)
"""A delivery asks nobody, and leaves the system as it is."""
_NONE = -1


def fields_of_unnamed(observed: Observed, rollout: Rollout) -> tuple[Ints, Ints]:
    """Return which lines name no command, and of which `StatusField` each is.

    What a device does until it comes to an end is one job. It is of the latest command that was due
    by then and later than those whose jobs have ended on the device; else of what it starts by
    itself; else of the latest command. What nothing was due for counts as an update, and so does
    what exports of the console show: their field is that of updates.

    Parameters
    ----------
    observed
        The log.
    rollout
        The scenario made ready.
    """
    rows = _unnamed(observed)
    sendings = _in_order_of_time(rollout)
    fields = [int(sending.field) for sending in sendings]
    if len(set(fields)) < 2 or not len(rows):
        return rows, np.full(len(rows), fields[0] if fields else int(StatusField.UPDATE))
    jobs, of_row = _jobs(observed, rollout, rows, sendings)
    found = np.full(len(jobs.device), int(StatusField.UPDATE))
    sent = _Sent(sendings, len(rollout.fleet))
    for turn in range(int(jobs.turn.max()) + 1):
        some = np.flatnonzero((jobs.turn == turn) & (jobs.device != NOBODY))
        chosen = sent.take(jobs, some)
        known = chosen != _NONE
        found[some[known]] = np.array(fields)[chosen[known]]
    return rows, found[of_row]


def _unnamed(observed: Observed) -> Ints:
    is_console = np.array([account.is_of_console for account in observed.accounts], bool)
    is_power = np.isin(observed.what, (What.ON, What.OFF))
    return np.flatnonzero((observed.command < 0) & ~is_power & ~is_console[observed.source])


def _in_order_of_time(rollout: Rollout) -> list[Sending]:
    found = sorted(sendings_of(rollout), key=lambda sending: sending.at)
    since = what_is_due(rollout).checks
    if since is not None:
        devices = np.array(checking_devices(rollout), np.int64)
        found.insert(0, Sending("", StatusField.UPDATE, True, since, devices, frozenset()))
    return found


@dataclass(frozen=True)
class _Jobs:
    """What devices do until they come to an end; arrays have shape (jobs,).

    Parameters
    ----------
    device
        Index into the fleet; `NOBODY` for strangers.
    turn
        The how many-th of its device, from 0.
    began
        By when it had begun, milliseconds after the start.
    end
        `What` its last line is.
    is_no_delivery
        Whether a line of it says so.
    """

    device: Ints
    turn: Ints
    began: Ints
    end: Ints
    is_no_delivery: Flags


def _jobs(
    observed: Observed, rollout: Rollout, rows: Ints, sendings: Sequence[Sending]
) -> tuple[_Jobs, Ints]:
    """Return the jobs of some lines, and which each line is of."""
    of_name = devices_of(observed, rollout)
    owner, what = observed.device.codes[rows].astype(np.int64), observed.what[rows].astype(np.int64)
    late = observed.latest[rows]
    step = observed.resolution - 1  # a log in minutes may show up to one less
    by = late + step - epoch(rollout.start)
    job = _job_of_each(owner, of_name[owner], what, late, by, sendings)
    _, first, of_row = np.unique(job, return_index=True, return_inverse=True)
    of_row = of_row.reshape(job.shape)
    count = len(first)
    end = np.zeros(count, np.int64)
    end[of_row] = what
    is_end = np.isin(what, list(ENDS))
    end[of_row[is_end]] = what[is_end]  # lines of its instant may stand behind it
    is_no_delivery = np.zeros(count, bool)
    is_no_delivery[of_row[np.isin(what, _OF_NO_DELIVERY)]] = True
    turn = _turns(owner[first], first)
    return _Jobs(of_name[owner[first]], turn, by[first], end, is_no_delivery), of_row


def _job_of_each(
    owner: Ints, device: Ints, what: Ints, late: Ints, by: Ints, sendings: Sequence[Sending]
) -> Ints:
    """Return a number of the job each line tells of.

    A command that does not reach a device at work ends nothing there: such a line is a job of its
    own if that command had become due since the work began.
    """
    unnamed = np.full(len(owner), -1, np.int64)
    job = jobs_of(owner, unnamed, what, late)
    begun = np.unique(job, return_index=True, return_inverse=True)
    first = begun[1][begun[2].reshape(job.shape)]
    missed = np.flatnonzero(what == What.UNREACHED)
    since, until = (_latest(sendings, device[missed], by[rows]) for rows in (first[missed], missed))
    alone = missed[until > since]
    rest = np.delete(np.arange(len(job)), alone)
    job[rest] = jobs_of(owner[rest], unnamed[rest], what[rest], late[rest])
    job[alone] = job.max() + 1 + np.arange(len(alone))
    return job


def _latest(sendings: Sequence[Sending], device: Ints, by: Ints) -> Ints:
    """Return the latest command for each device that was due by then, `_NONE` if none was."""
    found = np.full(len(device), _NONE)
    for number, sending in enumerate(sendings):
        if sending.is_command:
            found[_is_for(sending, device) & (by >= sending.at)] = number
    return found


def _is_for(sending: Sending, device: Ints) -> Flags:
    if sending.is_for_anybody:
        return np.ones(len(device), bool)
    return np.isin(device, sending.devices)


def _turns(owner: Ints, first: Ints) -> Ints:
    """Return the how many-th of its device each job is, from 0."""
    order = np.lexsort((first, owner))
    places = np.arange(len(order))
    is_first = np.diff(owner[order], prepend=-1) != 0
    turn = np.zeros(len(order), np.int64)
    turn[order] = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return turn


class _Sent:
    """What is sent, and how far devices have come with it.

    Parameters
    ----------
    sendings
        In order of time.
    devices
        How many there are.
    """

    def __init__(self, sendings: Sequence[Sending], devices: int) -> None:
        self._sendings = sendings
        self._ended = np.full(devices, _NONE)
        self._finished = {
            number: np.zeros(devices, bool)
            for number, sending in enumerate(sendings)
            if not sending.is_command
        }

    def take(self, jobs: _Jobs, some: Ints) -> Ints:
        """Return what jobs are of, one of each device, `_NONE` if nothing; they end it."""
        device = jobs.device[some]
        newer, alone, older = (np.full(len(some), _NONE) for _ in range(3))
        newer_at = np.full(len(some), np.iinfo(np.int64).min)
        for number, sending in enumerate(self._sendings):
            fits = self._fits(sending, jobs, some)
            if not sending.is_command:
                alone[fits & ~self._finished[number][device]] = number
                continue
            older[fits] = number
            is_newer = fits & (number > self._ended[device]) & (newer_at < sending.at)
            newer[is_newer], newer_at[is_newer] = number, sending.at
        chosen = np.where(newer != _NONE, newer, np.where(alone != _NONE, alone, older))
        self._end(chosen, device, jobs.end[some])
        return chosen

    def _fits(self, sending: Sending, jobs: _Jobs, some: Ints) -> Flags:
        fits: Flags = jobs.began[some] >= sending.at
        if sending.expires is not None:
            fits &= jobs.began[some] <= sending.expires
        fits &= _is_for(sending, jobs.device[some])
        if sending.field is StatusField.DELIVERY:
            fits &= ~jobs.is_no_delivery[some]
        return fits

    def _end(self, chosen: Ints, device: Ints, end: Ints) -> None:
        for number, sending in enumerate(self._sendings):
            mine = chosen == number
            if sending.is_command:
                self._ended[device[mine]] = np.maximum(self._ended[device[mine]], number)
            else:
                is_over = mine & np.isin(end, list(sending.ends))
                self._finished[number][device[is_over]] = True
