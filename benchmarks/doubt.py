"""What drawing beliefs costs: runs of 10,000 devices with beliefs beside runs without, in turns."""

from __future__ import annotations

import statistics
import sys
import time

import fwsim
from fwsim.results.run.replication import measured
from fwsim.run import play_once, prepare

SITES, EACH, RUNS, WANTED = 100, 100, 15, 1.2
SCENARIO = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",
    "horizon": "2 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "400 MB"}]},
    "firmware": {"reminder": {"deferments": 3, "delays": ["30 min", "2 h"]}},
    "fleet": {"units": {"DE/*": {"devices": EACH, "sites": SITES, "installed": "old.idf"}}},
    "network": {"sites": {"default": {"link": "100 Mbit/s"}}},
    "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
}


def main() -> int:
    """Measure, print the ratio of the medians and its spread; return 0 if the wish holds."""
    rollout = prepare(fwsim.Scenario.model_validate(SCENARIO))
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for run in range(RUNS + 1):
        for in_doubt in (True, False):
            begin = time.perf_counter()
            record = play_once(rollout, 1, run, world=run if in_doubt else None)
            measured(record, run)
            if run:  # the first one lays out what all share
                seconds[in_doubt].append(time.perf_counter() - begin)
    ratios = sorted(a / b for a, b in zip(seconds[True], seconds[False], strict=True))
    ratio = statistics.median(seconds[True]) / statistics.median(seconds[False])
    name = f"time of a run with beliefs : without, {SITES * EACH:,} devices"
    spread = f"({ratios[RUNS // 4]:.2f} to {ratios[-1 - RUNS // 4]:.2f} in half of the pairs)"
    verdict = "yes" if ratio <= WANTED else "NO"
    print(f"{name:<62} {ratio:5.2f}   target <= {WANTED:g}   {verdict}   {spread}")
    return 0 if ratio <= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
