"""What the devices show to be wrong with a scenario that has other mistakes.

Static proxies that are no device, hubs and sites, and what expectations name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fwsim.fleet.grouping import Grouping
from fwsim.measures.catalogue import OF_HUBS
from fwsim.measures.measure import Measure
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_times import RolloutTimes
from fwsim.model.static_proxies import places_of_proxies, static_proxy_findings
from fwsim.problems import Hints, InputError, Problem
from fwsim.results.run.asked import before_start, check_measure
from fwsim.scenario.checks import SITES
from fwsim.scenario.checks_besides import Left
from fwsim.scenario.commanded import KnownFleet
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.hubs import Finding, Place, names_in_hubs_of_list
from fwsim.scenario.lines_of_sites import site_problems
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection
from fwsim.scenario.stand_ins import stand_in

_HUBS: Place = ("network", "hubs")
_ITS_SITE: Place = ("fleet", "units", "*", "site")
_ITS_PEOPLE: Place = ("fleet", "units", "*", "people")
_SITES_OF_HUBS: Place = ("network", "hubs", "*", "sites")
_PROXIES: tuple[Place, ...] = (
    ("firmware", "proxy"),
    ("changes",),
    ("fleet", "units", "*", "firmware", "proxy"),
)


def problems_of_devices(left: Left, scenario: Scenario) -> None:
    """Look at what the devices show, as far as they are known.

    Parameters
    ----------
    left
        What is left of a file that has other mistakes, with its fleet.
    scenario
        The same, at the time that is asked for.

    Raises
    ------
    InputError
        With what is wrong, by the paths of what is left.
    """
    problems = [*_of_times(scenario)]
    if left.fleet is not None:
        known = left.fleet
        rollout = Rollout(_without_images(scenario), known.fleet)
        problems += _of_proxies(left, known, rollout)
        problems += _of_sites(left, known, scenario)
        problems += _of_expectations(left, known, rollout)
    if problems:
        raise InputError(list(dict.fromkeys(problems)))


def _without_images(scenario: Scenario) -> Scenario:
    """Return a scenario of one image: which there are does not matter here, or cannot be read."""
    image = ImageSection.model_validate(stand_in(("image",)))
    none = {"offer": None, "withdraw": None}
    changes = tuple(change.model_copy(update=none) for change in scenario.changes)
    images = {"image": image, "images": {}, "idf": None}
    return scenario.model_copy(update={**images, "changes": changes})


def _of_times(scenario: Scenario) -> Iterator[Problem]:
    times = RolloutTimes(scenario)
    for number, expected in enumerate(scenario.expect):
        for text in before_start(times, expected.measure):
            yield Problem(text, path=f"expect.{number}")


def _of_proxies(left: Left, known: KnownFleet, rollout: Rollout) -> Iterator[Problem]:
    places = places_of_proxies(rollout.scenario)
    is_all_known = known.is_whole and not (
        any(map(left.is_open, SITES))
        or left.is_told(_ITS_SITE)
        or any(map(left.is_in_doubt, _PROXIES))
    )
    for name, text, is_no_device in static_proxy_findings(rollout.fleet, rollout.configuration):
        if is_all_known or (is_no_device and not known.may_have(name)):
            yield Problem(text, path=places.get(name))


def _of_sites(left: Left, known: KnownFleet, scenario: Scenario) -> Iterator[Problem]:
    """Yield what a device list shows of hubs, and sites without a line."""
    borne = known.fleet.site.values

    def found() -> Iterator[Finding]:
        for place, entry, text in names_in_hubs_of_list(scenario, borne):
            if not known.rows.may_say(entry):
                yield place, text

    for place, text in left.that_hold((*SITES, _HUBS), found, of_names=True):
        yield Problem(text, path=".".join(map(str, place)))
    if scenario.fleet.inventory is not None and not any(map(left.is_open, SITES)):
        yield from site_problems(scenario, borne)


def _of_expectations(left: Left, known: KnownFleet, rollout: Rollout) -> Iterator[Problem]:
    hints, open_ = Hints(), _what_is_open(left, known)
    people = {*rollout.scenario.people, DEFAULT}
    for number, expected in enumerate(rollout.scenario.expect):
        measure = expected.measure
        if _may_be_known(measure, known) or not open_.isdisjoint(_looks_at(measure, people)):
            continue
        try:
            check_measure(rollout, measure, hints)
        except InputError as error:
            for problem in error.problems:
                yield Problem(problem.message, path=f"expect.{number}")


def _may_be_known(measure: Measure, known: KnownFleet) -> bool:
    """Tell whether what a measure names may be among what nobody knows of the devices."""
    if measure.site is not None and known.rows.may_say(measure.site):
        return True
    by, name = measure.grouping or (None, "")
    return by is not None and (
        known.may_have(name) if by is Grouping.UNIT else known.rows.may_say(name)
    )


def _what_is_open(left: Left, known: KnownFleet) -> frozenset[str]:
    """Return what nobody knows all of: groups by what they are of, lines, hubs, what they serve."""
    are_hubs_open = left.is_open(_HUBS)
    are_sites_open = any(map(left.is_open, SITES)) or left.is_told(_ITS_SITE)
    are_people_open = known.units or "people" in known.rows.fields
    is_open = {
        Grouping.SITE: are_sites_open,
        "people at all": left.is_open(("people",)),
        Grouping.PEOPLE: are_people_open or left.is_in_doubt(_ITS_PEOPLE),
        Grouping.MODEL: known.units or not known.are_attributes_known,
        "line": are_sites_open or are_hubs_open,
        "hubs": are_hubs_open,
        "behind hubs": known.rows or are_sites_open or left.is_in_doubt(_SITES_OF_HUBS),
    }
    return frozenset(name for name, value in is_open.items() if value)


def _looks_at(measure: Measure, people: Collection[str]) -> Iterator[str]:
    by, name = measure.grouping or (None, "")
    if by is Grouping.PEOPLE:
        yield "people at all"
    if by is not None and (by is not Grouping.PEOPLE or name in people):
        yield by
    if measure.site is not None:
        yield "line"
    if measure.kind in OF_HUBS:
        yield "hubs"
        if measure.unit is not None:
            yield "behind hubs"
