"""What to fix first: a line, a proxy, a habit; each changed alone, in pairs with the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from fwsim.engine import choose_engine
from fwsim.experiments.experiment import RunsProgress
from fwsim.experiments.run_spec import RunSpec, values_of_run
from fwsim.experiments.workers import all_in_order
from fwsim.measures.measure import Measure
from fwsim.measures.precision import USUAL_LEVEL
from fwsim.model.rollout import Rollout
from fwsim.planning.search.changes import Change, changes
from fwsim.planning.search.question import Question
from fwsim.results.statistics.difference import Difference, difference
from fwsim.scenario.schema import Scenario

PAIRS = 12


@dataclass(frozen=True)
class Fix:
    """One thing changed, and what comes of it.

    Parameters
    ----------
    kind
        A line, a proxy, a habit, the repository, the devices.
    change
        In words, in the language that is spoken.
    differences
        What each measure comes to with it, less without.
    kept, kept_without
        In how many runs every limit was kept with it, and without; 0 where none was asked for.
    keeps_limits
        Whether its runs keep the limits.
    """

    kind: str
    change: str
    differences: tuple[Difference, ...]
    kept: int = 0
    kept_without: int = 0
    keeps_limits: bool = False

    @property
    def pairs(self) -> int:
        """Runs with it and without."""
        return self.differences[0].runs

    @property
    def helps(self) -> tuple[bool, ...]:
        """Whether it certainly makes each measure better."""
        return tuple(d.tells_apart and d.is_better for d in self.differences)


def what_to_fix(
    plan: Scenario,
    measures: Sequence[Measure],
    *,
    question: Question | None = None,
    pairs: int = PAIRS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> list[Fix]:
    """Return what each change alone would do, the greatest help for the first measure first.

    Parameters
    ----------
    plan
        The plan.
    measures
        What is to get better.
    question
        Its limits are to be kept; then what keeps them comes first, that in most runs before all.
    pairs
        Runs of the plan and of each change; run n of all meets the same luck.
    seed
        Names the experiment; by default one that no plan was chosen by.
    workers, executor, progress
        As in `Experiment.run`.
    """
    rollout = Rollout(plan)
    possible = changes(rollout)
    name = plan.seed + 1 if seed is None else seed
    engine = choose_engine().engine
    limited = question.measures if question is not None else ()
    wanted = tuple(dict.fromkeys([*measures, *limited]))
    plain = RunSpec(rollout, name, wanted, engine=engine)
    orders = [plain, *(_changed(plain, rollout, change) for change in possible)]
    jobs = [(order, number) for order in orders for number in range(pairs)]
    runs: list[dict[Measure, float]] = []
    for run in all_in_order(jobs, values_of_run, workers=workers, executor=executor):
        runs.append(run)
        if progress is not None:
            progress(len(runs), len(jobs))
    by_plan = [runs[pairs * at : pairs * (at + 1)] for at in range(len(orders))]
    fixes = _fixes(possible, by_plan, measures, question)
    return sorted(fixes, key=_by_help)


def _changed(plain: RunSpec, rollout: Rollout, change: Change) -> RunSpec:
    """Return the same runs with something changed."""
    if change.in_world is not None:
        return replace(plain, change=change.in_world)
    return replace(plain, rollout=Rollout(change.scenario, rollout.fleet))


def _fixes(
    possible: Sequence[Change],
    by_plan: Sequence[Sequence[Mapping[Measure, float]]],
    measures: Sequence[Measure],
    question: Question | None,
) -> list[Fix]:
    """Return what each change does; runs of the plan without any of them come first."""
    # All intervals together hold at the usual level (Bonferroni).
    level = 1 - (1 - USUAL_LEVEL) / max(1, len(possible) * len(measures))

    def keeps(at: int) -> tuple[int, bool]:
        if question is None:
            return 0, False
        values = {m: [run[m] for run in by_plan[at]] for m in question.measures}
        return sum(question.kept(values)), question.holds(values)

    def fix(at: int, kind: str, words: str) -> Fix:
        mine, base = by_plan[at], by_plan[0]
        differences = tuple(
            difference(m, [r[m] for r in mine], [r[m] for r in base], level) for m in measures
        )
        kept, holds = keeps(at)
        return Fix(kind, words, differences, kept, keeps(0)[0], holds)

    return [fix(at, change.kind, change.words) for at, change in enumerate(possible, 1)]


def _by_help(fix: Fix) -> tuple[tuple[float, float], ...]:
    """Return where a change stands: by the limits, then by each measure; the least comes first."""
    helps = zip(fix.helps, fix.differences, strict=True)
    return (not fix.keeps_limits, -fix.kept), *((not sure, _loss(d)) for sure, d in helps)


def _loss(difference: Difference) -> float:
    """Return by how much a measure gets worse; no number is no change."""
    if math.isnan(difference.value):
        return 0.0
    return -difference.value if difference.measure.more_is_better else difference.value
