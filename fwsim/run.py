"""One run: take a scenario, pick the clock, give the result."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import simpy

from fwsim.arguments import (
    a_function,
    a_path_or,
    a_seed,
    milliseconds,
    refused,
    taking,
    whole_from,
)
from fwsim.beside_files import load, problems_beside, problems_of, reading_habits
from fwsim.commands.schedule import offset_if_twice
from fwsim.engine import Engine, EngineChoice, choose_engine, installed_version
from fwsim.environment import check_numbers
from fwsim.forewarning.whole import warnings_about
from fwsim.garbage import looked_for_seldom
from fwsim.messages import say
from fwsim.model.assignments import assigned_of, refuse_a_past
from fwsim.model.chances import Chances
from fwsim.model.device_jobs import notifications_of, scheduled_jobs_of
from fwsim.model.doubt import doubted
from fwsim.model.draws import Draws
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import Rollout
from fwsim.model.shared_luck import in_world, shared_draws
from fwsim.model.silence import Silence
from fwsim.model.status_log import DevicesProgress, StatusLog
from fwsim.problems import Hints, InputError, Problem
from fwsim.quantities.counts import MOST_REPLICATIONS
from fwsim.results.output.result import Result
from fwsim.results.run.asked import check_measure
from fwsim.results.run.counts import Counts
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.record import RunRecord
from fwsim.results.run.tallied import AskedWeeks, TalliedCounts, wanted_of
from fwsim.scenario.checks import findings
from fwsim.scenario.load import sorted_problems
from fwsim.scenario.schema import Scenario

InWorld = Callable[[Rollout], Rollout]
"""Changes the world of a run."""
STORY = "taken as stated"
"""What a result tells of doubted numbers that were not drawn."""
A_SCENARIO = a_path_or("scenario", Scenario, Rollout)


@looked_for_seldom()
def prepare(scenario: Scenario, rollout: Rollout | None = None) -> Rollout:
    """Check a scenario as a whole and make it ready for a clock.

    Parameters
    ----------
    scenario
        A valid one.
    rollout
        Its rollout, if it is made already.

    Raises
    ------
    InputError
        With every problem that shows only once fleet and images are read: names that lead
        nowhere, targets that do not exist, bad rows of the device list.
    """
    # Each file that it names is read once: what is checked is what is played, and told.
    scenario = scenario.as_read() if rollout is None else scenario
    wrong = findings(scenario)
    if wrong:
        told = [Problem(text, path=".".join(str(part) for part in path)) for path, text in wrong]
        besides = problems_beside(scenario, wrong) if rollout is None else []
        raise InputError(dict.fromkeys([*told, *besides]))
    if rollout is None:
        rollout = _made_of(scenario)
    problems = problems_of(
        scenario,
        *reading_habits(scenario),
        rollout.check_targets,
        partial(_check_measures, rollout),
        lambda: rollout.doubts,
        partial(assigned_of, rollout),
        partial(notifications_of, rollout),
        partial(scheduled_jobs_of, rollout),
    )
    if problems:
        raise InputError(sorted_problems(problems))
    _ = rollout.digest
    return rollout


def _made_of(scenario: Scenario) -> Rollout:
    """Return the rollout of a scenario; where it cannot be made, its other files are read, too."""
    try:
        return Rollout(scenario)
    except InputError as error:
        found = dict.fromkeys([*map(scenario.placed, error.problems), *problems_beside(scenario)])
        raise InputError(sorted_problems(list(found))) from None


def _check_measures(rollout: Rollout) -> None:
    problems: list[Problem] = []
    hints = Hints()
    for number, expected in enumerate(rollout.scenario.expect):
        try:
            check_measure(rollout, expected.measure, hints)
        except InputError as error:
            problems += [replace(problem, path=f"expect.{number}") for problem in error.problems]
    if problems:
        raise InputError(problems)


def play_once(
    rollout: Rollout,
    seed: int,
    replication: int,
    *,
    until: int | None = None,
    env: simpy.Environment | None = None,
    progress: DevicesProgress | None = None,
    opened: Callable[[StatusLog], None] | None = None,
    engine: Engine = Engine.COMPILED,
    world: int | None = None,
    past: Past | None = None,
    change: InWorld | None = None,
) -> RunRecord:
    """Run a rollout once and return the run as data.

    Parameters
    ----------
    rollout
        As `prepare` returns it.
    seed, replication
        Name the luck.
    until, env, progress, opened
        As for `simulate`; an environment and a watcher need the SimPy clock.
    engine
        Which clock plays.
    world
        Which draw of what nobody knows, from 0; None takes every number as it is stated.
    past
        What has happened already, of a rollout under way: the run keeps to it.
    change
        What is changed of the world after it is drawn.
    """
    rollout, draws = _in_its_world(rollout, seed, replication, world, past, change)
    output = engine.simulate(rollout, draws, until=until, env=env, progress=progress, opened=opened)
    return RunRecord(
        rollout,
        output.log,
        output.load,
        output.ended,
        output.corrected,
        output.played,
        until,
        sent=output.sent,
    )


def count_once(
    rollout: Rollout,
    seed: int,
    replication: int,
    weeks: AskedWeeks,
    *,
    until: int | None = None,
    engine: Engine = Engine.COMPILED,
    world: int | None = None,
    past: Past | None = None,
    silence: Silence | None = None,
    change: InWorld | None = None,
) -> Counts:
    """Run a rollout once and return what measures ask about; a clock that can keeps no log.

    Parameters
    ----------
    rollout, seed, replication, until, engine, world, past, change
        As for `play_once`.
    weeks
        The times of the week that measures ask for.
    silence
        Of a rollout under way: who is silent.
    """
    if not engine.can_tally:
        record = play_once(
            rollout,
            seed,
            replication,
            until=until,
            engine=engine,
            world=world,
            past=past,
            change=change,
        )
        return LogCounts(record, silence)
    wanted = wanted_of(rollout, weeks, silence)
    rollout, draws = _in_its_world(rollout, seed, replication, world, past, change)
    tally = engine.tally(rollout, draws, wanted, until=until)
    return TalliedCounts(rollout, tally, weeks, until)


def _in_its_world(
    rollout: Rollout,
    seed: int,
    replication: int,
    world: int | None,
    past: Past | None,
    change: InWorld | None,
) -> tuple[Rollout, Draws]:
    """Return a rollout with every doubted number at its drawn value, and the luck of its run."""
    if past is not None:
        refuse_a_past(rollout, past.tells)
    chances = rollout.scenario.chances
    given = {Purpose.of_stream(stream): chance for stream, chance in chances.items()}
    luck = Chances(seed, replication, given)
    if rollout.elder is not None and world is not None and past is None and change is None:
        draws = shared_draws(rollout.elder, luck, world)
        return in_world(rollout, draws.rollout), draws
    if world is not None:
        rollout = doubted(rollout).drawn(Chances(seed, world))
    if change is not None:
        rollout = change(rollout)
    return rollout, Draws(rollout, luck, past)


@taking(scenario=A_SCENARIO)
def warnings_of(scenario: Scenario | Rollout | str | Path) -> list[Problem]:
    """Return what in a scenario is valid but probably not meant, in the order of its places.

    Such as a site that no device is at, or a command that never runs.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or what `prepare` returned.

    Raises
    ------
    InputError
        If the scenario is not consistent.
    """
    return warnings_about(prepared(scenario))


def prepared(scenario: Scenario | Rollout | str | Path) -> Rollout:
    """Return the rollout of a scenario or of its file; one that is prepared already as it is."""
    if isinstance(scenario, Rollout):
        return scenario
    if isinstance(scenario, Scenario):
        return prepare(scenario)
    return prepare(load(scenario))


def _an_environment(value: Any) -> simpy.Environment:
    """Return an environment of SimPy on which nothing has been played yet."""
    if not isinstance(value, simpy.Environment) or value.now != 0:
        raise refused(value, say("argument.a.environment"))
    return value


@taking(
    scenario=A_SCENARIO,
    seed=a_seed,
    replication=whole_from(0, MOST_REPLICATIONS - 1),
    until=milliseconds,
    env=_an_environment,
    progress=a_function,
    opened=a_function,
)
def simulate(
    scenario: Scenario | Rollout | str | Path,
    *,
    seed: int | None = None,
    replication: int | None = None,
    until: int | None = None,
    env: simpy.Environment | None = None,
    progress: DevicesProgress | None = None,
    opened: Callable[[StatusLog], None] | None = None,
    engine: Engine | str | None = None,
) -> Result:
    """Run a rollout once.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or what `prepare` returned.
    seed
        Seed of the random numbers; the scenario's own by default.
    replication
        Which of its runs, from 0, with the beliefs it drew. Runs are independent, and any one can
        be run alone. By default an example: the luck of run 0, and every doubted number as
        stated.
    until
        Milliseconds after the start at which to stop.
    env
        A SimPy environment to play on, at time 0.
    progress
        Called now and then with the progress of the run; for a large fleet by other threads, one
        at a time.
    opened
        Given the status log before the first line is written, for those who watch it grow.
    engine
        ``compiled`` or ``simpy``. By default the compiled clock plays where it can, which is
        everywhere but with `env` and `opened`; both write the same log.

    Raises
    ------
    InputError
        If the scenario is not consistent, or an argument or a variable of the environment is
        not what it is to be; with every problem.
    """
    check_numbers(os.environ)
    rollout = prepared(scenario)
    chosen = rollout.scenario.seed if seed is None else seed
    choice = choose_engine(engine, env=env, opened=opened)
    record = play_once(
        rollout,
        chosen,
        replication or 0,
        until=until,
        env=env,
        progress=progress,
        opened=opened,
        engine=choice.engine,
        world=replication,
    )
    origin = {**provenance(rollout, chosen, choice), "replication": replication or 0}
    if until is not None:
        origin["until"] = stop_stamp(rollout, until)
    if replication is None and doubted(rollout).doubts:
        origin["doubt"] = STORY
    if record.played is not None:
        origin["played"] = record.played.value
    return Result(record, provenance=origin)


def stop_stamp(rollout: Rollout, until: int) -> str:
    """Return where runs are stopped on the server's wall clock, as ``--until`` takes it."""
    at = rollout.local_time(until)
    return f"{at.replace(tzinfo=None).isoformat(' ', 'auto')} {offset_if_twice(at)}".rstrip()


def provenance(rollout: Rollout, seed: int, choice: EngineChoice) -> dict[str, Any]:
    """Return what it takes to run a result again."""
    return {
        "scenario": rollout.scenario.name,
        "scenario_sha256": rollout.digest,
        "seed": seed,
        **choice.told(),
        "versions": {
            "fwsim": installed_version("fwsim"),
            "python": platform.python_version(),
            "numpy": installed_version("numpy"),
            **choice.engine.versions(),
        },
    }
