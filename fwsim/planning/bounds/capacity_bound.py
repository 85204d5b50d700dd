"""How many devices can be successful by a time at best, and what keeps the others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.amounts import (
    counted,
    shown_duration,
    shown_rate,
    shown_share,
    shown_size,
    sizes_apart,
)
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.between_outages import open_time, repository_down, steps_between_outages
from fwsim.planning.bounds.earliest import NO_WAY, Earliest
from fwsim.planning.bounds.line_capacity import LineCapacity, Spans

FALSE_ALARM = 1e-9
"""Chance that more users than told agree at once, so that a run beats a bound (Hoeffding)."""
_NO_BYTE = 0.5
"""Of bytes, which are whole; so much less than all is a matter of rounding."""
_JUST = 10
"""Milliseconds: a line that lacks no more needs all of the time."""
Floats = NDArray[np.float64]
Members = NDArray[np.bool_]


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


class Lines:
    """The lines of a rollout and what must cross them; made once, asked often.

    Parameters
    ----------
    rollout, devices
        The plan, and what holds its devices back.
    """

    def __init__(self, rollout: Rollout, devices: Earliest) -> None:
        self.rollout, self.devices = rollout, devices
        self.by_site = np.lexsort((devices.size, devices.site))
        """The targeted devices site by site, those with the fewest bytes first."""
        # The caps are kept beside what was made for them, so that an id stays theirs.
        self._known: dict[
            tuple[int, ...], tuple[tuple[Cap, ...], list[LineCapacity], NDArray[np.int64]]
        ] = {}

    @cached_property
    def steps(self) -> list[list[tuple[int, int]]]:
        """How each line's rate changes over time, the sites' and then the hubs'.

        Equal ones share a list.
        """
        return steps_between_outages(self.rollout)

    @cached_property
    def down(self) -> Spans:
        """When the repository sends nothing."""
        return repository_down(self.rollout)

    @cached_property
    def since(self) -> NDArray[np.int64]:
        """When traffic can begin on each line: what counts there is of its own devices."""
        devices, hub_of = self.devices, self.rollout.hub_of
        since = np.full(len(self.steps), NO_WAY)
        over = devices.over_line
        np.minimum.at(since, devices.site[over], devices.due[over])
        sites = len(hub_of)
        behind = hub_of >= 0
        np.minimum.at(since, sites + hub_of[behind], since[:sites][behind])
        return np.where(since < NO_WAY, since, devices.traffic_from)

    def capacities(self, until: int, caps: tuple[Cap, ...]) -> Floats:
        """Return the most bytes each line can carry by a time; shape (lines,)."""
        kinds, of_line = self._kinds(caps)
        carried = np.array([kind.by(until) for kind in kinds])
        capacities: Floats = carried[of_line]
        return capacities

    def capacity(self, line: int, until: int, caps: tuple[Cap, ...]) -> float:
        """Return the most bytes that one line can carry by a time."""
        kinds, of_line = self._kinds(caps)
        return kinds[int(of_line[line])].by(until)

    def late(self, counts: Members, until: int, horizon: int) -> tuple[int, int] | None:
        """Return how many sites' lines are not through by a time, and when the last of them is.

        Parameters
        ----------
        counts
            Which targeted devices must have their bytes; shape (targeted,).
        until, horizon
            Milliseconds: the time, and the end.
        """
        sites = len(self.rollout.fleet.site.values)
        needed = np.bincount(self.devices.site[counts], self.devices.size[counts], minlength=sites)
        late = np.flatnonzero(needed > self.capacities(until, ())[:sites] + _NO_BYTE)
        if not len(late):
            return None
        low, high = until, horizon
        while high - low > 1:
            middle = (low + high) // 2
            if (needed > self.capacities(middle, ())[:sites] + _NO_BYTE).any():
                low = middle
            else:
                high = middle
        return len(late), high

    def _kinds(self, caps: tuple[Cap, ...]) -> tuple[list[LineCapacity], NDArray[np.int64]]:
        """Return the lines that differ, and which of them each line is; made once."""
        key = tuple(id(cap) for cap in caps)
        if key not in self._known:
            places: dict[tuple[object, ...], int] = {}
            made: list[LineCapacity] = []
            of_line = np.zeros(len(self.steps), np.int64)
            for line, (steps, since) in enumerate(
                zip(self.steps, self.since.tolist(), strict=True)
            ):
                rates = [float(cap.rates[line]) for cap in caps]
                kind = (id(steps), since, *rates)
                if kind not in places:
                    places[kind] = len(made)
                    limits = [(r, c.spans) for r, c in zip(rates, caps, strict=True)]
                    made.append(
                        LineCapacity(
                            steps,
                            [limit for limit in limits if math.isfinite(limit[0])],
                            since,
                        )
                    )
                of_line[line] = places[kind]
            self._known[key] = caps, made, of_line
        return self._known[key][1:]


class Reach:
    """How many devices can be successful by a time.

    Parameters
    ----------
    lines
        The plan's.
    members
        Which targeted devices count; shape (targeted,).
    until
        Milliseconds after the start.
    caps
        Limits on the lines.

    Attributes
    ----------
    most
        How many, at best.
    reason
        What keeps the others, with its numbers.
    """

    def __init__(
        self, lines: Lines, members: Members, until: int, caps: tuple[Cap, ...] = ()
    ) -> None:
        self._lines, self._devices, self._until, self._caps = lines, lines.devices, until, caps
        self._ready = members & (self._devices.ready <= until)
        self._over = self._ready & self._devices.over_line
        ways = (
            self._by_turn(members),
            self._by_lines(),
            *self._by_hubs(),
            self._by_repository(),
            self._by_workers(),
            self._by_people(),
        )
        self.most, self.reason = min(ways, key=lambda way: way[0])
        if self.most >= members.sum():
            self.reason = say("bounds.nothing")

    def _by_turn(self, members: Members) -> tuple[float, str]:
        """Return how many have their turn and the time for their bytes."""
        devices, until = self._devices, self._until
        lost = int((members & (devices.ready >= NO_WAY)).sum())
        unsent = int((members & (devices.sent > until)).sum())
        late = int((members & (devices.ready > until)).sum())
        shut = int((members & (devices.turn <= until) & (devices.sent > until)).sum())
        if shut and shut * 2 >= late:
            reason = say("bounds.shut", devices=counted(shut, "device"))
        elif lost and lost >= late - lost:
            reason = say("bounds.lost", devices=counted(lost, "device"))
        elif unsent * 2 >= late:
            if until < devices.first_command:
                later = shown_duration(devices.first_command - until)
                reason = say("bounds.unsent_first", count=unsent, later=later)
            else:
                last = int(devices.sent[members].max(initial=0)) - devices.first_command
                reason = say("bounds.unsent_last", count=unsent, later=shown_duration(last))
        else:
            reason = say("bounds.late", devices=counted(late, "device"))
        return float(self._ready.sum()), reason

    @cached_property
    def _at_sites(self) -> tuple[NDArray[np.int64], NDArray[np.bool_], Floats]:
        """Devices site by site, which of them their line lets through, and what it can carry."""
        devices, sites = self._devices, self._lines.rollout.fleet.site.values
        chosen = self._lines.by_site[self._over[self._lines.by_site]]
        site = devices.site[chosen]
        total = np.cumsum(devices.size[chosen], dtype=np.float64)
        starts = np.searchsorted(site, np.arange(len(sites)))
        before = np.append(0.0, total)[starts]
        capacity = self._lines.capacities(self._until, self._caps)
        return chosen, total - before[site] <= capacity[site] + _NO_BYTE, capacity

    def _by_lines(self) -> tuple[float, str]:
        """Return how many the sites' lines let through, and the line that holds most back."""
        devices, sites = self._devices, self._lines.rollout.fleet.site.values
        chosen, fits, _ = self._at_sites
        around = float((self._ready & ~devices.over_line).sum())
        if not len(chosen):
            return around, say("bounds.nothing")
        site = devices.site[chosen]
        missed = np.bincount(site[~fits], minlength=len(sites))
        worst = int(missed.argmax())
        names = "bounds.line", "bounds.line_limited", "bounds.line_just"
        where = {"site": sites[worst]}
        reason = self._held_back(names, worst, chosen[site == worst], where)
        return around + float(fits.sum()) + self._parts(missed, 0), reason

    def _by_hubs(self) -> list[tuple[float, str]]:
        """Return how many of those that come through their site's line come through its hub's.

        The fewest bytes first: no other choice lets more through.
        """
        rollout, devices = self._lines.rollout, self._devices
        chosen, fits, capacity = self._at_sites
        if not rollout.hubs() or not len(chosen):
            return []
        missed_at_sites = np.bincount(devices.site[chosen[~fits]], minlength=len(rollout.hub_of))
        passing = chosen[fits]
        hub, first = rollout.hub_of[devices.site], len(rollout.hub_of)
        missed = np.zeros(len(rollout.hubs()), np.int64)
        for number in range(len(missed)):
            sizes = np.sort(devices.size[passing[hub[passing] == number]])
            total = np.cumsum(sizes, dtype=np.float64)
            missed[number] = int((total > capacity[first + number] + _NO_BYTE).sum())
        worst = int(missed.argmax())
        mine = chosen[hub[chosen] == worst]
        parts = self._parts(missed_at_sites, 0) + self._parts(missed, first)
        most = float((self._ready & ~devices.over_line).sum()) + len(passing) - missed.sum() + parts
        names = "bounds.hub", "bounds.hub_limited", "bounds.hub_just"
        where = {"hub": rollout.line_names()[first + worst]}
        return [(most, self._held_back(names, first + worst, mine, where))]

    def _held_back(
        self,
        names: tuple[str, str, str],
        line: int,
        behind: NDArray[np.int64],
        where: dict[str, str],
    ) -> str:
        """Return how a line holds some of the devices behind it back.

        Parameters
        ----------
        names
            Of the message, of that under limits, and of that just before the last byte is through.
        line
            Its number.
        behind
            The devices behind it.
        where
            What the messages call it.
        """
        needed = float(self._devices.size[behind].sum())
        carried, soon = (
            self._lines.capacity(line, at, self._caps) for at in (self._until, self._until + _JUST)
        )
        plain, limited, just = names
        devices = counted(len(behind), "device")
        if not self._caps and needed <= soon:
            return say(just, needed=shown_size(needed), devices=devices, **where)
        most, need = sizes_apart(carried, needed)
        total = np.cumsum(np.sort(self._devices.size[behind]), dtype=np.float64)
        # Just before a device's last byte is through, the sizes that are told say it is.
        missed, at_once = (int((total > at + _NO_BYTE).sum()) for at in (soon, carried))
        words = {"missed": counted(missed or at_once, "device"), **where}
        words |= {"most": most, "needed": need}
        return say(limited if self._caps else plain, count=len(behind), **words)

    def _parts(self, missed: NDArray[np.int64], first: int) -> float:
        """Return how many more devices a limit on the mean may let through.

        How many fit is a concave function of a line's rate only if parts of devices count
        (Jensen): less than one device a line.

        Parameters
        ----------
        missed
            Devices that each of some lines holds back.
        first
            The number of the first of these lines.
        """
        averages = [cap.rates[first : first + len(missed)] for cap in self._caps if cap.is_average]
        limited = np.isfinite(averages).any(axis=0) if averages else np.zeros(len(missed), bool)
        return float((limited & (missed > 0)).sum())

    def _by_repository(self) -> tuple[float, str]:
        devices = self._devices
        uplink = self._lines.rollout.scenario.network.repository.carries
        total, soon = (
            uplink * open_time(self._lines.down, devices.traffic_from, at) / 1000
            for at in (self._until, self._until + _JUST)
        )
        sizes = np.sort(devices.size[self._over])
        fits = int(np.searchsorted(np.cumsum(sizes, dtype=np.float64), total, "right"))
        most = float(fits + (self._ready & ~devices.over_line).sum())
        needed, rate = float(sizes.sum()), shown_rate(uplink)
        if needed <= soon:
            all_of_them = counted(len(sizes), "device")
            words = {"rate": rate, "needed": shown_size(needed), "devices": all_of_them}
            return most, say("bounds.repository_just", **words)
        carried, need = sizes_apart(total, needed)
        words = {"rate": rate, "most": carried, "needed": need}
        return most, say("bounds.repository", count=len(sizes), **words)

    def _by_workers(self) -> tuple[float, str]:
        a = self._lines.rollout.assumptions
        each = min(a.send_time, a.connect_timeout, a.ping_timeout)
        since = max(0, self._until - self._devices.first_command)
        most = math.inf if not each else float(a.dispatch_workers * (since // each))
        workers = counted(a.dispatch_workers, "worker")
        reached = counted(int(most), "device") if each else ""
        return most, say("bounds.workers", workers=workers, most=reached)

    def _by_people(self) -> tuple[float, str]:
        """Return how many are ready if luck brings as many who agree at once as it ever does."""
        devices = self._devices
        late = self._ready & (devices.ready + devices.held > self._until)
        waiting = int(late.sum())
        agree = float(devices.consent[late].sum())
        lucky = agree + math.sqrt(waiting * math.log(1 / FALSE_ALARM) / 2)
        most = float(self._ready.sum()) - waiting + min(lucky, float(waiting))
        share = shown_share(agree / max(waiting, 1))
        return most, say("bounds.people", devices=counted(waiting, "device"), share=share)
