"""A plan in words, as results keep it in English, in the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from fwsim.measures.amounts import counted_again
from fwsim.messages import ENGLISH, language, localised, say, translated
from fwsim.messages.retelling import retold_as
from fwsim.quantities.weekdays import STAMPED

_SENTENCES = (
    "planned.fleet",
    "planned.images",
    "planned.group_command",
    "planned.command",
    "planned.more_commands",
    "planned.checks_asking",
    "planned.checks_some_ask",
    "planned.checks",
    "planned.scheduler",
    "planned.defers_at_most",
    "planned.defers_by",
    "planned.defers",
    "planned.by_dynamic_proxy",
    "planned.by_static_proxy",
    "assignments.commands_wait",
    "planned.open",
    "planned.assignments_open",
    "planned.asked_until_with_grace",
    "planned.asked_until",
    "planned.active_until_with_grace",
    "planned.active_until",
    "planned.waits_for_restart",
    "planned.people_off",
    "planned.people_off_none",
    "planned.lines_off",
    "planned.lines_off_none",
    "planned.power_off",
    "planned.power_off_none",
    "planned.notifications",
    "planned.assignments",
    "planned.outages",
    "planned.failing",
    "planned.changes",
    "planned.repository",
    "planned.hubs",
    "planned.clock",
)
"""What is told in more words before what is told in fewer."""
_HOW = (
    "planned.asks_nobody",
    "planned.asks_until_clicked",
    "planned.asks_for",
    "planned.can_cancel",
    "planned.cannot_cancel",
    "planned.forced_at",
    "planned.only_on",
    "planned.woken",
    "planned.one_by_one",
)
_WINDOW = (
    "planned.of_device",
    "planned.of_server",
    "planned.can_end_within",
    "planned.not_in",
    "planned.not_on_holidays",
    "planned.of_zone",
)
_LINES = ("planned.others", "planned.on_hub", "planned.at_rate")
_AMOUNT = re.compile(r"\d[\d,.]*(?= (?:[TGMk]?B|[GMk]bit/s)\b)")
_DAY = re.compile(rf"\b(?:{'|'.join(STAMPED)})(?= \d)")
_OF_WINDOW = re.compile(", (?=for what|not in |not on )")
_OF_OPTIONS = re.compile(r"; (?=\w+: )")
_OF_LINES = re.compile(r", (?=[\d,]+ sites? (?:on hub|at) |and others$)")
"""Where the next line begins; a hub's name may hold a comma."""


def plan_again(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return what `plan_in_words` said in English, as it is kept, in the language spoken.

    Parameters
    ----------
    sentences
        As `Setting.plan` has them; what fwsim does not say stays as it is.
    """
    if language() == ENGLISH:
        return tuple(sentences)
    return tuple(_again(sentence, _SENTENCES) for sentence in sentences)


def _again(text: str, names: Iterable[str]) -> str:
    return retold_as(names, text, _SLOTS)


def _things(text: str) -> str:
    return counted_again(text) or text


def _amounts(text: str) -> str:
    return _AMOUNT.sub(lambda match: localised(match[0]), text)


def _moment(text: str) -> str:
    days = say("clock.weekdays").split()
    return _DAY.sub(lambda match: days[STAMPED.index(match[0])], text)


def _days(text: str) -> str:
    return ", ".join(_things(_moment(one)) for one in text.split(", "))


def _names(text: str) -> str:
    *some, last = text.split(", ")
    return ", ".join([*some, counted_again(last, ("more line",)) or last])


def _when(text: str) -> str:
    return _moment(_again(text, ("planned.never", "planned.again")))


def _how(text: str) -> str:
    return "; ".join(
        ", ".join(_again(one, _HOW) for one in part.split(", ")) for part in text.split("; ")
    )


def _lines(text: str) -> str:
    return ", ".join(_again(one, _LINES) for one in _OF_LINES.split(text))


def _rate(text: str) -> str:
    told = _again(text, ("planned.held_rate",))
    return told if told != text else _amounts(text)


def _window(text: str) -> str:
    return ", ".join(_again(part, _WINDOW) for part in _OF_WINDOW.split(text))


def _why_no_line(text: str) -> str:
    return "; ".join(
        f"{option}: {_again(reason, ('batch.no_word',))}"
        for option, _, reason in (one.partition(": ") for one in _OF_OPTIONS.split(text))
    )


_SLOTS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("devices", "units", "sites", "things"), _things),
    **dict.fromkeys(("images", "held"), _amounts),
    **dict.fromkeys(("at", "until"), _moment),
    "days": _days,
    "names": _names,
    "kind": lambda text: translated("command kind", text),
    "when": _when,
    "how": _how,
    "line": lambda text: _again(text, ("planned.no_line",)),
    "why": _why_no_line,
    "event": lambda text: _again(text, ("planned.start", "planned.shutdown")),
    "times": lambda text: say("planned.or").join(text.split(" or ")),
    "window": _window,
    "lines": _lines,
    "rate": _rate,
}
"""How each thing that fills a message is told again."""
