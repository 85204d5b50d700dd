"""``make bench``: fwsim beside a plain SimPy script, on the same fleets, in one run.

Every figure is a ratio measured here and now, of the simulation without its tables; none is a
promise about another machine. Each measurement has a process of its own, and so its own memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

REPEATS = 3

FWSIM = """
import resource, sys, time
import fwsim
from fwsim.draws import Draws
from fwsim.chances import Chances
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


def measure(code: str, sites: int, each: int) -> dict[str, float]:
    """Return the best of some runs: seconds, peak memory in bytes, devices done."""
    program = textwrap.dedent(code.format(sites=sites, each=each)) + TELL
    runs = []
    for _ in range(REPEATS):
        out = subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(out.stdout))
    return min(runs, key=lambda run: run["seconds"])


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
    for name, value, most in rows:
        print(f"{name:<60} {value:5.2f}   wanted <= {most:g}   {'yes' if value <= most else 'NO'}")
    return 0 if all(value <= most for _, value, most in rows) else 1


def ratio(runs: dict[str, dict[str, float]]) -> float:
    """Return how many times the plain script's time fwsim takes."""
    return runs["fwsim"]["seconds"] / runs["plain"]["seconds"]


if __name__ == "__main__":
    sys.exit(main())
