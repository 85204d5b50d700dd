"""What is in doubt, a line each, as an answer tells what it used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fwsim.messages import ENGLISH, language, localised, say, translated
from fwsim.messages.retelling import retold_as
from fwsim.quantities.beliefs import Between, Drawn, Scale
from fwsim.scenario.belief_values import SHARE, Quantity, written
from fwsim.scenario.doubt import Doubt, Effect, Source
from fwsim.scenario.law_values import FACTOR
from fwsim.scenario.numbers import Number, name_of, numbers_in, quantity_of
from fwsim.scenario.schema import Scenario

AS_STATED = "as stated"
"""What is believed where only rollouts differ."""
_WHOLE = ("believed.as_stated", "believed.drawn", "believed.factor")
_PARTS = (
    "believed.between",
    "believed.about",
    "believed.worth",
    "believed.cut_at",
    "believed.seen_of",
    "believed.seen",
    "believed.each_site",
    "believed.each_unit",
    "believed.each_day",
    "believed.rollouts",
)


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
        return AS_STATED
    if isinstance(belief, Drawn):
        return say("believed.drawn", count=len(belief.values))
    if doubt.effect is Effect.LAW:
        quantity = FACTOR
    if quantity is None:
        quantity = SHARE if doubt.scale is Scale.LOGIT else FACTOR
    names = {target.part: str(target.path[-1]) for target in doubt.targets}
    data = written(belief, quantity, [names.get(part, "") for part in range(len(belief.middle))])
    if isinstance(belief, Between) and (cut := _cut(belief, doubt)) < belief.high:
        data = {"between": data.pop("between"), "cut at": quantity.write(cut), **data}
    text = _inline(data)
    return say("believed.factor", what=text) if doubt.effect is Effect.LAW else text


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


def doubts_again(doubts: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return what `doubts_in_words` said in English, as it is kept, in the language spoken."""
    if language() == ENGLISH:
        return list(doubts)
    return [
        {
            **one,
            "believed": _believed_again(one["believed"]),
            "source": translated("doubt source", one["source"]),
        }
        for one in doubts
    ]


def _believed_again(text: str) -> str:
    whole = retold_as(_WHOLE, text, {"what": _parts_again})
    return whole if whole != text else _parts_again(text)


def _parts_again(text: str) -> str:
    amounts = dict.fromkeys(("low", "high", "what", "worth", "most"), localised)
    return ", ".join(retold_as(_PARTS, part, amounts) for part in text.split(", "))
