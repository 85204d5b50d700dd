"""The lines of a plan as its bounds see them: what each carries by a time, also under limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.between_outages import repository_down, steps_between_outages
from fwsim.planning.bounds.consent import NO_WAY
from fwsim.planning.bounds.earliest import Earliest
from fwsim.planning.bounds.line_capacity import LineCapacities, Spans

NO_BYTE = 0.5
"""Of bytes, which are whole; so much less than all is a matter of rounding."""
Floats = NDArray[np.float64]
Members = NDArray[np.bool_]
Numbers = NDArray[np.int64]
OverTime = tuple[Numbers, Numbers, Floats]
"""Lines, when their rates change, and the rates from then on; shapes (n,), (times,), (n, times)."""
_Alike = tuple[Numbers, LineCapacities]


@dataclass(frozen=True)
class Cap:
    """A limit on the rate of lines, to be kept at the same time as a deadline.

    Parameters
    ----------
    rates
        Bytes per second each line may carry, the sites' and then the hubs'; shape (lines,);
        infinite where it says nothing.
    spans
        When, milliseconds; None is always.
    is_average
        Whether it holds for the mean over the runs, not in each.
    """

    rates: Floats
    spans: Spans | None
    is_average: bool = False

    def in_one_of(self, share: float) -> Cap:
        """Return what holds in one run at least of any such share of them, if the mean keeps it."""
        return replace(self, rates=self.rates / share, is_average=False)


def smallest_copies(devices: Earliest, some: Members) -> Floats:
    """Return the bytes of the smallest copy that is of use to some who have a proxy, by site.

    Parameters
    ----------
    devices
        All that are targeted.
    some
        Which of them; shape (targeted,).

    Returns
    -------
    ndarray
        0 where none of them has a proxy; shape (sites,).
    """
    waiting = some & ~devices.over_line
    size = np.full(len(devices.site_due), np.inf)
    np.minimum.at(size, devices.site[waiting], devices.size[waiting])
    return np.where(np.isfinite(size), size, 0.0)


def lines_over_time(steps: Sequence[Sequence[tuple[int, int]]]) -> list[OverTime]:
    """Return how lines' rates change, those together that change at the same times.

    Parameters
    ----------
    steps
        (milliseconds, bytes per second) of each line; ascending, the first at 0.
    """
    alike: dict[tuple[int, ...], list[int]] = {}
    for line, changes in enumerate(steps):
        alike.setdefault(tuple(at for at, _ in changes), []).append(line)
    return [
        (
            np.array(lines, np.int64),
            np.array(at, np.int64),
            np.array([[rate for _, rate in steps[line]] for line in lines], np.float64),
        )
        for at, lines in alike.items()
    ]


class Lines:
    """The lines of a rollout and what must cross them; made once, asked often.

    Parameters
    ----------
    rollout, devices
        The plan, and what holds its devices back.
    over_time
        How its lines' rates change, as `lines_over_time` returns it, if that is known already.
    """

    def __init__(
        self, rollout: Rollout, devices: Earliest, over_time: list[OverTime] | None = None
    ) -> None:
        self.rollout, self.devices = rollout, devices
        if over_time is None:
            over_time = lines_over_time(steps_between_outages(rollout))
        self.over_time = over_time
        self.count = len(rollout.hub_of) + len(rollout.hubs())
        # The caps are kept beside what was made for them, so that an id stays theirs.
        self._known: dict[tuple[int, ...], tuple[tuple[Cap, ...], list[_Alike]]] = {}

    @cached_property
    def down(self) -> Spans:
        """When the repository sends nothing."""
        return repository_down(self.rollout)

    @cached_property
    def since(self) -> NDArray[np.int64]:
        """When traffic can begin on each line: what counts there is of its own devices."""
        devices, hub_of = self.devices, self.rollout.hub_of
        since = np.full(self.count, NO_WAY)
        over = devices.over_line
        np.minimum.at(since, devices.site[over], devices.due[over])
        sites = len(hub_of)
        behind = hub_of >= 0
        np.minimum.at(since, sites + hub_of[behind], since[:sites][behind])
        return np.where(since < NO_WAY, since, devices.traffic_from)

    @cached_property
    def since_any(self) -> NDArray[np.int64]:
        """When the first bytes of anybody can cross each line."""
        by_site, hub_of = self.devices.site_due, self.rollout.hub_of
        since = np.append(by_site, np.full(self.count - len(by_site), NO_WAY))
        behind = hub_of >= 0
        np.minimum.at(since, len(by_site) + hub_of[behind], by_site[behind])
        return since

    def capacities(self, until: int, caps: tuple[Cap, ...], *, of_anybody: bool = False) -> Floats:
        """Return the most bytes each line can carry by a time; shape (lines,).

        Parameters
        ----------
        until
            The time, milliseconds.
        caps
            Limits on the lines.
        of_anybody
            Whether from the first byte on, of whomever, not of devices that fetch for themselves.
        """
        capacities: Floats = np.zeros(self.count)
        for lines, table in self._kinds(caps, of_anybody=of_anybody):
            capacities[lines] = table.by(until)
        return capacities

    def capacity(self, line: int, until: int, caps: tuple[Cap, ...]) -> float:
        """Return the most bytes that one line can carry by a time."""
        return float(self.capacities(until, caps)[line])

    def late(self, counts: Members, until: int, horizon: int) -> tuple[int, int] | None:
        """Return how many sites' lines are not through by a time, and when the last of them is.

        Parameters
        ----------
        counts
            Which targeted devices must have their bytes, or a proxy that hands them on; shape
            (targeted,).
        until, horizon
            Milliseconds: the time, and the end.
        """
        devices, sites = self.devices, len(self.rollout.fleet.site.values)
        over, copies = counts & devices.over_line, smallest_copies(devices, counts)
        needed = np.bincount(devices.site[over], devices.size[over], minlength=sites)

        def late_by(at: int) -> Members:
            late: Members = needed > self.capacities(at, ())[:sites] + NO_BYTE
            if copies.any():
                late |= copies > self.capacities(at, (), of_anybody=True)[:sites] + NO_BYTE
            return late

        late = int(late_by(until).sum())
        if not late:
            return None
        low, high = until, horizon
        while high - low > 1:
            middle = (low + high) // 2
            if late_by(middle).any():
                low = middle
            else:
                high = middle
        return late, high

    def _kinds(self, caps: tuple[Cap, ...], *, of_anybody: bool = False) -> list[_Alike]:
        """Return tables of lines that change at the same times; made once."""
        key = (of_anybody, *(id(cap) for cap in caps))
        if key not in self._known:
            begins = self.since_any if of_anybody else self.since
            limited = np.isfinite([cap.rates for cap in caps]) if caps else None
            self._known[key] = caps, [*self._tables(begins, caps, limited)]
        return self._known[key][1]

    def _tables(
        self, begins: NDArray[np.int64], caps: tuple[Cap, ...], limited: Members | None
    ) -> Iterator[_Alike]:
        """Yield a table for all lines on which traffic begins together, under the same limits."""
        for lines, at, rates in self.over_time:
            _, kind = np.unique(begins[lines], return_inverse=True)
            for row in () if limited is None else limited:
                kind = kind * 2 + row[lines]
            for number in np.unique(kind).tolist():
                mine = np.flatnonzero(kind == number)
                whom = lines[mine]
                limits = [
                    (cap.rates[whom], cap.spans) for cap in caps if np.isfinite(cap.rates[whom[0]])
                ]
                yield whom, LineCapacities(at, rates[mine], limits, int(begins[whom[0]]))
