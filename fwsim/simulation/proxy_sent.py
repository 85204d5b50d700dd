"""What providers send to their neighbours, minute by minute."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from fwsim.commands.transfer import bytes_served
from fwsim.model.line_units import STRETCH
from fwsim.model.past_load import sent_with_the_past
from fwsim.model.status_log import ProxyLoad
from fwsim.simulation.proxy_requests import PackageRequest
from fwsim.simulation.world import World


class SentByProxies:
    """What all providers of a run have sent.

    Parameters
    ----------
    world
        The surroundings.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._sizes: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._told: list[tuple[int, int, int]] = []

    def under_way(self, request: PackageRequest) -> int:
        """Return the bytes of a package that is on its way from a neighbour."""
        if request.provider is None:
            return 0
        a = self._world.assumptions
        passed = int(self._world.env.now) - request.began
        return bytes_served(request.next_size, passed, a.provider_slots, a.lan_rate)

    def note(self, request: PackageRequest) -> None:
        """Note what a neighbour has sent of a package, which is in or breaks off now."""
        if request.provider is None:
            return
        a = self._world.assumptions
        at, now, sent = request.began, int(self._world.env.now), 0
        while at < now:
            minute = at // STRETCH * STRETCH
            at = min(minute + STRETCH, now)
            passed = at - request.began
            until = bytes_served(request.next_size, passed, a.provider_slots, a.lan_rate)
            self._sizes[minute, request.provider] += until - sent
            sent = until
        request.provider = None

    def note_told(self, row: int, provider: int, size: int) -> None:
        """Note bytes that have come by a line of a log only; below 0 if fewer came by it."""
        if size:
            self._told.append((row, provider, size))

    def load(self) -> ProxyLoad:
        """Return what every provider sent, the bytes among it that only a log tells of."""
        rows = [(minute, provider, size) for (minute, provider), size in self._sizes.items()]
        minute, provider, size = np.array(rows, np.int64).reshape(-1, 3).T
        is_any = size > 0
        load = ProxyLoad.of(minute[is_any], provider[is_any], size[is_any])
        told = np.array(self._told, np.int64).reshape(-1, 3).T
        return sent_with_the_past(load, self._world.draws.past, self._world.rollout, *told)
