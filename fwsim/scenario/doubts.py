"""What is doubted in a scenario.

Beliefs it states, beliefs assumed where it says nothing, and the numbers that differ from one
rollout to the next. A doubt is named by its place in the file, by keys and never by the index of a
list, so that the same doubt meets the same draws in two plans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

import annotated_types as limits_of
from pydantic import BaseModel

from fwsim.problems import nearest
from fwsim.quantities.beliefs import (
    About,
    Belief,
    Between,
    DoubtedFloat,
    PerPlace,
    Scale,
    SharesAbout,
    Support,
    belief_of,
)
from fwsim.quantities.laws import Law, Sample
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.belief_values import SHARE, Quantity, read_belief
from fwsim.scenario.document import Path_
from fwsim.scenario.law_values import FACTOR
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import (
    BUTTONS,
    USUAL_SHARES,
    AnswerSection,
    FailingSection,
    FaultsSection,
    HubSection,
    LineSection,
    PackageSection,
    PeopleSection,
    PowerSection,
    SiteSection,
)

DEFAULT = "default"
_WORLD = {
    "network",
    "people",
    "power",
    "faults",
    "failing",
    "assumptions",
    "fleet",
    "image",
    "images",
    "uefi",
}
"""Sections that describe the world; the others say what is done, wanted or looked for."""
_EACH = ("network.sites", "people", "power", "faults")
"""Where every site or unit can draw its own."""


class Source(Enum):
    """Why a number is in doubt."""

    STATED = "the scenario says so"
    ASSUMED = "assumed, for the scenario says nothing"
    ROLLOUTS = "rollouts differ"


class Effect(Enum):
    """What a draw of a doubt does."""

    NUMBERS = "sets numbers"
    LAW = "scales a law"
    WEIGHTS = "weighs a sample"


class Target(NamedTuple):
    """What a draw sets.

    Parameters
    ----------
    path
        A number, or a law.
    part
        Which number of the draw it gets.
    low, high
        Where the number is cut.
    whole
        Whether it is a whole number.
    """

    path: Path_
    part: int = 0
    low: float = 0.0
    high: float = float("inf")
    whole: bool = False


@dataclass(frozen=True)
class Doubt:
    """Numbers of a scenario that are drawn together, once a run.

    Parameters
    ----------
    place
        Names it and its chances.
    targets
        What it sets: numbers, or one law.
    belief
        What is believed; None if only the difference between rollouts moves what is stated.
    source
        Why.
    effect
        What a draw does.
    scale
        Where the difference between rollouts is added.
    stated
        The numbers a story takes; 1 for a law.
    varies
        Whether the difference between rollouts widens it.
    of_whole
        Whether the numbers are shares of one whole, the rest of which goes to nobody.
    """

    place: str
    targets: tuple[Target, ...]
    belief: Belief | None
    source: Source
    effect: Effect = Effect.NUMBERS
    scale: Scale = Scale.LOGIT
    stated: tuple[float, ...] = (1.0,)
    varies: bool = False
    of_whole: bool = False

    @property
    def each(self) -> PerPlace | None:
        """Who draws a value of its own."""
        return self.belief.support.each if self.belief is not None else None

    @property
    def is_widened(self) -> bool:
        """Whether the difference between rollouts is not in the belief yet."""
        return self.varies and not (self.belief and self.belief.support.knows_rollouts)


VARY: dict[type[BaseModel], tuple[str, ...]] = {
    AnswerSection: (*BUTTONS, "after"),
    PowerSection: ("left_on", "unreported", "suspends"),
    FaultsSection: tuple(FaultsSection.model_fields),
    FailingSection: ("share",),
    SiteSection: ("wake_up", "line_factor"),
    HubSection: ("line_factor",),
    PeopleSection: ("persistence",),
    Assumptions: (
        "wake_up_sites",
        "wake_up_devices",
        "send_time",
        "install_rate",
        "restart_time",
        "boot_time",
        "outage",
        "bricked",
    ),
}
"""What differs from rollout to rollout by more than devices do; busy times, too."""

LINE_FACTOR = Between(0.293, 1.624, Scale.LOG, most=1.0)
"""Of a line's label: log-normal with median 0.69 and sigma 0.52, cut at 1 (829,426 German fixed
lines, Bundesnetzagentur 2018/19; notes B [H for the numbers, M for business lines])."""
ANSWERS = SharesAbout((*USUAL_SHARES, 1 - sum(USUAL_SHARES)), 20)
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


def key_of(element: Any, index: int) -> str:
    """Return the name of an element of a list."""
    if isinstance(element, PackageSection):
        return element.name
    if isinstance(element, FailingSection):
        return f"{element.phase} where {element.where}"
    return str(index)


def _name(names: tuple[str, ...]) -> str:
    return ".".join(names)


@cache
def _limits(model: type[BaseModel], name: str) -> tuple[float, float]:
    low, high = 0.0, float("inf")
    for rule in model.model_fields[name].metadata:
        match rule:
            case limits_of.Ge(ge):
                low = float(ge)  # type: ignore[arg-type]
            case limits_of.Gt(gt):
                low = max(low, float(gt) + 1e-9)  # type: ignore[arg-type]
            case limits_of.Le(le):
                high = float(le)  # type: ignore[arg-type]
    return low, high


@dataclass(frozen=True)
class _Spot:
    """A number or a law in a scenario.

    Parameters
    ----------
    path, names
        Where, as indices and as keys.
    value
        What is stated.
    parent
        The model it stands in.
    field
        Its field there, or the field of the map it stands in.
    """

    path: Path_
    names: tuple[str, ...]
    value: Any
    parent: BaseModel
    field: str

    @property
    def varies(self) -> bool:
        """Whether it differs from rollout to rollout."""
        return self.field == "busy" or self.field in VARY.get(type(self.parent), ())

    def target(self, part: int = 0) -> Target:
        """Return it as what a draw sets."""
        low, high = _limits(type(self.parent), self.field)
        whole = isinstance(self.value, int)
        return Target(self.path, part, low, high if whole else min(high, 1.0), whole)


def _numbers(model: BaseModel, path: Path_ = (), names: tuple[str, ...] = ()) -> Iterator[_Spot]:
    for field in type(model).model_fields:
        value = getattr(model, field)
        yield from _below(value, (*path, field), (*names, field), model, field)


def _below(
    value: Any,
    path: Path_,
    names: tuple[str, ...],
    parent: BaseModel,
    field: str,
) -> Iterator[_Spot]:
    if isinstance(value, BaseModel):
        yield from _numbers(value, path, names)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _below(item, (*path, key), (*names, str(key)), parent, field)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            below = (*names, key_of(item, index))
            yield from _below(item, (*path, index), below, parent, field)
    elif isinstance(value, (int, float, Law)) and not isinstance(value, bool):
        yield _Spot(path, names, value, parent, field)


def _in_law(law: Law) -> Iterator[tuple[Path_, DoubtedFloat]]:
    """Yield the parameters of a law that are in doubt, with their place in it."""
    for name in getattr(law, "__dataclass_fields__", ()):
        value = getattr(law, name)
        if isinstance(value, DoubtedFloat):
            yield (name,), value
        elif name == "parameters":
            for index, (_, parameter) in enumerate(value):
                if isinstance(parameter, DoubtedFloat):
                    yield (name, index), parameter


def _parameter_name(law: Law, place: Path_) -> str:
    if len(place) > 1:
        return str(getattr(law, str(place[0]))[place[1]][0])
    return str(place[0])


def _stated_in_law(spot: _Spot) -> Iterator[Doubt]:
    law, name = spot.value, _name(spot.names)
    if isinstance(law, Sample) and law.resampled is not None:
        yield Doubt(name, (Target(spot.path),), law.resampled, Source.STATED, Effect.WEIGHTS)
    for place, number in _in_law(law):
        yield Doubt(
            f"{name}.{_parameter_name(law, place)}",
            (Target((*spot.path, *place)),),
            number.belief,
            Source.STATED,
            scale=Scale.LOG,
            stated=(float(number),),
        )


def _stated(spots: list[_Spot]) -> Iterator[Doubt]:
    """Yield the doubts a scenario states; numbers of one belief together."""
    together: dict[int, list[_Spot]] = {}
    for spot in spots:
        if isinstance(spot.value, Law):
            yield from _stated_in_law(spot)
        elif (belief := belief_of(spot.value)) is not None:
            together.setdefault(id(belief), []).append(spot)
    for same in together.values():
        yield _of_belief(same)


def _of_belief(spots: list[_Spot]) -> Doubt:
    first = spots[0]
    belief = first.value.belief
    is_joint = len(belief.middle) > 1
    return Doubt(
        _name(first.names[:-1] if is_joint else first.names),
        tuple(spot.target(spot.value.part) for spot in spots),
        belief,
        Source.STATED,
        scale=belief.scale if isinstance(belief, Between) else Scale.LOGIT,
        stated=belief.middle,
        varies=first.varies,
        of_whole=is_joint,
    )


def _quantity(model: type[BaseModel], field: str) -> Quantity | None:
    found = [rule for rule in model.model_fields[field].metadata if isinstance(rule, Quantity)]
    return found[0] if found else None


def _assumed_of_assumptions(scenario: Scenario) -> Iterator[Doubt]:
    given = scenario.assumptions
    for name, info in Assumptions.model_fields.items():
        extra = info.json_schema_extra
        written = extra.get("belief") if isinstance(extra, dict) else None
        if not isinstance(written, dict) or name in given.model_fields_set:
            continue
        value = getattr(given, name)
        is_law = isinstance(value, Law)
        quantity = FACTOR if is_law else _quantity(Assumptions, name)
        belief = read_belief(written, quantity or FACTOR)
        low, high = _limits(Assumptions, name)
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


def _assumed_of_people(scenario: Scenario) -> Iterator[Doubt]:
    for name in dict.fromkeys((*scenario.people, DEFAULT)):
        people = scenario.people.get(name, PeopleSection())
        place = ("people", name, "answer")
        answer = people.answer
        if (answer.now, answer.defer, answer.cancel) == (None, None, None):
            targets = tuple(
                Target((*place, button), part, 0, 1) for part, button in enumerate(BUTTONS)
            )
            yield Doubt(
                _name(place),
                targets,
                ANSWERS,
                Source.ASSUMED,
                stated=ANSWERS.middle,
                of_whole=True,
            )
        if "after" not in answer.model_fields_set:
            after = (*place, "after")
            yield Doubt(
                _name(after),
                (Target(after),),
                ANSWER_TIME,
                Source.ASSUMED,
                Effect.LAW,
                Scale.LOG,
            )
        if "persistence" not in people.model_fields_set and hasattr(people, "persistence"):
            own = ("people", name, "persistence")
            yield Doubt(
                _name(own), (Target(own, 0, 0, 1),), PERSISTENCE, Source.ASSUMED, stated=(0.0,)
            )


def _assumed_of_lines(scenario: Scenario) -> Iterator[Doubt]:
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
            place = ("network", kind, name, "line_factor")
            target = Target(place, 0, LEAST_FACTOR, 1.0)
            yield Doubt(_name(place), (target,), belief, Source.ASSUMED, scale=Scale.LOG)


def _differing(spots: list[_Spot], known: set[Path_]) -> Iterator[Doubt]:
    """Yield the plain numbers that differ from one rollout to the next."""
    buttons: dict[Path_, list[_Spot]] = {}
    for spot in spots:
        if not spot.varies or spot.path in known:
            continue
        if isinstance(spot.parent, AnswerSection) and spot.field in BUTTONS:
            buttons.setdefault(spot.path[:-1], []).append(spot)
        elif isinstance(spot.value, Law):
            if not _knows_rollouts(spot.value):
                yield Doubt(
                    _name(spot.names),
                    (Target(spot.path),),
                    None,
                    Source.ROLLOUTS,
                    Effect.LAW,
                    Scale.LOG,
                    varies=True,
                )
        elif _can_move(spot.value):
            yield Doubt(
                _name(spot.names),
                (spot.target(),),
                None,
                Source.ROLLOUTS,
                scale=Scale.LOG if isinstance(spot.value, int) else Scale.LOGIT,
                stated=(float(spot.value),),
                varies=True,
            )
    for together in buttons.values():
        shares = [float(spot.value) for spot in together]
        yield Doubt(
            _name(together[0].names[:-1]),
            tuple(spot.target(part) for part, spot in enumerate(together)),
            None,
            Source.ROLLOUTS,
            stated=(*shares, max(0.0, 1 - sum(shares))),
            varies=True,
            of_whole=True,
        )


def _knows_rollouts(law: Law) -> bool:
    """Tell whether the difference between rollouts is in what is believed of a law."""
    beliefs: list[Belief] = [number.belief for _, number in _in_law(law)]
    if isinstance(law, Sample) and law.resampled is not None:
        beliefs.append(law.resampled)
    return bool(beliefs) and all(belief.support.knows_rollouts for belief in beliefs)


def _can_move(number: float) -> bool:
    """Tell whether a number differs: none and all stay none and all."""
    return number > 0 and (isinstance(number, int) or number < 1)


def doubts_of(scenario: Scenario) -> tuple[Doubt, ...]:
    """Return everything that is drawn once a run, in the order of the file.

    Parameters
    ----------
    scenario
        Its ``doubt`` says what counts: ``all``, ``stated`` or ``none``.
    """
    if scenario.doubt == "none":
        return ()
    spots = [spot for spot in _numbers(scenario) if spot.path[0] in _WORLD]
    found = list(_stated(spots))
    if scenario.doubt == "all":
        found += _assumed_of_people(scenario)
        found += _assumed_of_lines(scenario)
        found += _assumed_of_assumptions(scenario)
        if scenario.assumptions.between_rollouts:
            found += _differing(spots, _known(found))
    return tuple(found)


def _known(doubts: list[Doubt]) -> set[Path_]:
    """Return what is moved already; a law that is only doubted inside differs as a whole, too."""
    return {
        target.path
        for doubt in doubts
        for target in doubt.targets
        if doubt.effect is not Effect.WEIGHTS
    }


def belief_findings(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    """Yield every belief that stands where none can."""
    for spot in _numbers(scenario):
        beliefs = [belief_of(spot.value)]
        if isinstance(spot.value, Law):
            beliefs = [number.belief for _, number in _in_law(spot.value)]
            beliefs += [spot.value.resampled] if isinstance(spot.value, Sample) else []
        for belief in beliefs:
            if belief is None:
                continue
            if spot.path[0] not in _WORLD:
                yield spot.path, "what is done or wanted is no matter of belief; expected a number"
            elif belief.support.each is not None and not _name(spot.names).startswith(_EACH):
                known = ", ".join(_EACH)
                yield spot.path, f"each goes with {known}; here one draw holds for all"


def unknown_column(name: str, places: list[str]) -> str:
    """Return what is wrong with the name of a column of draws."""
    return f"{name!r} is no place of the scenario{nearest(name, places)}"
