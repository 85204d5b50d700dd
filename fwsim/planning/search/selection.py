"""Ranking and selection: which of a few plans is best, with a stated chance of being right.

The procedure KN of S.-H. Kim and B. L. Nelson, "A fully sequential procedure for indifference-zone
selection in simulation", ACM TOMACS 11(3), 2001, with c = 1: if the best is at least `indifference`
better than all others, it is selected with at least the stated confidence; common random numbers
are allowed and help.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sample = Callable[[Sequence[int], int, int], Sequence[Sequence[float]]]
"""Gives the values of several systems' runs from one number up to, not including, another."""
FEWEST_FIRST_RUNS = 5


@dataclass(frozen=True)
class Selection:
    """What a selection came to.

    Parameters
    ----------
    best
        Index of the selected system.
    is_settled
        Whether the runs sufficed to say that no other is better by more than the indifference.
    confidence
        With which no other system is better by more than `within`.
    within
        The indifference if settled; else what the runs allow to say.
    runs
        How many each system got.
    is_without_noise
        Whether all were equally far apart in every run, so that there was nothing to be sure of.
    is_same
        Whether all came to the same in every run.
    """

    best: int
    is_settled: bool
    confidence: float
    within: float
    runs: tuple[int, ...]
    is_without_noise: bool = False
    is_same: bool = False


def select_best(
    sample: Sample,
    systems: int,
    *,
    indifference: float,
    confidence: float = 0.95,
    first_runs: int = 10,
    most: int = 10_000,
    may_go_on: Callable[[Sequence[int], int], bool] = lambda _, __: True,
    more_is_better: bool = False,
    before: Sequence[Mapping[int, float]] = (),
) -> Selection:
    """Select the system with the best mean.

    Half of the doubt goes to what KN rules out. If the runs are spent before one is left, the
    other half goes to an upper bound on how much better another one of those left may be, which
    holds whichever is selected (J. C. Hsu, "Constrained simultaneous confidence intervals for
    multiple comparisons with the best", Annals of Statistics 12(3), 1984, with Bonferroni).

    Parameters
    ----------
    sample
        Gives the values of runs, one row a system; run n of all may meet the same luck.
    systems
        How many plans there are to select from.
    indifference
        A difference too small to matter, in the unit of the values; more than 0.
    confidence
        Chance of a right selection, 0.5 to 1, both excluded.
    first_runs
        Of each system, before any is ruled out; at least 5.
    most
        Runs at which to give up, all systems together.
    may_go_on
        Tells whether these systems may have so many runs each; else it gives up, too.
    more_is_better
        Whether the largest mean is best.
    before
        Values of other runs of each system, by number; the luck of a number is the same for all.
        They choose nothing: what they tell of the noise counts where the first runs tell less, as
        of a run in a hundred that is unlike the others.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    if systems < 1 or indifference <= 0 or not 0.5 < confidence < 1:
        raise ValueError("expected a system, an indifference above 0, a confidence of 0.5 to 1")
    if first_runs < FEWEST_FIRST_RUNS:
        raise ValueError(f"{first_runs} first runs; expected {FEWEST_FIRST_RUNS} or more")
    sign = 1.0 if more_is_better else -1.0
    values = [[sign * v for v in row] for row in sample(range(systems), 0, first_runs)]
    if systems == 1:
        return Selection(0, True, confidence, indifference, (first_runs,))
    doubt = (1 - confidence) / 2
    known = [{number: sign * value for number, value in row.items()} for row in before]
    first = [dict(enumerate(row)) for row in values]
    spread = np.maximum(_difference_variances(first), _difference_variances(known or first))
    alone = _screening_constant(systems, first_runs, 1 - doubt)
    inside = list(range(systems))
    count = first_runs
    while True:
        for system in _ruled_out(values, inside, spread, alone, indifference):
            inside.remove(system)
        if len(inside) > 1 and not spread[np.ix_(inside, inside)].any():
            inside = _without_noise(values, inside)
        spent = sum(map(len, values))
        if len(inside) == 1 or spent + len(inside) > most or not may_go_on(inside, count + 1):
            break
        for system, row in zip(inside, sample(inside, count, count + 1), strict=True):
            values[system] += [sign * v for v in row]
        count += 1
    best = max(inside, key=lambda system: math.fsum(values[system]) / len(values[system]))
    left = [_leads(values, known, system, best) for system in inside if system != best]
    within = max(indifference, _largest_lead(left, doubt))
    return Selection(
        best,
        within <= indifference,
        confidence,
        within,
        tuple(map(len, values)),
        not spread.any(),
        not spread.any() and len({row[0] for row in values}) == 1,
    )


def _without_noise(values: Sequence[Sequence[float]], inside: Sequence[int]) -> list[int]:
    """Return the best of systems whose differences were the same in every first run."""
    return [max(inside, key=lambda system: (values[system][0], -system))]


def _screening_constant(systems: int, first_runs: int, confidence: float) -> float:
    """Return h² of the paper for c = 1."""
    alpha = 1 - confidence
    power = -2 / (first_runs - 1)
    eta: float = ((2 * alpha / (systems - 1)) ** power - 1) / 2
    return 2 * eta * (first_runs - 1)


def _difference_variances(runs: Sequence[Mapping[int, float]]) -> Floats:
    """Return the sample variance of each pair's differences; shape (systems, systems).

    Of the runs that both have, by number; 0 of fewer than two.
    """
    variances = np.zeros((len(runs), len(runs)))
    for one, mine in enumerate(runs):
        for other, theirs in enumerate(runs[:one]):
            pairs = [value - theirs[number] for number, value in mine.items() if number in theirs]
            if len(pairs) > 1:
                variances[one, other] = variances[other, one] = np.var(pairs, ddof=1)
    return variances


def _leads(
    values: Sequence[Sequence[float]], known: Sequence[Mapping[int, float]], system: int, best: int
) -> list[Floats]:
    """Return by how much a system is better than the best, a run each: without and with others."""
    leads = np.array(values[system]) - np.array(values[best])
    if not known:
        return [leads]
    both = known[system].keys() & known[best].keys()
    others = [known[system][number] - known[best][number] for number in sorted(both)]
    return [leads, np.append(leads, others)]


def _ruled_out(
    values: Sequence[Sequence[float]],
    inside: Sequence[int],
    spread: Floats,
    constant: float,
    indifference: float,
) -> list[int]:
    """Return the systems that another one inside beats by more than its band."""
    count = len(values[inside[0]])
    sums = {system: math.fsum(values[system]) for system in inside}
    ruled_out = []
    for system in inside:
        for other in inside:
            if other != system:
                band = (
                    indifference / 2 * (constant * spread[system, other] / indifference**2 - count)
                )
                if sums[system] < sums[other] - max(0.0, band):
                    ruled_out.append(system)
                    break
    return ruled_out if len(ruled_out) < len(inside) else ruled_out[1:]


def _largest_lead(left: Sequence[Sequence[Floats]], doubt: float) -> float:
    """Return the most by which one of the others may be better; 0 if there is none."""
    return max([0.0, *(largest_lead(samples, doubt / len(left)) for samples in left)])


def largest_lead(samples: Sequence[Floats], doubt: float) -> float:
    """Return the most by which a plan may be better than another, whichever sample one takes.

    Parameters
    ----------
    samples
        By how much it is better, a run each; at least two in each sample.
    doubt
        Chance that it is better by more (Student).
    """
    from scipy.special import stdtrit

    lead = -math.inf
    for pairs in samples:
        error = float(pairs.std(ddof=1)) / math.sqrt(len(pairs))
        reach = float(-stdtrit(len(pairs) - 1, doubt)) * error
        lead = max(lead, float(pairs.mean()) + reach)
    return lead
