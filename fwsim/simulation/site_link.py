"""A site's line, the groups of its flows, and what it has carried.

How sharing works is told in `fwsim.simulation.fair_sharing`.
"""

from __future__ import annotations

from fwsim.model.sharing_classes import Kind
from fwsim.simulation.hub_link import HubLink
from fwsim.simulation.repository_link import FlowGroup


class SiteLink:
    """A site's link.

    Parameters
    ----------
    rate
        Its capacity, in millionths of a byte per ms.
    hub
        What it hangs on; None for the repository.
    kinds
        The kinds of downloads it may have by their number, with their place in its order.
    """

    __slots__ = ("carried", "ended", "flows", "groups", "hub", "kinds", "parts", "rate", "touched")

    def __init__(self, rate: int, hub: HubLink | None, kinds: dict[int, tuple[int, Kind]]) -> None:
        self.rate = rate
        self.hub = hub
        self.kinds = kinds
        self.flows = 0
        self.parts = 0  # sum of the flows' weights
        self.groups: list[FlowGroup] = []  # those first that fill their own ceiling first
        self.ended = 0  # bytes of flows that are over
        self.carried = 0  # bytes the meter has shown so far
        self.touched = False
