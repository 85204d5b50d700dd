"""What a device was writing when a log ended, from what the log tells of it before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.details import Detail
from fwsim.commands.image import fetch_plan, partitions
from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.commands.told_states import BROKEN, INSTALLED, WRITTEN_IN_PART
from fwsim.model.order import NO_ASSIGNMENT
from fwsim.model.past import Past
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.model.status_log import CommandRun, Integers
from fwsim.model.tries import assignment_of_run

AT_START = -2
"""Of the image a device had: the one it had at the start."""
UNSURE = -3
"""Of an image: nobody knows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log."""

    at: int
    state: State
    detail: Detail
    amount: int


@dataclass(frozen=True, slots=True)
class Job:
    """What a log tells of one device under one run of a command.

    Parameters
    ----------
    run
        The run.
    lines
        In order of time; at least one.
    """

    run: CommandRun
    lines: list[Line]

    @property
    def installations(self) -> int:
        """How often it began to write."""
        return sum(line.state is State.INSTALL for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Whether all of it was written."""
        last_work, written = -1, -1
        for place, line in enumerate(self.lines):
            if line.state in {State.TRANSFER, State.INSTALL}:
                last_work = place
            if line.state in INSTALLED:
                written = place
        return written > last_work


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written, and over what.

    Parameters
    ----------
    image
        Number of the image; `UNSURE`, or `UNKNOWN_IMAGE` for a UEFI file.
    before
        Number of the image the device had; `UNKNOWN_IMAGE`, `AT_START` or `UNSURE`.
    place
        Which installation of that image it is, those of broken transfers that it goes on from among
        them, from 0.
    formats
        Whether the system partition is formatted before the first.
    told
        Bytes that this try has fetched for it by the log, where the image may not tell; not above 0
        if the log does not either.
    """

    image: int
    before: int
    place: int = 0
    formats: bool = False
    told: int = 0


NOTHING = Writing(UNSURE, UNSURE)


@dataclass(frozen=True, slots=True)
class _Broken:
    """A transfer that broke and is to be taken up, and how often that has been so."""

    assignment: int
    image: int
    before: int
    place: int
    breaks: int


def jobs_of_who_write(past: Past) -> dict[int, list[Job]]:
    """Return room for the jobs of each device that was writing when the log ended.

    Of nobody if the log would not have told the end of it.
    """
    if State.INSTALL not in past.tells_end_of:
        return {}
    last = past.last_lines
    writes = past.log.state[last] == State.INSTALL
    return {device: [] for device in past.log.device[last[writes]].tolist()}


def writing_of(rollout: Rollout, device: int, jobs: Iterable[Job]) -> Writing:
    """Return what a device writes under the last of its jobs.

    Parameters
    ----------
    rollout
        The rollout.
    device
        Its index.
    jobs
        All that the log tells of the device, in order of time; at least one.
    """
    before, broken, found = AT_START, None, NOTHING
    for job in jobs:
        if job.run.command.status_field is StatusField.DELIVERY:
            continue
        image, assignment = _image(rollout, device, job), assignment_of_run(job.run, rollout)
        if broken is not None and (broken.assignment, broken.image) != (assignment, image):
            broken = None
        had, place, breaks = before, 0, 0
        if broken is not None:
            had, place, breaks = broken.before, broken.place, broken.breaks
        found = _found(job, image, had, place)
        broken, last = None, job.lines[-1]
        if last.detail in BROKEN and assignment != NO_ASSIGNMENT:
            resumes = len(rollout.scenario.assignments[assignment].resume.waits())
            if breaks < resumes:
                broken = _Broken(assignment, image, had, found.place + 1, breaks + 1)
        if job.run.command.status_field is StatusField.UPDATE:
            before = _left_by(job, image, before)
    return found


def _found(job: Job, image: int, had: int, place: int) -> Writing:
    """Return what a job writes last; `place` installations came before it."""
    command = job.run.command
    fetched = [line.amount for line in job.lines if line.state is State.INSTALL]
    place += len(fetched) - 1
    told = fetched[-1] - max(fetched[:-1], default=0) if fetched else 0
    is_asked = UNSURE in {image, had} or image == UNKNOWN_IMAGE or place > 0
    return Writing(
        image,
        had,
        place,
        isinstance(command, UpdateCommand) and command.format_system_partition,
        told if is_asked else 0,
    )


def _left_by(job: Job, image: int, before: int) -> int:
    """Return the image that a device has after a job."""
    if job.is_whole:
        return image
    is_partly = job.installations > 0 or job.lines[-1].detail in WRITTEN_IN_PART
    return UNKNOWN_IMAGE if is_partly else before


def _image(rollout: Rollout, device: int, job: Job) -> int:
    """Return the image that a device finds under a job."""
    if job.run.command.status_field is StatusField.UEFI:
        return UNKNOWN_IMAGE
    loaded = found = job.run.at
    for line, after in pairwise(job.lines):
        if line.state is State.CHECKING:
            found = after.at
            if assignment_of_run(job.run, rollout) != NO_ASSIGNMENT:
                loaded = line.at
    configuration = rollout.configuration
    image = configuration.served(configuration.address(device, loaded), found)
    return UNSURE if isinstance(image, Detail) else image


@dataclass(frozen=True, eq=False)
class OpenWrites:
    """Installations under way when a log ended, those of one draw together.

    Parameters
    ----------
    draw
        Which draw of the devices' luck.
    devices, lasted
        Whose, and for how many milliseconds so far; shape (devices,).
    kind
        Which of `kinds` each is of; shape (devices,).
    kinds
        One device, and what it writes: of one kind all write as much.
    """

    draw: int
    devices: Integers
    lasted: Integers
    kind: Integers
    kinds: tuple[tuple[int, Writing], ...]


def put_together(
    rollout: Rollout, found: Iterable[tuple[int, int, int, Writing]]
) -> list[OpenWrites]:
    """Return installations under way, those of one draw together.

    Parameters
    ----------
    rollout
        Whose devices.
    found
        Draw, device, milliseconds so far and what is written of each.
    """
    fleet = rollout.fleet
    models = fleet.attributes.get("Device type")
    by_draw: dict[int, list[tuple[int, int, Writing]]] = {}
    for draw, device, lasted, writing in found:
        by_draw.setdefault(draw, []).append((device, lasted, writing))
    together = []
    for draw, mine in by_draw.items():
        numbers: dict[tuple[Writing, int, int, int], int] = {}
        kind: list[int] = []
        kinds: list[tuple[int, Writing]] = []
        for device, _, writing in mine:
            model = 0 if models is None else int(models.codes[device])
            key = writing, int(fleet.installed.codes[device]), int(fleet.flash[device]), model
            if key not in numbers:
                numbers[key] = len(kinds)
                kinds.append((device, writing))
            kind.append(numbers[key])
        rows = np.array([(device, lasted) for device, lasted, _ in mine], np.int64).T
        together.append(OpenWrites(draw, rows[0], rows[1], np.array(kind), tuple(kinds)))
    return together


class WrittenSizes:
    """How many bytes devices write in the world of a run.

    Parameters
    ----------
    rollout
        In that world.
    images
        Gives the number of the image that each device has at the start of the run.
    """

    def __init__(self, rollout: Rollout, images: Callable[[], Integers]) -> None:
        self._rollout, self._images = rollout, images
        self._sizes: dict[tuple[int, int, bool], tuple[int, ...]] = {}

    def of(self, writes: OpenWrites) -> tuple[Integers, NDArray[np.bool_]]:
        """Return bytes, and whether they are the last of an image; both of shape (devices,)."""
        codes, choices = self._rollout.fleet.installed.codes, self._rollout.installed_choices()
        of_kind, mixed = np.zeros((len(writes.kinds), 2), np.int64), []
        for number, (device, writing) in enumerate(writes.kinds):
            at_start = choices[int(codes[device])]
            if writing.before == AT_START and len(at_start) > 1:
                mixed.append(number)
            else:
                had = at_start[0][0] if writing.before == AT_START else writing.before
                of_kind[number] = self._of(device, writing, had)
        found = of_kind[writes.kind]
        for number in mixed:
            mine = np.flatnonzero(writes.kind == number)
            drawn = self._drawn[writes.devices[mine]]
            for had in np.unique(drawn).tolist():
                found[mine[drawn == had]] = self._of(*writes.kinds[number], had)
        return found[:, 0], found[:, 1].astype(np.bool_)

    @cached_property
    def _drawn(self) -> Integers:
        return self._images()

    def _of(self, device: int, writing: Writing, had: int) -> tuple[int, bool]:
        """Return the same of one device that had an image."""
        told = max(writing.told, 0)
        if writing.image == UNKNOWN_IMAGE:
            offered = self._rollout.vendor_firmware(device)
            return told if offered is None else offered.size, True
        if UNSURE in {writing.image, had}:
            return told, True
        sizes = self._of_packages(had, writing.image, formats=writing.formats)
        if self._has_update_partition(device):
            return sum(sizes), True
        is_last = writing.place >= len(sizes) - 1
        return (sizes[writing.place] if writing.place < len(sizes) else told), is_last

    def _of_packages(self, have: int, image: int, *, formats: bool) -> tuple[int, ...]:
        key = have, image, formats
        if key not in self._sizes:
            images = self._rollout.images
            installed = None if have == UNKNOWN_IMAGE else images[have]
            plan = fetch_plan(installed, images[image], format_first=formats)
            self._sizes[key] = plan.sizes
        return self._sizes[key]

    def _has_update_partition(self, device: int) -> bool:
        assumptions = self._rollout.assumptions
        system, other = assumptions.system_partition, assumptions.other_partitions
        flash = int(self._rollout.fleet.flash[device])
        return partitions(flash, system, other).has_update_partition
