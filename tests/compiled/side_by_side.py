"""Both clocks on one scenario, and what is shown where they differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.results.run.record import RunRecord
from fwsim.run import play_once

COLUMNS = ("time", "device", "run", "state", "detail", "amount")


def both(rollout: Rollout, seed: int = 0, **given: Any) -> tuple[RunRecord, RunRecord]:
    """Return one run on the SimPy clock and on the compiled one."""
    first, second = (
        play_once(rollout, seed, 0, engine=engine, **given)
        for engine in (Engine.SIMPY, Engine.COMPILED)
    )
    return first, second


def _lines(log: LogColumns, device: int) -> list[str]:
    mine = np.flatnonzero(log.device == device)
    return [
        f"{log.time[i]:>10} run {log.run[i]} {State(log.state[i]).name}"
        f" {Detail(log.detail[i]).name} {log.amount[i]}"
        for i in mine.tolist()
    ]


def difference(first: LogColumns, second: LogColumns) -> str:
    """Return the first device whose log differs, both logs side by side; empty if none does."""
    devices = np.union1d(first.device, second.device).tolist()
    for device in devices:
        left, right = _lines(first, device), _lines(second, device)
        if left == right:
            continue
        rows = [f"device {device}: SimPy beside compiled"]
        for i in range(max(len(left), len(right))):
            a, b = (side[i] if i < len(side) else "-" for side in (left, right))
            rows.append(f"{' ' if a == b else '*'} {a:<70} | {b}")
        return "\n".join(rows)
    same = all(np.array_equal(getattr(first, name), getattr(second, name)) for name in COLUMNS)
    return "" if same else "the same lines, in another order"


def assert_alike(first: RunRecord, second: RunRecord) -> None:
    """Fail unless two runs tell the same story, line by line, byte by byte."""
    found = difference(first.log, second.log)
    assert not found, found
    assert first.ended == second.ended
    for name in ("minute", "provider", "size"):
        left, right = (getattr(side.sent, name) for side in (first, second))
        assert left.tolist() == right.tolist(), f"sent {name}"
        assert left.dtype == right.dtype, f"sent {name}"
    a = first.rollout.assumptions
    if not first.corrected:  # what a log tells may be more; each package is rounded to a byte
        most = a.lan_rate * first.sent.stretch // 1000 + a.provider_slots
        assert first.sent.size.max(initial=0) <= most
    runs = [[(run.at, run.label, run.command) for run in side.log.runs] for side in (first, second)]
    assert runs[0] == runs[1]
    for name in ("minute", "site", "size"):
        assert np.array_equal(getattr(first.load, name), getattr(second.load, name)), name
