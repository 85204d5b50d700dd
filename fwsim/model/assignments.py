"""Standing assignments: what waits for devices that come by themselves, and when it may start.

Everything certain about them, looked up once; neither clock reads the scenario.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import NEVER
from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.model.assigned import Assigned, Assignment
from fwsim.model.hours import Hours
from fwsim.model.open_hours import OpenHours
from fwsim.model.past import EVERY_STATE
from fwsim.model.rollout import Rollout
from fwsim.problems import Hints, InputError, Problem
from fwsim.scenario.assignment_section import AssignmentSection
from fwsim.scenario.windows_section import WindowsSection

HoursKnown = dict[tuple[tuple[int, int], ...], int]

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
    hints = Hints()
    for number, section in enumerate(rollout.scenario.assignments):
        try:
            assignments.append(made_ready(rollout, number, section, hours, hints))
        except InputError as error:
            problems += [_placed(problem, number) for problem in error.problems]
    try:
        commanded = commands_held(rollout, hours)
    except InputError as error:
        problems += [replace(one, path=one.path or "windows") for one in error.problems]
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
    rollout: Rollout,
    number: int,
    section: AssignmentSection,
    hours: HoursKnown,
    hints: Hints | None = None,
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
    hints
        What is meant by wrong names; one for all assignments of a scenario.

    Raises
    ------
    InputError
        If its target leads nowhere, or its calendar cannot be read.
    """
    command = section.command()
    devices = rollout.find(command.target, hints=hints)
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
        told=None if check_in.told is None else (check_in.told.devices, check_in.told.each),
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
