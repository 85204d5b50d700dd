"""Runs in which no plan gets there: they tell nothing between plans.

Plans are ranked by the means of the runs each has, in which a run that never gets there counts as
the horizon. One that no plan gets there in, whatever it is, would make the plans with most runs the
last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from fwsim.measures.measure import Measure
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.question import Question


def shared_nevers(trials: Collection[Candidate], goal: Measure) -> frozenset[int]:
    """Return the numbers of the runs in which a goal is reached by none of the plans that have it.

    Whose fault a never is that a single plan has nobody knows; so where there is one, all runs that
    a single plan has are among them, else it would be the better the more runs it has.

    Parameters
    ----------
    trials
        Plans and their runs; the luck of a number is the same for all.
    goal
        What is reached or not.
    """
    numbers = [number for trial in trials for number in trial.values]
    never = [np.isinf(run[goal]) for trial in trials for run in trial.values.values()]
    known, place = np.unique(np.array(numbers, np.int64), return_inverse=True)
    had = np.bincount(place, minlength=len(known))
    missed = np.bincount(place, weights=never, minlength=len(known))
    is_lone = had == 1
    is_shared = (missed == had) & ~is_lone
    if missed[is_lone].any():
        is_shared |= is_lone
    return frozenset(known[is_shared].tolist())


def telling(trial: Candidate, goal: Measure, shared: Collection[int]) -> list[float]:
    """Return what a goal came to in the runs that tell plans apart; in all of them if none does."""
    apart = [run[goal] for number, run in trial.values.items() if number not in shared]
    return apart or trial.of(goal)


def judge_alike(trials: Collection[Candidate], question: Question) -> None:
    """Put what plans are ranked by into them: means of the runs that tell them apart.

    Parameters
    ----------
    trials
        All plans looked at so far.
    question
        Its goals.
    """
    shared: Sequence[frozenset[int]] = [shared_nevers(trials, goal) for goal in question.goals]
    for trial in trials:
        if trial.runs:
            values = {
                goal: telling(trial, goal, left_out)
                for goal, left_out in zip(question.goals, shared, strict=True)
            }
            trial.losses = tuple(question.losses(values))
