"""What a rollout asks of people: starts forced on them, time in which they could not work.

Whatever was commanded counts: a notice of a UEFI update stands on the same screens.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import NEVER
from fwsim.commands.policies import IdfCheckOrder
from fwsim.fleet.spans import common
from fwsim.fleet.week import Week
from fwsim.model.hours import Hours
from fwsim.model.order import NO_ASSIGNMENT
from fwsim.model.rollout import Rollout
from fwsim.model.tally import PeopleLoad
from fwsim.model.tries import assignment_of_run, force_at_of_run
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.record import RunRecord, once_a_run

Times = NDArray[np.int64]
_OCCUPIES = (State.INSTALL, State.REBOOT, State.OUT_OF_CONTACT)


class PresenceOfUsers:
    """When the users of each device are there.

    Parameters
    ----------
    rollout
        Knows people and zones.
    within
        Times of the week: only in these they are looked for.
    """

    def __init__(self, rollout: Rollout, within: Week | None = None) -> None:
        weeks = [people.present for people in rollout.people()]
        intervals, kinds = Hours(rollout).by_kind(rollout.fleet.people, weeks)
        if within is not None:
            wanted = rollout.windows(within)
            intervals = [common(spans, wanted) for spans in intervals]
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


def _notices(record: RunRecord) -> tuple[Times, Times]:
    """Return, per run, how long its notice is shown and from when on nobody is asked.

    A notice that stays until a click is shown for 0; who is always asked is asked until `NOT_YET`.
    """
    shown, force_at = np.zeros((2, len(record.log.runs)), np.int64)
    for number, run in enumerate(record.log.runs):
        if isinstance(run.command, UpdateCommand):
            shown[number] = 1000 * (run.command.inform_user or 0)
        force_at[number] = force_at_of_run(run, record.rollout)
    return shown, np.where(force_at == NEVER, NOT_YET, force_at)


@once_a_run
def people_load(record: RunRecord) -> PeopleLoad:
    """Return what people were asked, did and bore on each device."""
    return _load(record, None)


def people_within(record: RunRecord, week: Week) -> PeopleLoad:
    """Return what they were asked, did and bore within times of the week.

    What happens in the moment in which these begin is within them, in which they end is not.
    """
    known: dict[Week, PeopleLoad] = record.known.setdefault(people_within.__qualname__, {})
    if week not in known:
        known[week] = _load(record, week)
    return known[week]


def _load(record: RunRecord, week: Week | None) -> PeopleLoad:
    def count(line: Times) -> NDArray[np.int32]:
        within = _are_within(record, record.log.time[line], week)
        return _on_each(record, record.log.device[line[within]])

    asked, deferred, cancelled = (
        np.flatnonzero(record.log.in_state(state))
        for state in (State.NOTIFYING, State.DEFERRED, State.CANCELLED)
    )
    return PeopleLoad(
        prompts=count(asked),
        deferments=count(deferred),
        cancels=count(cancelled),
        forced_starts=count(_forced_starts(record)),
        time_lost=_time_lost(record, week),
    )


def _are_within(record: RunRecord, at: Times, week: Week | None) -> NDArray[np.bool_]:
    """Tell which moments are within times of the week; None is every time."""
    if week is None:
        return np.ones(len(at), np.bool_)
    spans = np.array(record.rollout.windows(week), np.int64).reshape(-1, 2)
    within: NDArray[np.bool_] = np.searchsorted(spans.ravel(), at, side="right") % 2 == 1
    return within


def _on_each(record: RunRecord, devices: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how often each device is among some."""
    return np.bincount(devices, minlength=len(record.rollout.fleet)).astype(np.int32)


@once_a_run
def _forced_starts(record: RunRecord) -> Times:
    """Return the lines with which updates began without a click in front of a user.

    Only of such users as were to be asked.
    """
    log, before = record.log, record.jobs.line_before
    line = np.flatnonzero(log.in_state(State.VERIFY_IDF))
    if record.rollout.assumptions.idf_check_order is IdfCheckOrder.AFTER:
        line = before[line]  # the check comes between the notice and the update
        line = line[line >= 0]
    asked, at, run = before[line], log.time[line], log.run[line]
    is_asked = (asked >= 0) & log.in_state(State.NOTIFYING)[asked]
    shown, force_at = _notices(record)
    ran_out = is_asked & (shown[run] > 0) & (at - log.time[asked] == shown[run])
    came = np.where(is_asked, at == force_at[run], (at >= force_at[run]) & ~_goes_on(record, line))
    is_forced = ran_out | came
    there = presence_of_users(record.rollout).holds(log.device[line], at - 1)
    forced: Times = line[is_forced & there]
    return forced


def _goes_on(record: RunRecord, line: Times) -> NDArray[np.bool_]:
    """Tell which starts ask nobody, and go on with what an earlier try of theirs began."""
    log, jobs = record.log, record.jobs
    if not record.rollout.scenario.assignments:
        return np.zeros(len(line), np.bool_)
    assignments = [assignment_of_run(run, record.rollout) for run in log.runs]
    of, run = np.array(assignments, np.int64)[log.run[line]], log.run[line]
    _, same = np.unique(of * len(record.rollout.fleet) + log.device[line], return_inverse=True)
    first = np.full(len(line), len(log.runs))
    np.minimum.at(first, same, run)
    asked = jobs.first_line_of(log, State.NOTIFYING)[jobs.of_line[line]] >= 0
    goes_on: NDArray[np.bool_] = (of != NO_ASSIGNMENT) & (run > first[same]) & ~asked
    return goes_on


def _time_lost(record: RunRecord, week: Week | None) -> Times:
    """Return, per device, the milliseconds a user was there while it was occupied.

    Only of those within times of the week, unless these are None.

    What is not over by then lasts until the run is stopped, whether or not it could ever end.
    """
    log, jobs = record.log, record.jobs
    now, then = jobs.successive
    occupied = log.in_state(*_OCCUPIES)[now]
    left = _left_occupied(record)
    lines = np.append(now[occupied], left)
    ends = np.append(log.time[then[occupied]], np.full(len(left), record.end))
    devices, presence = log.device[lines], presence_of_users(record.rollout)
    if week is not None:
        presence = PresenceOfUsers(record.rollout, week)
    until = presence.until(devices, ends)
    lost = np.zeros(len(record.rollout.fleet), np.int64)
    np.add.at(lost, devices, until - presence.until(devices, log.time[lines]))
    return lost


def _left_occupied(record: RunRecord) -> Times:
    """Return the last lines of jobs that leave their devices occupied.

    A device without power writes no line: it may have lost it while more was fetched.
    """
    log, jobs = record.log, record.jobs
    last = jobs.last_line
    is_written = jobs.first_line_of(log, State.INSTALL) >= 0
    fetches = log.in_state(State.QUEUEING, State.TRANSFER)[last]
    left: Times = last[log.in_state(*_OCCUPIES)[last] | (fetches & is_written)]
    return left
