"""The compiled model: the same rollouts as `fwsim.simulation.model`, faster."""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

from fwsim.compiled.footprint import refuse_what_cannot_fit
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.machine_run import MachineRun
from fwsim.model.draws import Draws
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import DevicesProgress, RunOutput
from fwsim.model.tally import Tally, Wanted

_INVENTORIES: WeakKeyDictionary[Rollout, Inventory] = WeakKeyDictionary()
_TAKING_STOCK = Lock()


def inventory_of(rollout: Rollout) -> Inventory:
    """Return what is certain about a rollout as tables, worked out once.

    One in a world of its own shares those of the rollout it comes from.
    """
    if rollout.origin is not None:
        return inventory_of(rollout.origin).under(rollout)
    with _TAKING_STOCK:
        return _inventory(rollout)


def _inventory(rollout: Rollout) -> Inventory:
    inventory = _INVENTORIES.get(rollout)
    if inventory is None:
        elder = rollout.elder
        found = None if elder is None else _inventory(elder).commanded(rollout)
        inventory = _INVENTORIES[rollout] = Inventory(rollout) if found is None else found
    return inventory


def play(
    rollout: Rollout,
    draws: Draws,
    *,
    until: int | None = None,
    progress: DevicesProgress | None = None,
) -> RunOutput:
    """Play a rollout on the compiled clock.

    Parameters
    ----------
    rollout, draws
        What is certain, and what is not.
    until
        Milliseconds at which to stop; the horizon if that comes first. What happens at that
        very millisecond still counts.
    progress
        Told now and then how far the run is.

    Raises
    ------
    InputError
        If the memory will not do.
    MemoryError
        If it runs out on the way; says how far the run has come.
    """
    return _played(rollout, draws, until, progress).output()


def tally(rollout: Rollout, draws: Draws, wanted: Wanted, *, until: int | None = None) -> Tally:
    """Play a rollout on the compiled clock and count it there; no log is kept.

    Parameters
    ----------
    rollout, draws, until
        As for `play`.
    wanted
        What it is counted by.
    """
    world = _played(rollout, draws, until, None, wanted)
    counted = world.tally()
    world.close()
    return counted


def _played(
    rollout: Rollout,
    draws: Draws,
    until: int | None,
    progress: DevicesProgress | None,
    wanted: Wanted | None = None,
) -> MachineRun:
    end = rollout.end_by(until)
    inventory = inventory_of(rollout)
    refuse_what_cannot_fit(inventory, end, keeps_log=wanted is None)
    world = MachineRun(inventory, draws, end, progress, wanted)
    world.play()
    return world
