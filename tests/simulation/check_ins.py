"""A small scenario whose devices come by themselves, played on the clock of record unless told."""

from __future__ import annotations

from typing import Any

import numpy as np

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.run import play_once, prepare
from tests.simulation.random_scenarios import DATA

MINUTE, HOUR = 60_000, 3_600_000
BASE = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 00:00",
    "horizon": "3 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "1 MB"}]},
    "network": {"sites": {"default": {"link": "1 Gbit/s"}}},
}


def played(
    assignment: dict[str, Any] | None,
    devices: int = 1,
    seed: int = 1,
    engine: Engine = Engine.SIMPY,
    **others: Any,
) -> Any:
    units = {"DE": {"devices": devices, "installed": "old.idf"} | others.pop("unit", {})}
    data = BASE | {"fleet": {"units": units}}
    if assignment is not None:
        data["assignments"] = [{"update": "DE"} | assignment]
    rollout = prepare(fwsim.Scenario.model_validate(data | others).seen_from(DATA))
    return play_once(rollout, seed, 0, engine=engine)


def first_times(record: Any, state: State) -> list[int]:
    log = record.log
    lines = np.flatnonzero(log.in_state(state))
    firsts: dict[int, int] = {}
    for line in lines.tolist():
        firsts.setdefault(int(log.device[line]), int(log.time[line]))
    return [firsts[device] for device in sorted(firsts)]


def at(text: str) -> int:
    day, clock = text.split()
    hours, minutes = clock.split(":")
    return (int(day) - 20) * 24 * HOUR + int(hours) * HOUR + int(minutes) * MINUTE
