"""Twenty runs of 10,000 devices, measured: against the commit before measures were counted, and
on one core beside two.

    python -m benchmarks.tally
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.own_process import ROOT, measured

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


def against_before() -> list[float] | None:
    """Return the time on two cores beside that of the commit before, turn by turn.

    None where that commit is not in the clone.
    """
    archive = subprocess.run(["git", "archive", BEFORE], capture_output=True, cwd=ROOT, check=False)
    if archive.returncode:
        return None
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        before = Path(folder)
        twenty(before, 2, THEN)  # compiles its clock
        return [twenty(ROOT, 2, NOW) / twenty(before, 2, THEN) for _ in range(TURNS)]


def told(ratios: list[float]) -> str:
    """Return the median of ratios, and the least and the most of them."""
    return f"{statistics.median(ratios):5.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def main() -> int:
    """Measure, print, and return 0 if every wish holds."""
    good = True
    before = against_before()
    if before is None:
        print("not measured: the commit before is not in this clone")
    else:
        held = statistics.median(before) <= 0.25
        good &= held
        print(f"20 × 10,000 devices on two cores, now : c1a5ff8   {told(before)}  wanted <= 0.25")
    cores = two_beside_one()
    good &= statistics.median(cores) >= 1.8
    print(f"the same 20 runs, one worker : two                {told(cores)}  wanted >= 1.8")
    growth = measured(MEMORY)["growth"] / 2**20
    good &= growth < 20
    print(f"peak memory, 1,000 runs beyond 100 of the demo, MiB {growth:5.1f}  wanted < 20")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
