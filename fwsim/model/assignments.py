"""Standing assignments: what waits for devices that come by themselves, and when it may start.

Everything certain about them, looked up once; neither clock reads the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.commands.command import Sent
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import NEVER
from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.model.draws import Draws
from fwsim.model.hours import Hours
from fwsim.model.open_hours import OpenHours
from fwsim.model.past import EVERY_STATE
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import Rollout
from fwsim.model.tries import draw_of_try
from fwsim.problems import InputError, Problem
from fwsim.scenario.assignment_section import AssignmentSection
from fwsim.scenario.windows_section import WindowsSection

LATER_THAN_ALL = int(np.iinfo(np.int64).max) // 4
"""Milliseconds beyond everything."""
Spans = list[tuple[int, int]]
Whole = NDArray[np.int64]
HoursKnown = dict[tuple[tuple[int, int], ...], int]


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
    luck: int | None = None

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
        codes, opened = self.commanded_codes[devices], turns.copy()
        for code in np.unique(codes).tolist():
            spans = np.array(self.hours[code], np.int64).reshape(-1, 2)
            mine = codes == code
            place = np.searchsorted(spans[:, 1], turns[mine], side="right")
            starts = np.append(spans[:, 0], LATER_THAN_ALL)[place]
            opened[mine] = np.maximum(turns[mine], starts)
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
            if assignment.every:
                chances = draws[Purpose.CHECK_IN_PHASE].row(0)[devices]
                phases = (chances * assignment.every).astype(np.int64)
                for code in np.unique(within).tolist():
                    mine = within == code
                    firsts[mine] = _first(
                        self.hours[code], assignment.at, assignment.every, phases[mine]
                    )
            yield firsts, phases


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


_KNOWN: WeakKeyDictionary[Rollout, Assigned] = WeakKeyDictionary()
_MAKING_READY = Lock()


def assigned_of(rollout: Rollout) -> Assigned:
    """Return the standing assignments, made ready once; in every world they are the same.

    The windows of commands go with them: a clock looks both up alike.

    Raises
    ------
    InputError
        If a target leads nowhere, or a calendar cannot be read.
    """
    if isinstance(rollout.given_assigned, Assigned):
        return rollout.given_assigned
    if not rollout.scenario.assignments and rollout.scenario.windows is None:
        return Assigned((), ())
    certain = rollout.origin or rollout
    with _MAKING_READY:
        if certain not in _KNOWN:
            _KNOWN[certain] = _all_made_ready(certain)
        return _KNOWN[certain]


def _all_made_ready(rollout: Rollout) -> Assigned:
    assignments, problems = [], []
    hours: HoursKnown = {}
    for number, section in enumerate(rollout.scenario.assignments):
        try:
            assignments.append(made_ready(rollout, number, section, hours))
        except InputError as error:
            problems += [_placed(problem, number) for problem in error.problems]
    try:
        commanded = commands_held(rollout, hours)
    except InputError as error:
        problems += [replace(problem, path="windows") for problem in error.problems]
    if problems:
        raise InputError(problems)
    return Assigned(tuple(assignments), tuple(list(spans) for spans in hours), commanded)


def refuse_a_past(rollout: Rollout, tells: frozenset[State]) -> None:
    """Say that standing assignments go on only from a log that tells of every state.

    Parameters
    ----------
    rollout
        Of which.
    tells
        The states that its log tells.

    Raises
    ------
    InputError
        If there are assignments, and the log tells less.
    """
    if rollout.scenario.assignments and tells != EVERY_STATE:
        raise InputError([Problem(say("assignments.no_past"), path="assignments")])


def commands_held(rollout: Rollout, hours: HoursKnown) -> tuple[int, ...]:
    """Return when commands may start on each device of the fleet; nothing if at any time.

    Parameters
    ----------
    rollout
        Of which.
    hours
        Those known so far, numbered; new ones are added.

    Raises
    ------
    InputError
        If a calendar cannot be read.
    """
    if rollout.scenario.windows is None:
        return ()
    everybody = np.arange(len(rollout.fleet), dtype=np.int32)
    return _in_zones(rollout, OpenHours(rollout, rollout.scenario.windows), everybody, hours)


def _placed(problem: Problem, number: int) -> Problem:
    path = f"assignments.{number}" + (f".{problem.path}" if problem.path else "")
    return replace(problem, path=path)


def made_ready(
    rollout: Rollout, number: int, section: AssignmentSection, hours: HoursKnown
) -> Assignment:
    """Return one assignment, made ready.

    Parameters
    ----------
    rollout
        Of which.
    number
        Which of all assignments.
    section
        What it says.
    hours
        Those known so far, numbered; new ones are added.

    Raises
    ------
    InputError
        If its target leads nowhere, or its calendar cannot be read.
    """
    command = section.command()
    devices = rollout.find(command.target)
    at = max(rollout.milliseconds_of(section.set or rollout.scenario.start), 0)
    deadline = NEVER
    if section.deadline is not None:
        deadline = max(rollout.milliseconds_of(section.deadline), 0)
    expires = rollout.horizon + 1
    if section.expires is not None:
        expires = rollout.milliseconds_of(section.expires)
    check_in, windows = section.check_in, section.windows
    return Assignment(
        number=number,
        command=command,
        at=at,
        devices=tuple(devices.tolist()),
        every=check_in.every,
        jitter=check_in.jitter,
        at_start=check_in.at_start,
        least=check_in.towards_window or 0,
        opens_itself=windows is None or windows.starts == "at_opening",
        waits=section.retry.waits(),
        resumes=section.resume.waits(),
        deadline=deadline,
        grace=section.grace or 0,
        expires=expires,
        within=_within(rollout, section, devices, hours),
        windows=_windows(rollout, section, devices, deadline, hours),
    )


def _within(
    rollout: Rollout,
    section: AssignmentSection,
    devices: NDArray[np.int32],
    hours: HoursKnown,
) -> tuple[int, ...]:
    """Return when each device checks in, on its own clock."""
    everybody = Column(("",), np.zeros(len(rollout.fleet), np.int32))
    kinds, of_device = Hours(rollout).by_kind(everybody, [section.check_in.within])
    codes = [hours.setdefault(tuple(spans), len(hours)) for spans in kinds]
    return tuple(codes[of_device[device]] for device in devices.tolist())


def _windows(
    rollout: Rollout,
    section: AssignmentSection,
    devices: NDArray[np.int32],
    deadline: int,
    hours: HoursKnown,
) -> tuple[int, ...]:
    """Return when each device may start."""
    if section.windows is None and section.active_hours is None:
        return (ALWAYS_OPEN,) * len(devices)
    windows = section.windows or WindowsSection()
    open_hours = OpenHours(rollout, windows, section.active_hours, deadline)
    return _in_zones(rollout, open_hours, devices, hours)


def _in_zones(
    rollout: Rollout, open_hours: OpenHours, devices: NDArray[np.int32], hours: HoursKnown
) -> tuple[int, ...]:
    """Return when something may start on each device, on its own clock."""
    zones = rollout.zones()
    unit_of = rollout.fleet.unit.codes[devices].tolist()
    codes = {
        zone: hours.setdefault(tuple(open_hours.in_zone(zone)), len(hours))
        for zone in dict.fromkeys(zones[unit] for unit in unit_of)
    }
    return tuple(codes[zones[unit]] for unit in unit_of)
