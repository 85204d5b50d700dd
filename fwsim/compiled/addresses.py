"""Where every device is sent for its image, by stretch between changes of the configuration."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.firmware import ProxyType
from fwsim.commands.notice import delay_edges
from fwsim.commands.scheduler_file import SchedulerJob
from fwsim.compiled import tables
from fwsim.compiled.tables import NOBODY
from fwsim.fleet.habits import People
from fwsim.fleet.kinds import kinds_of
from fwsim.model.configuration import Address
from fwsim.model.rollout import Rollout

Reminder = tuple[int, tuple[int, ...]]


class Addresses:
    """URLs, firmware settings and proxies as tables.

    Parameters
    ----------
    rollout
        Of which.
    jobs
        The scheduler's jobs, which have reminders of their own.
    for_uefi
        Whether devices are sent for UEFI files, too.
    """

    def __init__(self, rollout: Rollout, jobs: list[SchedulerJob], for_uefi: bool) -> None:
        self._rollout = rollout
        configuration = rollout.configuration
        self._times = configuration.change_times
        classes, first = configuration.address_classes()
        self.class_of = classes.astype(np.int32)
        self._found: dict[int, Address] = {}
        by_class = np.full((len(self._times) + 1, len(first), 2), NOBODY, np.int64)
        for epoch, at in enumerate(self._moments()):
            for code, device in enumerate(first.tolist()):
                for kind in (False, True) if for_uefi else (False,):
                    address = configuration.address(device, at, for_uefi=kind)
                    self._found[address.url] = address
                    by_class[epoch, code, int(kind)] = address.url
        numbers = {url: i for i, url in enumerate(sorted(self._found))}
        lookup = np.full(max(self._found, default=0) + 2, NOBODY, np.int64)
        lookup[list(numbers)] = list(numbers.values())
        self._reminders: dict[Reminder, int] = {}
        self.certificates: dict[str, int] = {}
        for image in rollout.images:
            if image.certificate:
                self.certificates.setdefault(image.certificate, len(self.certificates))
        self.arrays: dict[str, NDArray[Any]] = {
            "addresses_by_class": np.ascontiguousarray(lookup[by_class].ravel()),
            "change_times": np.array(self._times or [0], np.int64),
        }
        self.numbers = {"classes": len(first), "changes": len(self._times)}
        self._proxies()
        self._rows([self._found[url] for url in sorted(self._found)])
        for job in jobs:
            self.reminder((job.deferments, job.delays))
        self.arrays |= self.reminder_tables(rollout.people())
        del self._rollout  # an inventory must not keep its rollout

    def _moments(self) -> list[int]:
        """Return a time within each stretch between changes."""
        times = self._times
        return [times[0] - 1 if times else 0, *times]

    @property
    def has_proxies(self) -> bool:
        """Whether any device ever turns to a proxy."""
        return any(_kind(address) is not ProxyType.NONE for address in self._found.values())

    def reminder(self, reminder: Reminder) -> int:
        """Return the number of a reminder's settings."""
        return self._reminders.setdefault(reminder, len(self._reminders))

    def _proxies(self) -> None:
        """Give each subnet a proxy of its own, and each static proxy another."""
        fleet = self._rollout.fleet
        self.subnet_of: NDArray[Any] = np.full(len(fleet), NOBODY, np.int32)
        count = 0
        if any(_kind(address) is ProxyType.DYNAMIC for address in self._found.values()):
            network = fleet.attributes.get("Network")
            own = [] if network is None else [network.codes]
            pairs, first = kinds_of([*own, fleet.site.codes])
            names = [self._rollout.subnet(device) for device in first.tolist()]
            numbers = {name: i for i, name in enumerate(dict.fromkeys(names))}
            self.subnet_of = np.array([numbers[name] for name in names], np.int32)[pairs]
            count = len(numbers)
        self._static: dict[str, int] = {}
        fixed: dict[int, int] = {}
        for address in self._found.values():
            name = address.settings.proxy or ""
            if _kind(address) is ProxyType.STATIC and name not in self._static:
                device = int(fleet.find(name)[0])
                self._static[name] = fixed.setdefault(device, count + len(fixed))
        services = np.zeros(max(count + len(fixed), 1), tables.SERVICE)
        for field in services.dtype.names or ():
            services[field] = 0 if field in {"in_service", "last_served"} else NOBODY
        for device, service in fixed.items():
            services[service]["fixed"] = device
        self.services = services
        self.numbers["services_count"] = count + len(fixed)

    def _rows(self, addresses: list[Address]) -> None:
        rows = np.zeros(max(len(addresses), 1), tables.ADDRESS)
        places: dict[tuple[str, str], int] = {}
        trusted: dict[tuple[str, ...], int] = {}
        for row, address in zip(rows, addresses, strict=False):
            settings, kind = address.settings, _kind(address)
            place = places.setdefault((address.container, address.image_file), len(places))
            row["url"], row["place"], row["counter"] = address.url, place, place
            row["settings"] = trusted.setdefault(settings.certificates or (), len(trusted))
            row["reminder"] = self.reminder(settings.reminder)
            row["service"] = NOBODY
            if kind is ProxyType.STATIC:
                row["service"] = self._static[settings.proxy or ""]
            row["turns_to_subnet"] = kind is ProxyType.DYNAMIC
            row["checks_idf"] = bool(settings.check_idf_signature)
            row["checks_packages"] = bool(settings.check_package_signatures)
            row["at_start"] = bool(settings.check_at_start)
            row["at_shutdown"] = bool(settings.check_at_shutdown)
            row["confirms"] = bool(settings.confirm_check)
        self.arrays["addresses"] = rows
        self._served(addresses, places)
        trusts = np.zeros((max(len(trusted), 1), max(len(self.certificates), 1)), np.uint8)
        for certificates, i in trusted.items():
            for name, number in self.certificates.items():
                trusts[i, number] = name in certificates
        self.arrays["trusts"] = np.ascontiguousarray(trusts.ravel())
        self.numbers["certificates"] = trusts.shape[1]

    def _served(self, addresses: list[Address], places: dict[tuple[str, str], int]) -> None:
        """Note the image that each place leads to; minus the reason where there is none."""
        served = np.zeros((len(self._times) + 1, max(len(places), 1)), np.int64)
        of_place = {places[a.container, a.image_file]: a for a in addresses}
        for epoch, at in enumerate(self._moments()):
            for place, address in of_place.items():
                number = self._rollout.configuration.served(address, at)
                served[epoch, place] = -int(number) if isinstance(number, Detail) else number
        self.arrays["served"] = np.ascontiguousarray(served.ravel())
        self.numbers["places"] = served.shape[1]

    def reminder_tables(self, people: list[People]) -> dict[str, NDArray[Any]]:
        """Return each reminder's delays, and which of them each kind of people picks how often.

        Parameters
        ----------
        people
            The habits behind each value of `fleet.people`.
        """
        rows = np.zeros(max(len(self._reminders), 1), tables.REMINDER)
        spans = np.zeros(max(len(self._reminders) * len(people), 1), tables.SPAN)
        edge_values: list[float] = []
        delays: list[int] = []
        firsts: list[int] = []
        for (deferments, offered), i in self._reminders.items():
            rows[i] = (deferments, len(offered), len(delays), i * len(people))
            delays += offered
            for kind, habits in enumerate(people):
                edges = delay_edges(offered, dict(habits.picks)) if offered else ()
                spans[i * len(people) + kind]["count"] = len(edges)
                firsts.append(len(edge_values))
                edge_values += edges
        spans["first"][: len(firsts)] = firsts
        return {
            "reminders": rows,
            "edges": spans,
            "edge_values": np.array(edge_values or [0.0], np.float64),
            "delays": np.array(delays or [0], np.int64),
        }


def _kind(address: Address) -> ProxyType:
    return address.settings.proxy_type or ProxyType.NONE
