"""What users answer who answer as ever, given what they have clicked so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, answer_of, seams_of_answers
from fwsim.fleet.habits import People
from fwsim.model.chances import Chances
from fwsim.model.purposes import Purpose
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import whole_milliseconds

BINS = 400
"""Own chances are told apart as finely as this."""
Click = tuple[int, Answer, int]
"""Of a notice: its buttons, a sum of `Button` bits, the answer, and for how many milliseconds
somebody was there, if it ran out."""
Clicks = tuple[Click, ...]
"""Of one device, notice by notice."""


@dataclass(frozen=True, eq=False)
class ClosedNotices:
    """Notices of one number, counted on each device from 0, that were answered or ran out.

    Parameters
    ----------
    draw
        The number.
    devices, people
        Before whose user each came up, and the kind of people there; shape (notices,).
    offered, answers
        Sums of `Button` bits, and numbers of `Answer`; shape (notices,).
    waited
        Milliseconds for which somebody was there while it ran out; shape (notices,).
    """

    draw: int
    devices: NDArray[np.int64]
    people: NDArray[np.int64]
    offered: NDArray[np.int64]
    answers: NDArray[np.int64]
    waited: NDArray[np.int64]


Luck = Callable[[int], tuple[Floats, NDArray[np.int64]]]
"""From the number of a notice: chances of answers and times until clicks; shape (devices,)."""


class Habits:
    """What the people of a run answer with which chance, and how soon.

    Parameters
    ----------
    people
        The kinds.
    instead
        A number of `Instead`.
    """

    def __init__(self, people: list[People], instead: int) -> None:
        self.people = people
        self._instead = instead
        self._answers: dict[tuple[int, int], NDArray[np.int64]] = {}
        self._times: dict[int, NDArray[np.int64]] = {}

    def answers(self, code: int, offered: int) -> NDArray[np.int64]:
        """Return what is answered with the chance of each bin; shape (bins,)."""
        if (code, offered) not in self._answers:
            self._answers[code, offered] = _answers(self.people[code], offered, self._instead)
        return self._answers[code, offered]

    def answers_to(self, code: int, offered: int, chances: Floats) -> NDArray[np.int64]:
        """Return what is answered with these very chances; shape (chances,)."""
        of_bins = self.answers(code, offered)
        places = (chances * BINS).astype(np.int64)
        changes = np.flatnonzero(np.diff(of_bins))
        unsure = np.zeros(BINS, np.bool_)
        unsure[changes] = unsure[changes + 1] = True
        found = of_bins[places]
        kind = self.people[code]
        shares = kind.now, kind.defer, kind.cancel
        for place in np.flatnonzero(unsure[places]).tolist():
            found[place] = answer_of(float(chances[place]), offered, *shares, self._instead)
        return found

    def share_later(self, code: int, waited: int) -> float:
        """Return what share of those who click takes longer than so many milliseconds."""
        if code not in self._times:
            chances = (np.arange(BINS) + 0.5) / BINS
            self._times[code] = whole_milliseconds(self.people[code].after.quantile(chances))
        return float((self._times[code] > waited).mean())

    def chances_of(self, code: int, click: Click) -> Floats:
        """Return how likely a click is by the own chance of each bin; shape (bins,)."""
        offered, answer, waited = click
        is_it: Floats = (self.answers(code, offered) == answer).astype(np.float64)
        if answer is Answer.IGNORE:  # or somebody would have clicked later
            np.maximum(is_it, self.share_later(code, waited), out=is_it)
        persistence = self.people[code].persistence
        found: Floats = persistence * is_it + (1.0 - persistence) * is_it.mean()
        return found


def contradicted(closed: Iterable[ClosedNotices], habits: Habits, luck: Luck) -> set[int]:
    """Return the devices whose luck would have led to other clicks.

    Parameters
    ----------
    closed
        What was clicked.
    habits
        Of the run.
    luck
        What the run has drawn, as if nothing was known.
    """
    found: set[int] = set()
    for notices in closed:
        chances, times = luck(notices.draw)
        chances, times = chances[notices.devices], times[notices.devices]
        kinds = np.stack([notices.people, notices.offered], axis=1)
        is_it = (notices.answers == Answer.IGNORE) & (times > notices.waited)
        for code, offered in np.unique(kinds, axis=0).tolist():
            mine = np.flatnonzero((kinds == (code, offered)).all(axis=1))
            given = habits.answers_to(code, offered, chances[mine])
            is_it[mine] |= given == notices.answers[mine]
        found.update(notices.devices[~is_it].tolist())
    return found


def own_answers(
    alike: Mapping[tuple[int, Clicks], NDArray[np.int64]],
    habits: Habits,
    chances: Chances,
    own: Floats,
    but: set[int],
) -> tuple[NDArray[np.int64], Floats]:
    """Return the own chances of users whom the run's own fit too badly.

    A user who answers as ever at a share of the notices, and anew at the others, gives an answer
    with the chance ``persistence · [it is the own one] + (1 - persistence) · its share``; all that
    was clicked has the product L of these chances. The luck of a run that leads to the very clicks
    is kept. The others' own chances are so far spread as 1 - L; each is kept with the chance
    L / (1 - L), compared with the best; if not, it is drawn anew from what L leaves (rejection
    sampling with one rejection). So all are spread as L.

    Parameters
    ----------
    alike
        Devices by the kind of their people and what was clicked.
    habits
        Of the run.
    chances
        Of the run.
    own
        Own chances of all devices, as if nothing was known.
    but
        Devices whose luck would have led to other clicks.

    Returns
    -------
    (devices, chances)
        Both of shape (devices,).
    """
    nobody = np.zeros(0, np.int64)
    others = np.fromiter(but, np.int64, len(but))
    groups = [devices[np.isin(devices, others)] for devices in alike.values()]
    everybody = np.concatenate([nobody, *groups])
    kept = chances.again(Purpose.PERSISTS, 0, 0, everybody)
    anew = chances.again(Purpose.OWN_ANSWER, 0, 0, everybody)
    likely = _likelihoods(alike, habits)
    group = np.repeat(np.arange(len(alike)), [len(devices) for devices in groups])
    bins = (own[everybody] * BINS).astype(np.int64)
    best, mine = likely.max(axis=1, initial=0.0)[group], likely[group, bins]
    fits_badly = kept * best * (1.0 - mine) > mine * (1.0 - best)
    of_group, group = np.unique(group[fits_badly], return_inverse=True)
    return everybody[fits_badly], _drawn(likely[of_group], group, anew[fits_badly])


def _likelihoods(alike: Iterable[tuple[int, Clicks]], habits: Habits) -> Floats:
    """Return how likely the clicks of each group are by own chance; shape (groups, bins).

    All alike where nothing that is believed of these people leads to their clicks.
    """
    groups = list(alike)
    likely = np.ones((len(groups), BINS))
    factors: dict[tuple[int, Click], Floats] = {}
    for row, (code, clicks) in zip(likely, groups, strict=True):
        for click in clicks if habits.people[code].persistence > 0 else ():
            if (code, click) not in factors:
                factors[code, click] = habits.chances_of(code, click)
            np.multiply(row, factors[code, click], out=row)
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
