"""What every active thing of one run shares: the clock, the luck, the lines, the log."""

from __future__ import annotations

import numpy as np
import simpy

from fwsim.commands.image import FetchPlan, Package, Partitions, fetch_plan, is_modified, partitions
from fwsim.commands.notice import Instead, delay_edges
from fwsim.fleet.fleet import Column
from fwsim.model.draws import Draws
from fwsim.model.hours import Hours
from fwsim.model.past import Past
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.model.status_log import DevicesProgress, StatusLog
from fwsim.simulation.network import Network
from fwsim.simulation.presence import Presence
from fwsim.simulation.proxy_requests import Proxies
from fwsim.simulation.roles import SelfStarters

NOTHING_DELIVERED: frozenset[Package] = frozenset()


class World:
    """The surroundings of one run.

    Parameters
    ----------
    env
        The SimPy environment, at time 0.
    rollout, draws
        What is certain, and what is not.
    progress
        Told now and then how far the run is.
    """

    def __init__(
        self,
        env: simpy.Environment,
        rollout: Rollout,
        draws: Draws,
        progress: DevicesProgress | None = None,
    ) -> None:
        self.env = env
        self.rollout = rollout
        self.draws = draws
        self.assumptions = rollout.assumptions
        self.log = StatusLog(rollout.runs)
        self.network = Network(env, rollout, draws)
        self.image_of: list[int] = draws.installed().tolist()
        self.text_of = bytearray(len(rollout.fleet))
        self.wakes_at: list[bool] = draws.sites_that_wake().tolist()
        self.people = rollout.people()
        self.instead = Instead[self.assumptions.missing_button.name]
        fleet = rollout.fleet
        hours = Hours(rollout)
        present, self.presence_of = hours.by_kind(fleet.people, [p.present for p in self.people])
        self.presence = [Presence(spans) for spans in present]
        on = [power.on for power in rollout.power()]
        self.windows, self.windows_of = hours.by_kind(fleet.power, on)
        self.windows_ended = hours.ended_before(fleet.power, on)
        self.people_of: list[int] = fleet.people.codes.tolist()
        self.site_of: list[int] = fleet.site.codes.tolist()
        wired = np.array([value == "wired" for value in fleet.connection.values], bool)
        self.is_wired: list[bool] = wired[fleet.connection.codes].tolist()
        vpn = np.array([value == "vpn" for value in fleet.connection.values], bool)
        self.is_vpn: list[bool] = vpn[fleet.connection.codes].tolist()
        self.over = env.event()
        self.targeted = 0
        self.corrected = 0
        """How often what a log tells had to be brought about."""
        self.missing_bytes: list[tuple[int, int, int]] = []
        """Line of a log, device, bytes: what a transfer that ends as told has not fetched yet."""
        self.begun: set[int] = set()
        """Jobs of a log that have begun."""
        self.done = 0
        self.runs_to_come = len(rollout.runs)
        self.proxies: Proxies | None = None
        self.self_starters: SelfStarters | None = None
        self._progress = progress
        self._uefi: dict[int, str] = {}
        self.delivered_to: dict[int, frozenset[Package]] = {}
        self._plans: dict[tuple[int, int, frozenset[Package], bool], tuple[bool, FetchPlan]] = {}
        self._delay_edges: dict[tuple[int, tuple[int, ...]], tuple[float, ...]] = {}
        self.partitions_of = self._partitions_of()
        self.static_proxies = rollout.static_proxies

    def place_in(self, past: Past, label: str, device: int) -> int | None:
        """Return which of a log's jobs a device begins next under a label, if any."""
        return next((p for p in past.places(label, device) if p not in self.begun), None)

    def plan(
        self, installed: int, offered: int, delivered: frozenset[Package], *, format_first: bool
    ) -> tuple[bool, FetchPlan]:
        """Return whether the offered image is an update, and what it takes to fetch it."""
        key = (installed, offered, delivered, format_first)
        known = self._plans.get(key)
        if known is None:
            images = self.rollout.images
            have = None if installed == UNKNOWN_IMAGE else images[installed]
            modified = is_modified(have, images[offered], newer_only=self.assumptions.newer_only)
            plan = fetch_plan(have, images[offered], format_first=format_first, delivered=delivered)
            known = self._plans[key] = modified, plan
        return known

    def delay_edges(self, people: int, delays: tuple[int, ...]) -> tuple[float, ...]:
        """Return up to which chance a kind of people picks each of `delays`."""
        edges = self._delay_edges.get((people, delays))
        if edges is None:
            picks = dict(self.people[people].picks)
            edges = self._delay_edges[people, delays] = delay_edges(delays, picks)
        return edges

    def uefi_version(self, device: int) -> str:
        """Return the UEFI version a device has now."""
        return self._uefi.get(device) or self.rollout.uefi_version(device)

    def install(self, device: int, image: int, plan: FetchPlan) -> None:
        """Note what a device runs from now on: an image, or for no image a UEFI version."""
        if image == UNKNOWN_IMAGE:
            self._uefi[device] = plan.packages[0].version
        else:
            self.image_of[device] = image

    def delivered(self, device: int) -> frozenset[Package]:
        """Return the packages that lie on a device's update partition, delivered ahead."""
        return self.delivered_to.get(device, NOTHING_DELIVERED)

    def deliver(self, device: int, image: int) -> bool:
        """Put what a device lacks of an image on its update partition.

        What it keeps for neighbours of the image that it runs gives way.

        Returns
        -------
        bool
            Whether that has room; what it has fetched for neighbours meanwhile may not.
        """
        have, room = self.installed(device), self.partitions_of[device].update
        there = self.delivered(device) | (self.packages_of(image) - have)
        if sum(package.size for package in there) > room:
            there -= have
        self.delivered_to[device] = there
        return sum(package.size for package in there) <= room

    def installed(self, device: int) -> frozenset[Package]:
        """Return the packages of the image that a device runs, as far as it is known."""
        return self.packages_of(self.image_of[device])

    def packages_of(self, image: int) -> frozenset[Package]:
        """Return the packages of an image; none of `UNKNOWN_IMAGE`."""
        if image == UNKNOWN_IMAGE:
            return NOTHING_DELIVERED
        return frozenset(self.rollout.images[image].packages)

    def empty_update_partition(self, device: int) -> None:
        """Remove all packages that lie there."""
        self.delivered_to.pop(device, None)

    def keep_only(self, device: int, packages: frozenset[Package]) -> None:
        """Remove what lies on a device's update partition and is none of some packages."""
        self.delivered_to[device] = self.delivered(device) & packages

    def put_on_update_partition(self, device: int, package: Package) -> None:
        """Keep one package there."""
        self.delivered_to[device] = self.delivered(device) | {package}

    def space_for_packages(self, device: int) -> int:
        """Return the bytes free on a device's update partition; 0 if it has none."""
        total = self.partitions_of[device].update
        return max(0, total - sum(package.size for package in self.delivered(device)))

    def _partitions_of(self) -> list[Partitions]:
        """Return how each device's flash memory is divided."""
        system, other = self.assumptions.system_partition, self.assumptions.other_partitions
        flash_of: list[int] = self.rollout.fleet.flash.tolist()
        layouts = {flash: partitions(flash, system, other) for flash in set(flash_of)}
        return [layouts[flash] for flash in flash_of]

    def live_attributes(self) -> dict[str, Column]:
        """Return the attributes that change while time goes on, as they are now."""
        images = np.array(self.image_of, np.int64)
        shown = np.frombuffer(bytes(self.text_of), np.uint8).astype(np.int64)
        updated = np.zeros(len(images), np.bool_)
        updated[[*self._uefi]] = True
        return self.draws.live_attributes(images, shown, updated)

    def job_over(self) -> None:
        """Count a device whose command is over; the last one ends the run."""
        self.done += 1
        if self._progress is not None and self.done % 256 == 0:
            self._progress(self.done, self.targeted, int(self.env.now))
        self.end_if_idle()

    def end_if_idle(self) -> None:
        """End the run when no command is to come and no device has one."""
        goes_on = self.self_starters is not None or self.runs_to_come > 0
        if not goes_on and self.done == self.targeted and not self.over.triggered:
            self.over.succeed()
