"""Where the spread of a forecast comes from: an experiment with luck and doubt crossed."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import (
    a_function,
    a_number_of_runs,
    a_number_of_workers,
    a_seed,
    an_executor,
    one_or_several,
    taken,
    taking,
    whole_from,
)
from fwsim.engine import Engine
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.experiments.inputs import inputs_of
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure, a_measure, read_measures
from fwsim.messages import say
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import MOST_REPLICATIONS
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.input_shares import shares_of_inputs
from fwsim.results.statistics.spread import (
    Input,
    columns_affordable,
    never_at,
    never_counts,
    screened,
    two_way_split,
)
from fwsim.results.statistics.spread_answer import Spread, SpreadOf, fan_of
from fwsim.run import A_SCENARIO
from fwsim.scenario.schema import Scenario

Floats = NDArray[np.float64]
DRAWS = 50
LUCKS = 4
FEWEST_DRAWS = 10
FEWEST_LUCKS = 2
NOTHING = 1e-6
"""What differs by less, as a share of its mean, does not differ."""
USUAL = (
    Measure(Kind.SUCCESSFUL),
    Measure(Kind.TIME_TO, share=0.95),
    Measure(Kind.TIME_TO, share=0.9),
    Measure(Kind.TIME_TO, share=0.5),
    Measure(Kind.DEVICES_PROMPTED),
    Measure(Kind.PEAK_SITES),
)


@taking(
    scenario=A_SCENARIO,
    draws=whole_from(FEWEST_DRAWS, MOST_REPLICATIONS // FEWEST_LUCKS),
    lucks=whole_from(FEWEST_LUCKS, MOST_REPLICATIONS // FEWEST_DRAWS),
    runs=a_number_of_runs,
    seed=a_seed,
    measures=one_or_several("measures", a_measure),
    workers=a_number_of_workers,
    executor=an_executor,
    progress=a_function,
)
def spread(
    scenario: Scenario | Rollout | str | Path,
    *,
    draws: int = DRAWS,
    lucks: int = LUCKS,
    runs: int | None = None,
    seed: int | None = None,
    measures: str | Measure | Iterable[str | Measure] = (),
    engine: Engine | str | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> Spread:
    """Separate luck from doubt, and find which doubt counts.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or what `prepare` returned.
    draws
        How many worlds are drawn of what nobody knows.
    lucks
        Number of replications of each world.
    runs
        Runs of the forecast itself, with a world each; by default the scenario's.
    seed
        Seed of the random numbers; the scenario's own by default.
    measures
        Names of measures besides the usual ones; one or several.
    engine, workers, executor, progress
        As for `Experiment.run`.

    Raises
    ------
    InputError
        If the scenario is not consistent, nothing in it is in doubt, there are too few draws
        or replications, or more than can be played.
    """
    taken("lucks", lucks, whole_from(FEWEST_LUCKS, MOST_REPLICATIONS // draws))
    asked = tuple(read_measures(measures))
    experiment = Experiment(scenario, seed=seed, measures=asked)
    ready = doubted(experiment.rollout)
    if not ready.doubts:
        raise InputError([Problem(say("spread.nothing_doubted"), source="doubt")])
    count = max(experiment.scenario.replications, FEWEST_DRAWS) if runs is None else runs
    how: dict[str, Any] = {"engine": engine, "workers": workers, "executor": executor}
    forecast, crossed = _played(experiment, count, draws, lucks, how, progress)
    name = experiment.seed
    of_runs = inputs_of(ready, name, range(count))
    of_worlds = inputs_of(ready, name, range(draws))
    wanted = [m for m in dict.fromkeys([*USUAL, *experiment.asked]) if m in crossed.measures]
    found = (
        _spread_of(measure, forecast, crossed, (draws, lucks), (of_runs, of_worlds))
        for measure in wanted
    )
    kept = tuple(one for one in found if one.split.total > (NOTHING * one.split.mean) ** 2)
    fan = fan_of(forecast, crossed, draws, lucks)
    return Spread(forecast, draws, lucks, kept, fan, asked)


def _played(
    experiment: Experiment,
    count: int,
    draws: int,
    lucks: int,
    how: dict[str, Any],
    progress: RunsProgress | None,
) -> tuple[Answer, Answer]:
    """Return the forecast, with a world for each run, and luck and doubt crossed."""
    total = count + draws * lucks

    def told(before: int) -> RunsProgress | None:
        if progress is None:
            return None
        return lambda done, _: progress(before + done, total)

    forecast = experiment.run(count, progress=told(0), **how)
    crossed = experiment.run(draws * lucks, crossed=lucks, progress=told(count), **how)
    if forecast.interrupted or crossed.interrupted:
        raise KeyboardInterrupt
    return forecast, crossed


def _spread_of(
    measure: Measure,
    forecast: Answer,
    crossed: Answer,
    shape: tuple[int, int],
    inputs: tuple[list[Input], list[Input]],
) -> SpreadOf:
    values = np.array(crossed.values(measure)).reshape(shape)
    never = never_counts(measure, forecast.setting)
    reached, table = np.isfinite(values), never_at(never, values)
    split = two_way_split(table)
    alone = never_at(never, np.array(forecast.values(measure)))
    of_runs, of_worlds = inputs
    names = screened(alone, of_runs, columns_affordable(shape[0]))
    inputs_kept = [one for one in of_worlds if one.place in names]
    return SpreadOf(
        measure,
        split,
        shares_of_inputs(table, inputs_kept, left_out=len(of_worlds) - len(inputs_kept)),
        float(reached.mean()),
        None if reached.all() or not reached.any() else two_way_split(reached.astype(float)),
    )
