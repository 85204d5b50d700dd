"""Fifty replications of the demo by SimPy, on two processes beside one, their start included."""

from __future__ import annotations

import time
from pathlib import Path

from fwsim.experiments.experiment import Experiment
from fwsim.experiments.run_spec import RunSpec, replicate

DEMO = Path(__file__).parent.parent / "scenarios" / "branch-offices.yaml"
RUNS = 50


def two_processes_beside_one() -> float:
    """Return the time on two processes as a part of the time on one."""
    experiment = Experiment(DEMO)
    seconds = {}
    for workers in (1, 2):
        begin = time.perf_counter()
        experiment.run(RUNS, workers=workers, engine="simpy")
        seconds[workers] = time.perf_counter() - begin
    return seconds[2] / seconds[1]


def size_of_a_run() -> int:
    """Return the bytes of the largest of a few runs that travel back."""
    rollout = Experiment(DEMO).rollout
    order = RunSpec(rollout, 1)
    return max(len(replicate(order, number)) for number in range(5))
