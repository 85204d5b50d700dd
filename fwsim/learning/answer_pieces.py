"""Which chance clicks which button, as stretches of (0, 1): the rule of `answer_of` at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, Button, Instead
from fwsim.quantities.elementary import Floats

Stretch = tuple[float, int]
"""Up to which chance, and which `Answer` is given there."""
# As numbers: this is worked out for every point of a posterior, and a member takes long to look up.
NOW, DEFER, CANCEL, IGNORE = map(int, (Answer.NOW, Answer.DEFER, Answer.CANCEL, Answer.IGNORE))
CAN_DEFER, CAN_CANCEL = int(Button.DEFER), int(Button.CANCEL)


@dataclass(frozen=True)
class Pieces:
    """Stretches within which a chance gives one answer under each offer.

    Parameters
    ----------
    widths
        Shape (pieces,).
    answers
        `Answer`, as a number; shape (offers, pieces).
    """

    widths: Floats
    answers: NDArray[np.int64]


def stretches(shares: Floats, offered: int, instead: Instead) -> list[Stretch]:
    """Return the stretches of chances by their answers; the same as `answer_of`, chance by chance.

    Parameters
    ----------
    shares
        Of now, defer, cancel when all are offered.
    offered
        Sum of `Button` bits.
    instead
        What those do whose button is missing.
    """
    now, defer_all, cancel_all = (float(share) for share in shares[:3])
    defer = defer_all if offered & CAN_DEFER else 0.0
    cancel = cancel_all if offered & CAN_CANCEL else 0.0
    answering, clicking = now + defer_all + cancel_all, now + defer + cancel
    end = (1.0, IGNORE)
    if clicking <= 0.0:
        return [(answering, NOW), end] if instead == Instead.BUTTONS else [end]
    if instead == Instead.BUTTONS:
        return [*_scaled(now, defer, cancel, answering / clicking), end]
    first, missing = now + defer, answering - clicking
    found: list[Stretch] = [(now, NOW), (first, DEFER)]
    if missing > 0:
        if instead == Instead.PROPORTION:
            scale = missing / max(1.0 - missing, clicking)
            found += [
                (first + upper, answer) for upper, answer in _scaled(now, defer, cancel, scale)
            ]
        found.append((first + missing, IGNORE))
    if cancel > 0:
        found.append((answering, CANCEL))
    return [*found, end]


def _scaled(now: float, defer: float, cancel: float, scale: float) -> list[Stretch]:
    """Return the stretches of the three buttons, one behind the other."""
    first, second = now + defer, now + defer + cancel
    return [(now * scale, NOW), (first * scale, DEFER), (second * scale, CANCEL)]


def answer_shares(shares: Floats, offered: int, instead: Instead) -> Floats:
    """Return what share gives each `Answer` under an offer."""
    found = [0.0] * len(Answer)
    before = 0.0
    for upper, answer in stretches(shares, offered, instead):
        found[answer] += max(0.0, upper - before)
        before = max(before, upper)
    return np.array(found)


def pieces_of(shares: Floats, offers: Iterable[int], instead: Instead) -> Pieces:
    """Return the stretches within which a chance gives one answer under each of several offers."""
    by_offer = [stretches(shares, int(offer), instead) for offer in offers]
    edges = np.clip([upper for found in by_offer for upper, _ in found], 0.0, 1.0)
    edges = np.concatenate([[0.0], np.sort(edges)])
    widths = np.diff(edges)
    middles = edges[:-1] + widths / 2
    answers = []
    for found in by_offer:
        uppers = np.maximum.accumulate([upper for upper, _ in found])
        places = np.minimum(np.searchsorted(uppers, middles, side="right"), len(found) - 1)
        answers.append(np.array([answer for _, answer in found], np.int64)[places])
    return Pieces(widths, np.array(answers))
