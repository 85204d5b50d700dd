"""The fast network against two slow ones that are written straight from the definitions.

`max_min_rates` fills all links at once, flow by flow, in fractions: what max-min fairness is.
`Reference` keeps a rate and a remainder per flow and steps from event to event in the same whole
numbers as `FluidNetwork`; the two must agree to the last byte and millisecond.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.model.line_units import MICRO, PER_MS
from fwsim.model.rollout_lines import NO_HUB
from fwsim.simulation.fair_sharing import FluidNetwork


def max_min_rates(
    repository: int,
    sites: list[int],
    flows: list[tuple[int, int, int]],
    hubs: Sequence[int],
    hub_of: Sequence[int],
) -> list[Fraction]:
    """Progressive filling: raise all rates together; who meets a full link or his cap stops.

    `flows` are (site, cap, weight); each crosses its device, its site, its hub and the repository.
    """
    capacity = {("repository",): repository}
    capacity |= {("hub", hub): rate for hub, rate in enumerate(hubs)}
    capacity |= {("site", site): rate for site, rate in enumerate(sites)}
    capacity |= {("device", flow): rate for flow, (_, rate, _) in enumerate(flows)}
    weights = [weight for _, _, weight in flows]
    path = [
        [("repository",), ("hub", hub_of[site]), ("site", site), ("device", flow)]
        for flow, (site, _, _) in enumerate(flows)
    ]
    path = [[link for link in links if link != ("hub", NO_HUB)] for links in path]
    rates = [Fraction(0) for _ in flows]
    rising = set(range(len(flows)))
    while rising:
        crossing: Counter[Any] = Counter()
        for flow in rising:
            crossing.update(dict.fromkeys(path[flow], weights[flow]))
        left = {
            link: capacity[link]
            - sum(rates[flow] for flow in range(len(flows)) if link in path[flow])
            for link in crossing
        }
        step = min(left[link] / count for link, count in crossing.items())
        for flow in rising:
            rates[flow] += step * weights[flow]
        full = {link for link, count in crossing.items() if left[link] == count * step}
        rising = {flow for flow in rising if not full.intersection(path[flow])}
    return rates


def whole_level(demands: list[tuple[int, int]], capacity: int) -> int:
    """Return the largest whole level at which demands with their weights fit, by bisection."""
    low, high = 0, max((demand for demand, _ in demands), default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(demand, middle * weight) for demand, weight in demands) <= capacity:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass
class Flow:
    site: int
    device_rate: int
    size: int
    weight: int
    received: int = 0


class Reference:
    """The same interface as `FluidNetwork`; every flow is looked at on every occasion."""

    def __init__(
        self,
        repository: int,
        sites: list[int],
        device_rates: list[int],
        hubs: Sequence[int],
        hub_of: Sequence[int],
        ceilings: Sequence[int],
        weights: Sequence[int],
    ) -> None:
        self.ceilings, self.weights = [rate * PER_MS for rate in ceilings], weights
        self.repository = repository * PER_MS
        self.hubs = [rate * PER_MS for rate in hubs]
        self.hub_of = hub_of
        self.sites = [rate * PER_MS for rate in sites]
        self.device_rates = [rate * PER_MS for rate in device_rates]
        self.flows: dict[int, Flow] = {}
        self.done: dict[int, int] = {}
        self.now = 0

    def rates(self) -> dict[int, int]:
        shares = {n: f.device_rate for n, f in self.flows.items()}
        for site, rate in enumerate(self.sites):
            self.share({n for n, f in self.flows.items() if f.site == site}, rate, shares)
        for hub, rate in enumerate(self.hubs):
            mine = {n for n, f in self.flows.items() if self.hub_of[f.site] == hub}
            self.share(mine, rate, shares)
        self.share({*shares}, self.repository, shares)
        return shares

    def share(self, mine: set[int], rate: int, shares: dict[int, int]) -> None:
        """Hold some flows to the level of a link."""
        weights = {n: self.flows[n].weight for n in mine}
        level = whole_level([(shares[n], weights[n]) for n in mine], rate)
        shares.update({n: min(shares[n], level * weights[n]) for n in mine})

    def next_completion(self) -> int | None:
        rates = self.rates()
        waits = [
            -((flow.received - flow.size) // rates[number])
            for number, flow in self.flows.items()
            if rates[number]
        ]
        return self.now + min(waits) if waits else None

    def advance(self, now: int) -> None:
        while self.now < now:
            due = self.next_completion()
            until = now if due is None else min(due, now)
            for number, rate in self.rates().items():
                self.flows[number].received += rate * (until - self.now)
            self.now = until
            for number, flow in list(self.flows.items()):
                if flow.received >= flow.size:
                    self.done[number] = self.flows.pop(number).size

    def start(
        self, flow: int, site: int, device_rate: int, size: int, now: int, share_class: int
    ) -> None:
        self.advance(now)
        rate = min(self.device_rates[device_rate], self.ceilings[site])
        self.flows[flow] = Flow(site, rate, size * MICRO, self.weights[share_class])

    def abort(self, flow: int, now: int) -> int:
        self.advance(now)
        micro = self.done.pop(flow) if flow in self.done else self.flows.pop(flow).received
        return micro // MICRO

    def set_site_rate(self, site: int, rate: int, now: int) -> None:
        self.advance(now)
        self.sites[site] = rate * PER_MS

    def set_hub_rate(self, hub: int, rate: int, now: int) -> None:
        self.advance(now)
        self.hubs[hub] = rate * PER_MS

    def set_repository_rate(self, rate: int, now: int) -> None:
        self.advance(now)
        self.repository = rate * PER_MS

    def complete(self, now: int) -> list[int]:
        self.advance(now)
        done = sorted(self.done)
        self.done.clear()
        return done


class Step(NamedTuple):
    what: str
    one: int  # which flow, site or class, modulo how many there are
    other: int
    size: int  # bytes
    rate: int  # bytes/s
    wait: int  # ms since the step before


RATES = st.one_of(st.sampled_from([0, 1, 1000, 1000, 2000]), st.integers(0, 3000))
CAPS = st.one_of(st.sampled_from([100, 1000, 10**9]), st.integers(1, 3000))


@st.composite
def trees(draw, rates, caps, sites):
    """Return the rates of the repository, sites, classes and hubs, and each site's hub."""
    count = draw(sites)
    hubs = draw(st.lists(rates, max_size=2))
    hub = st.integers(NO_HUB, len(hubs) - 1)
    return (
        draw(rates),
        draw(st.lists(rates, min_size=count, max_size=count)),
        draw(st.lists(caps, min_size=3, max_size=3)),
        hubs,
        draw(st.lists(hub, min_size=count, max_size=count)),
        draw(st.lists(st.one_of(caps, st.just(10**9)), min_size=count, max_size=count)),
        draw(st.sampled_from([(1,), (1,), (23, 32, 44), (1, 1, 9)])),
    )


LINKS = trees(RATES, CAPS, sites=st.integers(1, 4))
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(
            ["start", "start", "start", "abort", "site", "hub", "repository", "complete"]
        ),
        st.integers(0, 11),
        st.integers(0, 11),
        st.one_of(st.integers(1, 20), st.integers(1, 5000)),
        RATES,
        st.one_of(st.just(0), st.integers(0, 4000)),
    ),
    max_size=60,
)


class Pair:
    """Both networks side by side: whatever one is asked, the other is asked."""

    def __init__(
        self,
        repository: int,
        sites: list[int],
        device_rates: list[int],
        hubs: Sequence[int],
        hub_of: Sequence[int],
        ceilings: Sequence[int],
        weights: tuple[int, ...],
    ) -> None:
        links = (repository, sites, device_rates, hubs, hub_of, ceilings, weights)
        self.fast, self.slow = FluidNetwork(*links), Reference(*links)
        self.weights = len(weights)
        self.sites, self.classes, self.hubs = len(sites), len(device_rates), len(hubs)
        self.under_way: dict[int, tuple[int, int]] = {}  # site and size of each flow
        self.received: Counter[int] = Counter()  # bytes of flows that are over, by site
        self.shown: Counter[int] = Counter()

    def take(self, step: Step, now: int) -> None:
        site = step.one % self.sites
        if step.what == "start" and step.one not in self.under_way:
            self.under_way[step.one] = site, step.size
            for network in (self.fast, self.slow):
                share_class = step.other // self.classes % self.weights
                rate = step.other % self.classes
                network.start(step.one, site, rate, step.size, now, share_class)
        elif step.what == "abort" and self.under_way:
            self.abort(sorted(self.under_way)[step.one % len(self.under_way)], now)
        elif step.what == "site":
            for network in (self.fast, self.slow):
                network.set_site_rate(site, step.rate, now)
        elif step.what == "hub" and self.hubs:
            for network in (self.fast, self.slow):
                network.set_hub_rate(step.one % self.hubs, step.rate, now)
        elif step.what == "repository":
            for network in (self.fast, self.slow):
                network.set_repository_rate(step.rate, now)
        else:
            self.complete(now)

    def abort(self, flow: int, now: int) -> None:
        received = self.fast.abort(flow, now)
        assert received == self.slow.abort(flow, now)
        site, _ = self.under_way.pop(flow)
        self.received[site] += received

    def complete(self, now: int) -> None:
        done = self.fast.complete(now)
        assert done == self.slow.complete(now)
        for flow in done:
            site, size = self.under_way.pop(flow)
            self.received[site] += size

    def compare(self) -> None:
        assert self.fast.active == len(self.slow.flows)
        assert self.fast.next_completion() == self.slow.next_completion()
        assert {flow: self.fast.rate(flow) for flow in self.slow.flows} == self.slow.rates()

    def read_meter(self, now: int) -> None:
        for site, size in self.fast.carried(now):
            assert size > 0
            self.shown[site] += size

    def run_out(self, now: int) -> None:
        """Follow all flows that still move to their ends, and break off the others."""
        while (due := self.fast.next_completion()) is not None:
            now = due
            self.complete(now)
            self.compare()
        self.complete(now)
        for flow in sorted(self.under_way):
            self.abort(flow, now)
        self.read_meter(now)


@given(LINKS, STEPS)
def test_every_rate_end_and_byte_is_that_of_the_naive_network(links, steps):
    pair = Pair(*links)
    now = 0
    for step in steps:
        now += step.wait
        pair.take(step, now)
        if step.other % 2:  # what happens at one ms while nobody looks must not matter
            pair.compare()
        if step.other % 3 == 0:
            pair.read_meter(now)
    pair.run_out(now)
    assert pair.fast.active == 0
    assert +pair.shown == +pair.received


FLOWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=14
)
FULL_RATES = st.integers(1, 10**6)
FULL_LINKS = trees(FULL_RATES, FULL_RATES, sites=st.just(4))


def network_with(links: tuple[Any, ...], flows: list[tuple[int, int, int]]):
    network = FluidNetwork(*links)
    for flow, (site, device_rate, share_class) in enumerate(flows):
        network.start(flow, site, device_rate, 1, 0, share_class % len(links[6]))
    return network


@given(FULL_LINKS, FLOWS)
def test_rates_are_max_min_fair_but_for_the_rounding(links, flows):
    """A level loses less than one; what sites lose, others may gain: less than one per part."""
    repository, sites, device_rates, hubs, hub_of, ceilings, weights = links
    parts = [weights[share_class % len(weights)] for _, _, share_class in flows]
    network = network_with(links, flows)
    exact = max_min_rates(
        repository * PER_MS,
        [rate * PER_MS for rate in sites],
        [
            (site, min(device_rates[rate], ceilings[site]) * PER_MS, part)
            for (site, rate, _), part in zip(flows, parts, strict=True)
        ],
        [rate * PER_MS for rate in hubs],
        hub_of,
    )
    for flow, rate in enumerate(exact):
        # A part loses less than one on each of three links; what others lost, it may gain.
        assert -3 * parts[flow] < network.rate(flow) - rate < 3 * sum(parts)


@given(FULL_LINKS, FLOWS)
def test_no_link_carries_more_than_it_can_and_none_idles_while_a_flow_waits(links, flows):
    repository, sites, device_rates, hubs, hub_of, ceilings, weights = links
    network = network_with(links, flows)
    rates = [network.rate(flow) for flow in range(len(flows))]

    def is_full(capacity: int, crosses: Callable[[int], bool]) -> bool:
        mine = [
            (rate, weights[share_class % len(weights)])
            for rate, (site, _, share_class) in zip(rates, flows, strict=True)
            if crosses(site)
        ]
        left = capacity * PER_MS - sum(rate for rate, _ in mine)
        assert left >= 0
        return left < max(sum(weight for _, weight in mine), 1)

    top = is_full(repository, lambda _: True)
    of_hub = [is_full(rate, lambda s, h=hub: hub_of[s] == h) for hub, rate in enumerate(hubs)]
    of_site = [is_full(rate, lambda s, n=site: s == n) for site, rate in enumerate(sites)]
    of_hub.append(False)  # of NO_HUB
    for (site, device_rate, _), rate in zip(flows, rates, strict=True):
        is_waiting = rate < min(device_rates[device_rate], ceilings[site]) * PER_MS
        assert top or of_hub[hub_of[site]] or of_site[site] or not is_waiting


@pytest.mark.parametrize("more", ["repository", "hub", "site", "device"])
@given(
    rate=st.integers(1, 5000),
    extra=st.integers(1, 5000),
    flows=st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 3000)), min_size=1, max_size=12),
)
def test_more_capacity_on_the_one_link_that_counts_delays_nobody(more, rate, extra, flows):
    wide = 10**9

    def ends(capacity: int) -> dict[int, int]:
        network = FluidNetwork(
            capacity if more == "repository" else wide,
            [capacity if more == "site" else wide],
            [capacity if more == "device" else 700],
            [capacity if more == "hub" else wide],
            [0],
        )
        return ends_of(network, flows)

    before, after = ends(rate), ends(rate + extra)
    assert all(after[flow] <= before[flow] for flow in before)


@given(
    capacity=st.integers(10**6, 10**8),
    factor=st.integers(2, 1000),
    sizes=st.lists(st.integers(1, 10**8), min_size=1, max_size=12),
)
def test_sizes_and_capacity_times_the_same_factor_change_nothing(capacity, factor, sizes):
    """An end may move by the tick it is rounded to, once for each end up to it."""
    wide = 10**12
    plain = ends_of(FluidNetwork(capacity, [wide], [wide]), [(size, 0) for size in sizes])
    scaled = ends_of(
        FluidNetwork(capacity * factor, [wide], [wide]), [(size * factor, 0) for size in sizes]
    )
    for flow, end in plain.items():
        assert abs(scaled[flow] - end) <= len(sizes)


def ends_of(network: FluidNetwork, flows: list[tuple[int, int]]) -> dict[int, int]:
    """Let flows of (bytes, start) run on site 0 and return when each ends."""
    starts = sorted((start, flow, size) for flow, (size, start) in enumerate(flows))
    ends: dict[int, int] = {}
    while True:
        due = network.next_completion()
        if starts and (due is None or starts[0][0] < due):
            start, flow, size = starts.pop(0)
            network.start(flow, 0, 0, size, start)
        elif due is None:
            return ends
        else:
            ends.update(dict.fromkeys(network.complete(due), due))
