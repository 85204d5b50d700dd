"""One server and its queue, three times: SimPy, fwsim's compiled clock, cimba.

Customers come at random, evenly over a day's stretch; one repository connection serves each for
the same time, 75 % of the stretch in all. Two events a customer are counted, its coming and its
going, although fwsim works through more: every customer is a device that checks its image, waits,
fetches, installs, restarts, and whose every status is logged.

cimba is compiled Python on an engine in C; it gets an environment of its own, made once.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
PEER = ROOT / ".bench" / "cimba"
CUSTOMERS = 100_000
REPEATS = 3

SIMPY = """
import random, time
import simpy

def customer(env, at, server):
    yield env.timeout(at)
    with server.request() as turn:
        yield turn
        yield env.timeout(0.75)

def run(customers):
    random.seed(1)
    env = simpy.Environment()
    server = simpy.Resource(env, 1)
    for _ in range(customers):
        env.process(customer(env, random.uniform(0, customers), server))
    begin = time.perf_counter()
    env.run()
    return time.perf_counter() - begin
"""
FWSIM = """
import tempfile, time
from pathlib import Path
import fwsim
from fwsim.model.chances import Chances
from fwsim.compiled.machine_code import machine_code
from fwsim.compiled.model import inventory_of, play
from fwsim.model.draws import Draws
from fwsim.run import prepare

def run(customers):
    with tempfile.TemporaryDirectory() as folder:
        job = f"[Job1]\\nType=1\\nSchedule=12:00\\nSpreadFactor={{customers // 100}}\\n"
        (Path(folder) / "job.ini").write_text(job)
        scenario = fwsim.Scenario.model_validate({{
            "zone": "UTC", "start": "2018-08-20 11:00", "horizon": "1 d",
            "image": {{"name": "new.idf", "packages": [{{"name": "a", "size": "0.75 MB"}}]}},
            "fleet": {{"units": {{"DE": {{"devices": customers, "installed": "old.idf",
                                        "device_rate": "800 Mbit/s"}}}}}},
            "network": {{"repository": {{"uplink": "1000 Gbit/s", "connections": 1}},
                         "sites": {{"default": {{"link": "1000 Gbit/s"}}}}}},
            "scheduler": "job.ini", "commands": [],
            "assumptions": {{"idf_fetch_time": "0 s", "package_check_time": "0 s",
                             "restart_time": "0 s", "install_rate": "1 GB/s"}},
        }}).seen_from(Path(folder))
        rollout = prepare(scenario)
        machine_code()
        inventory_of(rollout)
    begin = time.perf_counter()
    outcome = play(rollout, Draws(rollout, Chances(1)))
    seconds = time.perf_counter() - begin
    assert int((outcome.log.state == 16).sum()) == customers
    return seconds
"""
CIMBA = """
import time
import cimba as cb
from cimba import inputs

class OneServer(cb.Model):
    interarrival: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    queue: cb.Container
    mean_queue: cb.Output[float]

    @cb.process
    def arrivals(self):
        while True:
            cb.hold(self.interarrival.next())
            self.queue.put(1)

    @cb.process
    def server(self):
        while True:
            self.queue.get(1)
            cb.hold(0.75)

    @cb.on_end
    def measure(self):
        self.mean_queue = self.queue.mean_level()

def run(customers):
    model = OneServer()
    seconds = 0.0
    for _ in range(2):  # the first one compiles
        begin = time.perf_counter()
        cb.Experiment(
            model, replications=1, window=cb.Window(warmup=0, duration=customers), seed=1,
        ).run()
        seconds = time.perf_counter() - begin
    return seconds
"""


def _seconds(code: str, python: str) -> float | None:
    """Return the best of some runs; None if there is none."""
    program = f"import sys; sys.path.insert(0, '')\n{textwrap.dedent(code)}\n"
    program += f"print(min(run({CUSTOMERS}) for _ in range({REPEATS})))"
    done = subprocess.run(
        [python, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def _python_with_cimba() -> str | None:
    """Return a Python that has cimba, in an environment of its own; None without a network."""
    python = PEER / "bin" / "python"
    if not python.exists():
        venv.create(PEER, with_pip=True)
    install = [str(python), "-m", "pip", "install", "-q", "cimba"]
    done = subprocess.run(install, capture_output=True, check=False)
    return str(python) if done.returncode == 0 else None


def events_a_second() -> dict[str, float | None]:
    """Return how many events a second each engine works through."""
    python = _python_with_cimba()
    seconds = {
        "SimPy": _seconds(SIMPY, sys.executable),
        "fwsim, compiled": _seconds(FWSIM.format(), sys.executable),
        "cimba": _seconds(CIMBA, python) if python else None,
    }
    return {name: 2 * CUSTOMERS / s if s else None for name, s in seconds.items()}


if __name__ == "__main__":
    print(json.dumps(events_a_second()))
