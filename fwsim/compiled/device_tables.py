"""The devices of a fleet as tables of numbers: what they are made of, and their UEFI firmware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.image import partitions
from fwsim.commands.uefi import needs_uefi_update
from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.growing_tables import as_bytes
from fwsim.compiled.tables import NOBODY
from fwsim.fleet.kinds import kinds_of
from fwsim.model.rollout import Rollout

_NOBODY_YET = (
    "ready_at",
    "loss_left",
    "last_turn",
    "job",
    "earlier",
    "provides",
    "missed",
    "stored",
    "deferments",
    "flows",
    "broken",
    "opens",
)


@dataclass(frozen=True)
class DeviceTable:
    """Every device as it is before the story; those that are alike share a row.

    Parameters
    ----------
    kinds
        A row for each kind.
    kind_of
        Which each device is of; shape (devices,).
    """

    kinds: Table
    kind_of: NDArray[np.int32]

    def lay_out(self, some: slice, devices: Table) -> None:
        """Write the rows of some devices into a table of all."""
        by_row, written = (
            as_bytes(rows).reshape(-1, tables.DEVICE.itemsize)
            for rows in (self.kinds, devices[some])
        )
        np.take(by_row, self.kind_of[some], axis=0, out=written, mode="clip")


def device_table(rollout: Rollout, given: Mapping[str, NDArray[Any]]) -> DeviceTable:
    """Return every device as it is before the story; what luck decides is left out.

    Parameters
    ----------
    rollout
        Whose fleet.
    given
        What the inventory knows of each device, by column; shape (devices,) each.
    """
    fleet, a = rollout.fleet, rollout.assumptions
    sizes, of_flash = np.unique(fleet.flash, return_inverse=True)
    halves = [partitions(int(size), a.system_partition, a.other_partitions) for size in sizes]
    columns = {"site": fleet.site.codes, "people": fleet.people.codes, **given}
    apart = [*columns.values(), fleet.connection.codes, of_flash]
    kind_of, first = kinds_of(apart)
    rows = table(tables.DEVICE, len(first))
    mine = rows[: len(first)]
    for name in _NOBODY_YET:
        mine[name] = NOBODY
    mine["has_power"] = True
    for name, values in columns.items():
        mine[name] = values[first]
    for name, value in (("is_wired", "wired"), ("is_vpn", "vpn")):
        is_so = np.array([kind == value for kind in fleet.connection.values], bool)
        mine[name] = is_so[fleet.connection.codes[first]]
    mine["system"] = np.array([half.system for half in halves])[of_flash[first]]
    mine["update"] = np.array([half.update for half in halves])[of_flash[first]]
    return DeviceTable(rows, kind_of.astype(np.int32))


def uefi_table(rollout: Rollout) -> Table:
    """Return what the UEFI file offers to every device, and what it has."""
    fleet = rollout.fleet
    rows = table(tables.UEFI, len(fleet))
    attributes = map(fleet.attributes.get, ("Device type", "Supplier", "BIOS"))
    told = [column.codes for column in attributes if column is not None]
    kind_of, first = kinds_of([fleet.unit.codes, *told])
    kinds = table(tables.UEFI, len(first))
    for row, device in zip(kinds, first.tolist(), strict=True):
        offered = rollout.vendor_firmware(device)
        row["is_refused"] = rollout.refuses_uefi(device)
        row["is_listed"] = offered is not None
        if offered is not None:
            before = rollout.uefi_version(device)
            row["size"] = offered.size
            row["differs"] = needs_uefi_update(before, offered)
            row["differs_after"] = needs_uefi_update(offered.version or before, offered)
    rows[: len(fleet)] = kinds[kind_of]
    return rows
