"""How two chances differ when their runs come in pairs: each is a share of the runs.

In a pair a chance is 0 or 1 under either plan, so neither a median nor a range of pairs says
anything. The interval is that of D. G. Bonett and R. M. Price, *Adjusted Wald confidence interval
for a difference of binomial proportions based on paired data*, Journal of Educational and
Behavioral Statistics 37 (2012) 479-488; they differ if both it and McNemar's exact test say so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist


def chances_apart(pairs: Sequence[float], level: float) -> tuple[float, float, float]:
    """Return how far two chances are apart, with the interval.

    Where the exact test leaves it open which is larger, so does the interval.

    Parameters
    ----------
    pairs
        The difference in each: 1, 0 or -1.
    level
        Confidence, 0 to 1.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not pairs:
        raise ValueError("no pairs; expected one or more")
    ups, downs = _ways(pairs)
    return (ups - downs) / len(pairs), *_interval(ups, downs, len(pairs), level)


def pairs_to_settle(pairs: Sequence[float], level: float) -> int:
    """Return about how many pairs would settle which chance is larger, if others come as these did.

    Parameters
    ----------
    pairs
        The difference in each, as for `chances_apart`; they leave it open, and more are up than
        down or the other way round.
    level
        Confidence, 0 to 1.
    """
    ways = _ways(pairs)

    def settles(count: int) -> bool:
        ups, downs = (round(way * count / len(pairs)) for way in ways)
        low, high = _interval(ups, downs, count, level)
        return low > 0 or high < 0

    too_few, enough = len(pairs), 2 * len(pairs)
    while not settles(enough):
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if settles(middle) else (middle, enough)
    return enough


def half_without_pairs(pairs: Sequence[tuple[float, float]], level: float) -> float:
    """Return half of the interval of as many runs that do not come in pairs.

    A. Agresti and B. Caffo, *Simple and effective confidence intervals for proportions and
    differences of proportions*, The American Statistician 54 (2000) 280-288.
    """
    of = len(pairs) + 2
    chances = [(math.fsum(values) + 1) / of for values in zip(*pairs, strict=True)]
    return _reach(level) * math.sqrt(sum(chance * (1 - chance) / of for chance in chances))


def _ways(pairs: Sequence[float]) -> tuple[int, int]:
    """Return in how many pairs the first chance came, not the second, and the other way round."""
    ups, downs = (sum(pair * sign > 0 for pair in pairs) for sign in (1, -1))
    return ups, downs


def _interval(ups: int, downs: int, count: int, level: float) -> tuple[float, float]:
    of = count + 2
    middle, either = (ups - downs) / of, (ups + downs + 2) / of
    half = _reach(level) * math.sqrt((either - middle**2) / of)
    low, high = max(middle - half, -1.0), min(middle + half, 1.0)
    if _differ(ups, downs, level):
        return low, high
    return min(low, 0.0), max(high, 0.0)


def _reach(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _differ(ups: int, downs: int, level: float) -> bool:
    from scipy.stats import binomtest

    return ups + downs > 0 and bool(binomtest(ups, ups + downs).pvalue <= 1 - level)
