"""The numbers a decision stands on: one tile each, for the next rollout, beside plan A's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from fwsim.measures.amounts import shown_duration, shown_share
from fwsim.measures.catalogue import OF_PEOPLE, TIMES, Kind
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.notebook.board.axis import short_moment
from fwsim.notebook.board.limits import Limit
from fwsim.notebook.board.lines import Strip
from fwsim.notebook.board.pairs import not_alike, values_in_pairs
from fwsim.quantities.units import write_share
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference_in_words import signed
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.headline import SHARE
from fwsim.results.statistics.stopping import is_for_nobody

LESS = (0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
"""What is told of where 95 % are not reached."""
_OF_LINES = (
    Kind.PEAK_SITES,
    Kind.PEAK_HUBS,
    Kind.PEAK_LINK,
    Kind.PEAK_SITE_RATE,
    Kind.PEAK_HUB_RATE,
    Kind.PEAK_REPOSITORY,
    Kind.BUSY_HOUR_REPOSITORY,
    Kind.BUSY_HOUR_SITES,
    Kind.BUSY_HOUR_HUBS,
    Kind.WAN,
)
KINDS_OF_TILES: dict[str, tuple[Kind, ...]] = {
    "successful": (
        Kind.SUCCESSFUL,
        Kind.DEVICES_SUCCESSFUL,
        Kind.UP_TO_DATE,
        Kind.CHANCE_OF,
    ),
    "time": TIMES,
    "people": OF_PEOPLE,
    "line": _OF_LINES,
}


@dataclass(frozen=True)
class Tile:
    """One tile.

    Parameters
    ----------
    name
        Which.
    label, value, more
        What it is, its number, and what stands smaller beside it.
    against
        How it differs from plan A.
    state
        ``good`` or ``bad`` by its limits; empty without any.
    word
        What the state says, in a word.
    hint
        The whole of it, for whoever points at it.
    measure
        What a search would ask for.
    """

    name: str
    label: str
    value: str
    more: str = ""
    against: str = ""
    state: str = ""
    word: str = ""
    hint: str = ""
    measure: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as the browser gets it."""
        return asdict(self)


def tiles_of(
    answer: Answer, ghost: Answer | None, strips: Sequence[Strip], limits: Sequence[Limit]
) -> list[Tile]:
    """Return the tiles.

    Parameters
    ----------
    answer
        The plan's answer, or a first look at it.
    ghost
        Plan A's; None if there is none beside it.
    strips
        The fullest lines.
    limits
        How the scenario's limits stand.
    """
    made = [
        _successful(answer, ghost, limits),
        _time(answer, ghost),
        _people(answer, ghost),
        _line(strips),
    ]
    judged = [_judged(tile, limits) for tile in made]
    return [*judged, _against(answer, ghost)]


def _is_about(measure: Measure, tile: Tile) -> bool:
    """Tell whether a measure is about what a tile shows.

    It is not where it is about a part of the devices, another line, share or time.
    """
    is_shown = measure.site is None or measure.site == tile.value
    if measure.kind in TIMES:
        is_shown = measure.share == SHARE
    elif measure.kind is Kind.SUCCESSFUL:
        is_shown = measure.name == tile.measure
    return measure.kind in KINDS_OF_TILES[tile.name] and measure.is_of_all and is_shown


def _judged(tile: Tile, limits: Sequence[Limit]) -> Tile:
    mine = [one for one in limits if _is_about(one.expectation.measure, tile)]
    if not mine:
        return tile
    is_good = all(one.is_kept for one in mine)
    hint = "\n".join([tile.hint, *(one.words for one in mine)]).strip()
    word = say("board.tile.kept") if is_good else say("board.tile.broken")
    return Tile(
        **{**asdict(tile), "state": "good" if is_good else "bad", "word": word, "hint": hint}
    )


def middle_of(answer: Answer, measure: Measure) -> float:
    """Return the median of a measure over the runs; no more is told of a first look."""
    return median(answer.values(measure), counted=measure.definition.is_counted)


def _is_look(answer: Answer) -> bool:
    return answer.runs < FEWEST_FOR_RANGE


def _at(moment: datetime, answer: Answer) -> str:
    return short_moment(moment, answer.setting.start.astimezone(answer.setting.zone))


def _about(text: str, answer: Answer) -> str:
    return say("board.tile.about", value=text) if _is_look(answer) else text


def _successful(answer: Answer, ghost: Answer | None, limits: Sequence[Limit]) -> Tile:
    timed = [
        one.expectation.measure
        for one in limits
        if one.expectation.measure.kind is Kind.SUCCESSFUL
        and one.expectation.measure.is_of_all
        and one.expectation.measure.time is not None
    ]
    measure = timed[0] if timed else Measure(Kind.SUCCESSFUL)
    if measure.time is not None:
        label = say("board.tile.successful_by", time=_at(measure.time, answer))
    else:
        label = say("board.tile.successful")
    more = ""
    hint = say("board.tile.of_targeted", count=answer.replications[0].targeted)
    if not _is_look(answer):
        hint = say("board.tile.middle_and_range", of=hint)
        found = answer.forecast(measure)
        low, high = shown_share(found.low.value), shown_share(found.high.value)
        more = say("board.tile.in_nine", low=low.removesuffix(" %"), high=high)
        if low == high:
            more = say("board.tile.same_in_nine", share=high)
    value = _about(shown_share(middle_of(answer, measure)), answer)
    if is_for_nobody(answer):
        value, more = "–", say("board.tile.nobody")
    return Tile(
        "successful",
        label,
        value,
        more,
        _difference(answer, ghost, measure),
        hint=hint,
        measure=measure.name,
    )


def time_measure(share: float = SHARE) -> Measure:
    """Return the measure of the tile *95 % by*: of the targeted devices, as the axis counts."""
    return Measure(Kind.TIME_TO, share=share, of_targeted=True)


def _time(answer: Answer, ghost: Answer | None) -> Tile:
    measure = time_measure()
    label = say("board.tile.time", share=write_share(SHARE))
    against = _difference(answer, ghost, measure)
    if is_for_nobody(answer):
        nobody = say("board.tile.nobody")
        return Tile("time", label, "–", nobody, against, measure=measure.name)
    if _is_look(answer):
        middle = middle_of(answer, measure)
        if math.isfinite(middle):
            value = _about(_at(answer.moment(middle), answer), answer)
        else:
            value = say("board.tile.seems_never")
        hint = say("board.tile.time_of_a_look", share=write_share(SHARE))
        return Tile("time", label, value, _lesser(answer), against, hint=hint, measure=measure.name)
    found = answer.forecast(measure)
    sure = found.sure.value
    if math.isfinite(sure):
        value = _at(answer.moment(sure), answer)
        usual = _at(answer.moment(found.middle.value), answer)
        return Tile(
            "time",
            label,
            value,
            say("board.tile.sure", middle=usual),
            against,
            hint=say("board.tile.time_if_sure", share=write_share(SHARE)),
            measure=measure.name,
        )
    never = say("board.tile.never", missed=found.missed, count=found.runs)
    hint = say("board.tile.time_if_never", share=write_share(SHARE))
    return Tile("time", label, never, _lesser(answer), against, hint=hint, measure=measure.name)


def _lesser(answer: Answer) -> str:
    """Return by when a lesser share is reached, where 95 % are not."""
    for share in LESS:
        measure = time_measure(share)
        value = (
            middle_of(answer, measure) if _is_look(answer) else answer.forecast(measure).sure.value
        )
        if math.isfinite(value):
            at = _at(answer.moment(value), answer)
            return say("board.tile.lesser", share=write_share(share), at=at)
    halves = answer.values(time_measure(LESS[-1]))
    is_ever = not _is_look(answer) and any(map(math.isfinite, halves))
    return say("board.tile.not_sure_of_half" if is_ever else "board.tile.not_half")


def _people(answer: Answer, ghost: Answer | None) -> Tile:
    measure, lost = Measure(Kind.DEVICES_PROMPTED), Measure(Kind.USER_TIME_LOST)
    hours = shown_duration(middle_of(answer, lost))
    value = localised(f"{middle_of(answer, measure):,.0f}")
    return Tile(
        "people",
        say("board.tile.people"),
        _about(value, answer),
        say("board.tile.time_lost", time=_about(hours, answer)),
        _difference(answer, ghost, measure, bare=True),
        hint=_hint_of_people(answer, measure, lost),
        measure=measure.name,
    )


def _hint_of_people(answer: Answer, prompted: Measure, lost: Measure) -> str:
    hint = say("board.tile.people_hint")
    if _is_look(answer):
        return hint
    devices, time = answer.forecast(prompted), answer.forecast(lost)
    return say(
        "board.tile.people_range",
        of=hint,
        low=localised(f"{devices.low.value:,.0f}"),
        high=localised(f"{devices.high.value:,.0f}"),
        least=shown_duration(time.low.value),
        most=shown_duration(time.high.value),
    )


def _line(strips: Sequence[Strip]) -> Tile:
    fullest = max(strips, key=lambda s: (round(s.full_hours, 2), s.peak))
    more = fullest.told
    if fullest.as_full:
        name = "board.tile.as_full_at_least" if fullest.at_least else "board.tile.as_full"
        more = say(name, text=more, count=fullest.as_full)
    return Tile(
        "line",
        say("board.tile.line"),
        fullest.name,
        more,
        hint=say("board.tile.line_hint", capacity=fullest.capacity),
        measure=Measure(Kind.BUSY_HOUR_SITES).name,
    )


def apart(answer: Answer, ghost: Answer, measure: Measure) -> float:
    """Return how far a plan is from plan A in the next rollout: the median of the pairs.

    Not a number where either never gets there.
    """
    try:
        both = zip(*values_in_pairs(answer, ghost, measure), strict=True)
    except KeyError:
        return math.nan
    pairs = [a - b for a, b in both if math.isfinite(min(a, b))]
    counted = measure.definition.is_counted
    return median(pairs, counted=counted) if pairs else math.nan


def _difference(
    answer: Answer, ghost: Answer | None, measure: Measure, *, bare: bool = False
) -> str:
    """Return the difference to plan A, as short as can be."""
    if ghost is None or ghost is answer:
        return ""
    if why := not_alike(answer, ghost, measure.kind):
        return why
    value = apart(answer, ghost, measure)
    if not math.isfinite(value):
        return ""
    text = _bare_signed(value) if bare else signed(value, measure)
    if not any(digit in text for digit in "123456789"):
        return say("board.tile.same")
    return say("board.tile.to_a", difference=text)


def _bare_signed(value: float) -> str:
    return localised(f"{value:+,.0f}").replace("-", "−")


def _against(answer: Answer, ghost: Answer | None) -> Tile:
    """Return what the plan costs against plan A: people's time, and what it gains for it."""
    label = say("board.tile.against")
    if ghost is None or ghost is answer:
        return Tile("against", label, "–", say("board.tile.no_ghost"))
    lost, done = Measure(Kind.USER_TIME_LOST), Measure(Kind.SUCCESSFUL)
    value = _plain_difference(answer, ghost, lost)
    gained = _plain_difference(answer, ghost, done)
    gain = say("board.tile.gained", difference=gained) if gained else say("board.tile.same_done")
    return Tile(
        "against",
        label,
        value or say("board.tile.same_time"),
        not_alike(answer, ghost, done.kind) or gain,
        hint=say("board.tile.against_hint"),
        measure=lost.name,
    )


def _plain_difference(answer: Answer, ghost: Answer, measure: Measure) -> str:
    value = apart(answer, ghost, measure)
    if not math.isfinite(value):
        return ""
    text = signed(value, measure)
    return _about(text, answer) if any(digit in text for digit in "123456789") else ""
