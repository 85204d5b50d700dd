"""What a rollout asks of people: starts forced on them, time in which they could not work.

Whatever was commanded counts: a notice of a UEFI update stands on the same screens.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.lifecycle import State
from fwsim.model.hours import Hours
from fwsim.model.rollout import Rollout
from fwsim.results.run.record import RunRecord

Times = NDArray[np.int64]
_OCCUPIES = (State.INSTALL, State.REBOOT, State.OUT_OF_CONTACT)


class PresenceOfUsers:
    """When the users of each device are there.

    Parameters
    ----------
    rollout
        Knows people and zones.
    """

    def __init__(self, rollout: Rollout) -> None:
        weeks = [people.present for people in rollout.people()]
        intervals, kinds = Hours(rollout).by_kind(rollout.fleet.people, weeks)
        self._kinds = np.array(kinds, np.int64)
        self._starts = [np.array([a for a, _ in spans], np.int64) for spans in intervals]
        self._ends = [np.array([b for _, b in spans], np.int64) for spans in intervals]

    def until(self, devices: NDArray[np.int32], times: Times) -> Times:
        """Return how long each device's user has been there from the start until a time."""
        total = np.zeros(len(times), np.int64)
        kinds = self._kinds[devices]
        for kind in np.unique(kinds).tolist():
            mine = kinds == kind
            starts, ends = self._starts[kind], self._ends[kind]
            whole = np.append(0, np.cumsum(ends - starts))
            begun = np.searchsorted(starts, times[mine], side="right")
            last = np.maximum(begun - 1, 0)
            open_end = ends[last] if len(ends) else np.zeros(len(last), np.int64)
            total[mine] = whole[begun] - np.where(begun > 0, open_end - times[mine], 0).clip(min=0)
        return total

    def holds(self, devices: NDArray[np.int32], times: Times) -> NDArray[np.bool_]:
        """Return whether each device's user is there at a time."""
        there: NDArray[np.bool_] = self.until(devices, times + 1) > self.until(devices, times)
        return there


_PRESENCE: WeakKeyDictionary[Rollout, PresenceOfUsers] = WeakKeyDictionary()


def presence_of_users(rollout: Rollout) -> PresenceOfUsers:
    """Return when the users of a rollout are there, worked out once for all its runs."""
    presence = _PRESENCE.get(rollout)
    if presence is None:
        presence = _PRESENCE[rollout] = PresenceOfUsers(rollout)
    return presence


def forced_starts(record: RunRecord) -> int:
    """Return how many notices ran out in front of a user who was there."""
    log, jobs = record.log, record.jobs
    seconds = np.array(
        [
            (run.command.inform_user or 0) if isinstance(run.command, UpdateCommand) else 0
            for run in log.runs
        ],
        np.int64,
    )
    notified, after = jobs.successive
    is_asked = log.in_state(State.NOTIFYING)[notified]
    notified, after = notified[is_asked], after[is_asked]
    ran_out = ~log.in_state(State.DEFERRED, State.CANCELLED, State.SUPERSEDED)[after]
    shown = seconds[log.run[notified]] * 1000 if len(seconds) else np.zeros(len(notified), np.int64)
    ran_out &= (shown > 0) & (log.time[after] - log.time[notified] == shown)
    at = after[ran_out]
    return int(presence_of_users(record.rollout).holds(log.device[at], log.time[at] - 1).sum())


def user_time_lost(record: RunRecord) -> int:
    """Return the milliseconds, over all devices, a user was there while the device was occupied."""
    log, jobs = record.log, record.jobs
    now, then = jobs.successive
    occupied = log.in_state(*_OCCUPIES)[now]
    devices = log.device[now[occupied]]
    presence = presence_of_users(record.rollout)
    until = presence.until(devices, log.time[then[occupied]])
    return int((until - presence.until(devices, log.time[now[occupied]])).sum())
