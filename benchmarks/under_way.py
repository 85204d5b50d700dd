"""How long a person waits for a forecast of a rollout that is under way, and what it costs.

A rollout is played with other luck and in another world, cut three hours after its start, and
forecast from its log: all that `fwsim forecast --so-far` does, the forecast before the start
included, with as many runs as it makes by default.
"""

from __future__ import annotations

import os
import sys
import time

import fwsim
from benchmarks.doubt import SCENARIO
from benchmarks.own_process import ROOT
from fwsim.experiments.experiment import Experiment
from fwsim.model.past import cut
from fwsim.model.rollout import Rollout
from fwsim.run import play_once, prepare, prepared

CUT = 3 * 3600 * 1000
TRUTH = 777
WANTED = {1_600: 5.0, 10_000: 20.0}
"""Devices, and seconds on two quiet cores."""


def main() -> int:
    """Measure and print; return 0 if every wish holds."""
    rollouts = (
        prepared(ROOT / "scenarios" / "branch-offices.yaml"),
        prepare(fwsim.Scenario.model_validate(SCENARIO)),
    )
    verdicts = [
        _measured(rollout, wanted)
        for rollout, wanted in zip(rollouts, WANTED.values(), strict=True)
    ]
    return 0 if all(verdicts) else 1


def _used() -> float:
    """Return the processor time of this process and of those it has ended, seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _measured(rollout: Rollout, wanted: float) -> bool:
    record = play_once(rollout, TRUTH, 0, world=0)
    past = cut(record.log, CUT, len(rollout.fleet))
    play_once(rollout, 1, 0, world=0)  # the first one lays out what all share
    wall, used = time.perf_counter(), _used()
    made = fwsim.forecast(rollout, past)
    wall, used = time.perf_counter() - wall, _used() - used
    reasons = _used()
    _ = made.causes
    reasons = _used() - reasons
    plain = _used()
    Experiment(rollout).run(made.now.runs)
    plain = _used() - plain
    verdict = "yes" if wall <= wanted else "NO"
    print(
        f"{len(rollout.fleet):>6,} devices, {len(past.log):,} lines, {made.now.runs} runs:"
        f" {wall:5.1f} s   target <= {wanted:g} s   {verdict}"
        f"   ({used:.1f} s of processors, {used / plain:.1f} times the plain forecast;"
        f" reasons {reasons:.1f} s more)"
    )
    return wall <= wanted


if __name__ == "__main__":
    sys.exit(main())
