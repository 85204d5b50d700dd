"""What a run has left: read while its tables are there, or, a large log, once all else is gone."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.compiled import log_read, machine_run, model
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.run import play_once, prepare
from fwsim.scenario.load import load
from tests.shipped import SCENARIOS

NAMES = ("friday-at-five", "dynamic-proxy", "power-loss")
PATHS = [path for path in SCENARIOS if path.stem in NAMES]
COLUMNS = ("time", "device", "run", "state", "detail", "amount")


def left(record):
    """Return all that a run has left, as plain values that no later run can change."""
    log, carried = record.log, record.load
    return (
        *(getattr(log, name).tolist() for name in COLUMNS),
        *(getattr(carried, name).tolist() for name in ("minute", "site", "size")),
        *(getattr(record.sent, name).tolist() for name in ("minute", "provider", "size")),
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_large_log_is_read_as_a_small_one_is(monkeypatch, path):
    rollout = prepare(load(path))
    small = [left(play_once(rollout, 1, n)) for n in (1, 2)]
    monkeypatch.setattr(machine_run, "LARGE", 0)
    large = [play_once(rollout, 1, n) for n in (1, 2)]
    assert [left(record) for record in large] == small
    assert sum(map(len, small[0])) > 0


def test_a_run_after_one_whose_large_log_had_no_room_is_as_ever(monkeypatch):
    rollout = prepare(load(PATHS[0]))
    before = left(play_once(rollout, 1, 1))

    def no_room(*_):
        raise MemoryError("no room for columns")

    with monkeypatch.context() as patch:
        patch.setattr(machine_run, "LARGE", 0)
        patch.setattr(machine_run, "read_log", no_room)
        with pytest.raises(MemoryError, match="no room for columns"):
            play_once(rollout, 1, 2)
    assert left(play_once(rollout, 1, 1)) == before


@pytest.mark.parametrize("large", [0, machine_run.LARGE])
def test_what_a_run_has_left_is_taken_once(monkeypatch, large):
    monkeypatch.setattr(machine_run, "LARGE", large)
    rollout = prepare(load(PATHS[0]))
    run = model._played(rollout, Draws(rollout, Chances(1)), None, None)
    first = run.output()
    for again in (run.output, run.log, run.load):
        with pytest.raises(ValueError, match="taken before"):
            again()
    assert len(first.log.time) > 0


def test_columns_are_in_memory_of_their_own():
    lines = np.zeros(3, machine_run.LINE)
    log = log_read.read_log(lines, ())
    assert not any(np.shares_memory(getattr(log, name), lines) for name in COLUMNS)
