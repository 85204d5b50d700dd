"""Several plans run in pairs: the door to a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from fwsim.arguments import (
    a_function,
    a_number_of_workers,
    a_path,
    a_path_or,
    a_seed,
    an_executor,
    one_or_several,
    refused,
    several,
    taking,
    whole_from,
)
from fwsim.beside_files import load
from fwsim.engine import Engine
from fwsim.experiments.comparison import Comparison
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.experiments.inputs import inputs_of
from fwsim.experiments.pairing import paired_by, starts_and_the_end
from fwsim.experiments.plans import asked_of, names_of
from fwsim.measures.measure import Measure, a_measure
from fwsim.messages import say
from fwsim.model.doubt import doubted
from fwsim.quantities.counts import MOST_REPLICATIONS
from fwsim.results.statistics.answer import Answer
from fwsim.scenario.schema import Scenario

USUAL_PAIRS = 20
FEWEST_PAIRS = 2


@taking(
    scenarios=several("scenarios", a_path_or("scenario", Scenario), fewest=2),
    paths=several("paths", a_path),
    replications=whole_from(FEWEST_PAIRS, MOST_REPLICATIONS),
    seed=a_seed,
    measures=one_or_several("measures", a_measure),
    workers=a_number_of_workers,
    executor=an_executor,
    progress=a_function,
)
def compare(
    scenarios: Sequence[Scenario | str | Path],
    *,
    paths: Sequence[Path] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    measures: str | Measure | Iterable[str | Measure] = (),
    engine: Engine | str | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> Comparison:
    """Run several plans in pairs: run n of each meets the same people and the same faults.

    Parameters
    ----------
    scenarios
        Two or more, or the paths of their files; all are compared with the first.
    paths
        Files of scenarios that were already read: plans with the same name are called by them.
    replications
        Runs of each; by default the first scenario's, but no fewer than 20.
    seed
        Seed of the random numbers; the first scenario's by default.
    measures
        Names of measures besides the usual ones; one or several.
    engine, workers, executor
        As in `Experiment.run`.
    progress
        Called after every run.

    Raises
    ------
    InputError
        If a scenario does not hold together, there are fewer than two, a path takes the place of
        several, or there are too few runs to pair.
    """
    if paths is not None and len(paths) != len(scenarios):
        raise refused(paths, say("argument.and_plans"), "paths")
    models = [s if isinstance(s, Scenario) else load(s) for s in scenarios]
    found = [None if isinstance(s, Scenario) else Path(s) for s in scenarios]
    count = max(USUAL_PAIRS, models[0].replications) if replications is None else replications
    name = models[0].seed if seed is None else seed
    asked = asked_of(models, measures)
    experiments = [Experiment(model, seed=name, measures=asked) for model in models]
    how: dict[str, Any] = {"engine": engine, "workers": workers, "executor": executor}
    answers = _answers(experiments, count, how, progress)
    return Comparison(
        names_of(models, found if paths is None else paths),
        answers,
        asked,
        paired_by(experiments),
        tuple(inputs_of(doubted(experiments[0].rollout), name, range(count))),
        starts_and_the_end(answers),
    )


def _answers(
    experiments: Sequence[Experiment],
    count: int,
    how: dict[str, Any],
    progress: RunsProgress | None,
) -> tuple[Answer, ...]:
    """Return what the runs of each plan come to, all of them or none."""
    answers: list[Answer] = []
    for number, experiment in enumerate(experiments):

        def tell(done: int, _total: int | None, before: int = number) -> None:
            if progress is not None:
                progress(before * count + done, len(experiments) * count)

        answer = experiment.run(count, progress=tell, **how)
        if answer.interrupted:
            raise KeyboardInterrupt
        answers.append(answer)
    return tuple(answers)
