"""The link that all flows share: which groups it holds back, and who ends next.

How sharing works is told in `fwsim.simulation.fair_sharing`. Here are its lower half: groups of
flows that run alike, and the repository's uplink, which keeps free and bound groups apart.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TypeAlias

from fwsim.commands.connection import reach

Queued: TypeAlias = "tuple[int, int, int, FlowGroup]"
"""A flow in its group's queue: clock reading at its end, flow, size in bytes, group."""


class FlowGroup:
    """Flows of one site, one ceiling and one weight: they have the same rate at all times.

    Parameters
    ----------
    number
        Index of the group, the last resort of every order.
    site
        Index of the site.
    device_rate
        What one flow can take, in millionths of a byte per ms: its device's rate, or less where a
        connection to the site has a ceiling.
    weight
        How many parts of a link each of them gets.
    """

    __slots__ = (
        "aimed",
        "bound",
        "clock",
        "count",
        "device_rate",
        "joined",
        "number",
        "queue",
        "share",
        "since",
        "site",
        "site_share",
        "weight",
    )

    def __init__(self, number: int, site: int, device_rate: int, weight: int = 1) -> None:
        self.number = number
        self.site = site
        self.device_rate = device_rate
        self.weight = weight
        self.count = 0
        self.site_share = 0  # at a site of a hub: what the site and the device allow each flow
        self.share = 0  # what everything below the repository allows each flow
        self.bound = False  # the repository allows less than `share`
        self.clock = 0  # free: reading at `since`; bound: how far ahead of the common clock
        self.since = 0
        self.joined = 0  # sum of the readings at which the flows present have joined
        self.queue: list[Queued] = []  # heap; may hold flows that were broken off
        self.aimed = True  # the next end of a flow is filed with the repository link


class _Ranking:
    """Groups by a key, smallest first; a key that was replaced or dropped is skipped when met."""

    __slots__ = ("_heap", "_key_of")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, FlowGroup]] = []
        self._key_of: dict[FlowGroup, int] = {}

    def put(self, group: FlowGroup, key: int) -> None:
        """File a group under a key, instead of the one it had."""
        key_of, heap = self._key_of, self._heap
        if key_of.get(group) == key:
            return
        key_of[group] = key
        heappush(heap, (key, group.number, group))
        if len(heap) > 2 * len(key_of) + 64:
            heap[:] = [(key, group.number, group) for group, key in key_of.items()]
            heapify(heap)

    def drop(self, group: FlowGroup) -> None:
        """Forget a group."""
        self._key_of.pop(group, None)

    def first(self) -> tuple[int, FlowGroup] | None:
        """Return the smallest key and its group; None if there is no group."""
        heap, key_of = self._heap, self._key_of
        while heap:
            key, _, group = heap[0]
            if key_of.get(group) == key:
                return key, group
            heappop(heap)
        return None


class RepositoryLink:
    """The uplink of the repository, and every group that has flows.

    Rates and shares are in millionths of a byte per ms, clocks in millionths of a byte.

    Parameters
    ----------
    rate
        Its capacity.
    """

    __slots__ = (
        "_bound_by_share",
        "_bound_due",
        "_bound_weight",
        "_clock",
        "_free_by_share",
        "_free_demand",
        "_free_due",
        "_level",
        "_since",
        "_unaimed",
        "rate",
    )

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._free_demand = 0  # sum of the shares of all flows in free groups
        self._free_by_share = _Ranking()  # by minus the level that its share needs
        self._free_due = _Ranking()  # by time
        self._bound_weight = 0  # sum of the weights of all flows in bound groups
        self._bound_by_share = _Ranking()
        self._bound_due = _Ranking()  # by reading of the common clock
        self._level = 0  # rate of every bound flow, for each part of its weight
        self._clock = 0  # common clock of the bound groups, as it stood at `_since`
        self._since = 0
        self._unaimed: list[FlowGroup] = []

    def clock_of(self, group: FlowGroup, now: int) -> int:
        """Return what each flow of a group has received since the group came to life."""
        if group.bound:
            common = self._clock + self._level * (now - self._since)
            return group.clock + group.weight * common
        return group.clock + group.share * (now - group.since)

    def rate_of(self, group: FlowGroup) -> int:
        """Return the present rate of each flow of a group."""
        return self._level * group.weight if group.bound else group.share

    def count(self, group: FlowGroup, change: int) -> None:
        """Note that flows have joined or left a group."""
        group.count += change
        if group.bound:
            self._bound_weight += change * group.weight
        else:
            self._free_demand += change * group.share
        if not group.count:
            self._put_to_rest(group)

    def _put_to_rest(self, group: FlowGroup) -> None:
        """Leave nothing of a group without flows; its clock will start again from 0."""
        if group.bound:
            self._bound_by_share.drop(group)
            self._bound_due.drop(group)
        else:
            self._free_by_share.drop(group)
            self._free_due.drop(group)
        group.bound = False
        group.share = group.clock = group.joined = 0
        group.queue.clear()

    def settle(self, now: int) -> None:
        """Let the common clock run up to `now`, ahead of a change of its rate."""
        self._clock += self._level * (now - self._since)
        self._since = now

    def set_share(self, group: FlowGroup, share: int, now: int) -> None:
        """Give a group another share."""
        if group.bound:
            self._bound_by_share.put(group, reach(share, group.weight))
        else:
            group.clock += group.share * (now - group.since)
            group.since = now
            self._free_demand += group.count * (share - group.share)
            self._free_by_share.put(group, -reach(share, group.weight))
            group.aimed = False
        group.share = share

    def look_at(self, group: FlowGroup) -> None:
        """Note that the time of a group's next end is to be found anew."""
        group.aimed = False
        self._unaimed.append(group)

    def balance(self, now: int) -> None:
        """Find the level: bind the groups above it, free those that are not.

        To free the smallest share that the level allows, or else to bind the largest that it
        does not, raises the level and is never undone, so no group moves without need. Small and
        large is a share by the level it needs: what each part of its weight gets.
        """
        while True:
            if self._bound_weight:
                level = (self.rate - self._free_demand) // self._bound_weight
                lowest = self._bound_by_share.first()
                if lowest is not None and lowest[0] <= level:
                    self._set_free(lowest[1], now)
                    continue
            elif self._free_demand > self.rate:
                level = -1  # any level that is below every share that counts
            else:
                self._level = self._clock = 0
                return
            highest = self._free_by_share.first()
            if highest is None or -highest[0] <= level:
                self._level = level
                return
            self._bind(highest[1], now)

    def _bind(self, group: FlowGroup, now: int) -> None:
        group.clock += group.share * (now - group.since) - group.weight * self._clock
        group.bound = True
        self._free_demand -= group.count * group.share
        self._bound_weight += group.count * group.weight
        self._free_by_share.drop(group)
        self._free_due.drop(group)
        self._bound_by_share.put(group, reach(group.share, group.weight))
        self.look_at(group)

    def _set_free(self, group: FlowGroup, now: int) -> None:
        group.clock += group.weight * self._clock
        group.since = now
        group.bound = False
        self._free_demand += group.count * group.share
        self._bound_weight -= group.count * group.weight
        self._bound_by_share.drop(group)
        self._bound_due.drop(group)
        self._free_by_share.put(group, -reach(group.share, group.weight))
        self.look_at(group)

    def take_unaimed(self) -> list[FlowGroup]:
        """Return the groups whose next end is to be found anew, each once."""
        groups = []
        for group in self._unaimed:
            if not group.aimed and group.count:
                group.aimed = True
                groups.append(group)
        self._unaimed.clear()
        return groups

    def aim(self, group: FlowGroup) -> None:
        """File when the first flow in a group's queue ends."""
        left = group.queue[0][0] - group.clock
        if group.bound:
            self._bound_due.put(group, reach(left, group.weight))
        elif group.share:
            self._free_due.put(group, group.since - -left // group.share)
        else:
            self._free_due.drop(group)

    def next_due(self) -> int | None:
        """Return when the first flow of all ends at the present rates; None if none does."""
        free, bound = self._free_due.first(), self._bound_due.first()
        due = None if free is None else free[0]
        if bound is not None and self._level:
            bound_due = self._since - (self._clock - bound[0]) // self._level
            if due is None or bound_due < due:
                return bound_due
        return due

    def take_due(self, now: int) -> list[FlowGroup]:
        """Return the groups in which a flow ends by `now`, and forget when."""
        due = []
        while (first := self._free_due.first()) is not None and first[0] <= now:
            self._free_due.drop(first[1])
            due.append(first[1])
        clock = self._clock + self._level * (now - self._since)
        while (first := self._bound_due.first()) is not None and first[0] <= clock:
            self._bound_due.drop(first[1])
            due.append(first[1])
        return due
