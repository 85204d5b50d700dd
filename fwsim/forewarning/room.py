"""Devices on whose update partition there is no room for what they lack."""

from __future__ import annotations

import numpy as np

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.image import fetch_plan, is_modified, partitions
from fwsim.forewarning.habit import Devices
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout


def without_room(rollout: Rollout, command: Command, devices: Devices, at: int) -> int:
    """Return how many devices lack more than their update partition holds, for certain.

    Devices without an update partition write package by package, so there it does not matter.

    Parameters
    ----------
    rollout
        Whose devices.
    command
        An update or a delivery.
    devices
        Whom it is for.
    at
        When it runs, milliseconds.
    """
    fleet, a = rollout.fleet, rollout.assumptions
    largest = max((image.size for image in rollout.images), default=0)
    sizes, flash_of = np.unique(fleet.flash[devices], return_inverse=True)
    rooms = [partitions(s, a.system_partition, a.other_partitions).update for s in sizes.tolist()]
    if not any(0 < room < largest for room in rooms):
        return 0
    images = len(fleet.installed.values)
    codes = fleet.unit.codes[devices].astype(np.int64) * images + fleet.installed.codes[devices]
    kinds, counts = np.unique(codes * len(sizes) + flash_of, return_counts=True)
    choices = rollout.installed_choices()
    formats = isinstance(command, UpdateCommand) and command.format_system_partition
    count = 0
    for kind, of_kind in zip(kinds.tolist(), counts.tolist(), strict=True):
        pair, flash = divmod(kind, len(sizes))
        unit, installed = divmod(pair, images)
        room = rooms[flash]
        wanted = rollout.configuration.image_for(fleet.unit.values[unit], at)
        if not room or wanted is None:
            continue
        lacks = [_lacks(rollout, run, wanted, formats=formats) for run, _ in choices[installed]]
        count += of_kind if min(lacks, default=0) > room else 0
    return count


def _lacks(rollout: Rollout, installed: int, wanted: int, *, formats: bool) -> int:
    """Return the bytes that a device which runs an image lacks of another."""
    image = rollout.images[wanted]
    have = None if installed == UNKNOWN_IMAGE else rollout.images[installed]
    newer_only = rollout.assumptions.newer_only
    if not is_modified(have, image, newer_only=newer_only):
        return 0
    return fetch_plan(have, image, format_first=formats).total
