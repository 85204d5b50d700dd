"""What users answer who answer as ever, given what they have clicked so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, answer_of, seams_of_answers
from fwsim.fleet.habits import People
from fwsim.model.chances import Chances
from fwsim.model.purposes import Purpose
from fwsim.quantities.elementary import Floats

BINS = 400
"""Own chances are told apart as finely as this."""
Clicks = tuple[tuple[int, Answer], ...]
"""Of one device: at each notice the buttons on it, a sum of `Button` bits, and the answer."""


def own_answers(
    alike: Mapping[tuple[int, Clicks], NDArray[np.int64]],
    people: list[People],
    instead: int,
    chances: Chances,
    own: Floats,
) -> tuple[NDArray[np.int64], Floats]:
    """Return the own chances of users whom the run's own fit too badly.

    A user who answers as ever at a share of the notices, and anew at the others, gives an answer
    with the chance ``persistence · [it is the own one] + (1 - persistence) · its share``. A chance
    is kept as often as these products say, compared with the best; if not, it is drawn anew from
    what they leave (rejection sampling with one rejection).

    Parameters
    ----------
    alike
        Devices by the kind of their people and what was clicked.
    people
        The kinds.
    instead
        A number of `Instead`.
    chances
        Of the run.
    own
        Own chances of all devices, as if nothing was known.

    Returns
    -------
    (devices, chances)
        Both of shape (devices,).
    """
    everybody = np.concatenate([np.zeros(0, np.int64), *alike.values()])
    kept = chances.again(Purpose.PERSISTS, 0, 0, everybody)
    anew = chances.again(Purpose.OWN_ANSWER, 0, 0, everybody)
    likely = _likelihoods(alike, people, instead)
    ends = np.cumsum([len(devices) for devices in alike.values()])
    group = np.repeat(np.arange(len(alike)), np.diff(ends, prepend=0))
    bins = (own[everybody] * BINS).astype(np.int64)
    fits_badly = kept * likely.max(axis=1, initial=0.0)[group] > likely[group, bins]
    of_group, group = np.unique(group[fits_badly], return_inverse=True)
    return everybody[fits_badly], _drawn(likely[of_group], group, anew[fits_badly])


def _likelihoods(
    alike: Mapping[tuple[int, Clicks], NDArray[np.int64]], people: list[People], instead: int
) -> Floats:
    """Return how likely the clicks of each group are by own chance; shape (groups, bins).

    All alike where nothing that is believed of these people leads to their clicks.
    """
    likely = np.ones((len(alike), BINS))
    answers: dict[tuple[int, int], NDArray[np.int64]] = {}
    factors: dict[tuple[int, int, Answer], Floats] = {}
    for row, (code, clicks) in zip(likely, alike, strict=True):
        kind = people[code]
        for offered, answer in clicks if kind.persistence > 0 else ():
            if (code, offered) not in answers:
                answers[code, offered] = _answers(kind, offered, instead)
            if (code, offered, answer) not in factors:
                is_it = answers[code, offered] == answer
                factors[code, offered, answer] = (
                    kind.persistence * is_it + (1.0 - kind.persistence) * is_it.mean()
                )
            np.multiply(row, factors[code, offered, answer], out=row)
        if row.max() <= 0:
            row[:] = 1.0
    return likely


def _answers(kind: People, offered: int, instead: int) -> NDArray[np.int64]:
    """Return what is answered with the chance of each bin; shape (bins,)."""
    shares = kind.now, kind.defer, kind.cancel
    seams = [math.ceil(seam * BINS - 0.5) for seam in seams_of_answers(offered, *shares)]
    near = {seam + step for seam in seams for step in (-1, 0, 1)}  # where rounding may put it
    edges = sorted({0, BINS, *(seam for seam in near if 0 < seam < BINS)})
    found = np.empty(BINS, np.int64)
    for begin, end in pairwise(edges):
        _fill(found, begin, end, lambda n: answer_of((n + 0.5) / BINS, offered, *shares, instead))
    return found


def _fill(found: NDArray[np.int64], begin: int, end: int, answer: Callable[[int], int]) -> None:
    """Write the answers of bins that follow one another: between two alike lies no other."""
    found[begin] = answer(begin)
    found[end - 1] = answer(end - 1)
    stretches = [(begin, end - 1)]
    while stretches:
        first, last = stretches.pop()
        if found[first] == found[last]:
            found[first:last] = found[first]
        elif last - first > 1:
            middle = (first + last) // 2
            found[middle] = answer(middle)
            stretches += [(first, middle), (middle, last)]


def _drawn(likely: Floats, group: NDArray[np.int64], chances: Floats) -> Floats:
    """Return own chances, each bin as likely as it is told for the group, within one all alike.

    Parameters
    ----------
    likely
        Shape (groups, bins).
    group, chances
        Shape (devices,).
    """
    edges = np.zeros((len(likely), BINS + 1))
    np.cumsum(likely / likely.sum(axis=1, keepdims=True), axis=1, out=edges[:, 1:])
    # Groups lie behind one another, so all places are found in one search.
    together = (edges[:, :-1] + np.arange(len(edges))[:, None]).reshape(-1)
    places = np.searchsorted(together, chances + group, side="right") - 1 - group * BINS
    may_be = likely > 0  # rounding puts none where it may not be
    first, last = may_be.argmax(axis=1), BINS - 1 - may_be[:, ::-1].argmax(axis=1)
    places = np.clip(places, first[group], last[group])
    low, high = edges[group, places], edges[group, places + 1]
    inside = np.clip((chances - low) / np.maximum(high - low, 1e-300), 1e-9, 1 - 1e-9)
    found: Floats = (places + inside) / BINS
    return found
