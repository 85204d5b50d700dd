"""How likely notices are, by what users click, how soon, and how alike each answers.

With all buttons offered and every notice answered at once, counts would do. But a notice runs out,
and who has not clicked by then may have been slow or may never have clicked: a cure model (Boag
1949; notes A1). So shares p and answer time F have one likelihood, a click of kind k at t giving
p_k f(t) and silence until c giving 1 - q F(c), with q the sum of p. Where a button was missing, the
shares are those the missing-button rule makes of p. One who answers as ever with probability π
(persistence) has one chance u for all notices, so a device's likelihood is the mean over u of the
product over its notices of π L(answer of u) + (1 - π) L.

The density of a click is a factor of its own, whoever clicks. Without it, devices that were asked
and answered alike have the same likelihood, so each way of being asked is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, Instead
from fwsim.learning.answer_pieces import Pieces, answer_shares, pieces_of
from fwsim.learning.families import Family
from fwsim.learning.notices import Ended, Notices
from fwsim.quantities.elementary import Floats

KINDS = 3
SMALLEST = 1e-300
_REMEMBERED = 4
_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Unpacked:
    """One point of the posterior.

    Parameters
    ----------
    shares
        Of now, defer, cancel and nothing.
    median, spread
        Of the answer time.
    persistence
        Share of notices answered as ever.
    """

    shares: Floats
    median: float
    spread: float
    persistence: float

    @classmethod
    def of(cls, place: Floats) -> Unpacked:
        """Return what numbers on open scales stand for."""
        logs = np.zeros(KINDS + 1)
        logs[:KINDS] = place[:KINDS]
        grown = np.exp(logs - logs.max())
        median, spread = np.exp(np.clip(place[3:5], -30.0, 30.0))
        persistence = 1.0 / (1.0 + np.exp(-np.clip(place[5], -300, 300)))
        return cls(grown / grown.sum(), float(median), float(spread), float(persistence))


@dataclass(frozen=True)
class Alike:
    """Devices asked and answering alike, as one; when they clicked is left out.

    Parameters
    ----------
    notices
        Of one device of each group, group by group; those asked once come first.
    once
        How many groups were asked once.
    starts
        The first notice of each other group, counted from the end of the former.
    devices
        How many devices each group has; shape (groups,).
    """

    notices: Notices
    once: int
    starts: _Ints
    devices: Floats


def alike(notices: Notices) -> Alike:
    """Return notices, device by device, with devices that say the same as one."""
    is_click, is_either = notices.clicks, notices.ended == Ended.EITHER
    kind, example = _kinds(
        notices.ended,
        notices.offered,
        np.where(is_click, 0.0, notices.low),
        np.where(is_either, notices.high, 0.0),
        np.where(is_either, notices.span, 0.0),
    )
    order = np.lexsort((kind, notices.person))  # the order of notices says nothing
    _, first, counts = np.unique(notices.person[order], return_index=True, return_counts=True)
    examples: list[_Ints] = []
    lengths: list[_Ints] = []
    devices: list[_Ints] = []
    for count in np.unique(counts).tolist():
        rows = kind[order[first[counts == count][:, None] + np.arange(count)]]
        groups, sizes = np.unique(rows, axis=0, return_counts=True)
        examples.append(example[groups].ravel())
        lengths.append(np.full(len(groups), count))
        devices.append(sizes)
    length = np.concatenate([np.zeros(0, np.int64), *lengths])
    once = int((length == 1).sum())
    several = length[once:]
    return Alike(
        notices.where(np.concatenate([np.zeros(0, np.int64), *examples])),
        once,
        np.cumsum(several) - several,
        np.concatenate([np.zeros(0), *devices]),
    )


def _kinds(*columns: NDArray[np.generic]) -> tuple[_Ints, _Ints]:
    """Return which kind of row each is, and the first row of each kind."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        _, code = np.unique(code * len(values) + place, return_inverse=True)
    _, first, code = np.unique(code, return_index=True, return_inverse=True)
    return code, first.astype(np.int64)


class Likelihood:
    """The log likelihood of answers.

    Parameters
    ----------
    notices
        What was seen.
    instead
        What those do whose button is missing.
    family
        Of the answer time.
    """

    def __init__(self, notices: Notices, instead: Instead, family: Family) -> None:
        self._instead, self._family = instead, family
        clicks, is_exact = notices.clicks, notices.low == notices.high
        self._log_times = np.log(np.maximum(notices.low[clicks & is_exact], SMALLEST))
        wide = np.stack([notices.low[clicks & ~is_exact], notices.high[clicks & ~is_exact]])
        self._wide, self._often = np.unique(wide, axis=1, return_counts=True)
        self._groups = alike(notices)
        n = self._groups.notices
        self._offers, self._offer = np.unique(n.offered, return_inverse=True)
        self._quiet = np.flatnonzero(~n.clicks)
        self._clicks = np.flatnonzero(n.clicks)
        self._either = np.flatnonzero(n.ended == Ended.EITHER)
        # Differences are taken one number at a time: what hangs on the others is there already.
        self._timed = lru_cache(_REMEMBERED)(self._with_times)
        self._shared = lru_cache(_REMEMBERED)(self._with_shares)

    def __call__(self, numbers: Unpacked) -> float:
        """Return the log likelihood at a point."""
        groups = self._groups
        if not len(groups.devices):
            return 0.0
        of_times, by_answer = self._timed(numbers.median, numbers.spread)
        shares, pieces = self._shared(tuple(numbers.shares.tolist()))
        anew = (by_answer * shares).sum(axis=1)
        logs = np.log(np.maximum(anew[: groups.once], SMALLEST))
        total = of_times + float((groups.devices[: groups.once] * logs).sum())
        if len(groups.starts) > 0:
            total += self._of_several(numbers.persistence, by_answer, anew, pieces)
        return total

    def _with_shares(self, shares: tuple[float, ...]) -> tuple[Floats, Pieces]:
        """Return the shares of answers of each notice, and the stretches of chances."""
        all_of_them = np.array(shares)
        of_offers = [answer_shares(all_of_them, offer, self._instead) for offer in self._offers]
        pieces = pieces_of(all_of_them, self._offers, self._instead)
        return np.array(of_offers)[self._offer], pieces

    def _with_times(self, median: float, spread: float) -> tuple[float, Floats]:
        """Return what a law of the answer time makes of clicks, and of notices by answer."""
        return self._of_times(median, spread), self._by_answer(median, spread)

    def _of_times(self, median: float, spread: float) -> float:
        """Return the log likelihood of when those clicked who surely did."""
        family = self._family
        total = float(family.log_density(self._log_times, median, spread).sum())
        if self._often.size:
            between = _between(family, self._wide[0], self._wide[1], median, spread)
            total += float((self._often * np.log(np.maximum(between, SMALLEST))).sum())
        return total

    def _by_answer(self, median: float, spread: float) -> Floats:
        """Return the likelihood of each notice, given the answer; shape (notices, answers)."""
        n, family = self._groups.notices, self._family
        table = np.zeros((len(n), len(Answer)))
        table[self._clicks, n.ended[self._clicks]] = 1.0
        quiet, either = self._quiet, self._either
        table[quiet, :KINDS] = family.above(n.low[quiet] / median, spread)[:, None]
        table[quiet, Answer.IGNORE] = 1.0
        if len(either):
            low, high = n.low[either], n.high[either]
            exact = family.density(low, median, spread)
            between = _between(family, low, np.maximum(high, low + 1e-9), median, spread)
            table[either, Answer.NOW] += n.span[either] * np.where(low == high, exact, between)
        return table

    def _of_several(
        self, persistence: float, by_answer: Floats, anew: Floats, pieces: Pieces
    ) -> float:
        """Return the log likelihood of devices with several notices."""
        groups = self._groups
        rows = np.arange(groups.once, len(by_answer))
        as_ever = by_answer[rows[:, None], pieces.answers[self._offer[rows]]]
        mixed = persistence * as_ever + (1 - persistence) * anew[rows, None]
        logs = np.log(np.maximum(mixed, SMALLEST))
        sums = np.add.reduceat(logs, groups.starts, axis=0)
        highest = sums.max(axis=1, keepdims=True)
        means = (np.exp(sums - highest) * pieces.widths).sum(axis=1)
        of_each = highest[:, 0] + np.log(np.maximum(means, SMALLEST))
        return float((groups.devices[groups.once :] * of_each).sum())


def _between(family: Family, low: Floats, high: Floats, median: float, spread: float) -> Floats:
    """Return the mean density of the answer time between two times."""
    chance = family.below(high / median, spread) - family.below(low / median, spread)
    return chance / (high - low)
