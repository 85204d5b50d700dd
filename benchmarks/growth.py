"""How the cost of a run grows with everything a scenario can have more of.

    python -m benchmarks.growth

Each row is a series of sizes, each played in a process of its own; the exponent is the slope of a
line through the logarithms of the sizes from the second on and of their times.
"""

from __future__ import annotations

import math
import statistics
import sys
from typing import Any

import fwsim
from benchmarks.own_process import measured

MOST = 1.1
"""The exponent above which something costs more than it should."""

SERIES = {
    "devices, at 100 a site": (1_000, 10_000, 100_000, 1_000_000),
    "sites, with 20,000 devices": (20, 200, 2_000, 20_000),
    "commands, of ten devices each": (10, 100, 1_000, 10_000),
    "days of a daily command to 200 devices": (4, 37, 365),
    "runs of 200 devices": (10, 100, 1_000, 10_000),
}
ONE = """
import json
from benchmarks.growth import seconds_of
print(json.dumps({{"seconds": seconds_of({name!r}, {size})}}))
"""


def scenario_of(name: str, size: int) -> fwsim.Scenario:
    """Return the scenario of a size in a series."""
    devices, sites, commands, days = 200, 10, 1, 2
    if name.startswith("devices"):
        devices, sites = size, size // 100
    elif name.startswith("sites"):
        devices, sites = 20_000, size
    elif name.startswith("commands"):
        devices, sites, commands = 10 * size, max(size // 10, 1), size
    elif name.startswith("days"):
        days = size
    return fwsim.Scenario.model_validate(_data(devices, sites, commands, days))


def _data(devices: int, sites: int, commands: int, days: int) -> dict[str, Any]:
    once: dict[str, Any] = {"subordinate_units": True, "inform_user": "5 min"}
    every = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "at": "12:00"}
    if commands > 1:
        units = {
            f"DE/{number}": {
                "devices": devices // commands,
                "site": f"site {number % sites}",
                "installed": "old.idf",
            }
            for number in range(commands)
        }
        sent = [{"update": unit, "inform_user": "5 min"} for unit in units]
        named = {f"site {number}": {"link": "20 Mbit/s"} for number in range(sites)}
    else:
        each = {"devices": devices // sites, "sites": sites, "installed": "old.idf"}
        units, named = {"DE/*": each}, {}
        sent = [{"update": "DE", **once} | ({"every": every} if days > 2 else {})]
    return {
        "zone": "UTC",
        "start": "2024-01-01 08:00",
        "horizon": f"{days} d",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "40 MB"}]},
        "firmware": {"reminder": {"deferments": 3, "delays": ["30 min", "2 h"]}},
        "fleet": {"units": units},
        "people": {"default": {"answer": {"now": "60 %", "defer": "40 %"}}},
        "network": {
            "repository": {"uplink": "10 Gbit/s", "connections": 1000},
            "sites": {"default": {"link": "20 Mbit/s"}, **named},
        },
        "commands": sent,
    }


def seconds_of(name: str, size: int) -> float:
    """Return the least seconds of some runs, with what they measure; the first is left out."""
    import time

    from fwsim.engine import choose_engine
    from fwsim.experiments.experiment import Experiment

    choose_engine()
    experiment = Experiment(scenario_of(name, size))
    experiment.run(1, workers=1)
    runs = size if name.startswith("runs") else 1
    took = []
    while len(took) < 3 and sum(took) < 20:
        begin = time.perf_counter()
        experiment.run(runs, workers=1)
        took.append(time.perf_counter() - begin)
    return min(took)


def exponent(sizes: tuple[int, ...], times: list[float]) -> float:
    """Return the slope through the logarithms; what a run costs at least hides the first size."""
    x, y = ([math.log(value) for value in values[1:]] for values in (sizes, times))
    return statistics.linear_regression(x, y).slope


def main() -> int:
    """Measure, print, and return 0 if nothing grows faster than it should."""
    good = True
    for name, sizes in SERIES.items():
        times = [measured(ONE.format(name=name, size=size))["seconds"] for size in sizes]
        slope = exponent(sizes, times)
        good &= slope <= MOST
        told = ", ".join(f"{size:,}: {took:.3f} s" for size, took in zip(sizes, times, strict=True))
        print(f"{name:<40} exponent {slope:5.2f}   {told}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
