"""The search parameters of a plan: each an axis with its values and the words for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fwsim.quantities.units import write_duration, write_share
from fwsim.scenario.option_fields import SILENT, write_notice
from fwsim.scenario.search_section import TurnSection

Choice = tuple[int, ...]
"""Which value of each axis, by its place."""
AS_WRITTEN: Choice = ()
"""No value of any axis: the plan as it is written, which need not be among those searched."""
PROXIES = "proxies"
OF_WAVES = NUMBER, ORDER, APART = "waves", "order of waves", "time between waves"
OF_REMINDER = DEFERMENTS, DELAYS = "deferments", "delays"
"""What nobody has who is not asked."""
NOTICE = "notice"
TOGETHER = "none: all start together"
OF_SEVERAL = ORDER, APART
"""What one wave alone does not have."""


@dataclass(frozen=True)
class Axis:
    """One search parameter.

    Parameters
    ----------
    field
        Its key in the scenario.
    name
        What it is, for people.
    values
        What may be chosen.
    is_ordered
        Whether neighbours in the list are neighbours in effect.
    written
        Writes a value for people.
    """

    field: str
    name: str
    values: tuple[Any, ...]
    is_ordered: bool
    written: Callable[[Any], str]


def _clock(at: datetime) -> str:
    return f"{at:%a %Y-%m-%d %H:%M:%S}" if at.second else f"{at:%a %Y-%m-%d %H:%M}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def proxies_in_words(places: bool | tuple[str, ...]) -> str:
    """Return where there are proxies."""
    return f"below {' and '.join(places)}" if isinstance(places, tuple) else _yes(places)


def _pause(milliseconds: int) -> str:
    return write_duration(milliseconds) if milliseconds else "none"


def _notice(seconds: int) -> str:
    return "none" if seconds == SILENT else write_notice(seconds)


def _apart(milliseconds: int) -> str:
    return write_duration(milliseconds) if milliseconds else TOGETHER


def _delays(delays: tuple[int, ...]) -> str:
    return " or ".join(map(write_duration, delays))


_AXES: tuple[tuple[str, str, bool, Callable[[Any], str]], ...] = (
    ("start", "start", True, _clock),
    ("devices_wait", "devices wait", True, _pause),
    ("spread", "spread", True, _pause),
    ("inform_user", NOTICE, True, _notice),
    (DEFERMENTS, DEFERMENTS, True, str),
    (DELAYS, DELAYS, False, _delays),
    ("only_switched_on", "only switched on", False, _yes),
    ("delivery_first", "delivery first", False, _yes),
    ("proxies", PROXIES, False, proxies_in_words),
    ("link_share", "link share", True, write_share),
)


def axes_of(turn: TurnSection, on_the_clock: Callable[[datetime], datetime]) -> Iterator[Axis]:
    """Yield what a `search:` block turns.

    Parameters
    ----------
    turn
        The block.
    on_the_clock
        Turns a start into what the clock shows at that instant: another where the clocks skip it.
    """
    for field, name, is_ordered, written in _AXES:
        given = getattr(turn, field)
        values = tuple(dict.fromkeys(map(on_the_clock, given) if field == "start" else given))
        if values:
            yield Axis(field, name, values, is_ordered, written)
    if turn.waves is not None:
        yield Axis("waves", NUMBER, tuple(dict.fromkeys(turn.waves.number)), True, str)
        yield Axis("waves", ORDER, tuple(dict.fromkeys(turn.waves.order)), False, str)
        yield Axis("waves", APART, tuple(dict.fromkeys(turn.waves.apart)), True, _apart)
