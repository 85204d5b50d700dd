"""The door: a scenario and its log so far in, what is to be expected of its rest out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fwsim.arguments import (
    a,
    a_function,
    a_number_of_runs,
    a_number_of_workers,
    a_path_or,
    a_seed,
    an_executor,
    one_or_several,
    taking,
)
from fwsim.engine import Engine
from fwsim.experiments.copied_processes import beside, may_copy
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.experiments.workers import processes
from fwsim.learning.under_way.learnt_so_far import LearntSoFar, learn_so_far, runs_to_learn
from fwsim.learning.under_way.missing_sites import SilentSites
from fwsim.learning.under_way.runs_of_plan import Played
from fwsim.learning.under_way.sent_later import as_sent
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.learning.under_way.under_way import UnderWay
from fwsim.measures.measure import Measure, a_measure, read_measures
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import Observed, Transfers
from fwsim.observations.transfers import read_transfers
from fwsim.results.statistics.answer import Answer
from fwsim.run import A_SCENARIO, prepared
from fwsim.scenario.schema import Scenario

WORTH_PROCESSES = 100_000
"""Runs of devices from which on processes are faster than threads: a run keeps to a log in part in
Python, which does one thing at a time."""
Log = str | Path | LogColumns | Past | Observed


@taking(
    scenario=A_SCENARIO,
    so_far=a_path_or("log_so_far", LogColumns, Past, Observed),
    at=a("time_or_text", str, datetime),
    mapping=a_path_or("mapping", LogMapping),
    web=one_or_several("paths", a_path_or("served", Transfers)),
    runs=a_number_of_runs,
    seed=a_seed,
    measures=one_or_several("measures", a_measure),
    before=a("answer", Answer),
    workers=a_number_of_workers,
    executor=an_executor,
    progress=a_function,
)
def forecast(
    scenario: Scenario | Rollout | str | Path,
    so_far: Log,
    *,
    at: str | datetime | None = None,
    mapping: str | Path | LogMapping | None = None,
    web: str | Path | Iterable[str | Path] | Transfers = (),
    runs: int | None = None,
    seed: int | None = None,
    measures: str | Measure | Iterable[str | Measure] = (),
    before: Answer | None = None,
    engine: Engine | str | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> UnderWay:
    """Forecast a rollout that is under way: each run has its past line for line, and goes on.

    Parameters
    ----------
    scenario
        What was planned: a scenario, the path of its file, or what `prepare` returned.
    so_far
        The log so far: fwsim's own in any saved form, a folder of results, or another that
        `read_observed` reads.
    at
        Up to when it counts, on the server's clock, as in ``2021-09-24 17:00``; by default its
        last line.
    mapping
        A mapping file, for columns and words of the log that nobody knows.
    web
        Logs of the repository's web server, which tell most of what lines carry.
    runs
        How many; by default the scenario's.
    seed
        Names the experiment; the scenario's own by default. The forecast made before the start and
        this one meet the same people and the same faults.
    measures
        Measures wanted beside the usual ones, by their words; one or several.
    before
        The forecast made before the start, if it is at hand: as many runs with the same seed.
    engine, workers, executor
        As in `Experiment.run`.
    progress
        Told after every run, those that are played to learn from among them.

    Returns
    -------
    UnderWay
        The same whatever the workers.

    Raises
    ------
    InputError
        If the scenario does not hold together, or the log cannot be read at all.
    """
    rollout = prepared(scenario)
    count = rollout.scenario.replications if runs is None else runs
    is_large = len(rollout.fleet) * count >= WORTH_PROCESSES
    seen = read_so_far(so_far, rollout, at, mapping)
    transfers = _transfers(web)
    if transfers is not None:
        transfers = transfers.known_at(rollout.epoch + seen.until)
    wanted = tuple(read_measures(measures))
    is_lent = executor is None and workers != 1 and is_large and not may_copy()
    with processes(workers) if is_lent else nullcontext(executor) as given:
        choices: dict[str, Any] = {"engine": engine, "workers": workers, "executor": given}
        sent = as_sent(rollout, seen.later)
        is_beside = before is None and is_large and workers != 1 and may_copy()
        silent = SilentSites(sent, seen)
        to_learn = runs_to_learn(sent, seen, silent, transfers)
        total = to_learn + (count if before is not None else 2 * count)
        first, then = (count, 0) if is_beside else (0, to_learn)
        tell = None if progress is None else partial(tell_ahead, progress, first, total)
        learning = partial(learn_so_far, sent, seen, transfers, silent)
        with _learning(learning, tell, is_beside=is_beside) as learnt_of:
            if before is None:
                plain = Experiment(rollout, seed=seed, measures=wanted)
                before = plain.run(count, progress=part_of(progress, then, total), **choices)
                if before.interrupted:
                    raise KeyboardInterrupt
            learnt = learnt_of()
        made = believing(sent, learnt)
        now = Experiment(made, seed=seed, measures=wanted).run(
            count,
            past=None if seen.is_at_start else seen.past,
            progress=part_of(progress, total - count, total),
            **choices,
        )
        apart = (learnt.unlike, learnt.missing)
        return UnderWay(rollout, made, seen, learnt.inputs, now, before, workers, *apart)


def believing(rollout: Rollout, learnt: LearntSoFar) -> Rollout:
    """Return the same rollout with what is believed now; its log tells of URLs by number."""
    if not learnt.inputs:
        return rollout
    made = Rollout(learnt.scenario, rollout.fleet, rollout.runs)
    made.configuration.take_numbers_of(rollout.configuration)
    return made


@contextmanager
def _learning(
    learning: Callable[..., LearntSoFar], tell: Played | None, *, is_beside: bool
) -> Iterator[Callable[[], LearntSoFar]]:
    """Have a copy of this process learn while runs are made, or learn first."""
    if is_beside:
        with beside(learning, tell=tell) as result:
            yield result
    else:
        found = learning(tell=tell)
        yield lambda: found


def _transfers(web: str | Path | Iterable[str | Path] | Transfers) -> Transfers | None:
    if isinstance(web, Transfers):
        return web
    paths = [web] if isinstance(web, (str, Path)) else list(web)
    return read_transfers(paths) if paths else None


def part_of(progress: RunsProgress | None, ahead: int, total: int) -> RunsProgress | None:
    """Return who is told of the runs of one part as of those of the whole.

    Parameters
    ----------
    progress
        Who is told of the whole.
    ahead
        Runs before this part.
    total
        Runs of all parts.
    """
    if progress is None:
        return None
    told: RunsProgress = progress
    return lambda done, _total: tell_ahead(told, ahead, total, done)


def tell_ahead(progress: RunsProgress, ahead: int, total: int, done: int) -> None:
    """Tell of the runs of one part as of those of the whole.

    Parameters
    ----------
    progress, ahead, total
        As of `part_of`.
    done
        Runs of this part.
    """
    progress(ahead + done, total)
