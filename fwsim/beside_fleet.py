"""What the devices show to be wrong with a scenario that has other mistakes.

Static proxies that are no device, hubs and sites, and what expectations name.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from fwsim.scenario.hubs import Finding, Place, names_in_hubs_of_list
from fwsim.scenario.lines_of_sites import site_problems
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection
from fwsim.scenario.stand_ins import stand_in

_HUBS: Place = ("network", "hubs")
_OF_GROUPS: dict[Grouping, tuple[Place, ...]] = {
    Grouping.SITE: SITES,
    Grouping.PEOPLE: (("people",), ("fleet", "units", "*", "people")),
    Grouping.MODEL: (("fleet", "units", "*", "attributes"),),
    Grouping.UNIT: (),
}
"""What tells which groups there are; of OUs the fleet knows that itself."""
_SETTINGS: tuple[Place, ...] = (
    ("firmware",),
    ("changes",),
    *SITES,
    ("fleet", "units", "*", "firmware"),
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
    is_all_known = known.is_whole and not any(map(left.is_open, _SETTINGS))
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
    if not any(map(left.is_open, SITES)):
        yield from site_problems(scenario, borne)


def _of_expectations(left: Left, known: KnownFleet, rollout: Rollout) -> Iterator[Problem]:
    hints = Hints()
    for number, expected in enumerate(rollout.scenario.expect):
        measure = expected.measure
        if _may_be_known(measure, known) or any(map(left.is_open, _looks_at(measure))):
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


def _looks_at(measure: Measure) -> Iterator[Place]:
    if measure.grouping is not None:
        yield from _OF_GROUPS[measure.grouping[0]]
    if measure.site is not None:
        yield from (*SITES, _HUBS)
    if measure.kind in OF_HUBS:
        yield _HUBS
