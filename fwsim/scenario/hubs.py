"""Which site hangs on which hub, by the names a scenario gives, and what is wrong with them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from fwsim.messages import say
from fwsim.problems import Problem, nearest
from fwsim.scenario.fleet_build import DEFAULT, UnitSettings, expanded
from fwsim.scenario.network_section import HubSection
from fwsim.scenario.schema import Scenario
from fwsim.spelling import Spellings, meant

STAR = "*"
MOST_COMPARED = 1_000
"""Names up to which any slip is looked for; among more, only one letter or another spelling."""

T = TypeVar("T")
Place = tuple[str | int, ...]
Finding = tuple[Place, str]
"""Where in the scenario, and what is wrong there."""


class _Entries(Generic[T]):
    """Names or what names begin with, each with a value; what is first of several is found fast."""

    def __init__(self) -> None:
        self._values: dict[str, T] = {}
        self._numbers: dict[str, int] = {}
        self._lengths: set[int] = set()
        self._in_order: list[str] = []

    def add(self, text: str, value: T) -> None:
        """Add an entry; one that is there already keeps its value."""
        if text not in self._values:
            self._numbers[text] = len(self._values)
            self._values[text] = value
            self._lengths.add(len(text))
            insort(self._in_order, text)

    def __getitem__(self, text: str) -> T:
        return self._values[text]

    def get(self, text: str) -> T | None:
        """Return the value of an entry; None if it is not there."""
        return self._values.get(text)

    def first_before(self, name: str) -> str | None:
        """Return the entry that a name begins with."""
        starts = (name[:length] for length in self._lengths if length <= len(name))
        return self._first(start for start in starts if start in self._values)

    def first_behind(self, start: str) -> str | None:
        """Return the entry that begins with something."""
        return self._first(_that_begin(self._in_order, start))

    def first_around(self, start: str) -> str | None:
        """Return the entry that begins with something, or that this begins with."""
        around = (self.first_before(start), self.first_behind(start))
        return self._first(entry for entry in around if entry is not None)

    def _first(self, entries: Iterable[str]) -> str | None:
        return min(entries, key=self._numbers.__getitem__, default=None)


def _that_begin(in_order: Sequence[str], start: str) -> Iterator[str]:
    """Yield the sorted names that begin with something."""
    for place in range(bisect_left(in_order, start), len(in_order)):
        if not in_order[place].startswith(start):
            return
        yield in_order[place]


class Membership:
    """Looks up the hub of a site.

    Parameters
    ----------
    hubs
        As the scenario writes them.
    """

    def __init__(self, hubs: Mapping[str, HubSection]) -> None:
        self._by_name: dict[str, int] = {}
        self._by_beginning = _Entries[int]()
        for number, hub in enumerate(hubs.values()):
            for entry in hub.sites:
                if entry.endswith(STAR):
                    self._by_beginning.add(entry.removesuffix(STAR), number)
                else:
                    self._by_name[entry] = number

    def hub_of(self, site: str) -> int | None:
        """Return the index of a site's hub; None if it hangs on the repository."""
        hub = self._by_name.get(site)
        if hub is not None:
            return hub
        start = self._by_beginning.first_before(site)
        return None if start is None else self._by_beginning[start]


def known_sites(scenario: Scenario) -> list[str]:
    """Return the sites a scenario names and those of its OUs; a device list may have more."""
    settings = UnitSettings(scenario.fleet.units)
    own = (
        settings.site(path)
        for entry, unit in scenario.fleet.units.items()
        for path in expanded(entry, unit)
    )
    return [n for n in dict.fromkeys([*scenario.network.sites, *own]) if n != DEFAULT]


def names_in_hubs(
    scenario: Scenario, sites: Collection[str], *, are_all: bool
) -> Iterator[Finding]:
    """Yield which names of hubs are sites, and which of their sites are none.

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
            yield ("network", "hubs", name), say("together.hub_is_site", name=name)
    if are_all:
        yield from _unknown(hubs, known)


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
    of_list = ((place, text) for place, _, text in names_in_hubs_of_list(scenario, borne))
    return [
        Problem(text, path=".".join(str(part) for part in place))
        for place, text in (*of_list, *sites_in_two_hubs(scenario))
    ]


def names_in_hubs_of_list(
    scenario: Scenario, borne: Collection[str]
) -> Iterator[tuple[Place, str, str]]:
    """Yield place, name and fault of what a device list shows to be wrong with names in hubs.

    Parameters
    ----------
    scenario, borne
        As of `hub_problems`.
    """
    if scenario.fleet.inventory is None:
        return
    sites = dict.fromkeys([*known_sites(scenario), *borne])
    entries = {
        place: entry.removesuffix(STAR) for place, _, entry in _entries(scenario.network.hubs)
    }
    for place, text in names_in_hubs(scenario, sites, are_all=True):
        yield place, entries.get(place, str(place[-1])), text


def _entries(hubs: Mapping[str, HubSection]) -> Iterator[tuple[Place, str, str]]:
    """Yield place, hub and name of every entry."""
    for hub, section in hubs.items():
        for i, entry in enumerate(section.sites):
            yield ("network", "hubs", hub, "sites", i), hub, entry


def _unknown(hubs: Mapping[str, HubSection], known: frozenset[str]) -> Iterator[Finding]:
    in_order = sorted(known)
    alike = Spellings(in_order) if len(known) > MOST_COMPARED else None
    for place, _, entry in _entries(hubs):
        if entry.endswith(STAR):
            if next(_that_begin(in_order, entry.removesuffix(STAR)), None) is None:
                yield place, say("unknown.begins_like", name=entry, near=_some(in_order))
        elif entry == DEFAULT:
            yield place, say("unknown.default")
        elif entry not in known:
            near = meant(entry, alike.nearest(entry)) if alike else nearest(entry, in_order)
            hint = say("unknown.is_hub") if entry in hubs else near
            yield place, say("unknown.site", name=entry, near=hint or _some(in_order))


def _some(in_order: Sequence[str]) -> str:
    first = in_order[:5]
    more = ", …" if len(in_order) > len(first) else ""
    if not first:
        return say("unknown.no_sites")
    return say("unknown.there_are", known=f"{', '.join(first)}{more}")


def sites_in_two_hubs(scenario: Scenario) -> Iterator[Finding]:
    """Yield the entries that mean a site of an entry before them."""
    named, beginnings = _Entries[str](), _Entries[str]()
    for place, hub, entry in _entries(scenario.network.hubs):
        if entry.endswith(STAR):
            start = entry.removesuffix(STAR)
            clash, other = named.first_behind(start), beginnings.first_around(start)
            if clash is not None:
                told = {"entry": entry, "clash": clash, "hub": named[clash]}
                yield place, say("together.hub_entry_around", **told)
            elif other is not None:
                told = {"entry": entry, "first": f"{other}{STAR}", "hub": beginnings[other]}
                yield place, say("together.hub_entry_within", **told)
            beginnings.add(start, hub)
            continue
        first_hub = named.get(entry)
        if first_hub is None and (wider := beginnings.first_before(entry)) is not None:
            first_hub = beginnings[wider]
        if first_hub is not None:
            key = "site_twice" if first_hub == hub else "site_of_two_hubs"
            yield place, say(f"together.{key}", site=entry, hub=first_hub)
        named.add(entry, hub)
