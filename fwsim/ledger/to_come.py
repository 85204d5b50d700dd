"""Whether a rollout whose devices have all ended is over, or something of it is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Sent, UpdateCommand
from fwsim.commands.scheduler_file import JobType
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.journeys import known_devices
from fwsim.ledger.judged import name_of
from fwsim.ledger.kept import epoch
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import checking_devices, notifications_of, scheduled_jobs_of
from fwsim.model.device_orders import assignment_label, firing_label, notification_label
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed, What
from fwsim.observations.words import ENDS

NOBODY = -1
NEVER_YET = np.iinfo(np.int64).min
NEVER = np.iinfo(np.int64).max
_FINISHED = frozenset({What.DONE, What.NOT_NEEDED})
"""What ends a standing assignment; whoever failed or cancelled may take it again."""
Ints = NDArray[np.int64]
_NOTHING: Ints = np.zeros(0, np.int64)


class ToCome(Enum):
    """What can come after a log in which every device has ended."""

    NOTHING = "nothing"
    SOMETHING = "something"
    UNKNOWN = "unknown"
    """Only the scenario says so, and it is not given."""


class Sendings:
    """What a scenario sends to devices, and what of it has ended by a log.

    Parameters
    ----------
    observed
        The log.
    rollout
        The scenario made ready.
    """

    def __init__(self, observed: Observed, rollout: Rollout) -> None:
        self._observed, self._rollout = observed, rollout
        self._all = list(_sendings(rollout))

    def to_come(self, until: int) -> ToCome:
        """Return what the scenario has for devices after the log.

        Parameters
        ----------
        until
            When the log ends, milliseconds since the epoch.
        """
        after = until - epoch(self._rollout.start)
        if checking_devices(self._rollout):
            return ToCome.SOMETHING  # with every start or shutdown
        for sent in self._all:
            is_over = sent.expires is not None and sent.expires <= after
            if not is_over and (sent.at > after or not self._ended.all_of(sent)):
                return ToCome.SOMETHING
        return ToCome.NOTHING

    def given_up(self) -> Ints:
        """Return since when nothing could come any more to devices that had not been successful.

        Returns
        -------
        Ints
            Milliseconds since the epoch, ascending; of devices of which that is certain.
        """
        if checking_devices(self._rollout) or not all(len(sent.devices) for sent in self._all):
            return _NOTHING  # whom a dynamic group holds shows only when its command runs
        since = np.full(len(self._rollout.fleet), NEVER_YET)
        for sent in self._all:
            at = self._ended.when(sent)
            since[sent.devices] = np.maximum(since[sent.devices], np.where(at < 0, NEVER, at))
        is_out = (since != NEVER_YET) & (since != NEVER)
        is_out[self._ended.devices(_FINISHED)] = False
        return np.asarray(np.sort(since[is_out]) + epoch(self._rollout.start), np.int64)

    @cached_property
    def _ended(self) -> _Ended:
        names = frozenset(name_of(sent.label) for sent in self._all)
        return _Ended(self._observed, self._rollout, names)


@dataclass(frozen=True)
class _Sending:
    """What brings an update, or a delivery where there is no other, to devices.

    Parameters
    ----------
    label
        As logs have it; of an assignment that of its first try.
    at
        When it is due, milliseconds after the start.
    devices
        Which, ascending; none where that shows only when it runs.
    ends
        What ends it on a device.
    expires
        From when on it comes to nobody; None is never.
    """

    label: str
    at: int
    devices: Ints
    ends: frozenset[What] = ENDS
    expires: int | None = None


def _sendings(rollout: Rollout) -> Iterator[_Sending]:
    """Yield everything that a log is measured by, the latest commands first."""
    field = what_is_due(rollout).judged
    for run in reversed(rollout.runs):
        if _counts(run.command, field):
            target = run.command.target
            is_dynamic = isinstance(target, ClientGroupTarget)
            devices = () if is_dynamic else rollout.find(target).tolist()
            yield _Sending(run.label, run.at, np.array(devices, np.int64))
    for number, waiting in enumerate(notifications_of(rollout)):
        if _counts(waiting.command, field):
            devices = np.array(waiting.devices, np.int64)
            yield _Sending(notification_label(number), waiting.at, devices)
    for job in scheduled_jobs_of(rollout):
        if job.job.type is JobType.UPDATE:
            for firing, at in enumerate(job.firings):
                yield _Sending(firing_label(job, firing), at, np.array(job.devices, np.int64))
    for one in assigned_of(rollout).assignments:
        if _counts(one.command, field):
            label, devices = assignment_label(one.number, 0), np.array(one.devices, np.int64)
            yield _Sending(label, one.at, devices, _FINISHED, one.expires)


def _counts(command: Sent, field: StatusField) -> bool:
    """Tell whether measures of a log change with a command: those of the outcome, or of notices."""
    asks = isinstance(command, UpdateCommand) and command.inform_user is not None
    return asks or command.status_field is field


class _Ended:
    """Which devices have ended what, as a log tells.

    Parameters
    ----------
    observed
        The log. Where it does not say under which command, whatever has ended since counts.
    rollout
        Whose devices.
    names
        Of what counts, as `name_of` has them.
    """

    def __init__(self, observed: Observed, rollout: Rollout, names: frozenset[str]) -> None:
        known = known_devices(rollout, observed.renamed)
        of_name = np.array([known.get(name, NOBODY) for name in observed.device.values], np.int64)
        device = of_name[observed.device.codes]
        rows = np.flatnonzero(np.isin(observed.what, list(ENDS)) & (device != NOBODY))
        self._device, self._what = device[rows], observed.what[rows]
        self._at = observed.latest[rows] - epoch(rollout.start)
        self._devices = len(rollout.fleet)
        self._last: dict[frozenset[What], Ints] = {}
        self._rows: dict[str, Ints] = {}
        told = [name_of(label) for label in observed.commands]
        self._is_labelled = not names.isdisjoint(told)
        if self._is_labelled:
            each = list(dict.fromkeys(told))
            place = {name: number for number, name in enumerate(each)}
            number = np.array([*(place[name] for name in told), len(each)], np.int64)
            of_row = number[observed.command[rows]]
            order = np.argsort(of_row, kind="stable")
            edges = np.searchsorted(of_row[order], np.arange(len(each) + 1))
            self._rows = {each[i]: order[edges[i] : edges[i + 1]] for i in range(len(each))}

    def all_of(self, sent: _Sending) -> bool:
        """Tell whether something has ended on each of its devices."""
        return bool((self.when(sent) >= 0).all())

    def when(self, sent: _Sending) -> Ints:
        """Return when something of it last ended on each of its devices; below 0 if nothing has."""
        if not self._is_labelled:
            last = self._last_of(sent.ends)[sent.devices]
            return np.where(last >= sent.at, last, NEVER_YET)
        rows = self._rows.get(name_of(sent.label), _NOTHING)
        last = self._latest(rows[np.isin(self._what[rows], list(sent.ends))])[sent.devices]
        return np.where(last == NEVER_YET, last, np.maximum(last, 0))

    def devices(self, ends: frozenset[What]) -> Ints:
        """Return on which devices anything has ended in one of these ways."""
        return np.unique(self._device[np.isin(self._what, list(ends))])

    def _last_of(self, ends: frozenset[What]) -> Ints:
        """Return when each device last ended something in one of these ways."""
        if ends not in self._last:
            self._last[ends] = self._latest(np.flatnonzero(np.isin(self._what, list(ends))))
        return self._last[ends]

    def _latest(self, rows: Ints) -> Ints:
        last = np.full(self._devices, NEVER_YET)
        np.maximum.at(last, self._device[rows], self._at[rows])
        return last
