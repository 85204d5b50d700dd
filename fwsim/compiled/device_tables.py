"""The devices of a fleet as tables of numbers: what they are made of, and their UEFI firmware."""

from __future__ import annotations

import numpy as np

from fwsim.commands.image import partitions
from fwsim.commands.uefi import needs_uefi_update
from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.growing_tables import as_bytes
from fwsim.compiled.tables import NOBODY
from fwsim.model.rollout import Rollout


def device_table(rollout: Rollout) -> Table:
    """Return every device as it is before the story, as far as the fleet tells."""
    fleet, a = rollout.fleet, rollout.assumptions
    one = table(tables.DEVICE, 1)
    for name in (
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
    ):
        one[name] = NOBODY
    one["has_power"] = True
    rows = table(tables.DEVICE, len(fleet))
    mine = rows[: len(fleet)]
    as_bytes(mine).reshape(len(mine), -1)[:] = as_bytes(one)
    mine["site"], mine["people"] = fleet.site.codes, fleet.people.codes
    for name, value in (("is_wired", "wired"), ("is_vpn", "vpn")):
        is_so = np.array([kind == value for kind in fleet.connection.values], bool)
        mine[name] = is_so[fleet.connection.codes]
    sizes, kinds = np.unique(fleet.flash, return_inverse=True)
    halves = [partitions(int(size), a.system_partition, a.other_partitions) for size in sizes]
    mine["system"] = np.array([half.system for half in halves])[kinds]
    mine["update"] = np.array([half.update for half in halves])[kinds]
    return rows


def uefi_table(rollout: Rollout) -> Table:
    """Return what the UEFI file offers to every device, and what it has."""
    fleet = rollout.fleet
    rows = table(tables.UEFI, len(fleet))
    codes = fleet.unit.codes.astype(np.int64)
    for name in ("Device type", "Supplier", "BIOS"):
        column = fleet.attributes.get(name)
        if column is not None:
            codes = codes * len(column.values) + column.codes
    _, first, same = np.unique(codes, return_index=True, return_inverse=True)
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
    rows[: len(fleet)] = kinds[same]
    return rows
