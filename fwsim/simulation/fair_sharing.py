"""Downloads as fluids: how flows share the links of a tree.

A flow crosses the repository's uplink, which all flows share; the link of its site's hub, if it
has one, which the flows of that hub's sites share; the link of its site, which the flows of that
site share; and its own device, which takes no more than the rate of its class. Rates are max-min
fair: nobody can have more unless somebody who has no more than he would have less. On a tree it
comes down to a water level for each link, found from the devices upwards:

- the *site level* is where the demand of the site's flows, each min(device rate, level), fills
  the site's link (none if the link is not filled). It does not depend on what lies above;
- the *hub level* is where the demand of the hub's flows, each min(device rate, site level,
  level), fills the hub's link. What a flow could have below the repository, min(device rate, site
  level, hub level), is its *share*;
- the *repository level* is where the demand of all flows, each min(share, level), fills the
  uplink (none if it is not filled).

A flow's rate is the least of its device's rate and the levels on its way. That is max-min fair
because each flow meets a bottleneck: its own device; or the uppermost link whose level is its
rate. That link is filled, as nothing above it holds back a flow that crosses it, and no flow on
it is faster than its level (Bertsekas and Gallager, Data Networks, section 6.5).

A connection may have a ceiling of its own at a site (a window that a long way empties, loss,
quality of service). It holds a flow back as its device's rate does, so the smaller of both counts.

A flow may have a *weight*: it gets so many parts of a link, and its rate is the least of its
device's rate and, of each link, the level times its weight. A level is then the rate of one part.

Flows of one site, rate class and weight always run alike, so they are one *group* with one virtual
clock: the bytes that each of its flows has received since the group came to life. A flow that
joins when the clock stands at v ends when it stands at v + size, whatever happens to the rate in
between, so a heap of these readings is all a group needs. A group is either *free* (its share
is within the repository level: its clock runs at its share) or *bound* (it runs at the
repository level, like all other bound groups, so they hang on one common clock). A change
touches the groups of one site and those whose share the repository level has just passed; it
costs O(classes of the site + log flows), never O(flows) and never O(sites). At a site of a
hub it costs O(groups of the hub that have flows) besides.

Everything is a whole number, so that any machine and any second implementation comes to the
same result. Time is in ms; capacities are in bytes/s; a group's clock counts millionths of a
byte, of which 1 byte/s is 1000 per ms. A level is the largest whole number at which the demand
fits. A flow ends at the first whole ms at which it has received all its bytes, and leaves the
links before anything else happens at that ms.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from functools import cache
from heapq import heappop, heappush

from fwsim.model.line_units import MICRO, PER_MS
from fwsim.model.rollout_lines import NO_HUB
from fwsim.model.sharing_classes import Kind, kinds_of
from fwsim.quantities.counts import NO_CEILING
from fwsim.simulation.hub_link import HubLink
from fwsim.simulation.repository_link import FlowGroup, Queued, RepositoryLink
from fwsim.simulation.site_link import SiteLink


class FluidNetwork:
    """Flows that share links max-min fairly: repository uplink, hub link, site link, device.

    Time is handed in, in whole ms, and never goes back. Between two changes the caller waits
    until `next_completion` and then asks `complete` who is done.

    Parameters
    ----------
    repository_rate
        Capacity of the repository's uplink in bytes/s; 0 is a cut link.
    site_rates
        Capacity of each site's link in bytes/s; 0 is a cut link.
    device_rates
        Rate of each class of devices in bytes/s.
    hub_rates
        Capacity of each hub's link in bytes/s; 0 is a cut link.
    hub_of
        Index of each site's hub; `NO_HUB` for a site that hangs on the repository. Left out, all
        of them do.
    ceilings
        What one connection of each site gets at most, bytes/s. Left out, none has a ceiling.
    weights
        How many parts of a link a flow of each share class gets.

    Raises
    ------
    ValueError
        If a rate is negative; and from the methods if time goes back, or if a flow, a site or a
        class is not what it should be.
    """

    def __init__(
        self,
        repository_rate: int,
        site_rates: Sequence[int],
        device_rates: Sequence[int],
        hub_rates: Sequence[int] = (),
        hub_of: Sequence[int] = (),
        ceilings: Sequence[int] = (),
        weights: tuple[int, ...] = (1,),
    ) -> None:
        if min((*device_rates, *ceilings), default=0) < 0:
            raise ValueError("a device's rate or a connection's ceiling is negative")
        self._device_rates = list(device_rates)
        self._weights = weights
        self._classes = len(device_rates) * len(weights)
        kinds = cache(self._kinds)
        own = ceilings or [NO_CEILING] * len(site_rates)
        self._hubs = [HubLink(_per_ms(rate)) for rate in hub_rates]
        hubs = [None if hub == NO_HUB else self._hubs[hub] for hub in hub_of]
        self._sites = [
            SiteLink(_per_ms(rate), hub, kinds(ceiling))
            for rate, hub, ceiling in zip(
                site_rates, hubs or [None] * len(site_rates), own, strict=True
            )
        ]
        self._repository = RepositoryLink(_per_ms(repository_rate))
        self._groups: dict[int, FlowGroup] = {}  # by number
        self._flows: dict[int, Queued] = {}
        self._done: dict[int, int] = {}  # size of flows that have ended and are not yet collected
        self._now = 0
        self._next: int | None = None
        self._changed = False
        self._touched: list[int] = []  # sites with a change at `now`
        self._touched_hubs: list[HubLink] = []
        self._metered: set[int] = set()  # sites that may have bytes to show

    def _kinds(self, ceiling: int) -> dict[int, tuple[int, Kind]]:
        found = kinds_of(self._device_rates, self._weights, ceiling)
        return {kind.number: (place, kind) for place, kind in enumerate(found)}

    @property
    def active(self) -> int:
        """Number of flows under way."""
        return len(self._flows)

    def start(
        self, flow: int, site: int, device_rate: int, size: int, now: int, share_class: int = 0
    ) -> None:
        """Let a flow begin.

        Parameters
        ----------
        flow
            The caller's number for it, unique among flows that are not yet collected.
        site, device_rate
            Index of the site; index of the class.
        size
            Bytes, at least one.
        now
            Time in ms.
        share_class
            Index of its weight.

        Raises
        ------
        ValueError
            If it has no bytes, or its number is taken.
        """
        if size <= 0:
            raise ValueError(f"flow {flow} has {size} bytes; it needs at least one")
        if flow in self._flows or flow in self._done:
            raise ValueError(f"flow {flow} is under way already")
        self._advance(now)
        group = self._group(site, device_rate, share_class)
        clock = self._repository.clock_of(group, now)
        queued = (clock + size * MICRO, flow, size, group)
        self._flows[flow] = queued
        heappush(group.queue, queued)
        if group.queue[0] is queued:
            group.aimed = False
        group.joined += clock
        self._count(group, 1)
        self._metered.add(site)

    def abort(self, flow: int, now: int) -> int:
        """Break a flow off and return the whole bytes it has received.

        A flow that ends at `now` and has not been collected counts as broken off with all its
        bytes: `complete` will not name it.

        Raises
        ------
        ValueError
            If no flow of this number is under way.
        """
        self._advance(now)
        if flow in self._done:
            return self._done.pop(flow)
        if flow not in self._flows:
            raise ValueError(f"flow {flow} is not under way")
        finish, _, size, group = queued = self._flows.pop(flow)
        missing = finish - self._repository.clock_of(group, now)
        received = size + -missing // MICRO
        if group.queue[0] is queued:
            group.aimed = False
        group.joined -= finish - size * MICRO
        self._sites[group.site].ended += received
        self._count(group, -1)
        return received

    def set_site_rate(self, site: int, rate: int, now: int) -> None:
        """Change the capacity of a site's link, in bytes/s; 0 cuts it.

        Raises
        ------
        ValueError
            If there is no such site.
        """
        if not 0 <= site < len(self._sites):
            raise ValueError(f"there is no site {site}")
        self._advance(now)
        self._sites[site].rate = _per_ms(rate)
        self._touch(site)

    def set_hub_rate(self, hub: int, rate: int, now: int) -> None:
        """Change the capacity of a hub's link, in bytes/s; 0 cuts it.

        Raises
        ------
        ValueError
            If there is no such hub.
        """
        if not 0 <= hub < len(self._hubs):
            raise ValueError(f"there is no hub {hub}")
        self._advance(now)
        self._hubs[hub].rate = _per_ms(rate)
        self._touch_hub(self._hubs[hub])

    def set_repository_rate(self, rate: int, now: int) -> None:
        """Change the capacity of the repository's uplink, in bytes/s; 0 cuts it."""
        self._advance(now)
        self._repository.rate = _per_ms(rate)
        self._changed = True

    def next_completion(self) -> int | None:
        """Return when the next flow ends if nothing changes, in ms; None if none ever does."""
        if self._changed:
            self._share()
        return self._next

    def complete(self, now: int) -> list[int]:
        """Return the flows that have ended by `now` since the last call, in ascending order."""
        self._advance(now)
        done = sorted(self._done)
        self._done.clear()
        return done

    def rate(self, flow: int) -> int:
        """Return the present rate of a flow in millionths of a byte per ms (1000 are 1 byte/s).

        Raises
        ------
        ValueError
            If it is not under way.
        """
        if flow not in self._flows:
            raise ValueError(f"flow {flow} is not under way")
        self.next_completion()
        return self._repository.rate_of(self._flows[flow][3])

    def carried(self, now: int) -> list[tuple[int, int]]:
        """Read the meter: whole bytes per site since the last call.

        To be sure never to take a byte back, the meter lags by up to one byte per flow under
        way. When a site has no flow left, all it has shown is exactly the bytes of the flows
        that ended plus those that `abort` returned.

        Returns
        -------
        list of (site, bytes)
            In ascending order; only sites with something to show.
        """
        self._advance(now)
        clock_of = self._repository.clock_of
        shown = []
        for number in sorted(self._metered):
            site = self._sites[number]
            under_way = 0
            for group in site.groups:
                if group.count:
                    under_way += group.count * clock_of(group, now) - group.joined
            size = site.ended + under_way // MICRO - site.flows - site.carried
            if size > 0:
                site.carried += size
                shown.append((number, size))
            if not site.flows:
                self._metered.discard(number)
        return shown

    def _group(self, site: int, device_rate: int, share_class: int) -> FlowGroup:
        if not (0 <= site < len(self._sites) and 0 <= device_rate < len(self._device_rates)):
            raise ValueError(f"there is no site {site} with a rate class {device_rate}")
        kinds = self._sites[site].kinds
        place, kind = kinds[device_rate * len(self._weights) + share_class]
        number = site * self._classes + place
        group = self._groups.get(number)
        if group is None:
            group = FlowGroup(number, site, kind.rate, kind.weight)
            self._groups[number] = group
            insort(self._sites[site].groups, group, key=_number)
        return group

    def _advance(self, now: int) -> None:
        """Let time pass until `now`; flows that end on the way leave the links when they end."""
        if now == self._now:
            return
        if now < self._now:
            raise ValueError(f"time went back from {self._now} to {now} ms")
        due = self.next_completion()
        while due is not None and due <= now:
            self._now = due
            for group in self._repository.take_due(due):
                self._release(group)
            due = self.next_completion()
        self._now = now

    def _release(self, group: FlowGroup) -> None:
        """Take the flows that have all their bytes out of a group."""
        clock = self._repository.clock_of(group, self._now)
        queue, flows, released = group.queue, self._flows, 0
        site = self._sites[group.site]
        while queue and queue[0][0] <= clock:
            queued = heappop(queue)
            finish, flow, size, _ = queued
            if flows.get(flow) is queued:  # else it was broken off
                del flows[flow]
                self._done[flow] = size
                site.ended += size
                group.joined -= finish - size * MICRO
                released += 1
        group.aimed = False
        self._count(group, -released)

    def _count(self, group: FlowGroup, change: int) -> None:
        site = self._sites[group.site]
        site.flows += change
        site.parts += change * group.weight
        self._repository.count(group, change)
        if site.hub is not None:
            site.hub.count(group)
        self._touch(group.site)

    def _touch(self, site: int) -> None:
        self._changed = True
        if not self._sites[site].touched:
            self._sites[site].touched = True
            self._touched.append(site)

    def _touch_hub(self, hub: HubLink) -> None:
        self._changed = True
        if not hub.touched:
            hub.touched = True
            self._touched_hubs.append(hub)

    def _share(self) -> None:
        """Bring shares and levels up to date with all changes at `now`."""
        now, repository = self._now, self._repository
        repository.settle(now)
        for number in self._touched:
            site = self._sites[number]
            site.touched = False
            self._share_site(site)
        self._touched.clear()
        for hub in self._touched_hubs:
            hub.touched = False
            for group, share in hub.shares():
                self._give(group, share)
        self._touched_hubs.clear()
        repository.balance(now)
        for group in repository.take_unaimed():
            self._drop_broken_off(group)
            repository.aim(group)
        self._next = repository.next_due()
        self._changed = False

    def _share_site(self, site: SiteLink) -> None:
        left, parts, hub = site.rate, site.parts, site.hub
        for group in site.groups:
            if not group.count:
                continue
            share = left // parts * group.weight
            if group.device_rate <= share:
                share = group.device_rate
                left -= group.count * share
                parts -= group.count * group.weight
            # else this is the site level: every group from here on gets it
            if hub is None:
                self._give(group, share)
            else:
                group.site_share = share
        if hub is not None:
            self._touch_hub(hub)

    def _give(self, group: FlowGroup, share: int) -> None:
        if share != group.share:
            self._repository.set_share(group, share, self._now)
        if not group.aimed:
            self._repository.look_at(group)

    def _drop_broken_off(self, group: FlowGroup) -> None:
        """Make sure that a flow under way heads the group's queue."""
        queue, flows = group.queue, self._flows
        while queue and flows.get(queue[0][1]) is not queue[0]:
            heappop(queue)


def _number(group: FlowGroup) -> int:
    return group.number


def _per_ms(rate: int) -> int:
    if rate < 0:
        raise ValueError(f"a rate of {rate} bytes/s is negative")
    return rate * PER_MS
