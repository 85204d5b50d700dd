"""What is believed of numbers about which a scenario says nothing: assumptions with their doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from fwsim.quantities.beliefs import About, Belief, Between, PerPlace, Scale, SharesAbout, Support
from fwsim.quantities.doubted import belief_of
from fwsim.quantities.elementary import summed
from fwsim.quantities.laws import Law
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.belief_values import SHARE, Quantity, read_belief
from fwsim.scenario.doubt import Doubt, Effect, Source, Target
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.law_values import FACTOR
from fwsim.scenario.network_section import LineSection
from fwsim.scenario.numbers import limits_of, name_of, quantity_of
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS, USUAL_SHARES, PeopleSection

LINE_FACTOR = Between(0.293, 1.624, Scale.LOG, most=1.0)
"""Of a line's label: log-normal with median 0.69 and sigma 0.52, cut at 1 (829,426 German fixed
lines, Bundesnetzagentur 2018/19; notes B [H for the numbers, M for business lines])."""
ANSWERS = SharesAbout((*USUAL_SHARES, 1 - summed(USUAL_SHARES)), 20)
LEAST_FACTOR = 0.001
"""A line that carries less of its label is down."""
PERSISTENCE = About(0.5, 2)
ANSWER_TIME = Between(0.5, 2.0, Scale.LOG)

DEFAULT_BELIEFS: tuple[tuple[str, str, str, str], ...] = (
    (
        "network.sites.*.line_factor, network.hubs.*.line_factor",
        "between 29.3 % and 162.4 %, cut at 100 %; each line its own",
        "A",
        "829,426 fixed lines, Bundesnetzagentur 2018/19: median 69 %, 16 % to 24 % keep all of "
        "their label; of business lines nothing was found",
    ),
    ("people.*.answer: now, defer, cancel", "worth 20 observations", "A", "no source"),
    ("people.*.answer.after", "the law times 0.5 to 2", "A", "no source"),
    ("people.*.persistence", "about 50 %, worth 2 observations", "A", "no source"),
)
"""Beliefs assumed of keys that are no assumptions: place, belief, mark, source."""


def assumed_of(scenario: Scenario) -> Iterator[Doubt]:
    """Yield what is assumed where a scenario says nothing."""
    yield from _of_people(scenario)
    yield from _of_lines(scenario)
    yield from _of_assumptions(scenario)


def _of_people(scenario: Scenario) -> Iterator[Doubt]:
    for name in dict.fromkeys((*scenario.people, DEFAULT)):
        people = scenario.people.get(name, PeopleSection())
        place = ("people", name, "answer")
        answer = people.answer
        if (answer.now, answer.defer, answer.cancel) == (None, None, None):
            targets = tuple(
                Target((*place, button), part, 0, 1) for part, button in enumerate(BUTTONS)
            )
            yield Doubt(
                name_of(place),
                targets,
                ANSWERS,
                Source.ASSUMED,
                stated=ANSWERS.middle,
                of_whole=True,
            )
        if "after" not in answer.model_fields_set:
            after = (*place, "after")
            yield Doubt(
                name_of(after),
                (Target(after),),
                ANSWER_TIME,
                Source.ASSUMED,
                Effect.LAW,
                Scale.LOG,
            )
        if "persistence" not in people.model_fields_set:
            own = ("people", name, "persistence")
            yield Doubt(
                name_of(own), (Target(own, 0, 0, 1),), PERSISTENCE, Source.ASSUMED, stated=(0.0,)
            )


def line_place(kind: str, name: str) -> tuple[str, ...]:
    """Return the place of what a line carries of its label.

    Parameters
    ----------
    kind
        ``sites`` or ``hubs``.
    name
        Of the site or hub.
    """
    return ("network", kind, name, "line_factor")


def _of_lines(scenario: Scenario) -> Iterator[Doubt]:
    """Yield what a label is worth; who doubts the rate itself has said what the line carries."""
    each_site = replace(LINE_FACTOR, support=Support(each=PerPlace.SITE))
    kinds: tuple[tuple[str, Mapping[str, LineSection], Between], ...] = (
        ("sites", scenario.network.sites, each_site),
        ("hubs", scenario.network.hubs, LINE_FACTOR),
    )
    for kind, lines, belief in kinds:
        for name, line in lines.items():
            if "line_factor" in line.model_fields_set or belief_of(line.link) is not None:
                continue
            place = line_place(kind, name)
            target = Target(place, 0, LEAST_FACTOR, 1.0)
            yield Doubt(name_of(place), (target,), belief, Source.ASSUMED, scale=Scale.LOG)


@cache
def _belief_of(name: str, quantity: Quantity) -> Belief | None:
    """Return what is believed of an assumption; None if it is taken as known."""
    extra = Assumptions.model_fields[name].json_schema_extra
    written = extra.get("belief") if isinstance(extra, dict) else None
    return read_belief(written, quantity) if isinstance(written, dict) else None


def _of_assumptions(scenario: Scenario) -> Iterator[Doubt]:
    given = scenario.assumptions
    for name in Assumptions.model_fields:
        value = getattr(given, name)
        is_law = isinstance(value, Law)
        quantity = FACTOR if is_law else quantity_of(Assumptions, name)
        belief = _belief_of(name, quantity or FACTOR)
        if belief is None or name in given.model_fields_set:
            continue
        low, high = limits_of(Assumptions, name)
        target = Target(("assumptions", name), 0, low, high, isinstance(value, int))
        yield Doubt(
            f"assumptions.{name}",
            (target,),
            belief,
            Source.ASSUMED,
            Effect.LAW if is_law else Effect.NUMBERS,
            scale=Scale.LOG if quantity is not SHARE else Scale.LOGIT,
            stated=(1.0,) if is_law else (float(value),),
        )
