"""What runs that never get there, seen or not, may make of the choice between finalists.

A mean in which such a run counts as the horizon hangs on how rare they are, and a spread that was
taken of runs without one says nothing of it. So their share is bounded by itself (Clopper and
Pearson; about 4.4 / n for two finalists where n runs show none).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fwsim.planning.search.selection import Floats, largest_lead
from fwsim.results.statistics.estimate import share_of_runs

Times = Mapping[int, float]
"""What a time came to in each run, by number; infinite where it was not reached."""


@dataclass(frozen=True)
class Never:
    """How a chosen plan stands if as many of its runs as may be never get there.

    Parameters
    ----------
    seen
        How many of its runs so far never did.
    alone
        In how many of them another plan did, or may have: it has no such run, and in none that both
        have it never gets there, either.
    runs
        By how many that did not find it: a plan with such a run is hardly found. Where some were
        seen, by those that another plan has, too.
    share
        How large a share of all its runs may be such at most; where some were seen, such that
        another plan gets there.
    within
        By how much another plan may then be better on average; 0 if none may.
    unanswered
        In how many of those alone nobody knows of another plan: none is known to have got there.
    """

    seen: int
    alone: int
    runs: int
    share: float
    within: float
    unanswered: int = 0

    @property
    def is_unseen(self) -> bool:
        """Whether no run shows that it alone never gets there, so that all hangs on how rare it is.

        A bound on what no run shows is as wide as the horizon is late.
        """
        return not self.alone


def with_never(
    best: Times,
    others: Sequence[Times],
    *,
    horizon: float,
    doubt: float,
    first_clean: int,
    beside: Sequence[Times] = (),
) -> Never:
    """Return how a chosen plan stands against others, none of them known for sure.

    Parameters
    ----------
    best
        Its runs; those that only it had among them.
    others
        Those of the other finalists; the luck of a number is the same for all.
    horizon
        What stands for a time that is not reached.
    doubt
        Chance that the bound does not hold: half for the share, half for the other runs. Of a share
        two bounds are known, of all its nevers and of those alone; whichever is smaller counts, so
        each has half of that.
    first_clean
        Number of the first run that did not find the plans.
    beside
        What others came to in runs that were made because the best never gets there in them: they
        tell whose that is, and nothing of how often it comes.
    """
    doubt = doubt / 2 / max(1, len(others))
    seen = sum(map(math.isinf, best.values()))
    clean = {number: time for number, time in best.items() if number >= first_clean}
    share = _most(
        list(map(math.isinf, clean.values())), list(map(math.isinf, best.values())), doubt / 2
    )
    times = [time for time in best.values() if math.isfinite(time)]
    typical = math.fsum(times) / len(times) if times else horizon
    within, shares, common = 0.0, [0.0], [len(clean)]
    alone, unknown = set[int](), set[int]()
    for other, known in zip(others, beside or [{}] * len(others), strict=True):
        sole = _alone(best, other)
        alone |= {number for number, is_so in sole.items() if is_so}
        alone |= {number for number, time in known.items() if math.isfinite(time)}
        unknown |= _unmatched(best, {**other, **known})
        common.append(sum(number >= first_clean for number in sole))
        # What never gets there under both plans sets them not apart; unseen, it is no fewer.
        shares.append(min(share, _share_alone(sole, doubt / 2, first_clean)) if seen else share)
        lead = largest_lead(_leads(best, other, typical, horizon, first_clean), doubt)
        within = max(within, lead + shares[-1] * (horizon - typical))
    runs = min(common) if seen else len(clean)
    return Never(seen, len(alone | unknown), runs, max(shares), within, len(unknown - alone))


def _most(clean: Sequence[bool], every: Sequence[bool], doubt: float) -> float:
    """Return how large a share may be: by the runs that did not find a plan, and by all of them."""
    samples = [sample for sample in (clean, every) if sample]
    return max(share_of_runs(sum(s), len(s), 1 - 2 * doubt)[2] for s in samples)


def _alone(best: Times, other: Times) -> dict[int, bool]:
    """Return in which runs, by number, only the best never got there."""
    both = sorted(best.keys() & other.keys())
    return {number: math.isinf(best[number]) and math.isfinite(other[number]) for number in both}


def _unmatched(best: Times, other: Times) -> set[int]:
    """Return the runs that only the best has and in which it alone may never have got there.

    None may be where others show that what keeps the one from it keeps the other, too.
    """
    never = {number for number, time in best.items() if math.isinf(time)}
    is_shared = any(math.isinf(other[number]) for number in never & other.keys())
    return set() if is_shared else never - other.keys()


def _share_alone(alone: Mapping[int, bool], doubt: float, first_clean: int) -> float:
    """Return in how large a share of the runs only the best may never get there."""
    clean = [is_so for number, is_so in alone.items() if number >= first_clean]
    return _most(clean, list(alone.values()), doubt)


def _leads(
    best: Times, other: Times, typical: float, horizon: float, first_clean: int
) -> list[Floats]:
    """Return by how much another is better, a run each, as if the best got there wherever it does.

    Once for the runs that did not find them, and once for all.
    """
    numbers = sorted(best.keys() & other.keys())
    leads = []
    for first in (first_clean, 0):
        pairs = [(best[n], other[n]) for n in numbers if n >= first]
        leads.append(np.array([_lead(one, two, typical, horizon) for one, two in pairs]))
    return leads


def _lead(best: float, other: float, typical: float, horizon: float) -> float:
    if math.isfinite(other):
        return (best if math.isfinite(best) else typical) - other
    return (best if math.isfinite(best) else horizon) - horizon
