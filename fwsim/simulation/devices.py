"""The devices that anybody has asked for."""

from __future__ import annotations

from fwsim.simulation.device import Device
from fwsim.simulation.world import World


class Devices:
    """The devices anybody has asked for; the others cost nothing.

    Parameters
    ----------
    world
        Their surroundings.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._found: dict[int, Device] = {}

    def __getitem__(self, number: int) -> Device:
        device = self._found.get(number)
        if device is None:
            device = self._found[number] = Device(self._world, number)
        return device
