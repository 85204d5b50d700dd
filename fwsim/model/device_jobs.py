"""What devices start by themselves: notifications, the scheduler's jobs, checks for a new version.

Everything certain about them, looked up once; neither clock reads the scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate, islice
from zoneinfo import ZoneInfo

import numpy as np

from fwsim.commands.calendar_event import elapses
from fwsim.commands.calendar_reading import clock_names
from fwsim.commands.command import DeliveryCommand, UpdateCommand
from fwsim.commands.firmware import units_above
from fwsim.commands.scheduler_file import SchedulerJob, read_scheduler_file
from fwsim.commands.targets import NamedTarget
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.problems import Hints, InputError, Problem
from fwsim.scenario.fleet_build import UnitSettings, expanded
from fwsim.scenario.scheduler_section import SchedulerSection
from fwsim.scenario.schema import Scenario
from fwsim.scenario.server_clock import start_of

MOST_FIRINGS = 100_000
LARGEST_FILE = 10_000_000
EVERYBODY = NamedTarget("")
"""Stands for the devices that run a job of their own; nobody looks it up."""


# Where the draws of each kind begin: far enough apart never to meet, and never moved by what
# else is in the scenario.
NOTIFICATION_DRAWS = 1_000_000
START_DRAWS = 2_000_000
SHUTDOWN_DRAWS = 3_000_000
SCHEDULER_DRAWS = 10_000_000
DRAWS_PER_JOB = 100_000


@dataclass(frozen=True, slots=True)
class Notification:
    """A stored update or delivery, evaluated at the next connection [S].

    Parameters
    ----------
    command
        With the options that are stored [S].
    at
        When it was set, milliseconds since the start.
    devices
        For whom, ascending.
    """

    command: UpdateCommand | DeliveryCommand
    at: int
    devices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job of the eLux Command Scheduler, for the devices of one zone.

    Parameters
    ----------
    job
        The job.
    number
        Which of all jobs; names its luck.
    devices
        Who runs it, ascending.
    firings
        When, milliseconds since the start, increasing.
    """

    job: SchedulerJob
    number: int
    devices: tuple[int, ...]
    firings: tuple[int, ...]

    def draw(self, firing: int) -> int:
        """Return which draw of a device's luck belongs to a firing."""
        return SCHEDULER_DRAWS + DRAWS_PER_JOB * self.number + firing


def notifications_of(rollout: Rollout) -> list[Notification]:
    """Return the stored notifications.

    Raises
    ------
    InputError
        If a target leads nowhere.
    """
    notifications, problems, hints = [], [], Hints()
    for i, section in enumerate(rollout.scenario.notifications):
        command = section.command()
        at = rollout.milliseconds_of(section.set or rollout.scenario.start)
        try:
            devices = rollout.find(command.target, hints=hints)
            notifications.append(Notification(command, at, tuple(devices.tolist())))
        except InputError as error:
            problems += [replace(p, path=f"notifications.{i}") for p in error.problems]
    if problems:
        raise InputError(problems)
    return notifications


def _own_files(scenario: Scenario) -> dict[str, SchedulerSection]:
    """Return the scheduler settings made at each OU; "" is the top level."""
    own = {"": scenario.scheduler} if scenario.scheduler is not None else {}
    for entry, unit in scenario.fleet.units.items():
        if unit.scheduler is not None:
            own |= dict.fromkeys(expanded(entry, unit), unit.scheduler)
    return own


def _files_of(unit: str, own: dict[str, SchedulerSection]) -> list[str]:
    """Return the files whose jobs an OU's devices run; an OU may shut out those from above [S]."""
    files: list[str] = []
    for path in units_above(unit):
        section = own.get(path)
        if section is not None:
            files = [*(files if section.inherit else []), *([section.file] if section.file else [])]
    return files


def scheduler_files_of(rollout: Rollout) -> list[tuple[str, ...]]:
    """Return the scheduler files of each OU; one entry a value of `fleet.unit`."""
    own = _own_files(rollout.scenario)
    return [tuple(_files_of(path, own)) for path in rollout.fleet.unit.values]


def _firings(rollout: Rollout, job: SchedulerJob, file: str, zone: ZoneInfo) -> tuple[int, ...]:
    end = rollout.start + timedelta(milliseconds=rollout.horizon)
    a = rollout.assumptions
    times = elapses(
        job.schedule,
        zone,
        rollout.start,
        end,
        skipped_hour=a.scheduler_skipped_hour,
        doubled_hour=a.scheduler_doubled_hour,
    )
    first = list(islice(times, MOST_FIRINGS + 1))
    if len(first) > MOST_FIRINGS:
        reached = first[-1].astimezone(zone).replace(tzinfo=None, microsecond=0)
        text = say("scheduler_file.too_often", job=job.id, most=MOST_FIRINGS, reached=reached)
        raise InputError([Problem(text, source=file, line=job.line)])
    # Fractions finer than a tick come to the same tick.
    return tuple(dict.fromkeys(map(rollout.milliseconds, first)))


def scheduled_jobs_of(rollout: Rollout) -> list[ScheduledJob]:
    """Return the scheduler's jobs, apart by the zone of the devices that run them.

    Raises
    ------
    InputError
        If a scheduler file has problems; with all of them.
    """
    own = _own_files(rollout.scenario)
    if not own:
        return []
    settings = UnitSettings(rollout.scenario.fleet.units)
    runners: dict[tuple[str, str], list[int]] = {}
    unit_column = rollout.fleet.unit
    for code, path in enumerate(unit_column.values):
        zone = settings.find(path, "zone") or rollout.scenario.zone
        devices = np.flatnonzero(unit_column.codes == code).tolist()
        for file in _files_of(path, own) if devices else ():
            runners.setdefault((file, zone), []).extend(devices)
    return list(_numbered(rollout, runners, _read_files(rollout.scenario, own, runners)))


def check_scheduler_files(scenario: Scenario) -> None:
    """Read the scheduler's files where nobody is known who runs them.

    Raises
    ------
    InputError
        With all problems of all files.
    """
    _read_files(scenario, _own_files(scenario), ())


def _read_files(
    scenario: Scenario,
    own: Mapping[str, SchedulerSection],
    runners: Iterable[tuple[str, str]],
) -> dict[tuple[str, str], tuple[SchedulerJob, ...]]:
    """Return the jobs of each file as the devices of each zone read them.

    Raises
    ------
    InputError
        With all problems of all files.
    """
    start = start_of(scenario)
    problems: dict[Problem, None] = {}
    jobs: dict[tuple[str, str], tuple[SchedulerJob, ...]] = {}
    for file in dict.fromkeys(section.file for section in own.values() if section.file):
        zones = [zone for name, zone in runners if name == file]
        # Where nobody runs it, or nobody is known, it may be meant for the clock of any OU.
        for zone in zones or [scenario.zone]:
            of = [zone] if zones else _zones(scenario)
            clocks = [name for one in of for name in clock_names(ZoneInfo(one), start)]
            try:
                text = scenario.files.read_text(file, largest=LARGEST_FILE)
                jobs[file, zone] = read_scheduler_file(text, file, clocks)
                problems |= dict.fromkeys(_too_often(scenario, jobs[file, zone]))
            except InputError as error:
                problems |= dict.fromkeys(error.problems)
    if problems:
        raise InputError(list(problems))
    return jobs


def _zones(scenario: Scenario) -> list[str]:
    """Return the zones of a scenario, the server's first."""
    own = [unit.zone for unit in scenario.fleet.units.values() if unit.zone is not None]
    return list(dict.fromkeys([scenario.zone, *own]))


def _too_often(scenario: Scenario, jobs: Iterable[SchedulerJob]) -> Iterator[Problem]:
    """Yield the jobs with more deferments than can be allowed, as for firmware's reminder."""
    most = scenario.assumptions.most_deferments
    for job in jobs:
        if job.deferments > most:
            text = say("together.deferments", count=job.deferments, most=most)
            yield Problem(text, source=job.source, line=job.lines.get("Deferments", job.line))


def _numbered(
    rollout: Rollout,
    runners: Mapping[tuple[str, str], Sequence[int]],
    jobs: Mapping[tuple[str, str], Sequence[SchedulerJob]],
) -> Iterator[ScheduledJob]:
    """Yield the jobs of every zone; those of a file bear the same numbers in each of them."""
    counts = {file: len(firings) for (file, _), firings in jobs.items()}
    firsts = dict(zip(counts, accumulate(counts.values(), initial=0), strict=False))
    for (file, zone), devices in runners.items():
        for place, job in enumerate(jobs[file, zone]):
            times = _firings(rollout, job, file, ZoneInfo(zone))
            yield ScheduledJob(job, firsts[file] + place, tuple(sorted(devices)), times)


def checking_devices(rollout: Rollout) -> tuple[int, ...]:
    """Return the devices that ever check for a new version by themselves, ascending."""
    codes = [
        code
        for code, path in enumerate(rollout.fleet.unit.values)
        if any(
            s.check_at_start or s.check_at_shutdown for s in rollout.configuration.over_time(path)
        )
    ]
    devices: list[int] = np.flatnonzero(np.isin(rollout.fleet.unit.codes, codes)).tolist()
    return tuple(devices)
