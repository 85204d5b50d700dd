"""Whose firmware settings hold: the server's make the URL, all else is the device's own.

Twin of what `fwsim.simulation.device` knows of its configuration.
"""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.rows import address_at, device_at


@compiled
def _since_start(device: Record, noted: int) -> int:
    return noted if device.is_resuming else max(noted, device.ready_at)


@compiled
def configuration_from(device: Record) -> int:
    """Return when the device loaded its configuration: at its last start, or synchronising."""
    return _since_start(device, device.loaded_at)


@compiled
def certificates_from(device: Record) -> int:
    """Return when certificates last came to the device: at a start only."""
    return _since_start(device, device.certified_at)


@compiled
def epoch_at(w: Record, at: int) -> int:
    """Return which stretch between changes of the configuration a time falls into."""
    epoch = 0
    while epoch < w.changes and whole_at(w.change_times, epoch) <= at:
        epoch += 1
    return epoch


@compiled
def address_of(w: Record, device: int, at: int, is_uefi: bool) -> int:
    """Return where a device is sent by the configuration of a time."""
    place = epoch_at(w, at) * w.classes + device_at(w.devices, device).address_class
    return whole_at(w.addresses_by_class, 2 * place + (1 if is_uefi else 0))


@compiled
def own_settings(w: Record, device: int) -> Record:
    """Return the row of the settings that the device itself has loaded."""
    loaded_at = configuration_from(device_at(w.devices, device))
    return address_at(w.addresses, address_of(w, device, loaded_at, False))
