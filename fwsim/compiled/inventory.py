"""What is certain about a rollout as tables of numbers, worked out once for all replications."""

from __future__ import annotations

import weakref
from copy import copy
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import DeliveryCommand, UefiUpdateCommand
from fwsim.commands.image import fetch_plan, is_modified, partitions
from fwsim.commands.notice import Instead
from fwsim.commands.policies import DeferCounterScope, UnattendedPolicy
from fwsim.commands.targets import ClientGroupTarget
from fwsim.commands.uefi import needs_uefi_update
from fwsim.compiled import tables
from fwsim.compiled.addresses import Addresses
from fwsim.compiled.assignment_tables import assignment_tables
from fwsim.compiled.tables import NOBODY
from fwsim.fleet.habits import People
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import checking_devices, notifications_of, scheduled_jobs_of
from fwsim.model.hours import Hours
from fwsim.model.order import Order, order_of
from fwsim.model.past import Past
from fwsim.model.rollout import NO_HUB, Rollout
from fwsim.model.sharing_classes import kinds_of, weights_of

Table = NDArray[Any]
BITS = 64


def table(dtype: np.dtype[Any], rows: int) -> Table:
    """Return an empty table; it has at least one row, so that it has an address."""
    return np.zeros(max(rows, 1), dtype)


def whole(values: Any) -> NDArray[np.int64]:
    """Return whole numbers as an array that has an address."""
    numbers = np.ascontiguousarray(values, dtype=np.int64)
    return numbers if len(numbers) else np.zeros(1, np.int64)


class Inventory:
    """The tables that no run changes, and those from which every run starts.

    Parameters
    ----------
    rollout
        Of which.
    """

    def __init__(self, rollout: Rollout) -> None:
        # Weakly: the table of inventories must not keep every rollout that was ever played.
        self._rollout = weakref.ref(rollout)
        self.assumptions = rollout.assumptions
        self.notifications = notifications_of(rollout)
        self.scheduled = scheduled_jobs_of(rollout)
        self.checking = checking_devices(rollout)
        self.assigned = assigned_of(rollout)
        self._take_commands()
        self.addresses = Addresses(rollout, [job.job for job in self.scheduled], self.has_uefi)
        self.arrays: dict[str, Table] = {}
        self.numbers: dict[str, int] = {}
        self._spans()
        self._images()
        self._lines()
        self._starters()
        self._take_assumptions()
        self.arrays |= self.addresses.arrays
        self.numbers |= self.addresses.numbers
        self.devices = self._devices()
        self.uefi = self._uefi()

    def _take_commands(self) -> None:
        rollout = self.rollout
        self.orders = [
            order_of(number, run, rollout, draw=rollout.draws[number])
            for number, run in enumerate(rollout.runs)
        ]
        self._targets: dict[int, NDArray[np.int64]] = {}
        self.told: WeakKeyDictionary[Past, dict[str, Table]] = WeakKeyDictionary()
        """What logs tell, as tables; other worlds of the rollout share them."""

    def commanded(self, rollout: Rollout) -> Inventory | None:
        """Return the same tables for other commands; None if those need other tables.

        Parameters
        ----------
        rollout
            What `Rollout.commanded` returned.
        """
        other = copy(self)
        other._rollout = weakref.ref(rollout)  # noqa: SLF001 - its own copy
        other.__dict__.pop("has_uefi", None)
        if (other.has_uefi, other._delivers) != (self.has_uefi, self._delivers):  # noqa: SLF001
            return None
        other._take_commands()  # noqa: SLF001
        return other

    def under(self, rollout: Rollout) -> Inventory:
        """Return the same tables in another world; only what is doubted is laid anew.

        Parameters
        ----------
        rollout
            What `Rollout.under` returned, of the same fleet.
        """
        other = copy(self)
        other._lay_world_anew(rollout)  # noqa: SLF001 - its own copy
        return other

    def _lay_world_anew(self, rollout: Rollout) -> None:
        self._rollout = weakref.ref(rollout)
        self.assumptions = rollout.assumptions
        self.arrays, self.numbers = {**self.arrays}, {**self.numbers}
        people = rollout.people()
        self._people(people)
        self.arrays |= self.addresses.reminder_tables(people)
        self._lines()
        self._take_assumptions()

    @property
    def rollout(self) -> Rollout:
        """Of which; whoever plays it holds it."""
        rollout = self._rollout()
        if rollout is None:
            raise ReferenceError("the rollout of this inventory is gone")
        return rollout

    @property
    def has_starters(self) -> bool:
        """Whether devices start anything by themselves."""
        return bool(self.notifications or self.scheduled or self.checking or self.assigned)

    @cached_property
    def has_uefi(self) -> bool:
        """Whether a command updates the UEFI firmware."""
        return any(
            isinstance(command, UefiUpdateCommand)
            for command in (
                *(run.command for run in self.rollout.runs),
                *(assignment.command for assignment in self.assigned.assignments),
            )
        )

    @property
    def _uses_update_partition(self) -> bool:
        return self.addresses.has_proxies or self._delivers

    @property
    def _delivers(self) -> bool:
        commands = [run.command for run in self.rollout.runs]
        stored = [notification.command for notification in self.notifications]
        stored += [assignment.command for assignment in self.assigned.assignments]
        return any(isinstance(command, DeliveryCommand) for command in [*commands, *stored])

    def targets(self, number: int) -> NDArray[np.int64] | None:
        """Return the devices of a run; None if they depend on what is so when it runs."""
        run = self.rollout.runs[number]
        if isinstance(run.command.target, ClientGroupTarget):
            return None
        meant = id(run.command.target)  # runs of the same command share it
        devices = self._targets.get(meant)
        if devices is None:
            targets = self.rollout.targets(run, {})
            devices = self._targets[meant] = np.ascontiguousarray(targets, np.int64)
        return devices

    def _spans(self) -> None:
        """Presence and power: each combination of habit and zone as a stretch of two arrays."""
        rollout, hours = self.rollout, Hours(self.rollout)
        fleet, people = rollout.fleet, rollout.people()
        present, self._presence_of = hours.by_kind(fleet.people, [p.present for p in people])
        windows, self._windows_of = hours.by_kind(fleet.power, [p.on for p in rollout.power()])
        starts: list[int] = []
        ends: list[int] = []
        # Hours of assignments lie behind those of people, and are looked up alike.
        self.first_hours = len(present)
        looked_up = [*present, *self.assigned.hours]
        for name, kinds in (("spans_of_presence", looked_up), ("spans_of_windows", windows)):
            spans = self.arrays[name] = table(tables.SPAN, len(kinds))
            for row, intervals in zip(spans, kinds, strict=True):
                row["first"], row["count"] = len(starts), len(intervals)
                starts += [start for start, _ in intervals]
                ends += [end for _, end in intervals]
        self.arrays["span_starts"], self.arrays["span_ends"] = whole(starts), whole(ends)
        self.presence_sums = self._sums_of_presence()
        self._people(people)

    def _sums_of_presence(self) -> NDArray[np.int64]:
        """Return how long users of a kind have been there up to the end of each of its spans."""
        lasted = self.arrays["span_ends"] - self.arrays["span_starts"]
        sums = np.zeros_like(lasted)
        for first, count in self.arrays["spans_of_presence"].tolist():
            sums[first : first + count] = np.cumsum(lasted[first : first + count])
        return sums

    def _people(self, people: list[People]) -> None:
        habits = self.arrays["people"] = table(tables.PEOPLE, len(people))
        for row, kind in zip(habits, people, strict=True):
            for name in tables.PEOPLE.names or ():
                row[name] = getattr(kind, name)

    def _images(self) -> None:
        """Give each package a number, and note which image has which."""
        images = self.rollout.images
        numbers: dict[Any, int] = {}
        for image in images:
            for package in image.packages:
                numbers.setdefault(package, len(numbers))
        words = -(-len(numbers) // BITS) if self._uses_update_partition else 0
        masks = np.zeros(max(len(images) * words, 1), np.uint64)
        rows = self.arrays["images"] = table(tables.IMAGE, len(images))
        certificates = self.addresses.certificates
        for i, image in enumerate(images):
            rows[i]["certificate"] = certificates.get(image.certificate, NOBODY)
            rows[i]["signed"], rows[i]["packages_signed"] = image.signed, image.packages_signed
            for package in image.packages if words else ():
                bit = np.uint64(1) << np.uint64(numbers[package] % BITS)
                masks[i * words + numbers[package] // BITS] |= bit
        self.arrays["image_masks"] = masks
        self.arrays["package_sizes"] = whole([package.size for package in numbers])
        self.numbers |= {"images_count": len(images), "words": words}
        self._plans(numbers)

    def _plans(self, numbers: dict[Any, int]) -> None:
        images, newer_only = self.rollout.images, self.assumptions.newer_only
        plans = self.arrays["plans"] = table(tables.PLAN, 2 * (len(images) + 1) * len(images))
        packages: list[int] = []
        missing: list[bool] = []
        pairs = ((have, want) for have in (None, *images) for want in images)
        for i, (have, want) in enumerate(pairs):
            for format_first in (False, True):
                plan = fetch_plan(have, want, format_first=format_first)
                row = plans[2 * i + format_first]
                row["is_modified"] = is_modified(have, want, newer_only=newer_only)
                row["total"], row["missing_at"] = plan.total, plan.missing_at
                row["image_size"], row["written"] = plan.image_size, plan.written
                row["first"], row["count"] = len(packages), len(plan.packages)
                packages += [numbers[package] for package in plan.packages]
                missing += [package.name in want.missing for package in plan.packages]
        self.arrays["plan_packages"] = whole(packages)
        self.arrays["plan_missing"] = np.array(missing or [False], np.uint8)

    def _lines(self) -> None:
        rollout = self.rollout
        steps = [rollout.link_steps(line) for line in rollout.lines()]
        self.rates = sorted(set(rollout.fleet.device_rate.tolist()))
        lines = len(rollout.hub_of)
        sites = self.sites = table(tables.SITE, lines)
        sites["rate_now"][:lines] = [step[0][1] for step in steps[:lines]]
        sites["rate"] = sites["rate_now"] * 1000
        sites["hub"][:lines] = rollout.hub_of
        sites["round_trip"][:lines] = rollout.round_trips()
        sites["alone"][:lines] = rollout.rates_alone() if sites["round_trip"].any() else 0
        self._groups(lines)
        self._hubs([step[0][1] for step in steps[lines:]])
        outages = rollout.outages()
        self.arrays["outages"] = table(tables.OUTAGE, len(outages))
        self.arrays["outages"][: len(outages)] = np.array(outages, tables.OUTAGE)
        repository = rollout.scenario.network.repository
        self.numbers |= {
            "sites_count": lines,
            "outages_count": len(outages),
            "uplink_rate": repository.carries,
            "uplink": repository.carries * 1000,
            "free": repository.connections,
        }
        self._busy(steps)

    def _groups(self, lines: int) -> None:
        """Lay out the groups of each site in the order of its kinds of downloads."""
        weights = weights_of(self.assumptions.share_spread)
        kinds = len(self.rates) * len(weights)
        ceilings, site_kind = np.unique(
            np.array(self.rollout.ceilings(), np.int64), return_inverse=True
        )
        orders = [kinds_of(self.rates, weights, ceiling) for ceiling in ceilings.tolist()]
        rates, parts, numbers = (
            np.array([[getattr(kind, name) for kind in order] for order in orders], np.int64)
            for name in ("rate", "weight", "number")
        )
        places = np.argsort(numbers.reshape(-1, kinds), axis=1)
        count = lines * kinds
        groups = self.groups = table(tables.GROUP, count)
        groups["device_rate"][:count] = rates.reshape(-1, kinds)[site_kind].reshape(-1)
        groups["weight"][:count] = parts.reshape(-1, kinds)[site_kind].reshape(-1)
        groups["site"][:count] = np.repeat(np.arange(lines), kinds)
        groups["root"] = NOBODY
        groups["aimed"] = True
        self.arrays["device_rates"] = whole(self.rates)
        self.arrays["group_places"] = whole(places[site_kind].reshape(-1))
        self.numbers |= {
            "groups_count": count,
            "kinds": kinds,
            "share_classes": len(weights),
        }

    def _hubs(self, rates: list[int]) -> None:
        """Lay the hubs out, each with as much room as its sites have groups."""
        hubs = self.hubs = table(tables.HUB, len(rates))
        hubs["rate_now"][: len(rates)] = rates
        hubs["rate"] = hubs["rate_now"] * 1000
        hub_of = self.rollout.hub_of
        rooms = np.bincount(hub_of[hub_of != NO_HUB], minlength=len(hubs))
        rooms *= self.numbers["kinds"]
        hubs["first"] = np.cumsum(rooms) - rooms
        self.hub_groups = int(rooms.sum())

    def _busy(self, steps: list[list[tuple[int, int]]]) -> None:
        alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for line, changes in enumerate(steps):
            if len(changes) > 1:
                alike.setdefault(tuple(changes[1:]), []).append(line)
        busy = self.arrays["busy"] = table(tables.BUSY, len(alike))
        mine = busy[: len(alike)]
        parts = (("count", "first", alike.keys()), ("lines", "first_line", alike.values()))
        for counts, first, things in parts:
            sizes = np.array([len(thing) for thing in things], np.int64)
            mine[counts], mine[first] = sizes, np.cumsum(sizes) - sizes
        steps_together = [step for changes in alike for step in changes]
        moments, rates = np.array(steps_together, np.int64).reshape(-1, 2).T
        lines = [line for same in alike.values() for line in same]
        self.arrays |= {
            "busy_at": whole(moments),
            "busy_rate": whole(rates),
            "busy_lines": whole(lines),
        }
        self.numbers["busy_count"] = len(alike)

    def _starters(self) -> None:
        self.stored = table(tables.NOTIFICATION, len(self.notifications))
        for row, notification in zip(self.stored, self.notifications, strict=False):
            row["at"], row["order"] = notification.at, NOBODY
        rows = self.arrays["scheduled"] = table(tables.SCHEDULED, len(self.scheduled))
        firings: list[int] = []
        devices: list[int] = []
        for row, scheduled in zip(rows, self.scheduled, strict=False):
            job = scheduled.job
            row["spread"], row["number"], row["kind"] = job.spread, scheduled.number, job.type
            row["first_firing"], row["firings"] = len(firings), len(scheduled.firings)
            row["first_device"], row["devices"] = len(devices), len(scheduled.devices)
            row["wakes"], row["persistent"] = job.wake_system, job.persistent
            firings += scheduled.firings
            devices += scheduled.devices
        self.arrays |= {"firings": whole(firings), "scheduled_devices": whole(devices)}
        fleet = len(self.rollout.fleet)
        self.arrays |= assignment_tables(self.assigned, fleet, self.first_hours)
        self.standings = self.arrays.pop("standings")  # each run begins with them anew
        self.numbers |= {
            "scheduled_count": len(self.scheduled),
            "has_starters": int(self.has_starters),
            "firings_count": len(firings),
            "assignments_count": len(self.assigned.assignments),
        }

    def _take_assumptions(self) -> None:
        a = self.assumptions
        self.numbers |= {
            "workers": a.dispatch_workers,
            "skips_dialog": int(a.unattended_policy is UnattendedPolicy.SKIP_DIALOG),
            "instead": Instead[a.missing_button.name].value,
            "counts_by_image": int(a.defer_counter_scope is DeferCounterScope.IDF),
            "shutdown_waits": int(a.shutdown_waits),
            "spread_missed": int(a.spread_missed_runs),
            "patience": a.transfer_patience,
            "handshake": self.rollout.handshake,
        }
        for name in (
            "send_time",
            "connect_timeout",
            "ping_timeout",
            "wake_timeout",
            "keep_alive",
            "idf_fetch_time",
            "idf_signature_time",
            "package_check_time",
            "install_rate",
            "format_time",
            "halt_time",
            "resume_time",
            "initial_window",
            "provider_slots",
            "lan_rate",
            "provider_patience",
        ):
            self.numbers[name] = int(getattr(a, name) or 0)

    def _devices(self) -> Table:
        """Return every device as it is before the story; what luck decides is left out."""
        fleet, a = self.rollout.fleet, self.assumptions
        rows = table(tables.DEVICE, len(fleet))
        mine = rows[: len(fleet)]
        for name in (
            "ready_at",
            "loss_left",
            "last_turn",
            "job",
            "earlier",
            "provides",
            "missed",
            "stored",
            "deferments",
            "flows",
            "broken",
            "opens",
        ):
            mine[name] = NOBODY
        mine["has_power"] = True
        mine["site"], mine["people"] = fleet.site.codes, fleet.people.codes
        mine["presence"], mine["windows"] = self._presence_of, self._windows_of
        if self.assigned.commanded:
            mine["opens"] = self.first_hours + self.assigned.commanded_codes
        mine["rate_class"] = np.searchsorted(self.rates, fleet.device_rate)
        for name, value in (("is_wired", "wired"), ("is_vpn", "vpn")):
            is_so = np.array([kind == value for kind in fleet.connection.values], bool)
            mine[name] = is_so[fleet.connection.codes]
        sizes, kinds = np.unique(fleet.flash, return_inverse=True)
        halves = [partitions(int(size), a.system_partition, a.other_partitions) for size in sizes]
        mine["system"] = np.array([half.system for half in halves])[kinds]
        mine["update"] = np.array([half.update for half in halves])[kinds]
        mine["address_class"] = self.addresses.class_of
        mine["subnet"] = self.addresses.subnet_of
        mine["checks"][list(self.checking)] = True
        watched = [*self.checking]
        for notification in self.notifications:
            watched += notification.devices
        for scheduled in self.scheduled:
            watched += scheduled.devices
        for assignment in self.assigned.assignments:
            watched += assignment.devices
        mine["starts_by_itself"][watched] = True
        return rows

    def _uefi(self) -> Table:
        """Return what the UEFI file offers to every device, and what it has."""
        rollout, fleet = self.rollout, self.rollout.fleet
        if not self.has_uefi:
            return table(tables.UEFI, 1)
        rows = table(tables.UEFI, len(fleet))
        codes = fleet.unit.codes.astype(np.int64)
        for name in ("Device type", "Supplier", "BIOS"):
            column = fleet.attributes.get(name)
            if column is not None:
                codes = codes * len(column.values) + column.codes
        _, first, same = np.unique(codes, return_index=True, return_inverse=True)
        kinds = table(tables.UEFI, len(first))
        for row, device in zip(kinds, first.tolist(), strict=True):
            offered = rollout.vendor_firmware(device)
            row["is_refused"] = rollout.refuses_uefi(device)
            row["is_listed"] = offered is not None
            if offered is not None:
                before = rollout.uefi_version(device)
                row["size"] = offered.size
                row["differs"] = needs_uefi_update(before, offered)
                row["differs_after"] = needs_uefi_update(offered.version or before, offered)
        rows[: len(fleet)] = kinds[same]
        return rows


def fill_order(row: Any, order: Order, reminder: int, past: Past | None = None) -> None:
    """Write the row of a run of a command; a column named like a fact of the order holds it."""
    given = {
        "at": order.run.at,
        "devices_wait": order.run.command.devices_wait,
        "reminder": reminder,
        "label": NOBODY if past is None else past.numbers.get(order.run.label, NOBODY),
    }
    for name in tables.ORDER.names or ():
        if name in given or hasattr(order, name):
            row[name] = given[name] if name in given else getattr(order, name)
