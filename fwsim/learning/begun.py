"""By how much later or earlier than the scenario says its commands began, by what logs tell."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapreplace
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Fact
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.failed_in import has_detail
from fwsim.learning.journeys import Ints, Journeys
from fwsim.model.assignments import assigned_of
from fwsim.model.evidence import LONGEST_BOOT
from fwsim.model.hours import Hours
from fwsim.model.order import Order
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
    if run is not None:
        return _begun_apart(journeys, rollout, run)
    with _COUNTING:
        known = _KNOWN.setdefault(journeys, WeakKeyDictionary())
        found = known.get(rollout)
        if found is None:
            found = known[rollout] = _begun_apart(journeys, rollout, journeys.run)
    return found


_KNOWN: WeakKeyDictionary[Journeys, WeakKeyDictionary[Rollout, Ints]] = WeakKeyDictionary()
_COUNTING = Lock()


def _begun_apart(journeys: Journeys, rollout: Rollout, run: Ints) -> Ints:
    found = np.zeros((journeys.rollouts, len(rollout.runs)), np.int64)
    rows = np.flatnonzero(_tells_turn(journeys, rollout, run))
    if not len(rows):
        return found
    seen = _Seen(journeys, rollout, _busy(journeys, rollout), _Habits(rollout))
    first = _first_heard(journeys, rollout, run)
    tells_starts = np.zeros(journeys.rollouts, bool)
    tells_starts[journeys.rollout[_found_off(journeys)]] = True
    of_row = journeys.rollout[rows] * len(rollout.runs) + run[rows]
    order = np.argsort(of_row, kind="stable")
    of_each, begins = np.unique(of_row[order], return_index=True)
    for one, mine in zip(of_each.tolist(), np.split(rows[order], begins[1:]), strict=True):
        log, number = divmod(one, len(rollout.runs))
        apart = _apart(seen, mine, number, bool(tells_starts[log]))
        notice = 1000 * journeys.orders[number].seconds
        found[log, number] = _by_first(apart, int(first[log, number]), notice)
    return found


@dataclass(frozen=True)
class _Seen:
    """What is seen of commands, and what is believed of devices.

    Parameters
    ----------
    journeys, rollout
        All lines, and the scenario.
    busy
        How long a worker is believed to be busy before each line; shape (lines,).
    habits
        When devices are on.
    """

    journeys: Journeys
    rollout: Rollout
    busy: Ints
    habits: _Habits


def _apart(seen: _Seen, mine: Ints, number: int, tells_starts: bool) -> int:
    """Return by how much later a command began, by some lines of devices that it came to."""
    journeys, rollout = seen.journeys, seen.rollout
    device = journeys.device[mine]
    turns = _turns(rollout, number)
    begins = turns[device] + seen.busy[mine] + rollout.epoch
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
        starts[~seen.habits.is_on(device, turns[device])] = LONGEST_BOOT
    if (since - starts).min() <= most:
        return 0
    queued = _in_line(seen, mine, number, turns)[device]
    soonest = np.lexsort((queued, since))[0]
    later = int(since[soonest] - queued[soonest])
    return later if later > most else 0


def _by_first(apart: int, first: int, notice: int) -> int:
    """Return by how much later a command began that had begun when it was first heard of."""
    if apart <= first:
        return apart
    # Whom it came to first is not told: a click may have taken as long as the notice is up.
    return first if first > notice else 0


def _first_heard(journeys: Journeys, rollout: Rollout, run: Ints) -> Ints:
    """Return how long after each command was due it was first heard of; shape (logs, commands).

    What came before is left of something else.
    """
    due = np.array([one.at for one in rollout.runs], np.int64) + rollout.epoch
    found = np.full((journeys.rollouts, len(due)), np.iinfo(np.int64).max)
    heard = np.flatnonzero(_heard(journeys) & (run >= 0) & (run < len(due)))
    after = journeys.late[heard] - due[run[heard]]
    heard, after = heard[after >= 0], after[after >= 0]
    np.minimum.at(found, (journeys.rollout[heard], run[heard]), after)
    return found


def _in_line(seen: _Seen, mine: Ints, number: int, turns: Ints) -> Ints:
    """Return how long devices of the fleet may have waited in line after their turns, milliseconds.

    Who is not told to have been reached, and may have been off, has kept a worker busy for longest.
    """
    journeys, rollout = seen.journeys, seen.rollout
    run, a = rollout.runs[number], rollout.assumptions
    devices = rollout.targets(run, {}).astype(np.int64)
    devices = devices[np.argsort(turns[devices], kind="stable")]
    longest = a.ping_timeout if _pings(journeys.orders[number]) else a.connect_timeout
    is_on = seen.habits.is_on(devices, turns[devices])
    took = np.zeros(len(rollout.fleet), np.int64)
    took[devices] = np.where(is_on, a.send_time, longest)
    took[journeys.device[mine]] = seen.busy[mine]
    waits = np.zeros(len(rollout.fleet), np.int64)
    free = [0] * a.dispatch_workers
    for device, turn, needed in zip(
        devices.tolist(), turns[devices].tolist(), took[devices].tolist(), strict=True
    ):
        begins = max(turn, free[0])
        waits[device] = begins - turn
        heapreplace(free, begins + needed)
    return waits


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
    busy[has_detail(journeys, Detail.BUSY)] = a.send_time
    busy[has_detail(journeys, Detail.CONNECTION_TIMED_OUT)] = a.connect_timeout
    pings = np.array([_pings(order) for order in journeys.orders], bool)
    if len(pings):
        busy[pinged_in_vain(journeys) & pings[journeys.run]] = a.ping_timeout
    return busy.astype(np.int64)


def pinged_in_vain(journeys: Journeys) -> NDArray[np.bool_]:
    """Tell which lines come as soon as a device has not replied to a ping."""
    silent = has_detail(journeys, Detail.NO_REPLY_TO_PING, Detail.BUSY_AND_SILENT)
    return np.asarray(silent | journeys.of(What.OFF))


def _pings(order: Order) -> bool:
    """Tell whether a ping shows that a device is off, and not a connection that times out."""
    return bool(order.facts & Fact.CHECK_REACHABILITY) or not order.facts & Fact.ONLY_SWITCHED_ON


def _turns(rollout: Rollout, number: int) -> Ints:
    """Return when it is the turn of each device of the fleet, milliseconds after the start.

    Who is in a dynamic group shows only when its command runs; its first device waits for nobody.
    """
    run = rollout.runs[number]
    found = np.full(len(rollout.fleet), run.at, np.int64)
    if not isinstance(run.command.target, ClientGroupTarget):
        devices, at = handed_out(rollout, number)
        found[devices] = at
    return np.minimum(found, rollout.horizon)  # in no window any more: nothing is to be seen of it


def handed_out(rollout: Rollout, number: int, later: int = 0) -> tuple[Ints, Ints]:
    """Return whom a command means, in order, and when each is handed out.

    Parameters
    ----------
    rollout
        Whose commands.
    number
        Of the command; not one whose group shows only when it runs.
    later
        By how many milliseconds it began later than planned.

    Returns
    -------
    two arrays of shape (devices,)
        Devices, and milliseconds after the start.
    """
    run = rollout.runs[number]
    wait = run.command.devices_wait
    devices = rollout.targets(run, {}).astype(np.int64)
    turns = run.at + later + np.arange(len(devices), dtype=np.int64) * wait
    return devices, assigned_of(rollout).commands_paced(devices, turns, wait)


class _Habits:
    """When devices are on by their habits.

    Parameters
    ----------
    rollout
        Whose devices.
    """

    def __init__(self, rollout: Rollout) -> None:
        power = rollout.power()
        spans, places = Hours(rollout).by_kind(rollout.fleet.power, [one.on for one in power])
        self._spans = [np.array(hours, np.int64).reshape(-1, 2) for hours in spans]
        self._place_of = np.array(places, np.int64)
        jitter = np.array([one.jitter for one in power], np.int64)
        self._jitter = jitter[rollout.fleet.power.codes]

    def is_on(self, device: Ints, at: Ints) -> NDArray[np.bool_]:
        """Tell which devices are on at some times, and have been for long."""
        found, place_of, jitter = np.zeros(len(device), bool), self._place_of[device], self._jitter
        for place in np.unique(place_of).tolist():
            rows, mine = self._spans[place], np.flatnonzero(place_of == place)
            apart = jitter[device[mine]]
            # Whoever is on when the rollout starts has been so before.
            starts = np.where(rows[:, 0] <= 0, -DAY, rows[:, 0] + LONGEST_BOOT)
            last = np.searchsorted(starts, at[mine] - apart, side="right") - 1
            ends = np.append(rows[:, 1], -1)
            found[mine] = (last >= 0) & (at[mine] + apart < ends[last])
        return found
