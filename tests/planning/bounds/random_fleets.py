"""Fleets drawn at random: branches of alternating or mixed kinds, odd sites, thin lines."""

from __future__ import annotations

from typing import Any

import numpy as np

import fwsim

HABITS = ("office", "shift", "counter", "kiosk")


def base(units: dict[str, Any], **more: Any) -> fwsim.Scenario:
    """Return a scenario that updates all of `DE`, on a Monday morning."""
    return fwsim.Scenario.model_validate(
        {
            "zone": "UTC",
            "start": "2018-08-20 08:00",
            "horizon": "3 d",
            "image": {"name": "new.idf", "packages": [{"name": "a", "size": "200 MB"}]},
            "firmware": {"reminder": {"deferments": 2, "delays": ["30 min", "2 h"]}},
            "people": {
                "office": {"present": "daily 08:00-16:00"},
                "shift": {"present": "daily 20:00-06:00"},
                "counter": {
                    "present": "daily 10:00-19:00",
                    "answer": {"now": "10 %", "defer": "80 %"},
                },
                "kiosk": {"present": "never"},
            },
            "power": {
                "office": {"on": "daily 07:00-17:00"},
                "shift": {"on": "daily 20:00-06:00"},
                "counter": {"on": "daily 09:00-19:00"},
                "kiosk": {"on": "always"},
            },
            "fleet": {"units": {"DE": {"devices": 0, "installed": "old.idf"}, **units}},
            "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
            **more,
        }
    )


def of_habit(habit: str, devices: int, **more: Any) -> dict[str, Any]:
    """Return the entry of an OU whose people and power are of one habit."""
    return {"devices": devices, "people": habit, "power": habit, **more}


def random_fleet(seed: int) -> fwsim.Scenario:
    """Return a scenario with some 600 to 1,500 devices at 20 to 60 sites and more."""
    draw = np.random.default_rng(seed)
    habits = [str(h) for h in draw.permutation(HABITS)[: draw.integers(1, 5)]]
    is_mixed = bool(draw.integers(2))
    least, most = (int(n) for n in sorted(draw.integers(3, 41, 2)))
    units: dict[str, Any] = {}
    lines = {"default": {"link": "20 Mbit/s"}}
    for number in range(int(draw.integers(20, 61))):
        site = f"S{number:02d}"
        link = draw.integers(2, 40) if number % 5 == 3 else 20
        lines[site] = {"link": f"{link} Mbit/s"}
        for part in range(1 + is_mixed):
            habit = str(draw.choice(habits)) if is_mixed else habits[number % len(habits)]
            new = {"installed": "new.idf"} if draw.random() < 0.1 else {}
            devices = int(draw.integers(least, most + 1))
            units[f"DE/{site}-{part}"] = of_habit(habit, devices, site=site, **new)
    if draw.integers(2):
        units["DE/Odd"] = of_habit("shift", int(draw.integers(60, 300)))
        lines["DE/Odd"] = {"link": "50 Mbit/s"}
    for number in range(int(draw.integers(0, 4))):
        units[f"DE/Rare-{number}"] = of_habit("counter", number + 1, connection="wlan")
    return base(units, network={"sites": lines})
