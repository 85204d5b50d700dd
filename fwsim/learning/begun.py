"""By how much later or earlier than the scenario says its commands began, by what logs tell."""

from __future__ import annotations

from heapq import heapreplace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Fact
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.counted import has_detail
from fwsim.learning.journeys import Ints, Journeys
from fwsim.model.assignments import assigned_of
from fwsim.model.evidence import LONGEST_BOOT
from fwsim.model.hours import Hours
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import What

DAY = 24 * 3600 * 1000
_HARDLY = 5_000
"""A command that began so soon was on time [A]."""
_HARDLY_PACED = 60_000
"""The same where devices wait for one another: the first tells no more of it than the others do."""
_ANSWERS = (What.OFFERED, What.CHECKING, What.ASKED, What.UNREACHED)
"""What is seen of a device as soon as the server has dealt with it."""


def begun_apart(journeys: Journeys, rollout: Rollout, run: Ints | None = None) -> Ints:
    """Return by how many milliseconds each command began later than the scenario says.

    Negative is earlier; 0 is where it was on time, as far as can be told: whoever was dealt with
    soonest after its turn tells it.

    Parameters
    ----------
    journeys
        All lines.
    rollout
        Whose commands.
    run
        Of which command each line is; by default as its log says.

    Returns
    -------
    array of shape (logs, commands)
    """
    run = journeys.run if run is None else run
    found = np.zeros((journeys.rollouts, len(rollout.runs)), np.int64)
    rows = np.flatnonzero(_tells_turn(journeys, rollout, run))
    if not len(rows):
        return found
    busy, found_off = _busy(journeys, rollout), _found_off(journeys)
    heard = _heard(journeys)
    for log, number in np.unique(np.stack([journeys.rollout[rows], run[rows]]), axis=1).T.tolist():
        of_it = (journeys.rollout == log) & (run == number)
        mine = rows[of_it[rows]]
        tells_starts = bool(found_off[journeys.rollout == log].any())
        apart = _apart(journeys, rollout, mine, number, busy, tells_starts)
        found[log, number] = _by_first(journeys, rollout, heard & of_it, number, apart)
    return found


def _apart(
    journeys: Journeys, rollout: Rollout, mine: Ints, number: int, busy: Ints, tells_starts: bool
) -> int:
    """Return by how much later a command began, by some lines of devices that it came to."""
    device = journeys.device[mine]
    turns = _turns(rollout, number)
    begins = turns[device] + busy[mine] + _epoch(rollout)
    since, until = journeys.early[mine] - begins, journeys.late[mine] - begins
    paced = rollout.runs[number].command.devices_wait > 0
    most = max(_HARDLY_PACED if paced else _HARDLY, int(journeys.resolution[mine].max()))
    # Where most come after their turns, the others are left of a rollout before.
    answers = until[journeys.what[mine] != What.OFF]  # who was off may have been so before
    answers = answers if len(answers) else until
    if np.median(answers) < -most:
        return int(until[until >= answers.min() - LONGEST_BOOT].min())
    if since.min() <= most:
        return 0
    starts = np.zeros(len(mine), np.int64)
    if not tells_starts:
        starts[~_is_on(rollout, device, turns[device])] = LONGEST_BOOT
    if (since - starts).min() <= most:
        return 0
    queued = _in_line(journeys, rollout, mine, number, turns, busy)[device]
    soonest = np.lexsort((queued, since))[0]
    later = int(since[soonest] - queued[soonest])
    return later if later > most else 0


def _by_first(
    journeys: Journeys, rollout: Rollout, heard: NDArray[np.bool_], number: int, apart: int
) -> int:
    """Return by how much later a command began that had begun when it was first heard of."""
    if apart <= 0:
        return apart
    due = rollout.runs[number].at + _epoch(rollout)
    since_due = heard & (journeys.late >= due)  # what came before is left of something else
    first = int(journeys.late[since_due].min(initial=due + apart)) - due
    if first >= apart:
        return apart
    # Whom it came to first is not told: a click may have taken as long as the notice is up.
    return first if first > 1000 * journeys.orders[number].seconds else 0


def _in_line(
    journeys: Journeys, rollout: Rollout, mine: Ints, number: int, turns: Ints, busy: Ints
) -> Ints:
    """Return how long devices of the fleet may have waited in line after their turns, milliseconds.

    Who is not told to have been reached, and may have been off, has kept a worker busy for longest.
    """
    run, a = rollout.runs[number], rollout.assumptions
    pings = bool(journeys.orders[number].facts & Fact.CHECK_REACHABILITY)
    devices = rollout.targets(run, {}).astype(np.int64)
    devices = devices[np.argsort(turns[devices], kind="stable")]
    longest = a.ping_timeout if pings else a.connect_timeout
    is_on = _is_on(rollout, devices, turns[devices])
    took = np.zeros(len(rollout.fleet), np.int64)
    took[devices] = np.where(is_on, a.send_time, longest)
    took[journeys.device[mine]] = busy[mine]
    waits = np.zeros(len(rollout.fleet), np.int64)
    free = [0] * a.dispatch_workers
    for device, turn, needed in zip(
        devices.tolist(), turns[devices].tolist(), took[devices].tolist(), strict=True
    ):
        begins = max(turn, free[0])
        waits[device] = begins - turn
        heapreplace(free, begins + needed)
    return waits


def _epoch(rollout: Rollout) -> int:
    return round(rollout.start.timestamp() * 1000)


def whole_days(apart: Ints) -> Ints:
    """Return by how many whole days the first command that was not on time began later.

    Parameters
    ----------
    apart
        As `begun_apart` returns it.

    Returns
    -------
    array of shape (logs,)
        Milliseconds.
    """
    if not apart.shape[1]:
        return np.zeros(len(apart), np.int64)
    first = apart[np.arange(len(apart)), np.argmax(apart != 0, axis=1)]
    return np.asarray(np.round(first / DAY) * DAY, np.int64)


def by_line(journeys: Journeys, apart: Ints) -> Ints:
    """Return by how much later the command of each line began.

    What is no command of the scenario's, such as a try of an assignment, is as many whole days
    later as its log.

    Parameters
    ----------
    journeys
        All lines.
    apart
        As `begun_apart` returns it.
    """
    if not len(journeys):
        return np.zeros(0, np.int64)
    others = max(len(journeys.orders) - apart.shape[1], 0) + 1
    of_run = np.hstack([apart, np.repeat(whole_days(apart)[:, np.newaxis], others, axis=1)])
    return of_run[journeys.rollout, journeys.run]  # the last is of what the log does not say


def _tells_turn(journeys: Journeys, rollout: Rollout, run: Ints) -> NDArray[np.bool_]:
    """Tell which lines follow at once when a command comes to a device."""
    is_commanded = (journeys.device >= 0) & (run >= 0) & (run < len(rollout.runs))
    return np.asarray(is_commanded & (journeys.of(*_ANSWERS) | _found_off(journeys)))


def _found_off(journeys: Journeys) -> NDArray[np.bool_]:
    """Tell which lines say that a command found its device off, if not by which time it was so."""
    return np.asarray(journeys.of(What.OFF) & (journeys.label >= 0))


def _heard(journeys: Journeys) -> NDArray[np.bool_]:
    """Tell which lines tell that their command had begun: in which a device does something for it.

    Where a log names no commands, a device may still be at one before: only its first line does.
    """
    is_first = np.ones(len(journeys), bool)
    is_first[1:] = journeys.owner[1:] != journeys.owner[:-1]
    does = ~journeys.of(What.ON, What.OFF) | _found_off(journeys)
    return np.asarray((journeys.device >= 0) & does & ((journeys.label >= 0) | is_first))


def _busy(journeys: Journeys, rollout: Rollout) -> Ints:
    """Return how long a worker is believed to be busy before each line, milliseconds."""
    a = rollout.assumptions
    busy = np.where(journeys.of(What.UNREACHED, What.OFF), 0, a.send_time)
    busy[has_detail(journeys, Detail.CONNECTION_TIMED_OUT)] = a.connect_timeout
    pings = np.array([bool(order.facts & Fact.CHECK_REACHABILITY) for order in journeys.orders])
    if len(pings):
        in_vain = has_detail(journeys, Detail.NO_REPLY_TO_PING) | journeys.of(What.OFF)
        busy[in_vain & pings[journeys.run]] = a.ping_timeout
    return busy.astype(np.int64)


def _turns(rollout: Rollout, number: int) -> Ints:
    """Return when it is the turn of each device of the fleet, milliseconds after the start.

    Who is in a dynamic group shows only when its command runs; its first device waits for nobody.
    """
    run = rollout.runs[number]
    found = np.full(len(rollout.fleet), run.at, np.int64)
    if not isinstance(run.command.target, ClientGroupTarget):
        devices = rollout.targets(run, {}).astype(np.int64)
        wait = run.command.devices_wait
        turns = run.at + np.arange(len(devices), dtype=np.int64) * wait
        found[devices] = assigned_of(rollout).commands_paced(devices, turns, wait)
    return np.minimum(found, rollout.horizon)  # in no window any more: nothing is to be seen of it


def _is_on(rollout: Rollout, device: Ints, at: Ints) -> NDArray[np.bool_]:
    """Tell which devices are on at some times by their habits, and have been for long."""
    power = rollout.power()
    spans, places = Hours(rollout).by_kind(rollout.fleet.power, [one.on for one in power])
    place_of, found = np.array(places, np.int64), np.zeros(len(device), bool)
    for place, hours in enumerate(spans):
        rows = np.array(hours, np.int64).reshape(-1, 2)
        mine = np.flatnonzero(place_of[device] == place)
        jitter = np.array([one.jitter for one in power], np.int64)
        apart = jitter[rollout.fleet.power.codes[device[mine]]]
        # Whoever is on when the rollout starts has been so before.
        starts = np.where(rows[:, 0] <= 0, -DAY, rows[:, 0] + LONGEST_BOOT)
        last = np.searchsorted(starts, at[mine] - apart, side="right") - 1
        ends = np.append(rows[:, 1], -1)
        found[mine] = (last >= 0) & (at[mine] + apart < ends[last])
    return found
