"""``make bench``: fwsim beside a plain SimPy script, on the same fleets, in one run.

Every figure is a ratio measured here and now, of the simulation without its tables; none is a
promise about another machine. Each measurement has a process of its own, and so its own memory.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from benchmarks.own_process import ROOT, code_of, measured
from benchmarks.replications import size_of_a_run, two_processes_beside_one

REPEATS = 3
UPDATE_ALONE = "82d3b7d6ff56eca0552dcea081cd58425430b49c"
"""The last commit before delivery, proxies and all that devices start by themselves."""

FWSIM = """
import resource, sys, time
import fwsim
from fwsim.model.draws import Draws
from fwsim.model.chances import Chances
from fwsim.run import prepare
from fwsim.simulation.model import play

sites, each = {sites}, {each}
scenario = fwsim.Scenario.model_validate({{
    "zone": "UTC", "start": "2018-08-20 11:00", "horizon": "5 d",
    "image": {{"name": "new.idf", "packages": [{{"name": "a", "size": "400 MB"}}]}},
    "firmware": {{"reminder": {{"deferments": 3, "delays": ["30 min", "2 h"]}}}},
    "fleet": {{"units": {{"DE/*": {{"devices": each, "sites": sites, "installed": "old.idf"}}}}}},
    "network": {{"repository": {{"uplink": "1000 Gbit/s", "connections": 1000000}},
                 "sites": {{"default": {{"link": "100 Mbit/s"}}}}}},
    "commands": [{{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}}],
}})
begin = time.perf_counter()
rollout = prepare(scenario)
outcome = play(rollout, Draws(rollout, Chances(1)))
seconds = time.perf_counter() - begin
done = int((outcome.log.state == 16).sum())
"""
FWSIM_WITHOUT_ROOMS = FWSIM.replace("fwsim.model.", "fwsim.")
"""The same for the commit before, where these modules stood at the top."""
PLAIN = """
import resource, time
from benchmarks.plain_script import run
begin = time.perf_counter()
done = run({sites}, {each})
seconds = time.perf_counter() - begin
"""
TELL = """
import json
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "memory": memory, "done": done}))
"""


def once(code: str, sites: int, each: int, folder: Path = ROOT) -> dict[str, float]:
    """Return one run with the code in a folder: seconds, peak memory in bytes, devices done."""
    return measured(textwrap.dedent(code.format(sites=sites, each=each)) + TELL, folder)


def fastest(runs: list[dict[str, float]]) -> dict[str, float]:
    return min(runs, key=lambda run: run["seconds"])


def measure(code: str, sites: int, each: int) -> dict[str, float]:
    """Return the best of some runs."""
    return fastest([once(code, sites, each) for _ in range(REPEATS)])


def against_update_alone() -> float | None:
    """Return the time beside the model that knew only the Update command, runs taking turns.

    None where that commit is not in the clone.
    """
    with code_of(UPDATE_ALONE) as folder:
        if folder is None:
            return None
        turns = [
            (once(FWSIM, 100, 100), once(FWSIM_WITHOUT_ROOMS, 100, 100, folder))
            for _ in range(2 * REPEATS)
        ]
    now, before = (fastest(list(runs)) for runs in zip(*turns, strict=True))
    return now["seconds"] / before["seconds"]


def main() -> int:
    """Measure, print a table, and return 0 if every wish holds."""
    sites, link, large = (
        {name: measure(code, *fleet) for name, code in programs.items()}
        for fleet, programs in (
            ((100, 100), {"fwsim": FWSIM, "plain": PLAIN}),
            ((1, 5000), {"fwsim": FWSIM, "plain": PLAIN}),
            ((1000, 100), {"fwsim": FWSIM}),
        )
    )
    for runs, devices in ((sites, 10_000), (link, 5_000), (large, 100_000)):
        assert all(run["done"] == devices for run in runs.values())
    growth = large["fwsim"]["seconds"] / 10 / sites["fwsim"]["seconds"]
    rows = (
        ("time, fwsim : plain script, 10,000 devices on 100 sites", ratio(sites), 3.0),
        ("time, fwsim : plain script, 5,000 devices on one link", ratio(link), 0.5),
        ("time per device, 100,000 : 10,000 devices, 100 a site", growth, 2.0),
        ("peak memory at 100,000 devices, GiB", large["fwsim"]["memory"] / 2**30, 2.0),
    )
    since = against_update_alone()
    if since is None:
        print("not measured: the commit that knew only the Update command is not in this clone")
    else:
        rows = (
            *rows,
            ("time, all of it : Update command alone, where no more is used", since, 1.1),
        )
    rows = (
        *rows,
        ("time, 50 runs of the demo on two processes : on one", two_processes_beside_one(), 0.58),
        ("bytes of a run that travel back, KiB", size_of_a_run() / 1024, 64.0),
    )
    for name, value, most in rows:
        print(f"{name:<62} {value:5.2f}   target <= {most:g}   {'yes' if value <= most else 'NO'}")
    return 0 if all(value <= most for _, value, most in rows) else 1


def ratio(runs: dict[str, dict[str, float]]) -> float:
    """Return how many times the plain script's time fwsim takes."""
    return runs["fwsim"]["seconds"] / runs["plain"]["seconds"]


if __name__ == "__main__":
    sys.exit(main())
