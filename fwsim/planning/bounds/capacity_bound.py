"""How many devices can be successful by a time at best, and what keeps the others."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, partial

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
from fwsim.planning.bounds.between_outages import open_time
from fwsim.planning.bounds.consent import NO_WAY
from fwsim.planning.bounds.copies import Copies
from fwsim.planning.bounds.lines import NO_BYTE, Cap, Lines

FALSE_ALARM = 1e-9
"""Chance that more users than told agree at once, so that a run beats a bound (Hoeffding)."""
_JUST = 10
"""Milliseconds: a line that lacks no more needs all of the time."""
Floats = NDArray[np.float64]
Members = NDArray[np.bool_]
Way = tuple[float, Callable[[], str]]
"""How many devices something lets through at best, and what tells how it keeps the others."""


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
            *self._by_copies(),
            self._by_workers(),
            self._by_people(),
        )
        self.most, self._told = min(ways, key=lambda way: way[0])
        self._is_all = bool(self.most >= members.sum())

    @cached_property
    def reason(self) -> str:
        """What keeps the others, with its numbers."""
        return say("bounds.nothing") if self._is_all else self._told()

    def _by_turn(self, members: Members) -> Way:
        """Return how many have their turn and the time for their bytes."""
        return float(self._ready.sum()), partial(self._turns_in_words, members)

    def _turns_in_words(self, members: Members) -> str:
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
        return reason

    @cached_property
    def _copies(self) -> Copies:
        # How many have a copy is no concave function of a rate: limits on a mean say nothing.
        caps = () if any(cap.is_average for cap in self._caps) else self._caps
        if not (self._ready & ~self._devices.over_line).any():
            none = np.zeros(self._lines.count)
            return Copies(self._devices, self._ready, none, none)
        carried, soon = (
            self._lines.capacities(at, caps, of_anybody=True)
            for at in (self._until, self._until + _JUST)
        )
        return Copies(self._devices, self._ready, carried, soon)

    @cached_property
    def _at_sites(self) -> tuple[NDArray[np.int64], NDArray[np.bool_], Floats]:
        """Devices site by site, which of them their line lets through, and what it can carry."""
        devices, sites = self._devices, self._lines.rollout.fleet.site.values
        chosen = devices.by_site[self._over[devices.by_site]]
        site = devices.site[chosen]
        total = np.cumsum(devices.size[chosen], dtype=np.float64)
        starts = np.searchsorted(site, np.arange(len(sites)))
        before = np.append(0.0, total)[starts]
        capacity = self._lines.capacities(self._until, self._caps)
        return chosen, total - before[site] <= capacity[site] + NO_BYTE, capacity

    def _by_lines(self) -> Way:
        """Return how many the sites' lines let through, and the line that holds most back."""
        devices, sites = self._devices, self._lines.rollout.fleet.site.values
        chosen, fits, _ = self._at_sites
        around, waiting = float(self._copies.through.sum()), self._copies.missed
        site = devices.site[chosen]
        missed = np.bincount(site[~fits], minlength=len(sites))
        if waiting.any() and waiting.max() >= missed.max(initial=0):
            longest = int(waiting.argmax())
            reason = partial(self._copies.held_back_at, longest, sites[longest])
            return around + float(fits.sum()) + self._parts(missed, 0), reason
        if not len(chosen):
            return around, partial(say, "bounds.nothing")
        worst = int(missed.argmax())
        names = "bounds.line", "bounds.line_limited", "bounds.line_just"
        where = {"site": sites[worst]}
        reason = partial(self._held_back, names, worst, chosen[site == worst], where)
        return around + float(fits.sum()) + self._parts(missed, 0), reason

    def _by_hubs(self) -> list[Way]:
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
            missed[number] = int((total > capacity[first + number] + NO_BYTE).sum())
        worst = int(missed.argmax())
        mine = chosen[hub[chosen] == worst]
        parts = self._parts(missed_at_sites, 0) + self._parts(missed, first)
        most = float(self._copies.through.sum()) + len(passing) - missed.sum() + parts
        names = "bounds.hub", "bounds.hub_limited", "bounds.hub_just"
        where = {"hub": rollout.line_names()[first + worst]}
        return [(most, partial(self._held_back, names, first + worst, mine, where))]

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
        missed, at_once = (int((total > at + NO_BYTE).sum()) for at in (soon, carried))
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

    def _by_repository(self) -> Way:
        devices = self._devices
        uplink = self._lines.rollout.scenario.network.repository.carries
        total, soon = (
            uplink * open_time(self._lines.down, devices.traffic_from, at) / 1000
            for at in (self._until, self._until + _JUST)
        )
        sizes = np.sort(devices.size[self._over])
        fits = int(np.searchsorted(np.cumsum(sizes, dtype=np.float64), total, "right"))
        most = float(fits + self._copies.through.sum())
        return most, partial(self._repository_in_words, sizes, total, soon)

    def _repository_in_words(self, sizes: NDArray[np.int64], total: float, soon: float) -> str:
        uplink = self._lines.rollout.scenario.network.repository.carries
        needed, rate = float(sizes.sum()), shown_rate(uplink)
        if needed <= soon:
            all_of_them = counted(len(sizes), "device")
            words = {"rate": rate, "needed": shown_size(needed), "devices": all_of_them}
            return say("bounds.repository_just", **words)
        carried, need = sizes_apart(total, needed)
        words = {"rate": rate, "most": carried, "needed": need}
        return say("bounds.repository", count=len(sizes), **words)

    def _by_copies(self) -> list[Way]:
        """Return how many hubs and the repository let through where proxies hand copies on."""
        copies, devices, lines = self._copies, self._devices, self._lines
        if not copies.through.any():
            return []
        some = self._over | copies.through
        hub, first = lines.rollout.hub_of[devices.site], len(lines.rollout.hub_of)
        missed = [
            copies.beyond(some & (hub == number), copies.carried[first + number])
            for number in range(len(lines.rollout.hubs()))
        ]
        ways: list[Way] = []
        if any(missed):
            worst = int(np.argmax(missed))
            carried = copies.carried[first + worst], copies.soon[first + worst]
            where = {"hub": lines.rollout.line_names()[first + worst]}
            behind = some & (hub == worst)
            reason = partial(copies.held_back_behind, behind, carried, "bounds.hub_copies", **where)
            ways.append((float(some.sum() - sum(missed)), reason))
        uplink = lines.rollout.scenario.network.repository.carries
        since = int(devices.site_due.min())
        total, soon = (
            uplink * open_time(lines.down, since, at) / 1000
            for at in (self._until, self._until + _JUST)
        )
        if beyond := copies.beyond(some, total):
            where = {"rate": shown_rate(uplink)}
            name = "bounds.repository_copies"
            reason = partial(copies.held_back_behind, some, (total, soon), name, **where)
            ways.append((float(some.sum() - beyond), reason))
        return ways

    def _by_workers(self) -> Way:
        a = self._lines.rollout.assumptions
        each = min(a.send_time, a.connect_timeout, a.ping_timeout)
        since = max(0, self._until - self._devices.first_command)
        most = math.inf if not each else float(a.dispatch_workers * (since // each))

        def reason() -> str:
            workers = counted(a.dispatch_workers, "worker")
            reached = counted(int(most), "device") if each else ""
            return say("bounds.workers", workers=workers, most=reached)

        return most, reason

    def _by_people(self) -> Way:
        """Return how many are ready if luck brings as many who agree at once as it ever does."""
        devices = self._devices
        late = self._ready & (devices.ready + devices.held > self._until)
        waiting = int(late.sum())
        agree = float(devices.consent[late].sum())
        lucky = agree + math.sqrt(waiting * math.log(1 / FALSE_ALARM) / 2)
        most = float(self._ready.sum()) - waiting + min(lucky, float(waiting))

        def reason() -> str:
            share = shown_share(agree / max(waiting, 1))
            return say("bounds.people", devices=counted(waiting, "device"), share=share)

        return most, reason
