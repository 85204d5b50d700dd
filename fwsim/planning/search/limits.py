"""When runs keep a limit, when they break it, and when they are too few to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fwsim.measures.catalogue import Unit
from fwsim.measures.expectation import Expectation
from fwsim.planning.bounds.in_doubt import PLAIN
from fwsim.results.statistics.estimate import estimate, share_of_runs


def runs_wanted(limit: Expectation) -> float | None:
    """Return the share of the runs in which a limit must hold.

    None where it says what else must hold: a quantile over the runs, the mean with a confidence,
    or a chance, which is a share of the runs itself.
    """
    if limit.runs is not None:
        return limit.runs
    is_chance = limit.measure.definition.unit is Unit.CHANCE
    return None if is_chance or limit.quantile is not None or limit.level is not None else PLAIN


def sides(limit: Expectation) -> list[Expectation]:
    """Return the limits that one stands for: a quantile that is to be equal, for two.

    ``p90 = 2`` is kept if p90 is no more than that, and no less; both leave most runs free.
    """
    if limit.quantile is None or limit.comparison != "=":
        return [limit]
    return [replace(limit, comparison=comparison) for comparison in ("<=", ">=")]


def asked_share(limit: Expectation) -> float | None:
    """Return in what share of the runs a limit must hold by its own words; None if it says none.

    A quantile says it, too: ``p90 <= 6 h`` is kept if 90 % of the runs do. One that is to be equal
    says it of each of its `sides`.
    """
    if limit.quantile is None:
        return limit.runs
    return 1 - limit.quantile if limit.wants_more else limit.quantile


def lacks(limit: Expectation, values: Sequence[float]) -> float:
    """Return in what share of the runs a plain limit would have to hold besides; 0 if in none."""
    runs, misses = len(values), _misses(limit, values)
    if not _is_plain(limit) or not _is_refuted(runs - misses, runs):
        return 0.0
    return PLAIN - 1 + misses / runs


def is_lost(limit: Expectation, values: Sequence[float], runs: int) -> bool:
    """Tell whether a limit for a share of the runs is broken however the rest of them go.

    Parameters
    ----------
    limit
        What is to be kept.
    values
        Of the runs so far.
    runs
        How many there will be.
    """
    return any(_is_side_lost(side, values, runs) for side in sides(limit))


def _is_side_lost(limit: Expectation, values: Sequence[float], runs: int) -> bool:
    misses = _misses(limit, values)
    if (share := asked_share(limit)) is not None:
        may_miss = (1 - share) * runs
        # p90 is what nine of ten runs do not exceed: if these nine miss it, it is one of them.
        is_lower_side = limit.quantile is not None and limit.wants_more
        return misses > may_miss + (-1e-9 if is_lower_side else 1e-9)
    return _is_plain(limit) and misses > 0 and _is_refuted(max(0, runs - misses), runs)


def is_left_open(limit: Expectation, values: Sequence[float]) -> bool:
    """Tell whether runs that break a limit are too few to say that all possible ones would.

    By the intervals, at 95 %, of what decides: a share of the runs, their mean, or both.

    Parameters
    ----------
    limit
        One that the runs break.
    values
        What its measure came to, one a run.
    """
    return all(_is_side_left_open(side, values) for side in sides(limit))


def _is_side_left_open(limit: Expectation, values: Sequence[float]) -> bool:
    own = asked_share(limit)
    wanted = runs_wanted(limit) if own is None else own
    if wanted is not None:
        kept = len(values) - _misses(limit, values)
        if share_of_runs(kept, len(values))[2] < wanted:
            return False
    if own is not None:
        return True
    found = estimate(values, limit.measure.definition.unit)
    nearest = min(max(limit.limit, found.low), found.high)
    return any(map(limit.meets, (found.low, nearest, found.high)))


def _misses(limit: Expectation, values: Sequence[float]) -> int:
    return sum(not limit.meets(value) for value in values)


def _is_plain(limit: Expectation) -> bool:
    return limit.runs is None and runs_wanted(limit) is not None


def _is_refuted(hits: int, runs: int) -> bool:
    """Tell whether runs leave no doubt that fewer than `PLAIN` of them keep a limit.

    Runs must not speak against it: the interval of the share in which it holds reaches so far.
    """
    return share_of_runs(hits, runs)[2] < PLAIN
