"""What is asked of a plan: goals to be as good as can be, limits to be kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeVar

from fwsim.forewarning.times import oddities_of_measure
from fwsim.measures.amounts import read_amount
from fwsim.measures.catalogue import TIMES, Unit
from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.measures.in_words import expectation_in_words, measure_in_words
from fwsim.measures.measure import Measure, read_measure
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.in_doubt import DoubtedBound
from fwsim.planning.search.limits import asked_share, is_lost, lacks, sides
from fwsim.planning.search.usual_goal import usual_goal
from fwsim.problems import InputError, Problem, Severity
from fwsim.results.run.asked import check_measure
from fwsim.results.statistics.in_words import in_one_line
from fwsim.results.statistics.judgement import holds, shortfall
from fwsim.results.statistics.spread import never_counts
from fwsim.scenario.search_section import FEWEST_RUNS, SearchSection

INDIFFERENCE = 0.05
"""Of the best plan's value: what is smaller does not matter, unless the scenario says otherwise."""
_LEAST_THAT_MATTERS = {
    Unit.DURATION: 60_000.0,
    Unit.COUNT: 1.0,
    Unit.SHARE: 0.005,
    Unit.CHANCE: 0.01,
    Unit.SIZE: 1e6,
    Unit.RATE: 12_500.0,
}
FIRST_RUNS = 10
"""Of each finalist, before any is ruled out."""
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
        What may be spent, those that select and confirm the plan included.
    screening
        Runs with which a plan is looked at first.
    finalists
        Plans among which the best is selected.
    confidence
        Chance that the selection is right.
    indifference
        In the first goal's unit; None is `INDIFFERENCE` of the best.
    nevers
        What stands for each goal that is a time, in runs that do not reach it.
    """

    goals: tuple[Measure, ...]
    limits: tuple[Expectation, ...]
    runs: int
    screening: int
    finalists: int
    confidence: float
    indifference: float | None
    nevers: Mapping[Measure, float] = field(default_factory=dict, hash=False)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Everything a run must be measured by."""
        return tuple(dict.fromkeys([*self.goals, *(limit.measure for limit in self.limits)]))

    def never(self, goal: Measure) -> float:
        """Return what stands for a goal in a run that does not reach it."""
        return self.nevers.get(goal, math.inf)

    def losses(self, values: Values) -> list[float]:
        """Return what each goal comes to on average; less is better for all of them.

        Parameters
        ----------
        values
            One a run, by measure.
        """
        return [
            (-1 if goal.more_is_better else 1) * mean_of(values[goal], self.never(goal))
            for goal in self.goals
        ]

    def violation(self, values: Values) -> float:
        """Return by how much the limits are broken, added up; 0 if all are kept."""
        return math.fsum(
            part(limit, values[limit.measure])
            for limit in self.limits
            for part in (shortfall, lacks)
        )

    def misses(self, values: Values) -> tuple[float, int, int, list[float]]:
        """Return how far runs are from keeping the limits; the least is the nearest plan's.

        That is by how much they break them. What is equal by it is told apart by how many limits
        are broken, by how often all are kept, and by the goals.
        """
        broken, kept = len(self.broken(values)), sum(self.kept(values))
        return self.violation(values), broken, -kept, self.losses(values)

    def broken(self, values: Values) -> list[Expectation]:
        """Return the limits that runs do not keep.

        One for a share of the runs, or at a confidence, is kept as it says; one that says neither
        if the mean (of times that are not always reached, the median) keeps it, and the runs do
        not speak against `PLAIN` of them keeping it.
        """
        return [
            limit
            for limit in self.limits
            if not holds(limit, values[limit.measure]) or lacks(limit, values[limit.measure]) > 0
        ]

    def holds(self, values: Values) -> bool:
        """Tell whether runs keep every limit, with the confidence each asks for."""
        return not self.broken(values)

    @property
    def fewest(self) -> int:
        """How many runs tell anything about the limits: in fewer, *95 % of them* is all of them."""
        one_sided = [side for limit in self.limits for side in sides(limit)]
        rare = [1 - share for side in one_sided if (share := asked_share(side)) is not None]
        return max([math.ceil(1 / max(share, 0.01) - 1e-9) for share in rare], default=1)

    @property
    def sure(self) -> int:
        """How many runs can meet every limit with the confidence it asks for; 0 if none asks.

        Half as many again as would do if all of them met it (Clopper and Pearson).
        """
        return max(
            [
                math.ceil(1.5 * math.log((1 - limit.level) / 2) / math.log(limit.runs))
                for limit in self.limits
                if limit.level is not None and limit.runs is not None and 0 < limit.runs < 1
            ],
            default=0,
        )

    @property
    def accepting_runs(self) -> int:
        """By how many fresh runs the best finalist must keep the limits."""
        return max(FIRST_RUNS, min(60, self.runs // 12), self.sure)

    @property
    def untouched_runs(self) -> int:
        """With how many held-out runs a plan is told; they come out of the budget."""
        return max(5, min(30, self.runs // 8), min(100, self.runs // 20), self.sure)

    def is_lost(self, values: Values, runs: int) -> bool:
        """Tell whether a limit for a share of the runs is broken however the rest of them go.

        Parameters
        ----------
        values
            Of the runs so far, by measure.
        runs
            How many there will be.
        """
        return any(is_lost(limit, values[limit.measure], runs) for limit in self.limits)

    def missed_by(self, bounds: Iterable[DoubtedBound]) -> float:
        """Return by how much bounds miss the limits, added up."""
        return math.fsum(shortfall(bound.expectation, [bound.best]) for bound in bounds)

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
        told = [
            say(
                "plan.most" if goal.more_is_better else "plan.least",
                goal=measure_in_words(goal),
            )
            for goal in self.goals
        ]
        aims = reduce(lambda one, other: say("plan.and", one=one, other=other), told)
        limits = "; ".join(map(expectation_in_words, self.limits))
        return say("plan.with_limits", aims=aims, limits=limits) if limits else aims


def reached(value: float, never: float) -> float:
    """Return a value; a time that is not reached is `never`."""
    return value if math.isfinite(value) else never


def mean_of(values: Sequence[float], never: float) -> float:
    """Return a mean; a time that is not reached counts as `never`."""
    return math.fsum(reached(value, never) for value in values) / len(values)


def shown_estimate(measure: Measure, values: Sequence[float]) -> str:
    """Return what runs say of a measure in the next rollout, as people read it."""
    return in_one_line(values, measure)


def question_of(
    rollout: Rollout,
    *,
    goals: str | Measure | Iterable[str | Measure] = (),
    limits: str | Expectation | Iterable[str | Expectation] = (),
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
    given = _read_all(goals, read_measure, "goals", problems)
    wanted = tuple(dict.fromkeys(given or search.goals)) or (usual_goal(rollout.scenario),)
    given_limits = _read_all(limits, read_limit, "limits", problems)
    kept = [*search.limits, *given_limits]
    problems += _unknown_places(rollout, search, given, given_limits)
    indifference = None
    try:
        # With another goal the block's indifference has no meaning.
        indifference = _indifference(None if given else search.indifference, wanted[0])
    except ValueError as error:
        problem = Problem(str(error), path="search.indifference")
        problems.append(rollout.scenario.placed(problem))
    spent = search.runs if runs is None else runs
    question = Question(
        wanted,
        tuple(dict.fromkeys(kept)),
        spent,
        search.screening,
        search.finalists,
        search.confidence,
        indifference,
        {goal: never_counts(goal, rollout) for goal in wanted if goal.kind in TIMES},
    )
    problems += _too_few_runs(rollout, question)
    if problems:
        raise InputError(problems)
    return question


def warnings_of_given(rollout: Rollout, question: Question) -> Iterator[Problem]:
    """Yield what is valid and hardly meant in goals and limits that the scenario does not have.

    What it has itself is told with its other warnings.
    """
    search = rollout.scenario.search or SearchSection()
    given = [(goal, "goals") for goal in question.goals if goal not in search.goals]
    given += [(one.measure, "limits") for one in question.limits if one not in search.limits]
    for measure, source in given:
        for text in oddities_of_measure(rollout, measure):
            yield Problem(text, source=source, severity=Severity.WARNING)


def _too_few_runs(rollout: Rollout, question: Question) -> Iterator[Problem]:
    """Yield for what the runs of a search do not suffice."""
    spent, screening = question.runs, question.screening
    if spent < FEWEST_RUNS:
        text = say("planning.too_few_runs", count=spent, fewest=FEWEST_RUNS)
        yield Problem(text, source="runs")
    if screening * 4 > spent:
        text = say("planning.too_few_to_screen", screening=screening, count=spent)
        yield rollout.scenario.placed(Problem(text, path="search.screening"))
    if question.sure * 4 > spent >= FEWEST_RUNS:
        text = say("planning.too_few_to_be_sure", count=spent, fewest=question.sure * 4)
        yield Problem(text, source="runs")


def _unknown_places(
    rollout: Rollout,
    search: SearchSection,
    goals: Sequence[Measure],
    limits: Sequence[Expectation],
) -> Iterator[Problem]:
    """Yield what measures ask for that is not there: OUs, sites, times; each with its place."""
    in_file = [(m, f"search.goals.{n}") for n, m in enumerate(() if goals else search.goals)]
    in_file += [(limit.measure, f"search.limits.{n}") for n, limit in enumerate(search.limits)]
    given = [(measure, "goals") for measure in goals]
    given += [(limit.measure, "limits") for limit in limits]
    for measure, path in in_file:
        for problem in _wrong(rollout, measure):
            yield rollout.scenario.placed(replace(problem, path=path))
    for measure, source in given:
        for problem in _wrong(rollout, measure):
            yield replace(problem, source=source)


def _wrong(rollout: Rollout, measure: Measure) -> tuple[Problem, ...]:
    try:
        check_measure(rollout, measure)
    except InputError as error:
        return error.problems
    return ()


def _read_all(
    given: str | T | Iterable[str | T],
    read: Callable[[str], T],
    source: str,
    problems: list[Problem],
) -> list[T]:
    values = []
    several = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
    for one in several:
        try:
            values.append(read(one) if isinstance(one, str) else one)
        except ValueError as error:
            problems.append(Problem(str(error), source=source))
    return values


def _indifference(text: str | None, goal: Measure) -> float | None:
    if text is None:
        return None
    amount = read_amount(text, goal.definition)
    if amount <= 0:
        raise ValueError(say("planning.zero", text=text))
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
    measure, colon, amount = words.rpartition(":")
    if colon and amount.strip()[:1].isdigit() and not amount.strip()[2:].startswith(":"):
        sign = ">=" if read_measure(measure.strip()).more_is_better else "<="
        near = say("near.meant", name=f"{measure}: {sign} {amount.strip()}")
        raise ValueError(say("asked.compares_nothing", words=words, near=near))
    raise ValueError(say("asked.no_limit", words=words))
