"""Which chance clicks which button, as stretches of (0, 1): the rule of `answer_of` at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, Button, Instead
from fwsim.quantities.elementary import Floats

Stretch = tuple[float, Answer]
"""Up to which chance, and what is answered there."""


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
    defer = defer_all if offered & Button.DEFER else 0.0
    cancel = cancel_all if offered & Button.CANCEL else 0.0
    answering, clicking = now + defer_all + cancel_all, now + defer + cancel
    if clicking <= 0.0:
        return [(1.0, Answer.IGNORE)]
    end = (1.0, Answer.IGNORE)
    if instead == Instead.BUTTONS:
        return [*_scaled(now, defer, cancel, answering / clicking), end]
    first, missing = now + defer, answering - clicking
    found: list[Stretch] = [(now, Answer.NOW), (first, Answer.DEFER)]
    if missing > 0:
        if instead == Instead.PROPORTION:
            scale = missing / max(1.0 - missing, clicking)
            found += [
                (first + upper, answer) for upper, answer in _scaled(now, defer, cancel, scale)
            ]
        found.append((first + missing, Answer.IGNORE))
    if cancel > 0:
        found.append((answering, Answer.CANCEL))
    return [*found, end]


def _scaled(now: float, defer: float, cancel: float, scale: float) -> list[Stretch]:
    """Return the stretches of the three buttons, one behind the other."""
    uppers = np.cumsum([now, defer, cancel]) * scale
    answers = (Answer.NOW, Answer.DEFER, Answer.CANCEL)
    return list(zip(uppers.tolist(), answers, strict=True))


def answer_shares(shares: Floats, offered: int, instead: Instead) -> Floats:
    """Return what share gives each `Answer` under an offer."""
    found = np.zeros(len(Answer))
    before = 0.0
    for upper, answer in stretches(shares, offered, instead):
        found[answer] += max(0.0, upper - before)
        before = max(before, upper)
    return found


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
