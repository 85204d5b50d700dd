"""One run: take a scenario, pick the clock, give the result."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import simpy

from fwsim.chances import Chances, Purpose
from fwsim.device_jobs import notifications_of, scheduled_jobs_of
from fwsim.draws import Draws
from fwsim.problems import InputError, Problem
from fwsim.results.result import Result
from fwsim.rollout import Rollout
from fwsim.scenario.checks import findings
from fwsim.scenario.load import load
from fwsim.scenario.schema import Scenario
from fwsim.simulation.model import play
from fwsim.simulation.world import Progress

ENGINE = "simpy"


def prepare(scenario: Scenario) -> Rollout:
    """Check a scenario as a whole and make it ready for a clock.

    Raises
    ------
    InputError
        With every problem that shows only once fleet and images are read: names that lead
        nowhere, targets that do not exist, bad rows of the device list.
    """
    found = findings(scenario)
    if found:
        raise InputError(
            Problem(text, path=".".join(str(part) for part in path)) for path, text in found
        )
    rollout = Rollout(scenario)
    rollout.check_targets()
    notifications_of(rollout)
    scheduled_jobs_of(rollout)
    return rollout


def simulate(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    replication: int = 0,
    until: int | None = None,
    env: simpy.Environment | None = None,
    progress: Progress | None = None,
) -> Result:
    """Run a rollout once.

    Parameters
    ----------
    scenario
        A scenario, or the path of its file.
    seed
        Names the experiment; the scenario's own by default.
    replication
        Which of its runs, from 0. Runs are independent, and any one can be run alone.
    until
        Milliseconds after the start at which to stop.
    env
        A SimPy environment to play on, at time 0.
    progress
        Told now and then how far the run is.

    Raises
    ------
    InputError
        If the scenario does not hold together; with every problem.
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario)
    rollout = prepare(scenario)
    chosen = scenario.seed if seed is None else seed
    given = {Purpose[name.upper()]: chance for name, chance in scenario.chances.items()}
    draws = Draws(rollout, Chances(chosen, replication, given))
    outcome = play(rollout, draws, env, until=until, progress=progress)
    return Result(
        rollout, outcome.log, outcome.load, outcome.ended,
        provenance=provenance(scenario, chosen, replication),
    )  # fmt: skip


def provenance(scenario: Scenario, seed: int, replication: int) -> dict[str, Any]:
    """Return what it takes to run a result again."""
    return {
        "scenario": scenario.name,
        "scenario_sha256": scenario.digest(),
        "seed": seed,
        "replication": replication,
        "engine": ENGINE,
        "versions": {
            "fwsim": version("fwsim"),
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "simpy": version("simpy"),
        },
    }
