"""What users answer who answer as ever, given what they have clicked so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, answer_of
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
) -> Iterable[tuple[NDArray[np.int64], Any]]:
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
    iterable of (devices, chances)
    """
    everybody = np.concatenate([np.zeros(0, np.int64), *alike.values()])
    kept = chances.again(Purpose.PERSISTS, 0, 0, everybody)
    anew = chances.again(Purpose.OWN_ANSWER, 0, 0, everybody)
    likely = _likelihoods(alike, people, instead)
    ends = np.cumsum([len(devices) for devices in alike.values()])
    group = np.repeat(np.arange(len(alike)), np.diff(ends, prepend=0))
    bins = (own[everybody] * BINS).astype(np.int64)
    fits_badly = kept * likely.max(axis=1, initial=0.0)[group] > likely[group, bins]
    for number in np.unique(group[fits_badly]).tolist():
        first = ends[number - 1] if number else 0
        mine = first + np.flatnonzero(fits_badly[first : ends[number]])
        yield everybody[mine], _drawn(likely[number], anew[mine])


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
    middles = ((np.arange(BINS) + 0.5) / BINS).tolist()
    shares = kind.now, kind.defer, kind.cancel
    return np.array([answer_of(middle, offered, *shares, instead) for middle in middles])


def _drawn(likely: Floats, chances: Floats) -> Floats:
    """Return own chances, each bin as likely as it is told, all within one alike."""
    edges = np.concatenate([[0.0], np.cumsum(likely / likely.sum())])
    places = np.clip(np.searchsorted(edges, chances, side="right") - 1, 0, BINS - 1)
    inside = (chances - edges[places]) / np.maximum(edges[places + 1] - edges[places], 1e-300)
    found: Floats = (places + np.clip(inside, 1e-9, 1 - 1e-9)) / BINS
    return found
