"""What is wrong with the static proxies that firmware settings name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fwsim.commands.firmware import ProxyType
from fwsim.fleet.fleet import Fleet
from fwsim.messages import say
from fwsim.model.configuration import Configuration
from fwsim.problems import Problem
from fwsim.scenario.checks import firmware_sections
from fwsim.scenario.schema import Scenario


def static_proxies(configuration: Configuration, fleet: Fleet) -> frozenset[int]:
    """Return the devices that any OU names as its static proxy, now or after a change.

    Parameters
    ----------
    configuration, fleet
        Whose firmware settings, over whose devices.
    """
    names = {
        settings.proxy
        for unit in fleet.unit.values
        for settings in configuration.over_time(unit)
        if settings.proxy_type is ProxyType.STATIC and settings.proxy is not None
    }
    return frozenset(device for name in names for device in fleet.find(name))


def static_proxy_problems(
    scenario: Scenario, fleet: Fleet, configuration: Configuration
) -> list[Problem]:
    """Return a problem for every static proxy that is no device, or is to serve another site.

    Parameters
    ----------
    scenario, fleet, configuration
        As of `static_proxy_findings`.
    """
    places = places_of_proxies(scenario)
    found = static_proxy_findings(fleet, configuration)
    return [Problem(text, path=places.get(name)) for name, text, _ in found]


def static_proxy_findings(
    fleet: Fleet, configuration: Configuration
) -> Iterator[tuple[str, str, bool]]:
    """Yield name and fault of static proxies, and whether only that it is no device is wrong.

    A static proxy is one device of a site that serves it [A]: what it hands on crosses no line.

    Parameters
    ----------
    fleet, configuration
        Whose firmware settings, over whose devices.
    """
    units_of: dict[str, set[int]] = {}
    for code, unit in enumerate(fleet.unit.values):
        for settings in configuration.over_time(unit):
            if settings.proxy_type is ProxyType.STATIC and settings.proxy is not None:
                units_of.setdefault(settings.proxy, set()).add(code)
    for name in sorted(units_of):
        if (text := _wrong(name, units_of[name], fleet)) is not None:
            yield name, text, not fleet.find(name)


def _wrong(name: str, units: set[int], fleet: Fleet) -> str | None:
    matches = fleet.find(name)
    if len(matches) != 1:
        if not matches:
            return say("together.no_static_proxy", name=name)
        return say("together.several_static_proxies", name=name)
    is_told = np.zeros(len(fleet.unit.values), bool)
    is_told[list(units)] = True
    proxy = matches[0]
    elsewhere = is_told[fleet.unit.codes] & (fleet.site.codes != fleet.site.codes[proxy])
    if not elsewhere.any():
        return None
    count, first = int(np.count_nonzero(elsewhere)), int(np.argmax(elsewhere))
    return say(
        "together.static_elsewhere",
        name=name,
        site=fleet.site[proxy],
        count=count,
        first=fleet.qualified_name(first),
        its_site=fleet.site[first],
    )


def places_of_proxies(scenario: Scenario) -> dict[str, str]:
    """Return where the file names each static proxy first."""
    places: dict[str, str] = {}
    for place, section in firmware_sections(scenario):
        if section.proxy is not None and section.proxy.device is not None:
            dotted = ".".join(map(str, (*place, "proxy", "device")))
            places.setdefault(section.proxy.device, dotted)
    return places
