"""Devices on whose update partition there is no room for what they lack."""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.image import fetch_plan, is_modified, partitions
from fwsim.commands.status_text import StatusField
from fwsim.forewarning.habit import Devices
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.problems import InputError


class Room:
    """What devices have room for on their update partitions.

    Devices without an update partition write package by package, so there it does not matter.

    Parameters
    ----------
    rollout
        Whose devices.
    """

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self.lacks = cache(self._lacks)
        self._largest = max((image.size for image in rollout.images), default=0)

    def too_small_for(self, command: Command, devices: Devices, at: int) -> int:
        """Return how many devices lack more than their update partition holds, for certain.

        Parameters
        ----------
        command
            An update or a delivery.
        devices
            Whom it is for.
        at
            When it runs, milliseconds.
        """
        fleet, a = self._rollout.fleet, self._rollout.assumptions
        sizes, flash_of = np.unique(fleet.flash[devices], return_inverse=True)
        halves = (partitions(s, a.system_partition, a.other_partitions) for s in sizes.tolist())
        rooms = [half.update for half in halves]
        if not any(0 < room < self._largest for room in rooms):
            return 0
        images = len(fleet.installed.values)
        codes = fleet.unit.codes[devices].astype(np.int64) * images + fleet.installed.codes[devices]
        kinds, counts = np.unique(codes * len(sizes) + flash_of, return_counts=True)
        formats = isinstance(command, UpdateCommand) and command.format_system_partition
        count = 0
        for kind, of_kind in zip(kinds.tolist(), counts.tolist(), strict=True):
            pair, flash = divmod(kind, len(sizes))
            unit, installed = divmod(pair, images)
            room = rooms[flash]
            may_lack_room = 0 < room < self._largest
            if may_lack_room and room < self._least(unit, installed, at, formats=formats):
                count += of_kind
        return count

    def _least(self, unit: int, installed: int, at: int, *, formats: bool) -> int:
        """Return the least that devices of an OU may lack; 0 where that is not certain."""
        configuration, first = self._rollout.configuration, self._first_update
        earlier = [time for time in (first, *configuration.change_times) if first <= time < at]
        path = self._rollout.fleet.unit.values[unit]
        *before, wanted = [configuration.image_for(path, time) for time in (*earlier, at)]
        if wanted is None:
            return 0
        # What an update has brought before may be a step on the way, and that one need not format.
        steps = {image for image in before if image is not None and image != wanted}
        may_run = steps.union(image for image, _ in self._choices[installed])
        formats = formats and wanted not in before
        return min((self.lacks(image, wanted, formats=formats) for image in may_run), default=0)

    @cached_property
    def _first_update(self) -> int:
        """Since when updates may bring devices another image; the start where it is not known."""
        try:
            due = what_is_due(self._rollout)
        except InputError:  # is told by itself
            return 0
        return due.fields.get(StatusField.UPDATE, self._rollout.horizon)

    @cached_property
    def _choices(self) -> list[list[tuple[int, float]]]:
        return self._rollout.installed_choices()

    def _lacks(self, installed: int, wanted: int, *, formats: bool) -> int:
        """Return the bytes that a device which runs an image lacks of another."""
        image = self._rollout.images[wanted]
        have = None if installed == UNKNOWN_IMAGE else self._rollout.images[installed]
        newer_only = self._rollout.assumptions.newer_only
        if not is_modified(have, image, newer_only=newer_only):
            return 0
        return fetch_plan(have, image, format_first=formats).total
