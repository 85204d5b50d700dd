"""What waits for devices until they take it, and lines that cannot carry it by the end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.scheduler_file import JobType
from fwsim.forewarning.carrying import Carrying
from fwsim.forewarning.habit import Devices
from fwsim.forewarning.oddity import Oddity, Place, first_few
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import EVERYBODY, ScheduledJob, notifications_of
from fwsim.model.first_due import checking_since
from fwsim.model.rollout import Rollout
from fwsim.scenario.checks import firmware_sections
from fwsim.scenario.scheduler_section import SchedulerSection

_UPDATE = UpdateCommand(target=EVERYBODY)
"""What devices fetch that start an update by themselves."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What devices take by themselves: where it is written, what, who, and from when on."""

    place: Place
    command: Command
    devices: Devices
    at: int
    job: str | None = None


def oddities_of_waiting(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[Oddity]:
    """Yield an oddity for all that devices take by themselves and cannot be carried."""
    waiting = [*_sent(rollout), *_of_jobs(rollout, jobs), *_of_checks(rollout)]
    if not waiting:
        return
    carrying = Carrying(rollout)
    yield from first_few(
        Oddity(
            one.place, text if one.job is None else say("warning.of_job", job=one.job, text=text)
        )
        for one in waiting
        for _, text in carrying.of_waiting(one.command, one.devices, max(one.at, 0))
    )


def scheduler_places(rollout: Rollout) -> dict[str | None, Place]:
    """Return, by the scheduler's file, where a scenario names it first."""
    scenario = rollout.scenario
    own: list[tuple[Place, SchedulerSection | None]] = [(("scheduler",), scenario.scheduler)]
    units = scenario.fleet.units.items()
    own += [(("fleet", "units", path, "scheduler"), unit.scheduler) for path, unit in units]
    return {one.file: at for at, one in reversed(own) if one is not None}


def _sent(rollout: Rollout) -> Iterator[_Waiting]:
    for number, one in enumerate(notifications_of(rollout)):
        yield _Waiting(("notifications", number), one.command, _array(one.devices), one.at)
    for assignment in assigned_of(rollout).assignments:
        place, devices = ("assignments", assignment.number), _array(assignment.devices)
        yield _Waiting(place, assignment.command, devices, assignment.at)


def _of_jobs(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[_Waiting]:
    """Yield the scheduler's updates from their first run on, those of all zones together.

    Of a file it is the first update for each image: those after it find the devices updated, and
    there may be a thousand for a large fleet.
    """
    of_number: dict[int, list[ScheduledJob]] = {}
    for one in jobs:
        if one.job.type is JobType.UPDATE and one.firings:
            of_number.setdefault(one.number, []).append(one)
    changes = rollout.configuration.change_times
    firsts: dict[tuple[str | None, int], tuple[int, list[ScheduledJob]]] = {}
    for same in of_number.values():
        at = min(one.firings[0] for one in same)
        key = same[0].job.source, bisect_right(changes, at)
        if key not in firsts or at < firsts[key][0]:
            firsts[key] = at, same
    places = scheduler_places(rollout)
    for at, same in firsts.values():
        job, devices = same[0].job, np.concatenate([_array(one.devices) for one in same])
        yield _Waiting(places.get(job.source, ()), _UPDATE, devices, at, job.id)


def _of_checks(rollout: Rollout) -> Iterator[_Waiting]:
    """Yield the checks for a new version, from when they come into force in the first OU."""
    since = checking_since(rollout)
    if not since:
        return
    first = min(since.values())
    devices = np.flatnonzero(np.isin(rollout.fleet.unit.codes, [*since])).astype(np.int32)
    yield _Waiting(_place_of_checks(rollout, first), _UPDATE, devices, first)


def _place_of_checks(rollout: Rollout, first: int) -> Place:
    """Return where a scenario has devices check for a new version, from a time on."""
    for place, section in firmware_sections(rollout.scenario):
        new = section.new_version
        checks = new is not None and (new.at_start or new.at_shutdown)
        if checks and _in_force(rollout, place) == first:
            return (*place, "new_version")
    return ("firmware",)


def _in_force(rollout: Rollout, place: Place) -> int:
    """Return since when settings at a place are in force, milliseconds after the start."""
    if place[0] != "changes":
        return 0
    return max(rollout.milliseconds_of(rollout.scenario.changes[int(place[1])].at), 0)


def _array(devices: tuple[int, ...]) -> Devices:
    return np.array(devices, np.int32)
