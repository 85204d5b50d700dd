"""What a clock has for itself that plays parts of a fleet; the rest all parts share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled import coupling, tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.codes import Grows
from fwsim.compiled.coupling import Part
from fwsim.compiled.growing_tables import GROWING, GrowingTables, as_bytes, first_rooms
from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.luck_tables import LuckTables
from fwsim.compiled.tables import NOBODY
from fwsim.compiled.world_tables import WorldTables
from fwsim.model.chances import BLOCK
from fwsim.model.rollout_lines import NO_HUB

SCATTERED = 4
"""Times its devices that a part has rows, or luck, for; where they lie further apart, it shares."""
_LOAD_OF_PARTS = "load that a clock of parts notes"


class PartTables(GrowingTables):
    """The memory of a clock that plays parts, one after the other.

    Parameters
    ----------
    inventory
        What is certain.
    whole
        Tables of the whole fleet.
    fresh
        Its world as it was before anything happened.
    largest
        How many devices the largest part has.
    devices
        How many it is likely to play in all.
    keeps_log
        Whether the log and the loads of all its parts stay, or those of one at a time.
    callback
        Address of the function that compiled code calls.
    """

    def __init__(
        self,
        inventory: Inventory,
        whole: WorldTables,
        fresh: Table,
        largest: int,
        devices: int,
        keeps_log: bool,
        callback: int,
    ) -> None:
        super().__init__(inventory.numbers["words"])
        self._inventory, self._whole = inventory, whole
        self._busy_of = _busy_of(inventory)
        self._cuts = inventory.arrays["outages"][: inventory.numbers["outages_count"]]
        self._cuts_by_site = np.argsort(self._cuts["site"], kind="stable")
        self._kept = ("log_count", "load_count") if keeps_log else ()
        self.world[0] = fresh[0]
        self._lay_out_growing(_rooms(largest, devices if keeps_log else largest), self._taken)
        self.put("turns", np.zeros(len(self.arrays["log"]), np.int64))
        self.put("jobs", table(tables.JOB, largest))
        self.put("job_masks", np.zeros(max(largest * self._words, 1), np.uint64))
        self._most = SCATTERED * largest
        self._devices = table(tables.DEVICE, largest)
        self._lay_out_buckets(largest, int(fresh["end"][0]))
        self._lay_out_lists()
        self.set(python=callback, hands_over=0, runs_to_come=0, workers=0)
        self._fresh = self.world.copy()
        self.luck, self._luck_of_dispatcher = LuckTables(), LuckTables()
        self.some: slice | None = None
        """Devices side by side for which alone luck is drawn; None if it is for the whole fleet."""

    def _taken(self, name: str, dtype: np.dtype[Any], rows: int) -> Table:
        """Return a table to begin with; the one that grows with all parts from the shelf."""
        if name == "load":
            return self._whole.shelf.take(_LOAD_OF_PARTS, dtype, rows)
        return table(dtype, rows)

    def leave(self) -> None:
        """Leave what grew with all parts to the next run; nothing may use it any more."""
        self._whole.shelf.leave(_LOAD_OF_PARTS, self.arrays["load"])

    def _lay_out_lists(self) -> None:
        shared = self._whole.arrays
        for name in ("rankings", "rank_counts", "unaimed", "unfiled", "touched", "touched_hubs"):
            self.put(name, np.zeros_like(shared[name]))

    def share(self) -> None:
        """Take what the whole has now: the dispatcher may have made tables grow, and has drawn."""
        for name, array in self._whole.arrays.items():
            if name not in self.arrays:
                self._fresh[name] = array.ctypes.data
        self._luck_of_dispatcher.begin_as(self._whole.luck)

    def draw_for(self, first: int, behind: int, devices: int) -> None:
        """Have luck of the devices of the next parts alone, unless they are scattered.

        Luck of those in between is drawn for nothing, again in each part: so what counts is how
        many devices these parts have, not the largest.

        Checked memory knows a row by where it begins, so it wants those of the whole fleet.

        Parameters
        ----------
        first, behind
            The first of these devices, and the one behind the last.
        devices
            How many of those between belong to the parts.
        """
        self.some = None
        most = SCATTERED * max(devices, coupling.DEVICES_OF_A_PART)
        if behind - first <= most and not is_interpreted():
            self.some = slice(first // BLOCK * BLOCK, behind)
            self.luck.begin_as(self._luck_of_dispatcher)

    def begin(self, part: Part, first_handed: int, handed: Table) -> None:
        """Set everything back to the beginning but what is noted already.

        Parameters
        ----------
        part
            Which is to be played.
        first_handed
            The first of its devices among those handed over.
        handed
            Those devices, when and how each was handed over.
        """
        kept = {name: int(self.world[name][0]) for name in self._kept}
        self.world[0] = self._fresh[0]
        for name, room, _ in GROWING.values():
            if name in self.arrays:
                kept[room] = len(self.arrays[name])
        self.set(
            **kept,
            first_handed=first_handed,
            behind_handed=first_handed + len(handed),
            targeted=len(handed),
            first_site=part.first,
            behind_site=part.behind,
        )
        self._empty_buckets()
        self.arrays["rank_counts"][:] = 0
        self.arrays["job_masks"][:] = 0
        self._keep_lines(part)
        for name, array in self.arrays.items():
            self.world[name] = array.ctypes.data
        if self.some is not None:
            self.set(quantities=self.luck.quantities.ctypes.data)
        self._place_devices(handed["device"])

    def _place_devices(self, devices: NDArray[np.int32]) -> None:
        """Have rows for the devices of a part, where those of the whole fleet would have them."""
        first, behind = (int(devices.min()), int(devices.max()) + 1) if len(devices) else (0, 0)
        rows = self._whole.all_devices()
        if rows is None and behind - first > self._most:
            rows = self._whole.put_all_devices()
        if rows is None:
            if behind - first > len(self._devices):
                self._devices = table(tables.DEVICE, behind - first)
            rows = self._devices
        else:
            first = 0
        self.set(devices=rows.ctypes.data - first * tables.DEVICE.itemsize)

    def put_lines(self, lines: Table) -> None:
        """Begin the log with lines that are there already."""
        if len(lines) > len(self.arrays["log"]):
            self.grow(Grows.LOG, len(lines))
        as_bytes(self.arrays["log"][: len(lines)])[:] = as_bytes(lines)
        self.set(log_count=len(lines))

    def _keep_lines(self, part: Part) -> None:
        """Keep the busy hours and the outages of the part's own lines."""
        own = [part.first, part.behind]
        edges = np.searchsorted(self._cuts["site"], own, sorter=self._cuts_by_site)
        mine = self._cuts[np.sort(self._cuts_by_site[slice(*edges)])]
        self.put("outages", mine if len(mine) else table(tables.OUTAGE, 1))
        self.set(outages_count=len(mine))
        self._keep_busy(part)

    def _keep_busy(self, part: Part) -> None:
        certain, sites = self._inventory.arrays, self._inventory.numbers["sites_count"]
        hubs = np.unique(np.asarray(self._inventory.rollout.hub_of)[part.first : part.behind])
        lines = np.concatenate([np.arange(part.first, part.behind), sites + hubs[hubs != NO_HUB]])
        lines = lines[self._busy_of[lines] != NOBODY]
        lines = lines[np.argsort(self._busy_of[lines], kind="stable")]
        mine, firsts, counts = np.unique(
            self._busy_of[lines], return_index=True, return_counts=True
        )
        busy = table(tables.BUSY, len(mine))
        busy[: len(mine)] = certain["busy"][mine]
        busy["first_line"][: len(mine)], busy["lines"][: len(mine)] = firsts, counts
        self.put("busy", busy)
        self.put("busy_lines", whole(lines))
        self.set(busy_count=len(mine))


def _busy_of(inventory: Inventory) -> NDArray[np.int64]:
    """Return which busy hours each line has, or `NOBODY`; sites come before hubs."""
    numbers, arrays = inventory.numbers, inventory.arrays
    busy_of = np.full(numbers["sites_count"] + len(inventory.rollout.hubs()), NOBODY, np.int64)
    sizes = arrays["busy"]["lines"][: numbers["busy_count"]]
    busy_of[arrays["busy_lines"][: int(sizes.sum())]] = np.repeat(np.arange(len(sizes)), sizes)
    return busy_of


def _rooms(largest: int, kept: int) -> dict[Grows, int]:
    """Return with how many rows growing tables begin: what is kept has room for so many devices."""
    rooms, of_kept = first_rooms(largest), first_rooms(kept)
    rooms |= {kind: of_kept[kind] for kind in (Grows.LOG, Grows.LOAD)}
    del rooms[Grows.JOBS]  # those of the whole
    return rooms
