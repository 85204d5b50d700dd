"""How long the closed forms take beside one run of the same plan.

``python -m benchmarks.bounds``, part of ``make bench``: milliseconds and ratios of this machine.
"""

from __future__ import annotations

import time
from pathlib import Path

from fwsim.engine import choose_engine
from fwsim.measures.expectation import read_expectation
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.run import play_once, prepare
from fwsim.scenario.load import load

DEMO = Path(__file__).parent.parent / "scenarios" / "branch-offices.yaml"
REPEATS = 7
LIMITS = [
    read_expectation("successful by 2021-09-25 06:00", ">= 95 %"),
    read_expectation("peak site rate in DE/Branches mon-fri 08:00-18:00", "<= 5 Mbit/s"),
]


def fastest(work) -> float:
    """Return the least of several times, milliseconds."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times)


def main() -> None:
    rollout = prepare(load(DEMO))
    engine = choose_engine().engine
    play_once(rollout, 1, 0, engine=engine)
    bounds = fastest(lambda: Feasibility(rollout).bounds(LIMITS))
    run = fastest(lambda: play_once(rollout, 1, 0, engine=engine))
    devices = len(rollout.fleet)
    print(f"bounds of {len(LIMITS)} limits, {devices} devices: {bounds:.1f} ms;", end=" ")
    print(f"one run on the compiled clock: {run:.1f} ms, {run / bounds:.1f} times as long")


if __name__ == "__main__":
    main()
