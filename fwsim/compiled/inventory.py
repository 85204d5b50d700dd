"""What is certain about a rollout as tables of numbers, worked out once for all replications."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import DeliveryCommand, Sent, UefiUpdateCommand
from fwsim.commands.notice import Instead
from fwsim.commands.policies import DeferCounterScope, UnattendedPolicy
from fwsim.commands.targets import ClientGroupTarget
from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.addresses import Addresses
from fwsim.compiled.assignment_tables import assignment_tables
from fwsim.compiled.device_tables import DeviceTable, device_table, uefi_table
from fwsim.compiled.image_tables import image_tables
from fwsim.compiled.line_tables import LineTables, line_tables
from fwsim.compiled.tables import NOBODY
from fwsim.fleet.habits import People
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import checking_devices, notifications_of, scheduled_jobs_of
from fwsim.model.hours import Hours
from fwsim.model.order import Order, order_of
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout


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
        images, counts = image_tables(
            rollout,
            self.addresses.certificates,
            uses_update_partition=self._uses_update_partition,
        )
        self.arrays |= images
        self.numbers |= counts
        self._take_lines()
        self._starters()
        self._take_assumptions()
        self.arrays |= self.addresses.arrays
        self.numbers |= self.addresses.numbers
        self.devices = self._devices()
        self.uefi = uefi_table(rollout) if self.has_uefi else table(tables.UEFI, 1)

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
        self._take_lines(before=self.lines)
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
        return self._sends(UefiUpdateCommand)

    @property
    def _uses_update_partition(self) -> bool:
        return self.addresses.has_proxies or self._delivers

    @property
    def _delivers(self) -> bool:
        return self._sends(DeliveryCommand)

    def _sends(self, kind: type[Sent]) -> bool:
        """Tell whether a command is of a kind; those stored for devices are commands, too."""
        commands = [run.command for run in self.rollout.runs]
        stored = [notification.command for notification in self.notifications]
        stored += [assignment.command for assignment in self.assigned.assignments]
        return any(isinstance(command, kind) for command in [*commands, *stored])

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
        present, presence_of = hours.by_kind(fleet.people, [p.present for p in people])
        on = [power.on for power in rollout.power()]
        windows, windows_of = hours.by_kind(fleet.power, on)
        self._presence_of, self._windows_of = (
            np.array(of_device, np.int32) for of_device in (presence_of, windows_of)
        )
        self.arrays["windows_ended"] = whole(hours.ended_before(fleet.power, on))
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

    def _take_lines(self, before: LineTables | None = None) -> None:
        self.lines = line_tables(self.rollout, before)
        self.arrays |= self.lines.arrays
        self.numbers |= self.lines.numbers

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

    def _started(self) -> Iterator[Sequence[int]]:
        """Yield whom each job is for that devices start by themselves."""
        for notification in self.notifications:
            yield notification.devices
        for scheduled in self.scheduled:
            yield scheduled.devices
        for assignment in self.assigned.assignments:
            yield assignment.devices

    def _devices(self) -> DeviceTable:
        fleet = self.rollout.fleet
        opens = np.full(len(fleet), NOBODY, np.int64)
        if self.assigned.commanded:
            opens = self.first_hours + self.assigned.commanded_codes
        checks, watched = np.zeros((2, len(fleet)), bool)
        checks[list(self.checking)] = watched[list(self.checking)] = True
        for devices in self._started():
            watched[np.asarray(devices, np.int64)] = True  # not a tuple: one index each
        given: dict[str, NDArray[Any]] = {
            "presence": self._presence_of,
            "windows": self._windows_of,
            "opens": opens,
            "rate_class": np.searchsorted(self.lines.rates, fleet.device_rate),
            "address_class": self.addresses.class_of,
            "subnet": self.addresses.subnet_of,
            "checks": checks,
            "starts_by_itself": watched,
            "is_static_proxy": np.isin(np.arange(len(fleet)), [*self.rollout.static_proxies]),
        }
        return device_table(self.rollout, given)


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
