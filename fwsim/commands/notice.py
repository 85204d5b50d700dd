"""The notice to the user before an update: its buttons, and what silence means.

Every function takes and returns plain numbers, so that a compiled clock can use it as it stands.
Sources: Scout manual, "User information before update"; "Command options"; facts, section 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import accumulate

from fwsim.commands.lifecycle import Event
from fwsim.quantities.elementary import summed

NEVER = -1
LARGEST_CHANCE = 1.0 - 2.0**-53
MOST_DEFERMENTS = 10  # [A] the manual's list of numbers was not readable


class Button(IntEnum):
    """Elements of the notice, as bits."""

    NOW = 1
    DEFER = 2
    CANCEL = 4


class Answer(IntEnum):
    """What a user does with the notice."""

    NOW = 0
    DEFER = 1
    CANCEL = 2
    IGNORE = 3


class Instead(IntEnum):
    """What those do who would click a button that is not there; by the names of a policy [A]."""

    BUTTONS = 0
    IGNORED = 1
    PROPORTION = 2


_NOW_BUTTON = Button.NOW.value
_NOW, _DEFER, _CANCEL, _IGNORE = (answer.value for answer in Answer)
# Plain numbers: the two functions that need them are called for every notice.

EVENT_OF_ANSWER = {
    Answer.NOW: Event.CLICK_NOW,
    Answer.DEFER: Event.CLICK_DEFER,
    Answer.CANCEL: Event.CLICK_CANCEL,
}


def allowed_deferments(inform: bool, deferments: int, delays: int) -> int:
    """Return how often a user may defer under one command.

    Parameters
    ----------
    inform
        Inform user is on; without a notice there is nothing to defer [I].
    deferments
        Number of allowed deferments in Firmware > Reminder.
    delays
        How many delays are ticked there; without one there is nothing to choose.
    """
    return deferments if inform and delays > 0 else 0


def buttons(inform: bool, can_cancel: bool, deferments_left: int) -> int:
    """Return the buttons on the notice as a sum of `Button` bits; 0 means no notice.

    The list of delays stands beside the defer button and comes and goes with it [S].
    Cancel does not depend on the deferments [I].
    """
    if not inform:
        return 0
    shown = _NOW_BUTTON
    if deferments_left >= 1:
        shown += Button.DEFER
    if can_cancel:
        shown += Button.CANCEL
    return shown


def silence_ends_at(opened: int, seconds: int) -> int:
    """Return when a notice nobody answers starts the update, in milliseconds.

    Parameters
    ----------
    opened
        When the notice came up, in milliseconds.
    seconds
        The display duration; 0 waits for a click without bound [S].

    Returns
    -------
    int
        The time, or `NEVER`.
    """
    return opened + 1000 * seconds if seconds > 0 else NEVER


def answer_of(
    chance: float,
    offered: int,
    now_share: float,
    defer_share: float,
    cancel_share: float,
    instead: int,
) -> int:
    """Return the `Answer` of a user whose luck is `chance`.

    What the shares leave to 1 ignores the notice. The chances of the three answers follow one
    another, so a user who keeps a chance keeps an answer.

    Parameters
    ----------
    chance
        A number in (0, 1).
    offered
        Sum of `Button` bits.
    now_share, defer_share, cancel_share
        What users click when all three are offered; together at most 1.
    instead
        What becomes of the shares of buttons that are not offered, a number of `Instead`. Only if
        they fall to the other buttons may somebody whose button is there click another. Where no
        other button has a share, they fall to *now*, which every notice has; where nobody does
        anything else, those who do what all others do ignore the notice.
    """
    defer = defer_share if offered & Button.DEFER else 0.0
    cancel = cancel_share if offered & Button.CANCEL else 0.0
    answering = now_share + defer_share + cancel_share
    clicking = now_share + defer + cancel
    if chance >= answering:
        return _IGNORE
    if clicking <= 0.0:
        return _NOW if instead == Instead.BUTTONS else _IGNORE
    # Who would click a button that is not there comes after the first buttons that are.
    first, missing = now_share + defer, (defer_share - defer) + (cancel_share - cancel)
    if instead == Instead.BUTTONS:
        place = chance * clicking / answering
    elif chance < first:
        place = chance
    elif cancel > 0.0 and chance >= first + missing:
        place = chance - missing
    elif instead == Instead.PROPORTION:
        place = (chance - first) / missing * max(1.0 - missing, clicking)
    else:
        place = clicking
    if instead != Instead.BUTTONS and place >= clicking:
        return _IGNORE
    if place < now_share:
        return _NOW
    if place < now_share + defer:
        return _DEFER
    return _CANCEL


def seams_of_answers(
    offered: int, now_share: float, defer_share: float, cancel_share: float
) -> tuple[float, float, float]:
    """Return the chances between which the answers follow one another: now, defer, cancel, none.

    Parameters are those of `answer_of`. Across a seam they may begin again, for between the first
    two stand those whose button is not there.
    """
    defer = defer_share if offered & Button.DEFER else 0.0
    cancel = cancel_share if offered & Button.CANCEL else 0.0
    first, answering = now_share + defer, now_share + defer_share + cancel_share
    return first, first + (defer_share - defer) + (cancel_share - cancel), answering


def share_of_now(
    offered: int, now_share: float, defer_share: float, cancel_share: float, instead: int
) -> float:
    """Return what share of users clicks *now*; parameters as of `answer_of`."""
    defer = defer_share if offered & Button.DEFER else 0.0
    cancel = cancel_share if offered & Button.CANCEL else 0.0
    answering = now_share + defer_share + cancel_share
    clicking = now_share + defer + cancel
    if clicking <= 0.0:
        return answering if instead == Instead.BUTTONS else 0.0
    if instead == Instead.BUTTONS:
        return now_share / clicking * answering
    if instead == Instead.PROPORTION:
        missing = (defer_share - defer) + (cancel_share - cancel)
        return now_share / max(1.0 - missing, clicking)
    return now_share


def ignoring(
    offered: int, now_share: float, defer_share: float, cancel_share: float, instead: int
) -> tuple[float, float]:
    """Return what share of users ignores a notice, and a chance of one who does.

    Parameters are those of `answer_of`. Where nobody ignores it, the chance is void.
    """
    defer = defer_share if offered & Button.DEFER else 0.0
    cancel = cancel_share if offered & Button.CANCEL else 0.0
    answering = now_share + defer_share + cancel_share
    clicking, first = now_share + defer + cancel, now_share + defer
    others = round(1.0 - answering, 9)  # what rounding leaves of shares that are all is nobody
    missing = (defer_share - defer) + (cancel_share - cancel)
    if instead == Instead.BUTTONS:
        return others, 0.5 + answering / 2
    if clicking <= 0.0:
        return 1.0, 0.5
    stays = clicking / max(1.0 - missing, clicking) if instead == Instead.PROPORTION else 0.0
    if others > 0.0:
        return others + missing * (1.0 - stays), 0.5 + answering / 2
    return missing * (1.0 - stays), first + missing * (0.5 + stays / 2)


def delay_edges(delays: tuple[int, ...], picks: Mapping[int, float]) -> tuple[float, ...]:
    """Return up to which chance each delay of a list is picked, for `picked_place`.

    Parameters
    ----------
    delays
        What is offered, in seconds; at least one.
    picks
        Share by delay; delays that are not offered fall to the others in proportion. Without
        any share all are alike.
    """
    shares = [picks.get(delay, 0.0) for delay in delays]
    total = summed(shares)
    if total <= 0.0:
        return ()
    return tuple(accumulate(share / total for share in shares))


def picked_place(chance: float, count: int, edges: Sequence[float]) -> int:
    """Return which of `count` delays a user picks.

    Parameters
    ----------
    chance
        In (0, 1).
    count
        How many are offered; at least one.
    edges
        As `delay_edges` returns them; empty where all are alike.
    """
    if not len(edges):
        return int(chance * count)
    for place in range(count):
        if chance < edges[place]:
            return place
    return count - 1


def chance_beyond(first: int, chance: float, count: int, edges: Sequence[float]) -> float:
    """Return with which chance a user picks a delay who has picked none before the n-th, from 0.

    Other parameters are those of `picked_place`.
    """
    below = 0.0
    if first > 0:
        below = edges[first - 1] if len(edges) else first / count
    return min(below + chance * (1.0 - below), LARGEST_CHANCE)
