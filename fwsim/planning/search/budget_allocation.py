"""Computing budget allocation: which of the plans that may be best get the next runs.

The rule OCBA of C.-H. Chen, J. Lin, E. Yücesan and S. E. Chick, "Simulation budget allocation for
further enhancing the efficiency of ordinal optimization", Discrete Event Dynamic Systems 10, 2000.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.limits import is_left_open
from fwsim.planning.search.question import Question, mean_of, reached
from fwsim.planning.search.shared_nevers import shared_nevers, telling

LOOKS_TO_KNOW = 3
"""So many times the runs of a first look show whether a plan keeps the limits."""


def next_for_runs(
    ranked: Sequence[Candidate], question: Question, *, are_all: bool = False
) -> list[Candidate]:
    """Return the plans that more runs should go to, those that lack most of them first.

    First it must be seen whether those that may be best keep the limits; where that is seen, runs
    are divided by OCBA. None where fewer than two plans may be best. Beside them one that would be
    better gets more runs if so few leave it open whether it keeps the limits.

    Parameters
    ----------
    ranked
        All plans looked at, the most promising first.
    question
        What is asked of them.
    are_all
        Whether there are no others to spend runs on: then what is left open is settled, however
        many it takes.
    """
    rivals = [trial for trial in ranked if trial.keeps_limits][: 2 * question.finalists]
    open_ones = _left_open(ranked, rivals, question, are_all=are_all)
    if len(rivals) < 2:
        return open_ones
    enough = LOOKS_TO_KNOW * question.screening
    unsure = [trial for trial in rivals[: question.finalists] if trial.runs < enough]
    asked = unsure if question.limits and unsure else _lacking(rivals, ranked, question)
    return [*open_ones[:1], *asked]


def _left_open(
    ranked: Sequence[Candidate],
    rivals: Sequence[Candidate],
    question: Question,
    *,
    are_all: bool,
) -> list[Candidate]:
    """Return the plans whose runs break a limit, maybe by bad luck, the most promising first.

    Where others keep the limits, it must be better by its goal than the best of them. No plan gets
    more runs for it than the best one is accepted by, while there are others.
    """
    most = max(LOOKS_TO_KNOW * question.screening, min(question.fewest, question.accepting_runs))
    if are_all and not rivals:
        most = question.runs
    return [
        trial
        for trial in ranked
        if not trial.keeps_limits
        and 0 < trial.runs < most
        and (not rivals or trial.losses[:1] < rivals[0].losses[:1])
        and _may_still_keep(trial, question)
    ]


def _may_still_keep(trial: Candidate, question: Question) -> bool:
    """Tell whether a plan breaks limits, and its runs are too few to say that it does."""
    if trial.is_out or trial.is_dropped:
        return False
    broken = question.broken(trial.by_measure(question.measures))
    return all(is_left_open(limit, trial.of(limit.measure)) for limit in broken)


def _lacking(
    rivals: Sequence[Candidate], looked_at: Sequence[Candidate], question: Question
) -> list[Candidate]:
    """Return the plans that lack most of the runs OCBA wants them to have."""
    goal = question.goals[0]
    never = question.never(goal)
    shared = shared_nevers(looked_at, goal)
    values = [[reached(v, never) for v in telling(trial, goal, shared)] for trial in rivals]
    wanted = optimal_allocation(
        [mean_of(v, never) for v in values],
        [_deviation(v) for v in values],
        sum(trial.runs for trial in rivals) + question.screening,
        more_is_better=goal.more_is_better,
    )
    lack = [want - trial.runs for want, trial in zip(wanted, rivals, strict=True)]
    order = sorted(range(len(rivals)), key=lambda at: (-lack[at], at))
    return [rivals[at] for at in order if lack[at] > 0] or [rivals[order[0]]]


def _deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of a sample; 0 of a single value."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / max(1, len(values) - 1))


def optimal_allocation(
    means: Sequence[float],
    deviations: Sequence[float],
    budget: int,
    *,
    more_is_better: bool = False,
) -> list[int]:
    """Return how many of a budget of runs each system should have had, by OCBA.

    Parameters
    ----------
    means, deviations
        Of each system's runs so far.
    budget
        Runs in all, those done included.
    more_is_better
        Whether the largest mean is best.

    Returns
    -------
    list of int
        Their sum is the budget.
    """
    if len(means) == 1:
        return [budget]
    sign = 1.0 if more_is_better else -1.0
    ranked = np.array(means, np.float64) * sign
    best = int(ranked.argmax())
    tiny = 1e-9 * max(1.0, float(np.abs(ranked).max()))
    noise = np.maximum(np.array(deviations, np.float64), tiny)
    gaps = np.maximum(ranked[best] - ranked, tiny)
    ratios = (noise / gaps) ** 2
    others = np.arange(len(ranked)) != best
    ratios[best] = noise[best] * math.sqrt(float(((ratios / noise)[others] ** 2).sum()))
    exact = budget * ratios / ratios.sum()
    whole = np.floor(exact).astype(int)
    for place in np.argsort(whole - exact, kind="stable")[: budget - int(whole.sum())].tolist():
        whole[place] += 1
    runs: list[int] = whole.tolist()
    return runs
