"""The lines of a rollout: of sites and of hubs, their rates over time, and what a download gets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.connection import ROUND
from fwsim.fleet.busy_times import ByDay, Spans, largest_shares
from fwsim.fleet.fleet import Fleet
from fwsim.fleet.spans import Stretch
from fwsim.fleet.week import Week, read_week
from fwsim.model.habits import days_off_of_lines
from fwsim.model.rollout_times import RolloutTimes
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.hubs import Membership
from fwsim.scenario.network_section import HubSection, LineSection, SiteSection
from fwsim.scenario.schema import Scenario
from fwsim.scenario.windows_section import HolidaysSection

NO_HUB = -1
Busy = tuple[tuple[tuple[str, Any], ...], HolidaysSection | None]
"""What others take by times of the week, and on which days they do not: alike on many lines."""
OverTime = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Moments in milliseconds, sorted, the first 0, and the bytes per second from each of them on."""


def busy_of(line: LineSection) -> Busy:
    """Return what others take of a line, in a form that is the same of lines that do alike."""
    return tuple(line.busy.items()), line.holidays


def _changes(moments: NDArray[np.int64], rates: NDArray[np.int64]) -> list[OverTime]:
    """Return each row of rates over time without the moments at which it stays the same."""
    differs = np.ones(rates.shape, bool)
    differs[:, 1:] = rates[:, 1:] != rates[:, :-1]
    whole = np.asarray(differs.all(axis=1))
    return [
        (moments, row) if is_whole else (moments[new], row[new])
        for row, new, is_whole in zip(rates, differs, whole.tolist(), strict=True)
    ]


class RolloutLines(RolloutTimes):
    """What a rollout knows of its lines.

    Parameters
    ----------
    scenario
        Describes them.
    fleet
        Whose sites they lead to.
    """

    def __init__(self, scenario: Scenario, fleet: Fleet) -> None:
        super().__init__(scenario)
        self.fleet = fleet
        self._taken: dict[Busy, list[tuple[int, float]]] = {}

    def sites(self) -> list[SiteSection]:
        """Return the line behind each value of `fleet.site`."""
        return self._sites

    @cached_property
    def _sites(self) -> list[SiteSection]:
        sections = self.scenario.network.sites
        return [sections.get(name) or sections[DEFAULT] for name in self.fleet.site.values]

    def hubs(self) -> list[HubSection]:
        """Return the hubs, in the order of the scenario."""
        return list(self.scenario.network.hubs.values())

    @cached_property
    def hub_of(self) -> NDArray[np.int64]:
        """Index of each site's hub; -1 where it hangs on the repository; shape (sites,)."""
        membership = Membership(self.scenario.network.hubs)
        hubs = [membership.hub_of(name) for name in self.fleet.site.values]
        return np.array([NO_HUB if hub is None else hub for hub in hubs], np.int64)

    def lines(self) -> list[LineSection]:
        """Return the lines of the sites, and then those of the hubs."""
        return [*self.sites(), *self.hubs()]

    def line_names(self) -> list[str]:
        """Return the names of the sites, and then those of the hubs."""
        return [*self.fleet.site.values, *self.scenario.network.hubs]

    def hubs_for(self, unit: str | None) -> NDArray[np.int64]:
        """Return the indices of the hubs that an OU, or one below it, has devices behind.

        Parameters
        ----------
        unit
            The path of the OU; None stands for all hubs.
        """
        if unit is None:
            return np.arange(len(self.hubs()), dtype=np.int64)
        members = self.fleet.in_unit(unit, subordinate_units=True)
        hubs = np.unique(self.hub_of[self.fleet.site.codes[members]])
        behind: NDArray[np.int64] = hubs[hubs != NO_HUB]
        return behind

    @property
    def handshake(self) -> int:
        """Round trips before the first byte of a file, in parts of `connection.ROUND`."""
        return round(self.assumptions.handshake * ROUND)

    def round_trips(self) -> list[int]:
        """Return the round-trip time of each site, milliseconds."""
        return [int(site.latency) for site in self.sites()]

    def ceilings(self) -> list[int]:
        """Return what one connection of each site gets at most, bytes per second."""
        known: dict[tuple[float | None, ...], int] = {}
        ceilings = []
        for site in self.sites():
            key = site.latency, site.loss, site.per_connection
            if key not in known:
                known[key] = site.ceiling(self.assumptions)
            ceilings.append(known[key])
        return ceilings

    @property
    def path_rates(self) -> NDArray[np.float64]:
        """Rate of the thinnest line between each site and the repository; shape (sites,).

        Bytes per second of payload: the site's own line, its hub's or the ceiling of one
        connection, whichever is least. It is what one device gets with nobody else on the way, so
        a hub counts whole, however many sites share it.
        """
        rates: NDArray[np.float64] = np.minimum(self.lines_on_the_way, self.ceilings())
        return rates

    @property
    def lines_on_the_way(self) -> NDArray[np.float64]:
        """Rate of each site's own line or its hub's, whichever is thinner; shape (sites,).

        Bytes per second that all devices of a site get together with nobody else on the way.
        """
        sites = len(self.hub_of)
        most = self._rooms.min(axis=1).astype(np.float64)
        behind_none = np.inf
        hubs = np.append(most[sites:], behind_none)
        rates: NDArray[np.float64] = np.minimum(most[:sites], hubs[self.hub_of])
        return rates

    @cached_property
    def _rooms(self) -> NDArray[np.int64]:
        """What each of `lines` carries, and what a router lets through; shape (lines, 2)."""
        rooms = [(line.carries, line.lets_through) for line in self.lines()]
        return np.array(rooms, np.int64).reshape(-1, 2)

    def rates_alone(self) -> NDArray[np.int64]:
        """Return what a download of each site gets with nobody else on the way; shape (sites,).

        Bytes per second, the device's own rate apart.
        """
        carries = self.scenario.network.repository.carries
        return np.minimum(self.path_rates, carries).astype(np.int64)

    def link_steps(self, line: LineSection) -> list[tuple[int, int]]:
        """Return how a line's rate for updates changes over time.

        Returns
        -------
        list of (int, int)
            (milliseconds, bytes per second), sorted, the first at 0. Where several busy times
            overlap the largest share counts. What others leave is for updates, up to what a
            router lets through of them.
        """
        room = np.array([(line.carries, line.lets_through)], np.int64)
        moments, rates = self._rates_over_time([line], room)[0]
        return list(zip(moments.tolist(), rates.tolist(), strict=True))

    def steps_where_it_carries(
        self, line: LineSection, carries: NDArray[np.float64]
    ) -> list[list[tuple[int, int]]]:
        """Return `link_steps` of a line, were it to carry other rates; equal ones share a list.

        Parameters
        ----------
        line
            The line.
        carries
            What it carries of payload, bytes per second; shape (cases,).
        """
        known: dict[int, list[tuple[int, int]]] = {}
        for rate in map(round, carries.tolist()):
            if rate not in known:
                room = np.array([(rate, line.lets_through)], np.int64)
                moments, rates = self._rates_over_time([line], room)[0]
                known[rate] = list(zip(moments.tolist(), rates.tolist(), strict=True))
        return [known[round(rate)] for rate in carries.tolist()]

    def steps_of_lines(self) -> list[list[tuple[int, int]]]:
        """Return how the rate of each of `lines` changes; lines that do alike share a list."""
        lists: dict[int, list[tuple[int, int]]] = {}
        over_time = self.rates_over_time()
        for moments, rates in over_time:
            if id(rates) not in lists:
                lists[id(rates)] = list(zip(moments.tolist(), rates.tolist(), strict=True))
        return [lists[id(rates)] for _, rates in over_time]

    def shared_lines(self, end: int | None = None) -> tuple[int, ...]:
        """Return which of `lines` others use, too, at a time that is played.

        Parameters
        ----------
        end
            Milliseconds at which that ends; by default the horizon.
        """
        last = self.horizon if end is None else end
        known: dict[tuple[str, HolidaysSection | None], bool] = {}
        for line in self.lines():
            for text in line.shared_times:
                if (text, line.holidays) not in known:
                    spans = self.week_intervals(self.busy_week(text, line.holidays))
                    known[text, line.holidays] = any(begin < last for begin, _ in spans)
        return tuple(
            number
            for number, line in enumerate(self.lines())
            if any(known[text, line.holidays] for text in line.shared_times)
        )

    def busy_week(self, text: str, holidays: HolidaysSection | None) -> Week:
        """Return when others use a line at times of the week, but for their days off."""
        week = read_week(text)
        return week if holidays is None else replace(week, days_off=self._days_off[holidays])

    def off_on(self, line: LineSection) -> tuple[Stretch, ...]:
        """Return on which days others take nothing of a line."""
        return () if line.holidays is None else self._days_off[line.holidays]

    @cached_property
    def _days_off(self) -> dict[HolidaysSection, tuple[Stretch, ...]]:
        return days_off_of_lines(self.scenario)

    def held_lines(self) -> tuple[int, ...]:
        """Return on which of `lines` a router holds updates to less than these carry."""
        return tuple(n for n, line in enumerate(self.lines()) if line.is_held)

    def rates_over_time(self) -> list[OverTime]:
        """Return how the rate of each of `lines` changes, as `link_steps` does, in two arrays.

        Lines that do alike share them.
        """
        return self._over_time

    @cached_property
    def _over_time(self) -> list[OverTime]:
        return self._rates_over_time(self.lines(), self._rooms)

    def _rates_over_time(
        self, lines: Sequence[LineSection], rooms: NDArray[np.int64]
    ) -> list[OverTime]:
        alike: dict[Busy, list[int]] = {}
        for number, line in enumerate(lines):
            alike.setdefault(busy_of(line), []).append(number)
        over_time: dict[int, OverTime] = {}
        for busy, members in alike.items():
            moments, taken = np.array(self._largest_shares(busy)).T
            known: dict[tuple[int, ...], int] = {}
            pairs = map(tuple, rooms[members].tolist())
            kind_of = [known.setdefault(pair, len(known)) for pair in pairs]
            kinds = np.array([*known], np.int64)
            rates = np.rint(kinds[:, :1] * (1 - taken)).astype(np.int64)
            found = _changes(moments.astype(np.int64), np.minimum(rates, kinds[:, 1:]))
            over_time |= zip(members, map(found.__getitem__, kind_of), strict=True)
        return [over_time[number] for number in range(len(lines))]

    def _largest_shares(self, busy: Busy) -> list[tuple[int, float]]:
        """Return what others take of a line over time; many lines have the same busy times."""
        if busy not in self._taken:
            shares, holidays = busy
            weeks = ((self.busy_week(text, holidays), share) for text, share in shares)
            spans = [part for week, share in weeks for part in self._shares_of(week, share)]
            self._taken[busy] = largest_shares(spans)
        return self._taken[busy]

    def _shares_of(self, week: Week, share: float | ByDay) -> list[tuple[Spans, float]]:
        """Return when others take a share at times of the week; day by day if it differs."""
        spans = self.week_intervals(week)
        if not isinstance(share, ByDay):
            return [(spans, share)]
        shares = dict(share.days)
        return [
            ([(max(begin, first), min(end, last))], shares.get(day, share.usual))
            for begin, end in spans
            for day, first, last in self.days[bisect_right(self._day_ends, begin) :]
            if first < end
        ]
