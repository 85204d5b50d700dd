"""Twenty runs of 10,000 devices, and one of a million, measured: against the commit before measures
were counted; and the twenty on one core beside two.

    python -m benchmarks.tally
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from benchmarks.own_process import ROOT, code_of, measured, told

BEFORE = "c1a5ff8afe31d2aefd82454dbb6edaa8cf07dc9b"
"""The last commit that kept every run's log and measured it in Python."""
RUNS = 20
TURNS = 5
TWENTY = """
import json, time
from benchmarks.latency import ten_thousand
{imported}
from fwsim.engine import choose_engine
choose_engine()
scenario = ten_thousand()
{changed}
experiment = Experiment(scenario)
experiment.run(2, workers={workers})
begin = time.perf_counter()
experiment.run({runs}, workers={workers})
print(json.dumps({{"seconds": time.perf_counter() - begin}}))
"""
NOW = {
    "imported": "from fwsim.experiments.experiment import Experiment",
    "changed": "scenario = scenario.model_copy(update={'doubt': 'none'})  # as it was before",
}
THEN = {"imported": "from fwsim.planning.experiment import Experiment", "changed": ""}
MILLION = """
import json, time
import fwsim
from benchmarks.two_clocks import like_the_demo
{imported}
from fwsim.compiled.model import inventory_of
from fwsim.engine import choose_engine
from fwsim.run import prepare
choose_engine()
data = like_the_demo(100).as_data()
if {apart}:  # as in benchmarks.site_by_site
    data["fleet"] = {{
        "units": {{"DE/Branches/*": data["fleet"]["units"]["DE/Branches/*"] | {{"devices": 100}}}}
    }}
    data["network"]["repository"] = {{"uplink": "1000 Gbit/s", "connections": 10_000_000}}
    data["network"]["sites"] = {{"default": data["network"]["sites"]["default"]}}
scenario = fwsim.Scenario.model_validate(data)
{changed}
order = RunSpec(prepare(scenario), 1)
inventory_of(order.rollout)
seconds = []
for number in range(2):
    begin = time.perf_counter()
    replicate(order, number)
    seconds.append(time.perf_counter() - begin)
print(json.dumps({{"seconds": min(seconds)}}))
"""
MILLION_NOW = NOW | {"imported": "from fwsim.experiments.run_spec import RunSpec, replicate"}
MILLION_THEN = THEN | {"imported": "from fwsim.planning.workers import Order as RunSpec, replicate"}
MEMORY = """
import json, resource
import fwsim
from fwsim.engine import choose_engine
from fwsim.experiments.run_spec import RunSpec, values_of_run
from fwsim.measures.measure import read_measure
from fwsim.run import prepare
choose_engine()
order = RunSpec(prepare(fwsim.load("scenarios/branch-offices.yaml")), 1, (read_measure("t95"),))
peaks = []
for number in range(1000):
    values_of_run(order, number)
    if number in (99, 999):
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
print(json.dumps({"growth": peaks[1] - peaks[0]}))
"""


def twenty(folder: Path, workers: int, how: dict[str, str]) -> float:
    """Return the seconds of twenty runs by the code in a folder."""
    return measured(TWENTY.format(workers=workers, runs=RUNS, **how), folder)["seconds"]


def two_beside_one() -> list[float]:
    """Return how many times faster two workers are than one, turn by turn."""
    return [twenty(ROOT, 1, NOW) / twenty(ROOT, 2, NOW) for _ in range(TURNS)]


def against(folder: Path) -> list[float]:
    """Return the time of twenty runs on two cores beside that of older code, turn by turn."""
    twenty(folder, 2, THEN)  # compiles its clock
    return [twenty(ROOT, 2, NOW) / twenty(folder, 2, THEN) for _ in range(TURNS)]


def million_against(folder: Path, *, apart: bool) -> list[float]:
    """Return the time of a run of a million devices beside that of older code, turn by turn.

    Parameters
    ----------
    folder
        Where the older code is.
    apart
        Whether nothing joins the sites, so that they are played one after the other.
    """
    return [
        measured(MILLION.format(apart=apart, **MILLION_NOW), ROOT)["seconds"]
        / measured(MILLION.format(apart=apart, **MILLION_THEN), folder)["seconds"]
        for _ in range(2)
    ]


def main() -> int:
    """Measure, print, and return 0 if every wish holds."""
    good = True
    with code_of(BEFORE) as folder:
        if folder is None:
            print("not measured: the commit before is not in this clone")
        else:
            whole, apart = (million_against(folder, apart=apart) for apart in (False, True))
            for what, ratios in (
                ("20 × 10,000 devices on two cores, now : c1a5ff8  ", against(folder)),
                ("a million devices, now : c1a5ff8, played whole   ", whole),
                ("the same where nothing joins the sites           ", apart),
            ):
                good &= statistics.median(ratios) <= 0.25
                print(f"{what}  {told(ratios)}  target <= 0.25")
    cores = two_beside_one()
    good &= statistics.median(cores) >= 1.8
    print(f"the same 20 runs, one worker : two                {told(cores)}  target >= 1.8")
    growth = measured(MEMORY)["growth"] / 2**20
    good &= growth < 20
    print(f"peak memory, 1,000 runs beyond 100 of the demo, MiB {growth:5.1f}  target < 20")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
