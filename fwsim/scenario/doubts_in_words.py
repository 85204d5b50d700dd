"""What is in doubt, a line each, as an answer tells what it used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fwsim.quantities.beliefs import Between, Drawn, Scale
from fwsim.scenario.belief_values import SHARE, Quantity, written
from fwsim.scenario.doubt import Doubt, Effect, Source
from fwsim.scenario.law_values import FACTOR
from fwsim.scenario.numbers import Number, name_of, numbers_in, quantity_of
from fwsim.scenario.schema import Scenario


def doubts_in_words(scenario: Scenario, doubts: Iterable[Doubt]) -> tuple[dict[str, str], ...]:
    """Return what is drawn once a run: its place, what is believed, why, and the mark.

    Parameters
    ----------
    scenario
        In which they stand.
    doubts
        Those that reach anything.
    """
    quantities = {name_of(number.names): _quantity(number) for number in numbers_in(scenario)}
    spread = scenario.assumptions.between_rollouts
    return tuple(
        {
            "place": doubt.place,
            "believed": _believed(doubt, quantities.get(doubt.place)),
            "rollouts": f"{spread * doubt.widening:.4g}" if doubt.is_widened else "",
            "source": doubt.source.value,
            "mark": "" if doubt.source is Source.STATED else "A",
        }
        for doubt in doubts
    )


def _quantity(number: Number) -> Quantity | None:
    return quantity_of(type(number.parent), number.field)


def _believed(doubt: Doubt, quantity: Quantity | None) -> str:
    """Return a belief as the scenario would write it."""
    belief = doubt.belief
    if belief is None:
        return "as stated"
    if isinstance(belief, Drawn):
        return f"drawn, {len(belief.values)} rows"
    if doubt.effect is Effect.LAW:
        quantity = FACTOR
    if quantity is None:
        quantity = SHARE if doubt.scale is Scale.LOGIT else FACTOR
    names = {target.part: str(target.path[-1]) for target in doubt.targets}
    data = written(belief, quantity, [names.get(part, "") for part in range(len(belief.middle))])
    if isinstance(belief, Between) and (cut := _cut(belief, doubt)) < belief.high:
        data = {"between": data.pop("between"), "cut at": quantity.write(cut), **data}
    text = _inline(data)
    return f"times {text}" if doubt.effect is Effect.LAW else text


def _cut(belief: Between, doubt: Doubt) -> float:
    """Return above which nothing is drawn; a factor of a law is no number with limits."""
    if doubt.effect is Effect.LAW:
        return belief.most
    return min(belief.most, *(target.high for target in doubt.targets))


def _inline(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{key} {_inline(below)}" for key, below in value.items())
        case list():
            return " and ".join(_inline(item) for item in value)
    return str(value)
