"""What is asked of a plan: goals to be as good as can be, limits to be kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fwsim.measures.amounts import read_amount
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.measures.measure import Measure, read_measure
from fwsim.problems import InputError, Problem
from fwsim.results.estimate import estimate
from fwsim.results.judgement import shortfall
from fwsim.results.measuring import check_measure
from fwsim.rollout import Rollout
from fwsim.scenario.search_section import SearchSection

USUAL_GOAL = Measure(Kind.TIME_TO, share=0.95)
INDIFFERENCE = 0.05
"""Of the best plan's value: what is smaller does not matter, unless the scenario says otherwise."""
_LEAST_THAT_MATTERS = {
    Unit.DURATION: 60_000.0, Unit.COUNT: 1.0, Unit.SHARE: 0.005, Unit.CHANCE: 0.01,
    Unit.SIZE: 1e6, Unit.RATE: 12_500.0,
}  # fmt: skip
T = TypeVar("T")
Values = Mapping[Measure, Sequence[float]]


@dataclass(frozen=True)
class Question:
    """Goals and limits, and how much may be spent on the answer.

    Parameters
    ----------
    goals
        The first one decides; the others make the Pareto front.
    limits
        A plan that breaks one is out.
    runs
        What may be spent, selection included.
    screening
        Runs with which a plan is looked at first.
    finalists
        Plans among which the best is selected.
    confidence
        Chance that the selection is right.
    indifference
        In the first goal's unit; None is `INDIFFERENCE` of the best.
    """

    goals: tuple[Measure, ...]
    limits: tuple[Expectation, ...]
    runs: int
    screening: int
    finalists: int
    confidence: float
    indifference: float | None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Everything a run must be measured by."""
        return tuple(dict.fromkeys([*self.goals, *(limit.measure for limit in self.limits)]))

    def losses(self, values: Values, never: float) -> list[float]:
        """Return what each goal comes to on average; less is better for all of them.

        Parameters
        ----------
        values
            One a run, by measure.
        never
            What stands for a time that is not reached.
        """
        return [
            (-1 if goal.more_is_better else 1) * mean_of(values[goal], never) for goal in self.goals
        ]

    def violation(self, values: Values) -> float:
        """Return by how much the limits are broken, added up; 0 if all are kept."""
        return math.fsum(shortfall(limit, values[limit.measure]) for limit in self.limits)

    def kept(self, values: Values) -> list[bool]:
        """Return for each run whether it kept every limit by itself."""
        runs = min((len(v) for v in values.values()), default=0)
        return [
            all(limit.meets(values[limit.measure][run]) for limit in self.limits)
            for run in range(runs)
        ]

    def matters(self, best: float) -> float:
        """Return the smallest difference in the first goal that matters."""
        if self.indifference is not None:
            return self.indifference
        return max(INDIFFERENCE * abs(best), _LEAST_THAT_MATTERS[self.goals[0].definition.unit])

    def words(self) -> str:
        """Return the question as a sentence."""
        aims = " and ".join(
            f"{'most' if goal.more_is_better else 'least'} {goal.name}" for goal in self.goals
        )
        limits = "; ".join(str(limit) for limit in self.limits)
        return f"{aims}, with {limits}" if limits else aims


def mean_of(values: Sequence[float], never: float) -> float:
    """Return a mean; what is not reached counts as `never`."""
    return math.fsum(min(value, never) for value in values) / len(values)


def shown_estimate(measure: Measure, values: Sequence[float]) -> str:
    """Return a measure's estimate with its interval, as people read it."""
    from fwsim.results.answer import with_interval

    return with_interval(estimate(values, measure.definition.unit), measure)


def question_of(
    rollout: Rollout,
    *,
    goals: Iterable[str | Measure] = (),
    limits: Iterable[str | Expectation] = (),
    runs: int | None = None,
) -> Question:
    """Return the question of a scenario's `search:` block, with what is asked besides.

    Parameters
    ----------
    rollout
        The scenario made ready.
    goals
        Instead of the block's, by their words.
    limits
        Beside the block's, such as ``successful by 2021-09-25 06:00: >= 95 %``.
    runs
        Instead of the block's.

    Raises
    ------
    InputError
        If words ask for nothing fwsim knows; with every problem.
    """
    search = rollout.scenario.search or SearchSection()
    problems: list[Problem] = []
    asked = _read_all(goals, read_measure, "--goal", problems)
    wanted = tuple(asked) or search.goals or (USUAL_GOAL,)
    kept = [*search.limits, *_read_all(limits, read_limit, "--limit", problems)]
    for measure in [*wanted, *(limit.measure for limit in kept)]:
        try:
            check_measure(rollout, measure)
        except InputError as error:
            problems += error.problems
    indifference = None
    try:
        indifference = _indifference(search.indifference, wanted[0])
    except ValueError as error:
        problem = Problem(str(error), path="search.indifference")
        problems.append(rollout.scenario.placed(problem))
    if problems:
        raise InputError(problems)
    return Question(
        wanted, tuple(dict.fromkeys(kept)), runs or search.runs, search.screening,
        search.finalists, search.confidence, indifference,
    )  # fmt: skip


def _read_all(
    given: Iterable[str | T], read: Callable[[str], T], source: str, problems: list[Problem]
) -> list[T]:
    found = []
    for one in given:
        try:
            found.append(read(one) if isinstance(one, str) else one)
        except ValueError as error:
            problems.append(Problem(str(error), source=source))
    return found


def _indifference(text: str | None, goal: Measure) -> float | None:
    if text is None:
        return None
    amount = read_amount(text, goal.definition)
    if amount <= 0:
        raise ValueError(f"{text!r} is nothing; expected more")
    return amount


def read_limit(words: str) -> Expectation:
    """Return a limit written in one line: ``most prompts on one device: <= 1``.

    Raises
    ------
    ValueError
        If there is no colon before its condition, or it asks for nothing fwsim knows.
    """
    # A time of day has a colon too: the condition begins at the last one before a comparison.
    for place in reversed([i for i, letter in enumerate(words) if letter == ":"]):
        condition = words[place + 1 :].strip().strip("'\"")
        if condition[:1] in {"<", ">", "=", "≤", "≥", "p"}:
            return read_expectation(words[:place].strip(), condition)
    raise ValueError(
        f"{words!r} is no limit; write a measure, a colon and a condition, as in "
        "'successful by 2021-09-25 06:00: >= 95 %'"
    )
