"""What logs tell of the server: how long a worker is busy with a device, and how long it waits.

A log says when the server was done with a device, and not when it began. But workers take one
device after the other, in the order of the command's targets, and each begins as soon as a worker
is free: with W workers the j-th device is begun when all but W - 1 of those before it are done.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace

import numpy as np

from fwsim.commands.details import Detail
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.before import assumption_unsure, number_belief
from fwsim.learning.begun import begun_apart, handed_out, pinged_in_vain, whole_days
from fwsim.learning.counted import first_lines
from fwsim.learning.device_times import FEWEST, met, number_input, one_number
from fwsim.learning.failed_in import has_detail
from fwsim.learning.journeys import NOWHERE, Ints, Journeys
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.took import wake_ups_in_vain
from fwsim.learning.writing import Asked
from fwsim.model.assigned import Spans
from fwsim.model.assignments import assigned_of
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import What
from fwsim.quantities.elementary import Floats
from fwsim.scenario.belief_values import DURATION

_OUT_OF_ORDER = 0.02
"""From this share of devices done before they could have begun the order is not the scenario's."""
_MISSING = 0.02
"""From this share of targets that a log lacks it does not tell with whom workers were busy."""
_ALL_BUT_NOTHING = 0.5
"""A mean that may be off by so much of itself tells nothing."""
_REACHED = (What.OFFERED, What.CHECKING)
"""What a device says as soon as it has the command; a notice comes later."""


@dataclass(frozen=True)
class Busy:
    """How long workers were busy with devices; arrays have shape (devices,).

    Parameters
    ----------
    took
        Milliseconds.
    line
        The first line of each device under a command.
    """

    took: Floats
    line: Ints


def dispatcher_inputs(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return what logs tell of the server's pace and its time-outs."""
    busy = busy_with(journeys, rollout)
    timed_out = has_detail(journeys, Detail.CONNECTION_TIMED_OUT)[busy.line]
    no_reply = pinged_in_vain(journeys)[busy.line]
    reached = np.isin(journeys.what[busy.line], [int(what) for what in _REACHED])
    step = int(journeys.resolution.max(initial=1))
    found = [
        _mean(name, busy.took[which], journeys.rollout[busy.line[which]], step, rollout, asked)
        for name, which in (
            ("send_time", reached),
            ("connect_timeout", timed_out),
            ("ping_timeout", no_reply),
        )
    ]
    waits = wake_ups_in_vain(journeys, rollout)
    workers = ("assumptions", "dispatch_workers")
    return [
        *found,
        number_input("wake_timeout", waits, "wake-up in vain", journeys, rollout, asked),
        Input(place=workers, noun="device", kept=Kept.WORKERS_NOT_TOLD),
    ]


def busy_with(journeys: Journeys, rollout: Rollout) -> Busy:
    """Return how long a worker was busy with each device, by the order in which they were begun.

    Nothing where a log is of only a part of the targets, or tells of another order.
    """
    apart = begun_apart(journeys, rollout)
    days = whole_days(apart)
    parts = [
        _in_log(journeys, rollout, log, int(days[log]), apart[log] - days[log])
        for log in range(journeys.rollouts)
    ]
    return Busy(
        np.concatenate([np.zeros(0), *(part.took for part in parts)]),
        np.concatenate([np.zeros(0, np.int64), *(part.line for part in parts)]),
    )


def _in_log(journeys: Journeys, rollout: Rollout, log: int, days: int, later: Ints) -> Busy:
    """Return how long workers were busy in one log.

    Parameters
    ----------
    journeys, rollout
        All lines, and the scenario.
    log
        Which.
    days
        By how many days it is of another date than the scenario, milliseconds: its windows are
        those of the scenario's date.
    later
        By how much later each command began on its day; shape (commands,).
    """
    nothing = Busy(np.zeros(0), np.zeros(0, np.int64))
    handed = _handed_out(rollout, later)
    first = first_lines(journeys)
    commanded = (journeys.run[first] >= 0) & (journeys.run[first] < len(rollout.runs))
    first = first[(journeys.rollout[first] == log) & commanded]
    first = first[journeys.device[first] >= 0]
    first = first[(journeys.stretch[first] == 0) & ~journeys.is_look[first]]
    size = len(rollout.fleet)
    of_job = np.full(len(rollout.runs) * size, NOWHERE)
    of_job[journeys.run[first] * size + journeys.device[first]] = first
    line = of_job[handed.run * size + handed.device]
    is_there = line != NOWHERE
    if not is_there.any() or (~is_there).mean() > _MISSING:
        return nothing
    line, at = line[is_there], handed.at[is_there]
    begun = rollout.epoch
    done = journeys.early[line] - begun - days
    workers, assigned = rollout.assumptions.dispatch_workers, assigned_of(rollout)
    if assigned.commanded:
        spans = [assigned.hours[code] for code in assigned.commanded_codes[handed.device]]
        opens = [spans[place] for place in np.flatnonzero(is_there).tolist()]
        took = done - _begins_in_windows(at, done, workers, opens)
    else:
        took = done - _begins(at, done, workers)
    early = took < -journeys.blur(line) - 1
    if early.mean() > _OUT_OF_ORDER or journeys.only_finished[line].any():
        return nothing
    return Busy(took.astype(np.float64), line)


@dataclass(frozen=True)
class _HandedOut:
    """Devices in the order in which they are handed to workers; arrays have shape (devices,)."""

    run: Ints
    device: Ints
    at: Ints


def _handed_out(rollout: Rollout, later: Ints) -> _HandedOut:
    """Return whom the commands mean, and when each is handed out, milliseconds after the start.

    Parameters
    ----------
    rollout
        Whose commands.
    later
        By how much later than it says each began; shape (commands,).
    """
    parts = [(np.zeros(0, np.int64),) * 3]
    for number, run in enumerate(rollout.runs):
        if isinstance(run.command.target, ClientGroupTarget):
            continue  # whom a group means at that time, the scenario alone does not tell
        devices, at = handed_out(rollout, number, int(later[number]))
        parts.append((np.full(len(devices), number), devices, at))
    runs, devices, at = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return _HandedOut(runs[order], devices[order], at[order])


def _begins(at: Ints, done: Ints, workers: int) -> Ints:
    """Return when a worker begins with each device: when one is free, in order.

    Parameters
    ----------
    at
        When each is handed out, in order.
    done
        When each was done with.
    workers
        How many there are.
    """
    free = [int(at[0])] * workers
    heapify(free)
    begins = np.empty(len(at), np.int64)
    for place, (earliest, end) in enumerate(zip(at.tolist(), done.tolist(), strict=True)):
        begins[place] = max(earliest, free[0])
        heapreplace(free, max(end, free[0]))
    return begins


def _begins_in_windows(at: Ints, done: Ints, workers: int, opens: list[Spans]) -> Ints:
    """Return when a worker begins with each device, where windows hold commands back.

    Whoever has its turn outside its window queues again when that opens.

    Parameters
    ----------
    at, done, workers
        As for `_begins`.
    opens
        When a command may start on each: sorted and disjoint, milliseconds.
    """
    free = [int(at[0])] * workers
    waiting = [(int(earliest), place) for place, earliest in enumerate(at.tolist())]
    begins = done.copy()
    while waiting:
        earliest, place = heappop(waiting)
        moment = max(earliest, free[0])
        span = bisect_right(opens[place], moment, key=lambda span: span[1])
        if span < len(opens[place]) and done[place] > opens[place][span][1]:
            span, moment = span + 1, NOWHERE  # a worker had it as its window closed
        if span == len(opens[place]):
            continue
        if moment < opens[place][span][0]:
            heappush(waiting, (opens[place][span][0], place))
            continue
        begins[place] = moment
        heapreplace(free, max(int(done[place]), moment))
    return begins


def _mean(
    name: str, took: Floats, seen_in: Ints, step: int, rollout: Rollout, asked: Asked
) -> Input:
    """Return a mean as one number for all devices: single times are finer than a log's steps."""
    place, count = ("assumptions", name), len(took)
    if count < FEWEST:
        return Input(place=place, noun="device", observations=count, kept=Kept.PACE_NOT_TOLD)
    mean = float(took.mean())
    blur = step * np.sqrt(rollout.assumptions.dispatch_workers / 6.0) / count if step > 1 else 0.0
    error = float(np.hypot(took.std(ddof=1) / np.sqrt(count), blur))
    if mean <= 0 or error > _ALL_BUT_NOTHING * mean:
        return Input(place=place, noun="device", observations=count, kept=Kept.PACE_NOT_TOLD)
    is_stated = name in rollout.assumptions.model_fields_set
    unsure = None if is_stated else assumption_unsure(name, DURATION)
    before = number_belief(getattr(rollout.assumptions, name), unsure)
    middle, wide = met(before, (float(np.log(mean)), error / mean))
    return one_number(place, "device", (middle, wide), seen_in, asked)
