"""What devices are assigned, and when commands may start: looked up once, for both clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Sent
from fwsim.commands.notice import NEVER
from fwsim.model.draws import Draws
from fwsim.model.purposes import Purpose
from fwsim.model.tries import draw_of_try

LATER_THAN_ALL = int(np.iinfo(np.int64).max) // 4
"""Milliseconds beyond everything."""
Spans = list[tuple[int, int]]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assignment:
    """What devices take when they check in, until they have finished it.

    Parameters
    ----------
    number
        Which of all assignments.
    command
        What is done, with its options.
    at
        When it was set, milliseconds since the start.
    devices
        For whom, ascending.
    every, jitter
        Milliseconds between check-ins, and how much more or less; 0 if only starts count.
    at_start
        Whether a device checks in when it has started.
    least
        A device that waits for a window checks in ever more often, but not below this; 0 if not.
    opens_itself
        Whether a device that knows of the assignment starts it by itself when a window opens.
    waits
        Milliseconds before each further try after a failure.
    resumes
        Milliseconds before a broken transfer is taken up again, each time.
    deadline
        From when on nobody is asked, milliseconds; `NEVER` if there is none.
    grace
        How long an installation from then on waits for its restart, milliseconds.
    expires
        From when on no device takes it, milliseconds.
    within, windows
        Of each of `devices`, index into `Assigned.hours`: when it checks in, and when it may
        start; `ALWAYS_OPEN` if at any time.
    told
        How many devices the server tells at a time, and milliseconds from one such batch to the
        next; None if it waits for them.
    luck
        Names its luck instead of `number`: groups of one rollout meet the same.
    """

    number: int
    command: Sent
    at: int
    devices: tuple[int, ...]
    every: int
    jitter: int
    at_start: bool
    least: int
    opens_itself: bool
    waits: tuple[int, ...]
    resumes: tuple[int, ...]
    deadline: int
    grace: int
    expires: int
    within: tuple[int, ...]
    windows: tuple[int, ...]
    told: tuple[int, int] | None = None
    luck: int | None = None

    @property
    def is_told(self) -> bool:
        """Whether the server tells devices of it."""
        return self.told is not None

    def draw(self, attempt: int) -> int:
        """Return which draw of a device's luck belongs to the n-th time it takes it, from 0."""
        luck = self.number if self.luck is None else self.luck
        return draw_of_try(luck, attempt)


@dataclass(frozen=True)
class Assigned:
    """All standing assignments of a rollout.

    Parameters
    ----------
    assignments
        In the order of the scenario.
    hours
        When devices check in or may start, sorted and disjoint, in milliseconds.
    commanded
        Of each device of the fleet, index into `hours`: when commands may start on it; empty if
        at any time.
    """

    assignments: tuple[Assignment, ...]
    hours: tuple[Spans, ...]
    commanded: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.assignments)

    @cached_property
    def commanded_codes(self) -> Whole:
        """`commanded` as an array; shape (devices,)."""
        return np.array(self.commanded, np.int64)

    def commands_open(self, devices: Whole, turns: Whole) -> Whole:
        """Return when commands may start on devices from their turns on: windows hold them back.

        Parameters
        ----------
        devices, turns
            Indices, and when it is the turn of each, milliseconds; shape (n,).

        Returns
        -------
        array of shape (n,)
            Milliseconds; `LATER_THAN_ALL` where no window opens any more.
        """
        if not self.commanded:
            return turns
        return self._opened_by(self.commanded_codes[devices], turns)

    def _opened_by(self, codes: Whole, times: Whole) -> Whole:
        """Return when it is open first from each time on, by indices into `hours`."""
        opened = times.copy()
        for code in np.unique(codes).tolist():
            mine = codes == code
            opened[mine] = _opened(self.hours[code], times[mine])
        return opened

    def commands_paced(self, devices: Whole, turns: Whole, wait: int) -> Whole:
        """Return when devices of one run stand in line, one by one, where windows hold them back.

        Parameters
        ----------
        devices, turns
            As for `commands_open`, in the order of the run.
        wait
            Milliseconds from one device to the next.

        Returns
        -------
        array of shape (n,)
            Milliseconds; `LATER_THAN_ALL` where no window opens any more.
        """
        opened = self.commands_open(devices, turns)
        if not wait or np.array_equal(opened, turns):
            return opened
        free, serial = 0, len(turns)
        coming = [(at, place, place) for place, at in enumerate(turns.tolist())]
        while coming:
            at, _, place = heappop(coming)
            turn = max(at, free)
            opening = int(self.commands_open(devices[place : place + 1], np.array([turn]))[0])
            opened[place] = opening
            if opening == turn:
                free = turn + wait
            elif opening < LATER_THAN_ALL:
                heappush(coming, (opening, serial, place))
                serial += 1
        return opened

    def first_check_ins(self, draws: Draws) -> Iterator[tuple[Whole, Whole]]:
        """Yield of each assignment when its devices check in first, and their phases.

        A device checks in at a phase of its own that does not hang on when the assignment was set
        [A]; the time outside the hours in which it checks in does not count.

        Yields
        ------
        tuple of arrays of shape (devices of the assignment,)
            Milliseconds since the start, `NEVER` for none; milliseconds of the phase.
        """
        for assignment in self.assignments:
            within = np.array(assignment.within, np.int64)
            devices = np.array(assignment.devices, np.int64)
            phases = np.zeros(len(assignment.devices), np.int64)
            firsts = np.full(len(assignment.devices), NEVER, np.int64)
            if assignment.told is not None:
                firsts = self._told_at(assignment)
            if assignment.every:
                chances = draws[Purpose.CHECK_IN_PHASE].row(0)[devices]
                phases = (chances * assignment.every).astype(np.int64)
            if assignment.every and assignment.told is None:
                for code in np.unique(within).tolist():
                    mine = within == code
                    firsts[mine] = _first(
                        self.hours[code], assignment.at, assignment.every, phases[mine]
                    )
            yield firsts, phases

    def _told_at(self, assignment: Assignment) -> Whole:
        """Return when the server tells each device of an assignment."""
        devices, each = assignment.told or (1, 0)
        at = assignment.at + np.arange(len(assignment.devices), dtype=np.int64) // devices * each
        at = self._opened_by(np.array(assignment.within, np.int64), at)
        return np.where(at < LATER_THAN_ALL, at, NEVER)


def _opened(spans: Spans, times: Whole) -> Whole:
    """Return when it is open first from each time on; `LATER_THAN_ALL` if it is not any more."""
    rows = np.array(spans, np.int64).reshape(-1, 2)
    place = np.searchsorted(rows[:, 1], times, side="right")
    opened: Whole = np.maximum(times, np.append(rows[:, 0], LATER_THAN_ALL)[place])
    return opened


def _first(spans: Spans, at: int, every: int, phases: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when devices check in first after a moment, by their phases."""
    starts = np.array([start for start, _ in spans] or [0], np.int64)
    ends = np.array([end for _, end in spans] or [0], np.int64)
    passed = np.concatenate([[0], np.cumsum(ends - starts)])
    open_before = int(np.clip(at - starts, 0, ends - starts).sum())
    due = open_before + every - (open_before + phases) % every
    place = np.searchsorted(passed, due, side="left") - 1
    is_there = place < len(starts)
    place = np.minimum(place, len(starts) - 1)
    return np.where(is_there, starts[place] + due - passed[place], NEVER)
