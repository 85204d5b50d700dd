"""A link that several sites share on their way to the repository.

How sharing works is told in `fwsim.simulation.fair_sharing`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.commands.connection import reach
from fwsim.simulation.repository_link import FlowGroup


class HubLink:
    """A hub's link, and the groups of its sites that have flows.

    Parameters
    ----------
    rate
        Its capacity, in millionths of a byte per ms.
    """

    __slots__ = ("_running", "rate", "touched")

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.touched = False
        self._running: dict[int, FlowGroup] = {}  # by number

    def count(self, group: FlowGroup) -> None:
        """Note that flows have joined or left a group."""
        if group.count:
            self._running[group.number] = group
        else:
            self._running.pop(group.number, None)

    def shares(self) -> Iterator[tuple[FlowGroup, int]]:
        """Yield each group with what its device, its site and the hub allow each of its flows."""
        groups = sorted(self._running.values(), key=_level_for_site_share)
        left, parts = self.rate, sum(group.count * group.weight for group in groups)
        for group in groups:
            share = left // parts * group.weight
            if group.site_share <= share:
                share = group.site_share
                left -= group.count * share
                parts -= group.count * group.weight
            # else this is the hub level: every group from here on gets it
            yield group, share


def _level_for_site_share(group: FlowGroup) -> int:
    return reach(group.site_share, group.weight)
