"""How good forecasts were, as results keep it in English, in the language that is spoken."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import cache

from fwsim.messages import ENGLISH, language, localised, say
from fwsim.messages.catalogue import messages
from fwsim.messages.retelling import filled, retold_as
from fwsim.results.output.score_files import ToldHeld, ToldScores, ToldTable, ToldTrack
from fwsim.results.output.spread_again import amount_again, measure_again

_WORDS = ("yes", "no", "open", "settled", "not_yet", "never")
_CELLS = ("with_error", "said", "held_in", "label_before", "label_up_to", "from_to")
_MORE = " …"
"""Stands behind the first of many names."""
_OFFSET = re.compile(r"(?P<measure>.+?)(?P<offset>\s*[+-]\d\d:\d\d|\s+\(.*\))?")


def scores_again(told: ToldScores) -> ToldScores:
    """Return what `told` said in English, as it is kept, in the language spoken."""
    if language() == ENGLISH:
        return told
    return told.model_copy(
        update={
            "sentences": tuple(map(_sentence, told.sentences)),
            "notes": tuple(map(_sentence, told.notes)),
            "tables": tuple(map(_table, told.tables)),
            "track": None if told.track is None else _track(told.track),
            "held": tuple(map(_held, told.held)),
        }
    )


@cache
def _names() -> tuple[str, ...]:
    """Return all that is said of scores; what has more words of its own comes first."""

    def own_words(name: str) -> int:
        message = messages()[name]
        text = message if isinstance(message, str) else message["other"]
        return sum(len(words) for words, *_ in string.Formatter().parse(text))

    names = (name for name in messages() if name.startswith("score."))
    return tuple(sorted(names, key=own_words, reverse=True))


def _sentence(text: str) -> str:
    return retold_as(_names(), text, _SLOTS)


def _table(table: ToldTable) -> ToldTable:
    rows = tuple((_event(row[0]), *map(_cell, row[1:])) for row in table.rows)
    heads = tuple(map(_sentence, table.heads))
    return ToldTable(title=_sentence(table.title), heads=heads, rows=rows)


def _track(track: ToldTrack) -> ToldTrack:
    said = tuple(
        one.model_copy(update={"label": retold_as(_SHORT, one.label, _SLOTS)}) for one in track.said
    )
    axis = retold_as(_AXES, track.axis, {})
    update = {"title": measure_again(track.title), "axis": axis, "said": said}
    return track.model_copy(update=update)


def _held(one: ToldHeld) -> ToldHeld:
    return one.model_copy(update={"name": measure_again(one.name)})


def _event(text: str) -> str:
    """Return a measure, behind which an offset from UTC may stand."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return text
    told = measure_again(match["measure"])
    return measure_again(text) if told == match["measure"] else f"{told}{match['offset'] or ''}"


def _cell(text: str) -> str:
    told = retold_as([f"score.{name}" for name in (*_WORDS, *_CELLS)], text, _SLOTS)
    return told if told != text else amount_again(text)


def _moment(text: str) -> str:
    twice = filled("clock.twice", text)
    if twice is not None and (moment := filled("clock.moment", twice["moment"])) is not None:
        return say("clock.twice", moment=_on_clock(moment), offset=twice["offset"])
    moment = filled("clock.moment", text)
    return text if moment is None else _on_clock(moment)


def _on_clock(moment: dict[str, str]) -> str:
    return say(
        "clock.moment", **{slot: _name_in(f"clock.{slot}s", text) for slot, text in moment.items()}
    )


def _name_in(list_of_names: str, text: str) -> str:
    """Return a weekday or a month; anything else as it is."""
    english = messages().get(list_of_names)
    names = english.split() if isinstance(english, str) else []
    return say(list_of_names).split()[names.index(text)] if text in names else text


def _listed(text: str) -> str:
    names = text.removesuffix(_MORE)
    told = "; ".join(", ".join(map(_listed_one, one.split(", "))) for one in names.split("; "))
    return told + text[len(names) :]


def _listed_one(text: str) -> str:
    told = retold_as(("score.settled_of",), text, {"event": _event})
    return told if told != text else _event(text)


_SHORT = ("score.short_before", "score.short_up_to")
_AXES = ("score.time_axis", "score.share_axis")
_SLOTS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("at", "until"), _moment),
    **dict.fromkeys(("successful", "forecast", "within", "middle", "low", "high"), _cell),
    **dict.fromkeys(("mean", "error", "share"), amount_again),
    **dict.fromkeys(("devices", "targeted", "count", "late", "runs", "hits", "few"), localised),
    "many": amount_again,
    "measure": measure_again,
    "named": _listed,
}
