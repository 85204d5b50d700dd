"""Where to look next: asked of Optuna, and of the neighbours of the best plan so far."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.planning.search.axes import Choice
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.space import Space

if TYPE_CHECKING:
    import optuna

FIRST_AT_RANDOM = 12
MOST_REPEATS = 3
"""Ideas of Optuna's that are known already before one is picked at random instead."""
MOST_PICKS = 100
RULED_OUT = 20.0
"""What a plan counts that gets no run: more than any broken limit."""


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Let Optuna tell of no trial; how much it tells others is theirs to say."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)


class Proposals:
    """Proposes plans that were not looked at yet.

    Parameters
    ----------
    space
        The search parameters.
    goals
        How many goals a plan is judged by.
    seed
        Names the experiment; with what was told it decides what is proposed.
    """

    def __init__(self, space: Space, goals: int, seed: int) -> None:
        import optuna

        self._space, self._goals = space, goals
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(
                seed=seed % 2**32, n_startup_trials=FIRST_AT_RANDOM, multivariate=True
            )
        with _quiet_optuna():
            self._study = optuna.create_study(directions=["minimize"] * goals, sampler=sampler)
        self._open: dict[Choice, optuna.trial.Trial] = {}
        self._turn = 0
        self._generator = np.random.Generator(np.random.Philox(key=seed % 2**64))

    def next(self, count: int, known: Mapping[Choice, Candidate]) -> list[Choice]:
        """Return up to so many plans not looked at yet; none if all were.

        Parameters
        ----------
        count
            How many proposals.
        known
            The plans looked at.
        """
        choices: list[Choice] = []
        while len(choices) < count and len(known) + len(choices) < self._space.size:
            taken = {*known, *choices}
            self._turn += 1
            nearby = self._near_the_best(known, taken) if self._turn % 3 else None
            choice = self._asked(taken, nearby)
            if choice is None:
                choice = self._any_left(taken)
            if choice is None:
                break
            choices.append(choice)
        return choices

    def tell(self, trials: Sequence[Candidate]) -> None:
        """Tell what plans came to.

        Parameters
        ----------
        trials
            Plans proposed before.
        """
        for trial in trials:
            suggestion = self._open.pop(trial.choice, None)
            if suggestion is None:
                suggestion = self._given(trial.choice)
            self._told(suggestion, trial)

    def _told(self, suggestion: optuna.trial.Trial, trial: Candidate) -> None:
        broken = (RULED_OUT if trial.is_out else 0.0) + trial.violation
        suggestion.set_constraint("limits", broken)
        # Without a run its goals are not known; the broken constraint alone ranks it.
        losses = trial.losses or (math.inf,) * self._goals
        with _quiet_optuna():
            self._study.tell(suggestion, list(losses))

    def _near_the_best(
        self, known: Mapping[Choice, Candidate], taken: set[Choice]
    ) -> Choice | None:
        """Return a plan one step from the best one that has such a plan left.

        While bounds rule all plans out, that is the one they miss least.
        """
        possible = [t for t in known.values() if not t.faults]
        for best in nsmallest(5, possible, key=lambda trial: (trial.rank, trial.choice)):
            left = [c for c in self._space.neighbours(best.choice) if c not in taken]
            if left:
                return left[self._turn % len(left)]
        return None

    def _given(self, choice: Choice) -> optuna.trial.Trial:
        """Open a trial of Optuna's for a plan that was not its own idea."""
        params = {axis.name: at for axis, at in zip(self._space.axes, choice, strict=True)}
        self._study.enqueue_trial(params)
        suggestion, _ = self._suggested()
        return suggestion

    def _suggested(self) -> tuple[optuna.trial.Trial, Choice]:
        suggestion = self._study.ask()
        places = []
        for axis in self._space.axes:
            last = len(axis.values) - 1
            at: Any = (
                suggestion.suggest_int(axis.name, 0, last)
                if axis.is_ordered
                else suggestion.suggest_categorical(axis.name, list(range(last + 1)))
            )
            places.append(int(at))
        return suggestion, self._space.canonical(tuple(places))

    def _asked(self, taken: set[Choice], nearby: Choice | None) -> Choice | None:
        if nearby is not None:
            self._open[nearby] = self._given(nearby)
            return nearby
        for _ in range(MOST_REPEATS):
            suggestion, choice = self._suggested()
            if choice not in taken:
                self._open[choice] = suggestion
                return choice
            self._study.tell(suggestion, state=_pruned())
        return None

    def _any_left(self, taken: set[Choice]) -> Choice | None:
        """Return a plan picked at random, or the first left over where few are."""
        sizes = [len(axis.values) for axis in self._space.axes]
        for _ in range(MOST_PICKS):
            picked = tuple(int(self._generator.integers(size)) for size in sizes)
            choice = self._space.canonical(picked)
            if choice not in taken:
                return choice
        return next((choice for choice in self._space.choices() if choice not in taken), None)


def _pruned() -> Any:
    from optuna.trial import TrialState

    return TrialState.FAIL
