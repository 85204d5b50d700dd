"""What devices had to fetch and to write: by what each had on it, and what it was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import DeliveryCommand, UpdateCommand
from fwsim.commands.details import Detail
from fwsim.commands.image import fetch_plan
from fwsim.commands.status_text import StatusField
from fwsim.learning.journeys import NOWHERE, Ints, Journeys
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.model.status_log import CommandRun
from fwsim.model.writing import AT_START, UNSURE
from fwsim.observations.observed import What
from fwsim.quantities.elementary import Floats

UNKNOWN = -1
"""Bytes that nobody tells."""
_UNKNOWN_BOTH = UNKNOWN, UNKNOWN
Marks = NDArray[np.bool_]


class Sizes:
    """What devices had to fetch and to write, as the scenario's images say.

    Parameters
    ----------
    rollout
        Of the scenario.
    runs
        Of commands, whose numbers are asked for.
    taken_up
        Those of them in which a broken transfer is taken up; what is left of it nobody tells.
    """

    def __init__(
        self, rollout: Rollout, runs: Iterable[CommandRun], taken_up: Collection[int] = ()
    ) -> None:
        self._rollout = rollout
        self._runs = list(runs)
        self._taken_up = list(taken_up)
        self._choices = rollout.installed_choices()

    @classmethod
    def of_journeys(cls, rollout: Rollout, journeys: Journeys) -> Sizes:
        """Return sizes by the runs that journeys know."""
        return cls(rollout, (order.run for order in journeys.orders), journeys.taken_up)

    def of(self, devices: Ints, runs: Ints, installed: Ints) -> tuple[Floats, Floats]:
        """Return bytes to fetch and to write; `UNKNOWN` where the scenario does not tell.

        Parameters
        ----------
        devices, runs
            Whose, and under which run; `NOBODY` where that is not known.
        installed
            Number of the image it had on it; `UNKNOWN_IMAGE`, `AT_START` or `UNSURE`.
        """
        known, start = (devices >= 0) & (runs >= 0), self._rollout.fleet.installed.codes[devices]
        keys = np.stack([self._kinds[devices], start, runs, installed]).astype(np.int64)
        keys = np.where(known, keys, NOWHERE)
        _, first, place = np.unique(keys, axis=1, return_index=True, return_inverse=True)
        both = [
            self._made(int(devices[at]), int(runs[at]), int(installed[at]))
            if known[at]
            else _UNKNOWN_BOTH
            for at in first
        ]
        fetch, write = np.array(both, np.float64).reshape(-1, 2)[place.reshape(-1)].T
        return np.where(np.isin(runs, self._taken_up), UNKNOWN, fetch), write

    def installed(self, told_by: Ints, device: Ints, run: Ints) -> Ints:
        """Return what devices had on them, as `of` takes it.

        Parameters
        ----------
        told_by
            Which line told of the last installation on each; `NOWHERE` if none did.
        device, run
            Whose each line is, and of which run; `told_by` points into them.
        """
        found = np.full(len(told_by), AT_START, np.int64)
        some = np.flatnonzero(told_by != NOWHERE)
        if not len(some):
            return found
        devices, runs = device[told_by[some]], run[told_by[some]]
        pairs = np.stack([self._kinds[devices], runs]).astype(np.int64)
        _, first, place = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
        images = [self._brought(int(devices[at]), int(runs[at])) for at in first]
        found[some] = np.array(images, np.int64)[place.reshape(-1)]
        return found

    def brings_image(self, runs: Ints) -> Marks:
        """Tell which runs bring an image to the device; of an unknown one it may be."""
        brings = [run.command.status_field is StatusField.UPDATE for run in self._runs]
        return np.array([*brings, True], bool)[runs]

    def formats(self, run: int) -> bool:
        """Tell whether a command formats the partition first."""
        command = self._runs[run].command if run >= 0 else None
        return isinstance(command, UpdateCommand) and command.format_system_partition

    @cached_property
    def may_be_ahead(self) -> bool:
        """Whether packages may be on a device before its update fetches what it lacks."""
        scenario = self._rollout.scenario
        waiting = (*scenario.notifications, *scenario.assignments)
        schedulers = (scenario.scheduler, *(u.scheduler for u in scenario.fleet.units.values()))
        settings = self._rollout.configuration.settings_in_use()
        return (
            any(isinstance(run.command, DeliveryCommand) for run in self._runs)
            or any(section.delivery is not None for section in waiting)
            or any(schedulers)
            or any(one.has_proxy for _, one in settings)
        )

    @cached_property
    def _kinds(self) -> Ints:
        """Which devices are sent to the same address and are of the same model."""
        classes, _ = self._rollout.configuration.address_classes()
        models = self._rollout.fleet.attributes.get("Device type")
        if models is None:
            return classes
        return classes * len(models.values) + models.codes

    def _served(self, device: int, run: int) -> int | Detail:
        configuration, at = self._rollout.configuration, self._runs[run].at
        return configuration.served(configuration.address(device, at), at)

    def _brought(self, device: int, run: int) -> int:
        """Return the image that a run has brought a device; `UNSURE` if nobody knows."""
        image = UNSURE if run < 0 else self._served(device, run)
        return UNSURE if isinstance(image, Detail) else image

    def _made(self, device: int, run: int, installed: int) -> tuple[int, int]:
        """Return bytes to fetch and to write."""
        rollout = self._rollout
        if self._runs[run].command.status_field is StatusField.UEFI:
            offered = rollout.vendor_firmware(device)
            return _UNKNOWN_BOTH if offered is None else (offered.size, offered.size)
        image = self._served(device, run)
        number = self._at_start(device) if installed == AT_START else installed
        if isinstance(image, Detail) or number == UNSURE:
            return _UNKNOWN_BOTH
        have = None if number == UNKNOWN_IMAGE else rollout.images[number]
        plan = fetch_plan(have, rollout.images[image], format_first=self.formats(run))
        return plan.total, plan.written

    def _at_start(self, device: int) -> int:
        choices = self._choices[int(self._rollout.fleet.installed.codes[device])]
        return choices[0][0] if len(choices) == 1 else UNSURE


def fetched_at(journeys: Journeys, lines: Ints, sizes: Sizes) -> Floats:
    """Return the bytes that jobs had to fetch by the images; `UNKNOWN` where nobody tells.

    Parameters
    ----------
    journeys
        All lines.
    lines
        Which of them begin to fetch.
    sizes
        Of the same journeys.
    """
    before = _installations_before(journeys, lines, sizes)
    had = sizes.installed(before, journeys.device, journeys.run)
    return sizes.of(journeys.device[lines], journeys.run[lines], had)[0]


def written_at(journeys: Journeys, lines: Ints, sizes: Sizes) -> Floats:
    """Return the bytes that were written; `UNKNOWN` where nobody tells.

    They are those that the log says were fetched, where nothing can have been there before.

    Parameters
    ----------
    journeys
        All lines.
    lines
        Which of them begin to write all that their jobs write.
    sizes
        Of the same journeys.
    """
    before = _installations_before(journeys, lines, sizes)
    had = sizes.installed(before, journeys.device, journeys.run)
    _, written = sizes.of(journeys.device[lines], journeys.run[lines], had)
    told, taken_up = journeys.amount[lines], journeys.of_taken_up()[lines]
    by_log = ~taken_up & (told > written if sizes.may_be_ahead else told > 0)
    # The try that broke may have written packages that came whole.
    begun = before_of(lines, journeys.of(What.WRITING), journeys.owner)
    in_part = taken_up & (begun > before)
    return np.where(in_part, UNKNOWN, np.where(by_log, told, written))


def _installations_before(journeys: Journeys, lines: Ints, sizes: Sizes) -> Ints:
    """Return the line that told the device's last installation before each; `NOWHERE` if none."""
    told = journeys.of(What.WRITTEN, What.RESTARTING, What.DONE) & sizes.brings_image(journeys.run)
    at_work = journeys.of(What.FETCHING, What.WRITING)
    return before_of(lines, whole_at(journeys.job, at_work, told), journeys.owner)


def whole_at(job: Ints, at_work: Marks, told: Marks) -> Marks:
    """Tell which lines say that a job's image is on the device: no part of it comes after them.

    Parameters
    ----------
    job
        Number of the job of each line.
    at_work, told
        Which lines begin to fetch or to write something, and which say that something is written.
    """
    last_work = np.full(int(job.max(initial=0)) + 1, NOWHERE)
    work = np.flatnonzero(at_work)
    np.maximum.at(last_work, job[work], work)
    return np.asarray(told & (np.arange(len(job)) > last_work[job]))


def before_of(lines: Ints, wanted: Marks, owner: Ints) -> Ints:
    """Return the last wanted line of the same owner before each line; `NOWHERE` if none."""
    places = np.flatnonzero(wanted)
    if not len(places):
        return np.full(len(lines), NOWHERE)
    place = np.searchsorted(places, lines) - 1
    found = places[np.maximum(place, 0)]
    return np.where((place >= 0) & (owner[found] == owner[lines]), found, NOWHERE)
