"""A million devices whose sites nothing joins: site by site beside the whole, one core beside two.

python -m benchmarks.site_by_site
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

import fwsim
from benchmarks.own_process import measured, told
from benchmarks.two_clocks import like_the_demo

TURNS = 3
GAIN, GROWTH, MEMORY = 1.6, 1.3, 0.7
"""Targets: of two cores, of the time a device takes, of the peak in GiB."""
ONE_RUN = """
import json, os, time
if {cores}:
    os.sched_setaffinity(0, range({cores}))
from benchmarks.site_by_site import branches, clock_seconds
from fwsim.compiled import coupling
if not {apart}:
    coupling.FEWEST_DEVICES = 1 << 40
print(json.dumps(clock_seconds(branches({scale}))))
"""


def branches(scale: int) -> fwsim.Scenario:
    """Return 10,000 devices of the demo at 100 branches, as many times over as `scale` says.

    The repository carries what all lines do together, and connections do not run out.
    """
    data: dict[str, Any] = like_the_demo(scale).as_data()
    unit = data["fleet"]["units"]["DE/Branches/*"]
    data["fleet"] = {"units": {"DE/Branches/*": unit | {"devices": 100}}}
    data["network"]["repository"] = {"uplink": "1000 Gbit/s", "connections": 10_000_000}
    data["network"]["sites"] = {"default": data["network"]["sites"]["default"]}
    return fwsim.Scenario.model_validate(data)


def clock_seconds(scenario: fwsim.Scenario) -> dict[str, float]:
    """Return the seconds of a run on the clock, with all that is counted: the better of two.

    Beside them comes the peak memory of the process, in bytes.
    """
    import resource
    import time

    from fwsim.compiled.machine_run import MachineRun
    from fwsim.compiled.model import inventory_of
    from fwsim.engine import choose_engine
    from fwsim.model.chances import Chances
    from fwsim.model.draws import Draws
    from fwsim.results.run.measuring import usual_measures
    from fwsim.results.run.tallied import wanted_of, weeks_of
    from fwsim.run import prepare

    choose_engine()
    rollout = prepare(scenario)
    inventory, wanted = inventory_of(rollout), wanted_of(rollout, weeks_of(usual_measures(rollout)))
    seconds = []
    for number in range(2):  # the first asks the system for its memory
        begin = time.perf_counter()
        draws = Draws(rollout, Chances(number))
        run = MachineRun(inventory, draws, rollout.horizon, wanted=wanted)
        run.play()
        run.tally()
        seconds.append(time.perf_counter() - begin)
        is_apart = bool(run.division.parts)
        run.close()
    return {
        "seconds": min(seconds),
        "first": seconds[0],
        "devices": len(rollout.fleet),
        "apart": is_apart,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def one_run(*, apart: bool = True, cores: int = 0, scale: int = 100) -> dict[str, float]:
    """Return what one run took, in a process of its own."""
    return measured(ONE_RUN.format(apart=apart, cores=cores, scale=scale))


def main() -> int:
    """Measure in turns, print, and return 0 if every wish holds."""
    whole, cores, growth, first = [], [], [], []
    memory: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(TURNS):
        one, two = one_run(cores=1), one_run(cores=2)
        small = min((one_run(cores=1, scale=1) for _ in range(3)), key=lambda run: run["seconds"])
        at_once = one_run(apart=False, cores=1)
        whole.append(at_once["seconds"] / one["seconds"])
        memory[False].append(at_once["memory"] / 2**30)
        memory[True].append(two["memory"] / 2**30)
        cores.append(one["seconds"] / two["seconds"])
        first.append(one["first"] / two["first"])
        growth.append(one["seconds"] / one["devices"] / (small["seconds"] / small["devices"]))
    print(f"a million devices, one core, whole : site by site      {told(whole)}")
    print(f"the same site by site, one core : two                  {told(cores)}  target >= {GAIN}")
    print(f"the same of the first run of a process                 {told(first)}")
    print(
        f"time a device, 1,000,000 : 10,000, on one core         {told(growth)}  target <= {GROWTH}"
    )
    for apart, how in ((False, "as a whole"), (True, "site by site")):
        peaks = told(memory[apart])
        print(f"peak memory without a log, {how:12}, GiB          {peaks}  target <= {MEMORY}")
    good = statistics.median(cores) >= GAIN and statistics.median(growth) <= GROWTH
    good &= all(statistics.median(peaks) <= MEMORY for peaks in memory.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
