"""Writing packages to the system partition: how long it takes, and what may stop it."""

from __future__ import annotations

from typing import NamedTuple

from fwsim.commands.details import Detail
from fwsim.commands.transfer import writing_stop, writing_time
from fwsim.model.purposes import Purpose
from fwsim.simulation.package_fetch import PackageFetch
from fwsim.simulation.world import World


class Writing(NamedTuple):
    """What a device writes next.

    Parameters
    ----------
    time
        How long, in milliseconds.
    fault
        Why it ends early, or `Detail.NONE`.
    """

    time: int
    fault: Detail


def next_writing(
    world: World, device: int, draw: int, packages: PackageFetch, *, formats: bool
) -> Writing:
    """Return how the packages fetched so far are written.

    Parameters
    ----------
    world
        The surroundings.
    device
        The device that writes.
    draw
        The run of the command, which its luck belongs to.
    packages
        Fetched, and partly written before.
    formats
        Whether the system partition is formatted before the first of them.
    """
    assumptions, draws = world.assumptions, world.draws
    room = world.partitions_of[device].system - packages.kept - packages.written
    fails = not packages.has_more and draws[Purpose.WRITE_FAULT][draw][device]
    chance = draws[Purpose.WRITE_FAULT_POINT][draw][device] if fails else 0.0
    size, fault = writing_stop(packages.unwritten, room, fails, chance)
    time = writing_time(size, assumptions.install_rate, draws[Purpose.INSTALL_FACTOR][0][device])
    if formats and packages.written == 0:
        time += assumptions.format_time
    return Writing(time, fault)
