"""What is doubted in a scenario.

Beliefs it states, beliefs assumed where it says nothing, and the numbers that differ from one
rollout to the next. A doubt is named by its place in the file, by keys and never by the index of a
list, so that the same doubt meets the same draws in two plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import chain

from fwsim.messages import say
from fwsim.quantities.beliefs import (
    ENOUGH_ROLLOUTS,
    Belief,
    Between,
    Drawn,
    PerPlace,
    Scale,
    Weighed,
)
from fwsim.quantities.doubted import DoubtedFloat, belief_of
from fwsim.quantities.elementary import summed
from fwsim.quantities.laws import Constant, Exponential, Law, Lognormal, Sample, Uniform
from fwsim.scenario.default_beliefs import assumed_of
from fwsim.scenario.document import Path_
from fwsim.scenario.doubt import Doubt, Effect, Source, Target
from fwsim.scenario.drawn_rows import Drawable
from fwsim.scenario.draws_file import read_draws
from fwsim.scenario.numbers import Number, name_of, numbers_in, quantity_of
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS, AnswerSection

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
_CHOSEN = "delays"
"""Of the numbers below those sections the ones somebody chooses: a reminder's delays."""
_EACH = ("network.sites", "people", "power", "faults")
"""Where every site or unit can draw its own."""


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


def _stated_in_law(spot: Number) -> Iterator[Doubt]:
    law, name = spot.value, name_of(spot.names)
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


def _stated(spots: list[Number]) -> Iterator[Doubt]:
    """Yield the doubts a scenario states; numbers of one belief together."""
    together: dict[int, list[Number]] = {}
    for spot in spots:
        if isinstance(spot.value, Law):
            yield from _stated_in_law(spot)
        elif (belief := belief_of(spot.value)) is not None:
            together.setdefault(id(belief), []).append(spot)
    for same in together.values():
        yield _of_belief(same)


def _of_belief(spots: list[Number]) -> Doubt:
    first = spots[0]
    belief = first.value.belief
    is_joint = len(belief.middle) > 1
    return Doubt(
        name_of(first.names[:-1] if is_joint else first.names),
        tuple(spot.target(spot.value.part) for spot in spots),
        belief,
        Source.STATED,
        scale=belief.scale if isinstance(belief, Between) else Scale.LOGIT,
        stated=belief.middle,
        varies=first.varies,
        of_whole=is_joint,
        stream=belief.together if isinstance(belief, Drawn) else "",
    )


def _from_file(scenario: Scenario, spots: list[Number]) -> Iterator[Doubt]:
    """Yield the numbers that a file has drawn together, a row a run."""
    places = {of.name: of for spot in spots for of in _drawable(spot)}
    for column in read_draws(scenario, places):
        of = column.of
        yield Doubt(
            of.name,
            (of.target,),
            Drawn(column.values),
            Source.STATED,
            scale=of.quantity.scale,
            stream="draws",
        )


def _drawable(spot: Number) -> Iterator[Drawable]:
    """Yield the numbers of a place that a file may draw: itself, or the parameters of a law."""
    quantity, name = quantity_of(type(spot.parent), spot.field), name_of(spot.names)
    if quantity is None:
        return
    match spot.value:
        case Constant():
            yield Drawable(name, spot, Target((*spot.path, "value")), quantity, "value")
        case Uniform() | Exponential() | Lognormal():
            for parameter in (field.name for field in fields(spot.value)):
                target = Target((*spot.path, parameter))
                yield Drawable(f"{name}.{parameter}", spot, target, quantity, parameter)
        case int() | float():
            yield Drawable(name, spot, spot.target(), quantity)


def _differing(spots: list[Number], known: set[Path_]) -> Iterator[Doubt]:
    """Yield the plain numbers that differ from one rollout to the next."""
    buttons: dict[Path_, list[Number]] = {}
    for spot in spots:
        if not spot.varies or spot.path in known:
            continue
        if isinstance(spot.parent, AnswerSection) and spot.field in BUTTONS:
            if spot.path[:-1] in known:  # a file draws some of them: the others go with those
                continue
            buttons.setdefault(spot.path[:-1], []).append(spot)
        elif isinstance(spot.value, Law):
            rollouts = _seen_in(spot.value)
            if rollouts < ENOUGH_ROLLOUTS:
                yield Doubt(
                    name_of(spot.names),
                    (Target(spot.path),),
                    None,
                    Source.ROLLOUTS,
                    Effect.LAW,
                    Scale.LOG,
                    varies=True,
                    rollouts=rollouts,
                )
        elif _can_move(spot.value):
            yield Doubt(
                name_of(spot.names),
                (spot.target(),),
                None,
                Source.ROLLOUTS,
                scale=Scale.LOG if isinstance(spot.value, int) else Scale.LOGIT,
                stated=(float(spot.value),),
                varies=True,
            )
    yield from map(_of_buttons, buttons.values())


def _of_buttons(together: list[Number]) -> Doubt:
    """Return how the shares of a notice's buttons differ, which make a whole."""
    shares = [float(spot.value) for spot in together]
    return Doubt(
        name_of(together[0].names[:-1]),
        tuple(spot.target(part) for part, spot in enumerate(together)),
        None,
        Source.ROLLOUTS,
        stated=(*shares, max(0.0, 1 - summed(shares))),
        varies=True,
        of_whole=True,
    )


def _seen_in(law: Law) -> int:
    """Return in how many rollouts all was seen that is believed of a law; 0 if nobody says."""
    beliefs: list[Belief] = [number.belief for _, number in _in_law(law)]
    if isinstance(law, Sample) and law.resampled is not None:
        beliefs.append(law.resampled)
    return min((belief.support.rollouts for belief in beliefs), default=0)


def _can_move(number: float) -> bool:
    """Tell whether a number differs: none and all stay none and all."""
    return number > 0 and (isinstance(number, int) or number < 1)


def _is_of_world(spot: Number) -> bool:
    return spot.path[0] in _WORLD and spot.field != _CHOSEN


def are_faults_among(doubts: Iterable[Doubt]) -> bool:
    """Tell whether anything is in doubt of how often devices fail."""
    return any(target.path[0] == "faults" for one in doubts for target in one.targets)


def doubts_of(scenario: Scenario) -> tuple[Doubt, ...]:
    """Return everything that is drawn once a run, in the order of the file.

    Parameters
    ----------
    scenario
        Its ``doubt`` says what counts: ``all``, ``stated`` or ``none``.
    """
    if scenario.doubt == "none":
        return ()
    spots = [spot for spot in numbers_in(scenario) if _is_of_world(spot)]
    drawn = list(_from_file(scenario, spots)) if scenario.draws else []
    covered = _known(drawn) | {path[:-1] for path in _known(drawn)}  # a law by its parameters
    stated = chain(_stated(spots), _choices(scenario))
    found = [*drawn, *(doubt for doubt in stated if not covered & _known([doubt]))]
    if scenario.doubt == "all":
        found += (doubt for doubt in assumed_of(scenario) if not covered & _known([doubt]))
        if scenario.assumptions.between_rollouts:
            found += _differing(spots, _known(found) | covered)
    return tuple(found)


def _choices(scenario: Scenario) -> Iterator[Doubt]:
    """Yield the choices between names that are in doubt."""
    for name, weights in scenario.assumptions.weights.items():
        belief = Weighed(tuple(weights), tuple(weights.values()))
        yield Doubt(
            f"assumptions.{name}",
            (Target(("assumptions", name)),),
            belief,
            Source.STATED,
            Effect.CHOICE,
            stated=belief.middle,
        )


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
    for spot in numbers_in(scenario):
        beliefs = [belief_of(spot.value)]
        if isinstance(spot.value, Law):
            beliefs = [number.belief for _, number in _in_law(spot.value)]
            beliefs += [spot.value.resampled] if isinstance(spot.value, Sample) else []
        for belief in beliefs:
            if belief is None:
                continue
            if not _is_of_world(spot):
                yield spot.path, say("belief.wanted")
            elif belief.support.each is PerPlace.DAY:
                if spot.field != "busy":
                    yield spot.path, say("belief.each_day")
            elif belief.support.each is not None and not name_of(spot.names).startswith(_EACH):
                known = ", ".join(_EACH)
                yield spot.path, say("belief.each", known=known)
            elif belief.support.each is PerPlace.UNIT and spot.path[0] == "network":
                yield spot.path, say("belief.each_site")
