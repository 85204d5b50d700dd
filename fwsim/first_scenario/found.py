"""What a device list tells of a fleet: OUs, sites and how many devices there are in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from fwsim.first_scenario.asked import SitesFrom
from fwsim.first_scenario.subnets import subnets_of
from fwsim.fleet.list_cells import says_nothing
from fwsim.fleet.listed import DeviceList
from fwsim.messages import say
from fwsim.scenario.fleet_build import DEFAULT

_MOST = 0.5
_STRAY = 0.1
"""Subnets whose OUs mix more than this are no parts of OUs: the OUs are no places."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A name, and how many devices bear it."""

    name: str
    devices: int


@dataclass(frozen=True)
class Found:
    """What was found in a device list.

    Parameters
    ----------
    file
        Its name, as it is told.
    devices
        The list as the scenario is to read it.
    is_changed
        Whether that is another than it was: an OU or a site was put to devices.
    sites_from, reason
        By what sites were told apart, and why: the name of the sentence that says it.
    sites, units, images, models
        With the numbers of their devices, most first; images and models as far as the list tells.
    tops
        The OUs above all devices, in the order of the list.
    remarks
        What else a person should know, each a sentence.
    """

    file: str
    devices: DeviceList
    is_changed: bool
    sites_from: SitesFrom
    reason: str
    sites: tuple[Counted, ...]
    units: tuple[Counted, ...]
    images: tuple[Counted, ...]
    models: tuple[Counted, ...]
    tops: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def why(self) -> str:
        """Why sites were told apart so, in the language that is spoken when it is asked."""
        return say(f"new.sites_{self.reason}")

    @property
    def count(self) -> int:
        """How many devices there are."""
        return len(self.devices.names)

    def running(self, image: str) -> int:
        """Return how many devices run an image, by the list."""
        return next((one.devices for one in self.images if one.name == image), 0)

    def lacking(self, image: str) -> dict[str, int]:
        """Return how many devices of each site have yet to fetch an image; sites as in `sites`."""
        running = self._running_at
        return {site.name: site.devices - running[site.name, image] for site in self.sites}

    @cached_property
    def _running_at(self) -> Counter[tuple[str, str]]:
        """How many devices of each site run each image."""
        sites = _sites(self.devices.site, self.devices.unit)
        return Counter(zip(sites, self.devices.installed, strict=True))


def look_at(devices: DeviceList, file: str, sites_from: SitesFrom | None = None) -> Found:
    """Return what a device list tells.

    Parameters
    ----------
    devices
        As `read_device_list` returns it.
    file
        Its name, to tell it by.
    sites_from
        By what sites are told apart; by default what the list makes most likely.
    """
    subnets = subnets_of(devices)
    chosen, reason = (sites_from, "said") if sites_from else _likely(devices, subnets)
    units, remarks = _units(devices)
    if chosen is SitesFrom.SUBNET:
        sites = [subnet or unit for subnet, unit in zip(subnets, units, strict=True)]
    elif chosen is SitesFrom.OU:
        sites = [""] * len(units)
    else:
        sites = devices.site
    is_changed = sites != devices.site or units != devices.unit
    return Found(
        file=file,
        devices=replace(devices, site=sites, unit=units),
        is_changed=is_changed,
        sites_from=chosen,
        reason=reason,
        sites=_counted(_sites(sites, units)),
        units=_counted(units),
        images=_counted(name for name in devices.installed if name),
        models=_counted(m for m in devices.attributes.get("Device type", ()) if m),
        tops=tuple(dict.fromkeys(unit.partition("/")[0] for unit in units)),
        remarks=(*remarks, *_of_subnets(chosen, subnets)),
    )


def _sites(sites: Iterable[str], units: Iterable[str]) -> list[str]:
    """Return each device's site; one left empty is one for each OU, as the scenario reads it."""
    return [site or unit or DEFAULT for site, unit in zip(sites, units, strict=True)]


def _likely(devices: DeviceList, subnets: Sequence[str]) -> tuple[SitesFrom, str]:
    """Return by what sites are told apart, and the name of the reason."""
    total = len(devices.names)
    if sum(not says_nothing(site) for site in devices.site) >= _MOST * total:
        return SitesFrom.COLUMN, "column"
    has_units = len(set(devices.unit)) > 1
    if len(set(filter(None, subnets))) > 1 and sum(map(bool, subnets)) >= _MOST * total:
        if not has_units:
            return SitesFrom.SUBNET, "subnet_only"
        if _strays(devices.unit, subnets) > _STRAY * total:
            return SitesFrom.SUBNET, "subnet"
        return SitesFrom.OU, "ou_like_subnets"
    return SitesFrom.OU, "ou" if has_units else "one"


def _strays(units: Iterable[str], subnets: Iterable[str]) -> int:
    """Return how many devices are in a subnet that is mostly another OU's."""
    by_subnet: dict[str, Counter[str]] = {}
    for unit, subnet in zip(units, subnets, strict=True):
        if subnet:
            by_subnet.setdefault(subnet, Counter())[unit] += 1
    return sum(count.total() - max(count.values()) for count in by_subnet.values())


def _units(devices: DeviceList) -> tuple[list[str], list[str]]:
    """Return each device's OU, one of our own where the list has none, and a word on those."""
    without = sum(map(says_nothing, devices.unit))
    if not without:
        return devices.unit, []
    name = say("new.own_ou")
    remark = say("new.without_ou", count=without, name=name)
    return [name if says_nothing(unit) else unit for unit in devices.unit], [remark]


def _of_subnets(chosen: SitesFrom, subnets: Sequence[str]) -> list[str]:
    without = sum(not subnet for subnet in subnets)
    if chosen is SitesFrom.SUBNET and without:
        return [say("new.without_subnet", count=without)]
    return []


def _counted(names: Iterable[str]) -> tuple[Counted, ...]:
    return tuple(Counted(*pair) for pair in Counter(names).most_common())
