"""The lines on the SimPy clock: connections to the repository, and one timer for all flows."""

from __future__ import annotations

from collections import deque
from typing import Protocol

import simpy
from simpy.events import Event, ProcessGenerator

from fwsim.commands.connection import share_class
from fwsim.model.draws import Draws
from fwsim.model.event_rank import EventRank
from fwsim.model.line_units import FLOWS_OF_A_DEVICE, STRETCH
from fwsim.model.outages import FLOWING, NOT_CUT, Outages
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import REPOSITORY, Rollout
from fwsim.model.set_up import SetUp
from fwsim.model.sharing_classes import weights_of
from fwsim.model.standstills import Standstills
from fwsim.model.status_log import LinkLoad
from fwsim.simulation.clock import Timer
from fwsim.simulation.fair_sharing import FluidNetwork


class Download(Protocol):
    """Who asks the network for bytes."""

    @property
    def number(self) -> int:
        """Index of the device."""

    @property
    def waits_for_connection(self) -> bool:
        """Whether it still stands in the queue."""

    @property
    def must_wait(self) -> bool:
        """Whether a log says that it stood in the queue still."""

    @property
    def files(self) -> tuple[int, ...]:
        """Bytes of each file it fetches next."""

    def connected(self) -> None:
        """Take the free connection."""

    def transferred(self) -> None:
        """Go on: all bytes asked for are in."""

    def transfer_breaks(self, carried: int) -> None:
        """Give up after `carried` bytes: the line stood still too long."""


class Network:
    """Repository, the links of hubs and sites, and connections.

    Parameters
    ----------
    env
        The SimPy environment.
    rollout
        Names the lines and their rates over time.
    draws
        Decide what part of its lines each device gets.
    """

    def __init__(self, env: simpy.Environment, rollout: Rollout, draws: Draws) -> None:
        self._env = env
        self._draws = draws
        fleet = rollout.fleet
        repository = rollout.scenario.network.repository
        steps = rollout.steps_of_lines()
        rates = sorted(set(fleet.device_rate.tolist()))
        self._rate_class = {rate: number for number, rate in enumerate(rates)}
        self._rate_of: list[int] = fleet.device_rate.tolist()
        self._site_of: list[int] = fleet.site.codes.tolist()
        at_first = [step[0][1] for step in steps]
        self._sites = len(rollout.hub_of)
        self._weights = weights_of(rollout.assumptions.share_spread)
        self._flows = FluidNetwork(
            repository.carries,
            at_first[: self._sites],
            rates,
            at_first[self._sites :],
            rollout.hub_of.tolist(),
            rollout.ceilings(),
            self._weights,
        )
        self._set_up = SetUp(rollout)
        self._setting_up: dict[int, Timer] = {}
        """What will let the flow of a download begin that is being set up, by flow."""
        self._downloads: dict[int, Download] = {}
        self._flow_of: dict[Download, int] = {}
        self._begun: dict[int, int] = {}
        """When each flow began."""
        self._free = repository.connections
        self._queue: deque[Download] = deque()
        self._timer: Timer | None = None
        self._next = -1
        self._metering = False
        self._load: list[tuple[int, int, int]] = []
        self._outages = Outages(rollout.outages())
        self._standstills = Standstills(rollout)
        self._patience: int = rollout.assumptions.transfer_patience
        self._uplink: int = repository.carries
        self._rate_now = at_first[: self._sites]
        """Of the sites' lines, as if none was cut."""
        self._let_lines_change(steps)

    def _let_lines_change(self, steps: list[list[tuple[int, int]]]) -> None:
        """Put busy hours on the clock, those of lines with the same day together, and outages."""
        alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for line, changes in enumerate(steps):
            if len(changes) > 1:
                alike.setdefault(tuple(changes[1:]), []).append(line)
        for number, (later, lines) in enumerate(alike.items()):
            self._env.process(self._busy_hours(number, later, lines))
        for number, (site, start, end) in enumerate(self._outages.stretches, len(alike)):
            self._env.process(self._cut(number, site, start, end))

    def _busy_hours(
        self, number: int, changes: tuple[tuple[int, int], ...], lines: list[int]
    ) -> ProcessGenerator:
        """Change the rate of links with the same day when their busy hours begin and end."""
        for at, rate in changes:
            yield Timer(self._env, at, EventRank.CAPACITY, number)
            for line in lines:
                if line >= self._sites:
                    self._flows.set_hub_rate(line - self._sites, rate, at)
                    continue
                self._rate_now[line] = rate
                if self._outages.ends_at(line, at) == NOT_CUT:
                    self._flows.set_site_rate(line, rate, at)
            self._reset_timer()
            if rate == 0:
                self._watch_downloads(REPOSITORY)

    def _cut(self, number: int, site: int, start: int, end: int) -> ProcessGenerator:
        """Cut a line and bring it back; what stands still too long meanwhile breaks."""
        yield Timer(self._env, start, EventRank.CAPACITY, number)
        self._set_rate(site, 0)
        self._watch_downloads(site)
        yield Timer(self._env, end, EventRank.CAPACITY, number)
        if self._outages.ends_at(site, end) == NOT_CUT:
            self._set_rate(site, self._uplink if site == REPOSITORY else self._rate_now[site])

    def _watch_downloads(self, site: int) -> None:
        """Look at every download over a line, or over all of them."""
        for download in list(self._downloads.values()):
            if site in {REPOSITORY, self._site_of[download.number]}:
                self._watch_standstill(download)

    def _set_rate(self, site: int, rate: int) -> None:
        now = int(self._env.now)
        if site == REPOSITORY:
            self._flows.set_repository_rate(rate, now)
        elif site >= 0:
            self._flows.set_site_rate(site, rate, now)
        self._reset_timer()

    def is_cut(self, device: int) -> bool:
        """Tell whether nothing gets from the repository to a device now."""
        if not self._outages.stretches:
            return False
        return self._outages.cuts(self._site_of[device], int(self._env.now))

    def line_is_back(self, device: int) -> int:
        """Return when a device's site can be reached again; `NOT_CUT` if it can be now."""
        if not self._outages.stretches:
            return NOT_CUT
        return self._outages.ends_at(self._site_of[device], int(self._env.now))

    def _standing_since(self, download: Download) -> int:
        """Return since when a download has got nothing; `FLOWING` if its line gives something."""
        since = self._standstills.since(self._site_of[download.number], int(self._env.now))
        return FLOWING if since == FLOWING else max(since, self._begun[self._flow_of[download]])

    def _watch_standstill(self, download: Download) -> None:
        """Break a download off if its line gives nothing for longer than its patience [A]."""
        begun = int(self._env.now)
        if self._standing_since(download) == FLOWING:
            return

        def look(_: Event) -> None:
            if download in self._flow_of and FLOWING < self._standing_since(download) <= begun:
                download.transfer_breaks(self.abort(download))

        at = begun + self._patience
        Timer(self._env, at, EventRank.NETWORK, download.number + 1, look)

    @property
    def has_free_connection(self) -> bool:
        """Whether the repository takes one more download at once."""
        while self._queue and not self._queue[0].waits_for_connection:
            self._queue.popleft()
        return self._free > 0 and not self._queue

    def queue(self, download: Download) -> None:
        """Wait for a connection, first come, first served."""
        self._queue.append(download)

    def start(self, download: Download, size: int, *, goes_on: bool = False) -> None:
        """Take a free connection and fetch `size` bytes, at least one.

        One that only goes on needs no time to be set up.
        """
        self._free -= 1
        device, now = download.number, int(self._env.now)
        flow = device * FLOWS_OF_A_DEVICE
        while flow in self._downloads:
            flow += 1
        self._downloads[flow] = download
        self._flow_of[download] = flow
        self._begun[flow] = now
        site = self._site_of[device]
        time = 0
        if self._set_up.round_trips[site] and not goes_on:
            time = self._set_up.time(site, self._rate_of[device], download.files)
        if time:
            self._setting_up[flow] = Timer(
                self._env,
                now + time,
                EventRank.NETWORK,
                device + 1,
                lambda _: self._is_set_up(flow, download, size),
            )
        else:
            self._flow(flow, device, size)
        self._watch_standstill(download)
        self._meter()

    def _is_set_up(self, flow: int, download: Download, size: int) -> None:
        del self._setting_up[flow]
        self._flow(flow, download.number, size)
        self._meter()

    def _flow(self, flow: int, device: int, size: int) -> None:
        """Let the bytes of a download flow."""
        classes = len(self._weights)
        own = 0
        if classes > 1:
            own = share_class(self._draws[Purpose.SHARE][0][device], classes)
        rate_class = self._rate_class[self._rate_of[device]]
        self._flows.start(flow, self._site_of[device], rate_class, size, int(self._env.now), own)
        self._reset_timer()

    def _meter(self) -> None:
        if not self._metering:
            self._metering = True
            self._arm_meter()

    def abort(self, download: Download) -> int:
        """Break a download off; return the bytes it carried."""
        flow = self._flow_of.pop(download)
        del self._downloads[flow], self._begun[flow]
        set_up = self._setting_up.pop(flow, None)
        if set_up is None:
            carried = self._flows.abort(flow, int(self._env.now))
        else:
            set_up.cancel()
            carried = 0
        self._free += 1
        self._reset_timer()
        self._connect_waiting()
        return carried

    def _reset_timer(self) -> None:
        at = self._flows.next_completion()
        if at is None or (self._timer is not None and self._next <= at):
            return  # a timer that comes too early looks again; moving it would cost more
        if self._timer is not None:
            self._timer.cancel()
        self._next = at
        self._timer = Timer(self._env, at, EventRank.NETWORK, 0, self._completions)

    def _completions(self, _: Event) -> None:
        self._timer = None
        done = [self._downloads.pop(flow) for flow in self._flows.complete(int(self._env.now))]
        for download in done:
            del self._begun[self._flow_of.pop(download)]
        self._free += len(done)
        for download in done:
            download.transferred()
        self._connect_waiting()
        self._reset_timer()

    def _connect_waiting(self) -> None:
        while self._free > 0 and self._queue:
            if not self._queue[0].waits_for_connection:
                self._queue.popleft()
            elif self._queue[0].must_wait:
                return
            else:
                self._queue.popleft().connected()

    def go_on_after(self, until: int) -> None:
        """Give free connections to those who stood in the queue when a log ended."""
        Timer(self._env, until + 1, EventRank.NETWORK, 0, lambda _: self._connect_waiting())

    def _arm_meter(self) -> None:
        at = (int(self._env.now) // STRETCH + 1) * STRETCH
        Timer(self._env, at, EventRank.METER, 0, self._read_meter)

    def _read_meter(self, _: Event) -> None:
        self._note_load()
        self._metering = self._flows.active > 0
        if self._metering:
            self._arm_meter()

    def _note_load(self) -> None:
        now = int(self._env.now)
        minute = (now - 1) // STRETCH * STRETCH
        self._load += [(minute, site, size) for site, size in self._flows.carried(now)]

    def load(self) -> LinkLoad:
        """Return what every line carried, minute by minute, up to now."""
        self._note_load()
        return LinkLoad.of(self._load, STRETCH)
