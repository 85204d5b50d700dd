"""What devices with proxies need of lines: one copy of the packages for all of a site.

A proxy serves its own site only. So before the first device of a site is successful, the fewest
bytes that any of them needs have come over its line once; to how many it hands them on costs the
line nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.amounts import counted, shown_size, sizes_apart
from fwsim.messages import say
from fwsim.planning.bounds.earliest import Earliest
from fwsim.planning.bounds.lines import NO_BYTE, smallest_copies

Floats = NDArray[np.float64]
Members = NDArray[np.bool_]
_ROUNDING = 1e-9
"""Share of a sum of many parts of bytes by which rounding may be off."""


@dataclass(frozen=True)
class Copies:
    """The copies that proxies must have fetched by a time, one a site.

    Parameters
    ----------
    devices
        All that are targeted.
    ready
        Which of them could be successful if their bytes came at once; shape (targeted,).
    carried, soon
        Bytes that each site's and then each hub's line carries by then, and a moment later, from
        the first byte of anybody on; shape (lines,).
    """

    devices: Earliest
    ready: Members
    carried: Floats
    soon: Floats

    @cached_property
    def _wait(self) -> Members:
        """Which devices that are ready have a proxy."""
        return self.ready & ~self.devices.over_line

    @cached_property
    def waiting(self) -> NDArray[np.int64]:
        """How many of these each site has; shape (sites,)."""
        site = self.devices.site[self._wait]
        waiting: NDArray[np.int64] = np.bincount(site, minlength=len(self.devices.site_due))
        return waiting

    @cached_property
    def size(self) -> Floats:
        """Bytes of the smallest copy that is of use to one of them; 0 without; shape (sites,)."""
        return smallest_copies(self.devices, self.ready)

    @cached_property
    def through(self) -> Members:
        """Which of them have a copy at their site by then; shape (targeted,)."""
        has_come = self.size <= self.carried[: len(self.size)] + NO_BYTE
        through: Members = self._wait & has_come[self.devices.site]
        return through

    @cached_property
    def missed(self) -> NDArray[np.int64]:
        """How many of them wait for their site's copy; shape (sites,)."""
        had = np.bincount(self.devices.site[self.through], minlength=len(self.waiting))
        return np.asarray(self.waiting - had)

    @cached_property
    def weights(self) -> Floats:
        """What each device weighs on lines behind its site's, bytes; shape (targeted,).

        Its own bytes, or its part of its site's copy: however many of a site's devices are
        counted, their parts come to no more than the copy.
        """
        parts = self.size / np.maximum(self.waiting, 1)
        devices = self.devices
        return np.where(devices.over_line, devices.size, parts[devices.site])

    def held_back_at(self, site: int, name: str) -> str:
        """Return how a site's line holds back what its proxy hands on."""
        needed = float(self.size[site])
        words = {"site": name, "devices": counted(int(self.waiting[site]), "device")}
        if needed <= self.soon[site] + NO_BYTE:
            return say("bounds.copy_just", needed=shown_size(needed), **words)
        most, need = sizes_apart(float(self.carried[site]), needed)
        return say("bounds.copy", most=most, needed=need, **words)

    def beyond(self, some: Members, carried: float) -> int:
        """Return how many of some devices a line behind the sites' does not let through.

        Parameters
        ----------
        some
            Who is behind it; shape (targeted,).
        carried
            The bytes that it carries.
        """
        total = np.cumsum(np.sort(self.weights[some]))
        return int((total > carried * (1 + _ROUNDING) + NO_BYTE).sum())

    def held_back_behind(
        self, some: Members, carried: tuple[float, float], name: str, **where: str
    ) -> str:
        """Return how a line behind the sites' holds some devices back.

        Parameters
        ----------
        some
            Who is behind it; shape (targeted,).
        carried
            The bytes that it carries by then, and a moment later.
        name
            Of the message.
        where
            What the message calls it.
        """
        needed, (at_once, soon) = float(self.weights[some].sum()), carried
        words = {"devices": counted(int(some.sum()), "device"), **where}
        if needed <= soon + NO_BYTE:
            return say(f"{name}_just", needed=shown_size(needed), **words)
        most, need = sizes_apart(at_once, needed)
        return say(name, most=most, needed=need, **words)
