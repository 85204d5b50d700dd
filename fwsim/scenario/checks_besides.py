"""What is wrong across the sections of a file that has other mistakes.

What cannot be read is still there by its name, so that who names it is not told to be wrong; and
a rule that compares with something unreadable is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from fwsim.problems import Problem
from fwsim.scenario.as_far_as_readable import ANY, TakenOut
from fwsim.scenario.catalogue import catalogue
from fwsim.scenario.checks import ACROSS, OF_IMAGES
from fwsim.scenario.fleet_section import UnitSection
from fwsim.scenario.hubs import Finding, Place
from fwsim.scenario.network_section import HubSection, NetworkSection, SiteSection
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection, PeopleSection, PowerSection
from fwsim.scenario.stand_ins import stand_in

if TYPE_CHECKING:
    from fwsim.scenario.commanded import KnownFleet

V = TypeVar("V")
_ONE_OF = ("image", "images", "idf")
_OF_NAMES: dict[Place, type[BaseModel]] = {
    ("people",): PeopleSection,
    ("power",): PowerSection,
    ("images",): ImageSection,
    ("network", "sites"): SiteSection,
    ("network", "hubs"): HubSection,
    ("fleet", "units"): UnitSection,
}
_SENT = ("commands", "notifications", "assignments")
_SCHEDULES = ("once", "now", "every", "set")


class Left:
    """What is left of a file with mistakes.

    Parameters
    ----------
    scenario
        What could be read.
    taken_out
        What could not.
    data
        The whole file.
    """

    def __init__(self, scenario: Scenario, taken_out: TakenOut, data: Any) -> None:
        self.taken_out, self.data = taken_out, data
        self.fleet: KnownFleet | None = None  # once it is looked for
        self.told: frozenset[Place] = frozenset()  # what is known to be wrong by then
        self.scenario = _with_names(scenario, data) if taken_out.paths else scenario

    def is_open(self, place: Place) -> bool:
        """Tell whether nobody knows what is meant at a place; ``*`` is every key that is there."""
        if place[0] in _ONE_OF and self._is_another_given(place[0]):
            return False
        if place == ("image", "name") and self._is_image_among_images():
            return False
        if "*" not in place:
            return self._is_open_at(place)
        above, below = place[: place.index("*")], place[place.index("*") + 1 :]
        if self.is_open(above):
            return True
        # A key may be called * itself.
        return any(self._is_open_at((*above, name, *below)) for name in _map_at(self.data, above))

    def is_in_doubt(self, place: Place) -> bool:
        """Tell whether a place is open, or anything in it is open or told to be wrong."""
        out = (self.told, self.taken_out.paths)
        return self.is_open(place) or any(_is_in(at, place) for paths in out for at in paths)

    def is_told(self, place: Place) -> bool:
        """Tell whether something at a place, or in it, is told to be wrong."""
        return any(_is_in(at, place) for at in self.told)

    def _is_open_at(self, place: Place) -> bool:
        return self.taken_out.leaves_open(place, self.data) or self._is_unreadable(place)

    def explains(self, path: str | None) -> bool:
        """Tell whether what is wrong at a path of what is left may come of what cannot be read."""
        return path is not None and not self._dotted.isdisjoint(_starts(path))

    @cached_property
    def _dotted(self) -> frozenset[str]:
        """What cannot be read, by paths with dots."""
        return frozenset(".".join(map(str, at)) for at in self.taken_out.paths)

    def may_be_number(self, name: str) -> bool:
        """Tell whether something that cannot be read may be a number of this name."""
        around = name.rpartition(".")[0]
        if self.explains(name) or (around and self.explains(around)):
            return True
        for place in self.taken_out.misspelt:
            above = "".join(f"{part}." for part in place)
            keys = _starts(name[len(above) :]) if name.startswith(above) else ()
            if any(self.taken_out.may_be_misspelt((*place, key), self.data) for key in keys):
                return True
        return False

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with a path of what is left with the path in the whole file."""
        section, _, rest = (problem.path or "").partition(".")
        number, _, below = rest.partition(".")
        if not number.isdecimal():
            return problem
        at = ".".join(map(str, self.in_file((section, int(number)))))
        return replace(problem, path=f"{at}.{below}" if below else at)

    def _is_another_given(self, key: str | int) -> bool:
        """Tell whether a key is not there, and one is that it cannot stand beside."""
        given = [other for other in _ONE_OF if _map_at(self.data, ()).get(other)]
        return bool(given) and key not in given

    def _is_image_among_images(self) -> bool:
        """Tell whether the one image is read as one of several, because there are both."""
        name = _map_at(self.data, ("image",)).get("name")
        return isinstance(name, str) and ("images", name) in self.taken_out.stand_ins

    def _is_unreadable(self, place: Place) -> bool:
        """Tell whether the names of a map are left out, so that no entry can be read."""
        section = _OF_NAMES.get(place)
        entries = {} if section is None else _map_at(self.data, place)
        if section is None or not all((*place, name) in self.taken_out.paths for name in entries):
            return False
        keys = section.model_fields
        return any(name in keys or not isinstance(entries[name], Mapping) for name in entries)

    def in_file(self, path: Place) -> Place:
        """Return where in the whole file stands what a path of what is left leads to."""
        return self.taken_out.in_file(path, self.data)

    def keys_at(self, place: Place) -> frozenset[Any]:
        """Return the keys of the file's map at a place; none if it is no map."""
        here = self.data
        for key in place:
            if isinstance(here, (list, tuple)):
                here = here[key] if isinstance(key, int) and key < len(here) else None
            else:
                here = _map_at(here, ()).get(key)
        return frozenset(_map_at(here, ()))

    def that_hold(
        self,
        looks_at: Iterable[Place],
        found: Callable[[], Iterable[Finding]],
        *,
        of_names: bool = False,
    ) -> Iterator[Finding]:
        """Yield what a rule finds that does not come of what cannot be read.

        Parameters
        ----------
        looks_at, of_names
            As of `Check`.
        found
            Makes it.
        """
        if any(map(self.is_open, looks_at)):
            return
        for path, text in found():
            place = self.in_file(path)
            out = self.taken_out.is_around if of_names else self.taken_out.touches
            if not out(place) and not self._is_start_open(place):
                yield place, text

    def _is_start_open(self, place: Place) -> bool:
        """Tell whether nobody knows when what a place belongs to is sent."""
        is_sent = place[0] in _SENT
        return is_sent and any(self.is_open((*place[:2], key)) for key in _SCHEDULES)


def findings_besides(left: Left) -> list[Finding]:
    """Return what is wrong across sections with what is left of a file, whatever its images."""
    found = (
        left.that_hold(
            check.looks_at,
            partial(check.find, left.scenario),
            of_names=check.of_names,
        )
        for check in ACROSS
    )
    return [finding for findings in found for finding in findings]


def findings_of_images_besides(left: Left) -> list[Finding]:
    """Return what is wrong with the images of what is left of a file.

    Raises
    ------
    InputError
        If the file named by ``idf`` cannot be read as an image.
    """
    if left.is_open(("idf",)):
        return []
    images = catalogue(left.scenario)
    found = (
        left.that_hold(check.looks_at, lambda check=check: check.find(left.scenario, images))  # type: ignore[misc]
        for check in OF_IMAGES
    )
    return [finding for findings in found for finding in findings]


def _is_in(at: Place, place: Place) -> bool:
    """Tell whether a path leads to a place or into it; ``*`` is any key."""
    return len(at) >= len(place) and all(
        key in (ANY, part) for key, part in zip(place, at, strict=False)
    )


def _starts(name: str) -> Iterator[str]:
    """Yield what the first of some keys with dots between may be; keys have dots, too."""
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _map_at(data: Any, path: Place) -> Mapping[Any, Any]:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _with_names(scenario: Scenario, data: Any) -> Scenario:
    """Return what is left with an entry for each that could not be read: its name is known."""

    def named(kept: Mapping[str, V], entry: Callable[[], V], *place: str) -> dict[str, V]:
        there = [name for name in _map_at(data, place) if isinstance(name, str)]
        others = {name: value for name, value in kept.items() if name not in there}
        return {name: kept[name] if name in kept else entry() for name in there} | others

    site = NetworkSection().sites["default"]
    network, fleet = scenario.network, scenario.fleet
    lines = {
        "sites": named(network.sites, lambda: site, "network", "sites"),
        "hubs": named(network.hubs, _hub_without_sites, "network", "hubs"),
    }
    units = named(fleet.units, UnitSection, "fleet", "units")
    sections = {
        "people": named(scenario.people, PeopleSection, "people"),
        "power": named(scenario.power, PowerSection, "power"),
        "images": named(scenario.images, _image_not_offered, "images"),
        "network": network.model_copy(update=lines),
        "fleet": fleet.model_copy(update={"units": units}),
    }
    return scenario.model_copy(update=sections)


def _hub_without_sites() -> HubSection:
    return HubSection.model_validate({"link": "1 Gbit/s", "sites": ["?"]}).model_copy(
        update={"sites": ()}
    )


def _image_not_offered() -> ImageSection:
    return ImageSection.model_validate({**stand_in(("image",)), "offered": False})
