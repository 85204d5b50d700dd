"""Sites without a line: which ones an entry is missing for where no `default` stands for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fwsim.messages import say
from fwsim.problems import Problem
from fwsim.scenario.fleet_build import DEFAULT, UnitSettings, expanded
from fwsim.scenario.hubs import Finding
from fwsim.scenario.schema import Scenario

PLACE = ("network", "sites")
MOST_NAMED = 5


def _without_line(scenario: Scenario, sites: Iterable[str]) -> str:
    """Return what is wrong where sites have no line; empty if each has one.

    A site that an OU names is told where the OU says it.
    """
    named = scenario.network.sites
    if DEFAULT in named:
        return ""
    told = {*named, *(unit.site for unit in scenario.fleet.units.values())} - {DEFAULT}
    lacking = [site for site in dict.fromkeys(sites) if site not in told]
    if not lacking:
        return ""
    first = ", ".join(map(repr, lacking[:MOST_NAMED]))
    more = len(lacking) - MOST_NAMED
    if more > 0:
        return say("together.no_lines", sites=first, count=more)
    return say("together.no_line", sites=first)


def site_findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield which sites of the OUs have no line; those of a device list show when it is read."""
    if DEFAULT in scenario.network.sites or scenario.fleet.inventory is not None:
        return
    settings = UnitSettings(scenario.fleet.units)
    borne = (
        settings.site(path)
        for entry, unit in scenario.fleet.units.items()
        if unit.devices
        for path in expanded(entry, unit)
    )
    if text := _without_line(scenario, borne):
        yield PLACE, text


def site_problems(scenario: Scenario, borne: Collection[str]) -> list[Problem]:
    """Return a problem if devices are at sites without a line.

    Parameters
    ----------
    scenario
        Whose lines.
    borne
        The sites its devices are at.
    """
    text = _without_line(scenario, borne)
    return [Problem(text, path=".".join(PLACE))] if text else []
