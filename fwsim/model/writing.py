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
from fwsim.model.status_log import CommandRun
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
        Bytes that this try has fetched for it by the log; not above 0 if it does not tell.
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
    return Writing(
        image,
        had,
        place,
        isinstance(command, UpdateCommand) and command.format_system_partition,
        fetched[-1] - max(fetched[:-1], default=0) if fetched else 0,
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


class WrittenSizes:
    """How many bytes devices write in the world of a run.

    Parameters
    ----------
    rollout
        In that world.
    images
        Gives the number of the image that each device has at the start of the run.
    """

    def __init__(self, rollout: Rollout, images: Callable[[], NDArray[np.int64]]) -> None:
        self._rollout, self._images = rollout, images
        self._sizes: dict[tuple[int, int, bool], tuple[int, ...]] = {}

    def of(self, device: int, writing: Writing) -> tuple[int, bool]:
        """Return bytes, and whether they are the last of the image."""
        told = max(writing.told, 0)
        if writing.image == UNKNOWN_IMAGE:
            offered = self._rollout.vendor_firmware(device)
            return told if offered is None else offered.size, True
        have = self._at_start(device) if writing.before == AT_START else writing.before
        if UNSURE in {writing.image, have}:
            return told, True
        sizes = self._of_packages(have, writing.image, formats=writing.formats)
        if self._has_update_partition(device):
            return sum(sizes), True
        is_last = writing.place >= len(sizes) - 1
        return (sizes[writing.place] if writing.place < len(sizes) else told), is_last

    def _at_start(self, device: int) -> int:
        choices = self._choices[int(self._rollout.fleet.installed.codes[device])]
        return choices[0][0] if len(choices) == 1 else int(self._drawn[device])

    @cached_property
    def _choices(self) -> list[list[tuple[int, float]]]:
        return self._rollout.installed_choices()

    @cached_property
    def _drawn(self) -> NDArray[np.int64]:
        return self._images()

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
