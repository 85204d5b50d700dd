"""Where the spread comes from, in sentences."""

from __future__ import annotations

import math

from fwsim.measures.amounts import shown_interval, shown_share
from fwsim.measures.catalogue import Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.messages import say
from fwsim.results.export.page import page
from fwsim.results.statistics.answer_tables import measures_html
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.input_shares import InputShare
from fwsim.results.statistics.spread import MORE, TOLD_APART
from fwsim.results.statistics.spread_answer import Spread, SpreadOf

LEAST_TOLD = 0.02
"""Share of the doubt from which on an input is told."""
MOST_TOLD = 6
MOST = 0.5
"""Share of the doubt from which on it is called most of it."""
_ALL = "100 %"
SELDOM = 0.05
"""Share of the runs below which, and above one less which, nothing is told of what moves a time."""


def is_telling(one: SpreadOf) -> bool:
    """Tell whether enough runs reach a measure for its split to say anything."""
    return one.reached >= SELDOM


def both_in_words(name: str, runs: int) -> str:
    """Return what luck and doubt make together; few runs give no range of 9 rollouts in 10.

    Parameters
    ----------
    name
        The message where there are enough.
    runs
        Of the forecast.
    """
    return say(name) if runs >= FEWEST_FOR_RANGE else say("spread.both_of_few", count=runs)


def ranges_in_words(spread: Spread, one: SpreadOf) -> list[tuple[str, str]]:
    """Return what each of luck, doubt and both makes of a measure: name, range."""
    forecast = spread.forecast.forecast(one.measure)
    both = forecast.low.value, forecast.high.value
    named = (
        (say("spread.luck_alone"), one.split.luck_range),
        (say("spread.doubt_alone"), one.split.doubt_range),
        (both_in_words("spread.both", spread.forecast.runs), both),
    )
    kept = named if one.reach is None else named[2:]
    return [(name, _range(one, low, high)) for name, (low, high) in kept]


def _range(one: SpreadOf, low: float, high: float) -> str:
    definition = one.measure.definition
    if definition.unit is Unit.COUNT:  # luck or doubt taken out, there is a fraction of a device
        low, high = (round(end) if math.isfinite(end) else end for end in (low, high))
    if not math.isfinite(low):
        return say("spread.never")
    if not math.isfinite(high):
        _, text, _ = shown_interval(low, low, low, definition)
        return say("measure.or_more", low=text)
    _, first, last = shown_interval((low + high) / 2, low, high, definition)
    return first if first == last else say("measure.range", low=first, high=last)


def split_in_words(one: SpreadOf) -> str:
    """Return what part of the variance is luck, what is doubt."""
    split = one.told_split
    doubt, luck, together = (
        split.share(part) for part in (split.doubt, split.luck, split.together)
    )
    if together < TOLD_APART:
        luck, together = luck + together, 0.0
    parts = {"doubt": _whole(doubt), "luck": _whole(luck), "together": _whole(together)}
    name = "spread.parts_and_together" if together else "spread.parts"
    if one.reach is not None:
        return say(f"{name}_of_reaching", reached=shown_share(one.reached), **parts)
    return say(name, **parts)


def _whole(share: float) -> str:
    return f"{100 * share:.0f} %"


def told_inputs(one: SpreadOf) -> tuple[InputShare, ...]:
    """Return the inputs that are worth a line."""
    largest = [share for share in one.shares.inputs if share.share >= LEAST_TOLD]
    return tuple(largest[:MOST_TOLD])


def has_width(spread: Spread, one: SpreadOf) -> bool:
    """Tell whether a measure has a range that can get narrower: two ends, and not the same."""
    forecast = spread.forecast.forecast(one.measure)
    low, high = forecast.low.value, forecast.high.value
    return one.reach is None and math.isfinite(high) and low < high


def measure_first_in_words(one: SpreadOf, *, narrows: bool = True) -> str:
    """Return what to measure first, or that measuring more of one rollout gives nothing.

    Parameters
    ----------
    one
        Where the spread of a measure comes from.
    narrows
        Whether the forecast has a range that gets narrower by it.
    """
    inputs = [share for share in told_inputs(one) if share.stands_out]
    if not inputs:
        return say("spread.nothing_stands_out")
    best = max(inputs, key=lambda share: share.gain)
    if best.gain < TOLD_APART and best.bent < MOST:
        if inputs[0].left < MOST:
            return say("spread.none_to_measure")
        return say("spread.only_rollouts", place=inputs[0].place)
    is_all = _whole(one.shares.explained - best.bent) == _ALL
    words = {"place": best.place, "times": MORE, "gain": _whole(best.gain)}
    told = say("spread.measure_first" if is_all else "spread.measure_first_at_least", **words)
    if not narrows:
        return told
    split = one.told_split
    of_all = best.gain * split.share(split.doubt)  # luck stays
    narrower = _whole(1 - math.sqrt(max(0.0, 1 - of_all)))
    name = "spread.narrower" if is_all else "spread.narrower_at_least"
    return f"{told} {say(name, narrower=narrower)}"


def inputs_in_words(one: SpreadOf, *, narrows: bool = True) -> list[str]:
    """Return how much of the doubt the inputs explain together, and what to measure first."""
    if one.shares.lucks_are_few:
        return [say("spread.lucks_are_few")]
    return [explained_in_words(one), measure_first_in_words(one, narrows=narrows)]


def explained_in_words(one: SpreadOf) -> str:
    """Return how much of the doubt the inputs explain together, and what the rest may be."""
    explained = _whole(one.shares.explained)
    is_all = explained == _ALL or not one.shares.inputs
    return say("spread.explained" if is_all else "spread.explained_in_part", explained=explained)


def spread_html(spread: Spread) -> str:
    """Return where the spread comes from as a notebook shows it; measures told alike are one."""
    import pandas as pd

    heads = [say(f"spread.head_{name}") for name in ("input", "share", "left")]
    alike: dict[tuple[str, tuple[tuple[str, str, str], ...]], list[str]] = {}
    for one in spread.measures:
        rows = tuple(map(input_in_words, told_inputs(one))) if is_telling(one) else ()
        alike.setdefault((_told(spread, one), rows), []).append(measure_in_words(one.measure))
    sentences, tables = [f"{spread.forecast.headline}."], {}
    for (text, rows), names in alike.items():
        name = ", ".join(names)
        sentences.append(f"{name}: {text}")
        tables[name] = pd.DataFrame(list(rows), columns=heads)
    sentences.append(say("spread.note"))
    return page(spread.forecast.setting.name, sentences, tables) + measures_html(spread.forecast)


def input_in_words(share: InputShare) -> tuple[str, str, str]:
    """Return an input, its share of the doubt, and what ten times the observations leave."""
    words = {"share": _whole(share.share), "error": _whole(share.error)}
    return share.place, say("spread.share", **words), _whole(share.left)


def _told(spread: Spread, one: SpreadOf) -> str:
    name = measure_in_words(one.measure)
    if not is_telling(one):
        told = say("spread.seldom", measure=name, reached=shown_share(one.reached))
        return told.removeprefix(f"{name}: ")
    ranges = "; ".join(f"{of} {text}" for of, text in ranges_in_words(spread, one))
    narrows = has_width(spread, one)
    return " ".join([f"{ranges}.", split_in_words(one), *inputs_in_words(one, narrows=narrows)])
