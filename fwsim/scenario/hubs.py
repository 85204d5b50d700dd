"""Which site hangs on which hub, by the names a scenario gives, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from fwsim.problems import Problem, nearest
from fwsim.scenario.fleet_build import DEFAULT, UnitSettings, expanded
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import HubSection
from fwsim.spelling import Spellings, meant

STAR = "*"
MOST_COMPARED = 1_000
"""Names up to which any slip is looked for; among more, only one letter or another spelling."""

Place = tuple[str | int, ...]
Finding = tuple[Place, str]
"""Where in the scenario, and what is wrong there."""


class Membership:
    """Looks up the hub of a site.

    Parameters
    ----------
    hubs
        As the scenario writes them.
    """

    def __init__(self, hubs: Mapping[str, HubSection]) -> None:
        self._by_name: dict[str, int] = {}
        self._by_beginning: list[tuple[str, int]] = []
        for number, hub in enumerate(hubs.values()):
            for entry in hub.sites:
                if entry.endswith(STAR):
                    self._by_beginning.append((entry.removesuffix(STAR), number))
                else:
                    self._by_name[entry] = number

    def hub_of(self, site: str) -> int | None:
        """Return the index of a site's hub; None if it hangs on the repository."""
        found = self._by_name.get(site)
        if found is not None:
            return found
        return next((n for start, n in self._by_beginning if site.startswith(start)), None)


def known_sites(scenario: Scenario) -> list[str]:
    """Return the sites a scenario names and those of its OUs; a device list may have more."""
    settings = UnitSettings(scenario.fleet.units)
    own = (
        settings.site(path)
        for entry, unit in scenario.fleet.units.items()
        for path in expanded(entry, unit)
    )
    return [n for n in dict.fromkeys([*scenario.network.sites, *own]) if n != DEFAULT]


def hub_findings(scenario: Scenario, sites: Collection[str], *, are_all: bool) -> Iterator[Finding]:
    """Yield what is wrong with the names of hubs and of their sites.

    Parameters
    ----------
    scenario
        Whose.
    sites
        The sites that are known.
    are_all
        Whether there are no others; the sites of a device list show when it is read.
    """
    hubs = scenario.network.hubs
    if not hubs:
        return
    known = frozenset(sites)
    for name in hubs:
        if name in known or name == DEFAULT:
            text = f"{name!r} is a site; a hub needs a name of its own"
            yield ("network", "hubs", name), text
    if are_all:
        yield from _unknown(hubs, known)
    yield from _twice(hubs)


def hub_problems(scenario: Scenario, borne: Collection[str]) -> list[Problem]:
    """Return a problem for each name that a device list shows to be wrong.

    Parameters
    ----------
    scenario
        Whose.
    borne
        The sites its devices are at.
    """
    if scenario.fleet.inventory is None:
        return []
    sites = dict.fromkeys([*known_sites(scenario), *borne])
    return [
        Problem(text, path=".".join(str(part) for part in place))
        for place, text in hub_findings(scenario, sites, are_all=True)
    ]


def _entries(hubs: Mapping[str, HubSection]) -> Iterator[tuple[Place, str, str]]:
    """Yield place, hub and name of every entry."""
    for hub, section in hubs.items():
        for i, entry in enumerate(section.sites):
            yield ("network", "hubs", hub, "sites", i), hub, entry


def _unknown(hubs: Mapping[str, HubSection], known: frozenset[str]) -> Iterator[Finding]:
    alike = Spellings(sorted(known)) if len(known) > MOST_COMPARED else None
    for place, _, entry in _entries(hubs):
        if entry.endswith(STAR):
            if not any(name.startswith(entry.removesuffix(STAR)) for name in known):
                yield place, f"no site's name begins as in {entry!r}{_some(known)}"
        elif entry == DEFAULT:
            text = f"{DEFAULT!r} is no site but the line of all that are not named; name them"
            yield place, text
        elif entry not in known:
            if alike is None:
                near = nearest(entry, sorted(known))
            else:
                near = meant(entry, alike.nearest(entry))
            hint = "; that is a hub, and hubs hang on the repository" if entry in hubs else near
            yield place, f"unknown site {entry!r}{hint or _some(known)}"


def _some(known: frozenset[str]) -> str:
    first = sorted(known)[:5]
    more = ", …" if len(known) > len(first) else ""
    return f"; there are {', '.join(first)}{more}" if first else "; no site is named"


def _twice(hubs: Mapping[str, HubSection]) -> Iterator[Finding]:
    """Yield the entries that mean a site of an entry before them."""
    named: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for place, hub, entry in _entries(hubs):
        if entry.endswith(STAR):
            start = entry.removesuffix(STAR)
            clash = next((n for n in named if n.startswith(start)), None)
            wider = (s for s in beginnings if s.startswith(start) or start.startswith(s))
            other = next(wider, None)
            if clash is not None:
                yield place, f"{entry!r} stands for {clash!r}, too, a site of hub {named[clash]!r}"
            elif other is not None:
                first = f"{other}{STAR}"
                yield place, f"{entry!r} has sites that {first!r} of hub {beginnings[other]!r} has"
            beginnings.setdefault(start, hub)
            continue
        first_hub = named.get(entry)
        if first_hub is None:
            first_hub = next((h for s, h in beginnings.items() if entry.startswith(s)), None)
        if first_hub is not None:
            again = "twice" if first_hub == hub else f"of hub {first_hub!r} already"
            yield place, f"site {entry!r} is {'named ' if again == 'twice' else ''}{again}"
        named.setdefault(entry, hub)
