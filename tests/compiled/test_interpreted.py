"""The compiled clock as plain Python: the same logs, and what compiled code cannot tell."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.compiled import tables
from fwsim.compiled.interpreted import SWITCH, memory, wrapping
from fwsim.compiled.interpreted.clock import interpreted_machine
from fwsim.compiled.interpreted.memory import (
    CheckedMemory,
    OtherTableError,
    OutsideTableError,
    StaleRecordError,
    TooWideError,
)
from fwsim.run import prepare
from tests.compiled.random_rollouts import rollouts, rollouts_with_check_ins
from tests.compiled.side_by_side import assert_alike, both
from tests.shipped import SCENARIOS, shipped
from tests.simulation.random_scenarios import DATA

FEW_DEVICES = 50
LARGE = {
    "boot-storm",
    "pilot-of-thirty",
    "branch-offices",
    "check-in",
    "find-the-window",
    "friday-as-it-went",
    "friday-at-five",
    "outage",
    "waves-with-a-gate",
    "ways-delivery",
    "ways-direct",
    "ways-proxy",
}
UNTIL = st.sampled_from([None, None, None, 3_600_000, 2_500_001])
ANY_ROLLOUT = rollouts() | rollouts_with_check_ins()


def marked(path):
    return pytest.param(path, marks=[pytest.mark.slow] if path.stem in LARGE else [], id=path.stem)


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("path", [marked(path) for path in SCENARIOS])
def test_every_scenario_plays_alike(path):
    rollout = shipped(path)
    assert (len(rollout.fleet) > FEW_DEVICES) == (path.stem in LARGE)
    assert_alike(*both(rollout, rollout.scenario.seed))


def plays_alike(data, until):
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    assert_alike(*both(rollout, data.get("seed", 0), until=until))


@pytest.mark.usefixtures("interpreted", "tight")
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_ROLLOUT, UNTIL)
def test_whatever_a_scenario_says_plays_alike_though_every_row_moves_a_table(data, until):
    plays_alike(data, until)


@pytest.mark.slow
@pytest.mark.usefixtures("interpreted")
@settings(
    max_examples=3000,
    derandomize=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ANY_ROLLOUT, UNTIL)
def test_thousands_of_scenarios_play_alike(data, until):
    plays_alike(data, until)


@pytest.mark.slow
@pytest.mark.usefixtures("interpreted", "tight")
@settings(
    max_examples=1000,
    derandomize=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ANY_ROLLOUT, UNTIL)
def test_a_thousand_scenarios_play_alike_though_every_row_moves_a_table(data, until):
    plays_alike(data, until)


def test_the_switch_plays_it_without_a_compiler():
    """And leaves the modules as they were: others find the ones that are compiled.

    Nor does it take what draws and shows.
    """
    code = (
        "import sys, fwsim\n"
        f"fwsim.simulate({str(SCENARIOS[0].parent / 'manual-example.yaml')!r})\n"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " ('numba', 'llvmlite', 'matplotlib', 'ipywidgets')"
        " or name.startswith('fwsim.compiled.machine.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, SWITCH: "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]"


def test_functions_keep_their_files_and_lines():
    """A debugger stops in them, and coverage counts them."""
    file = interpreted_machine()["job"].step.__code__.co_filename
    assert Path(file) == Path(fwsim.__file__).parent / "compiled/machine/job.py"


# Memory


@pytest.fixture
def jobs():
    """Return the memory of a run with a table of three jobs, and its address."""
    checked, array = CheckedMemory(), np.zeros(3, tables.JOB)
    checked.note("jobs", array)
    yield checked, array
    checked.forget_all()


job_at = memory.record_at(tables.JOB)


def test_a_row_is_the_memory_itself(jobs):
    _, array = jobs
    job = job_at(array.ctypes.data, 2)
    job.device, job.due, job.is_bricked = 7, 1 << 40, True
    assert (array[2]["device"], array[2]["due"], array[2]["is_bricked"]) == (7, 1 << 40, True)
    array[2]["state"] = 9
    assert job.state == 9


@pytest.mark.parametrize("index", [-1, 3, 1 << 40])
def test_an_index_outside_its_table_is_an_error_that_says_where(jobs, index):
    with pytest.raises(OutsideTableError) as fault:
        job_at(jobs[1].ctypes.data, index)
    said = f"table jobs has length 3; index {index}, in tests.compiled.test_interpreted.test_an_"
    assert said in str(fault.value)


def test_a_record_fetched_before_its_table_grew_is_an_error(jobs):
    checked, array = jobs
    job = job_at(array.ctypes.data, 1)
    checked.note("jobs", np.zeros(9, tables.JOB))
    for touch in (lambda: job.device, lambda: setattr(job, "device", 1)):
        with pytest.raises(StaleRecordError, match=r"table jobs has grown .* 3\); index 1, in "):
            touch()


def test_an_address_fetched_before_its_table_grew_is_an_error(jobs):
    checked, array = jobs
    checked.note("jobs", np.zeros(9, tables.JOB))
    with pytest.raises(StaleRecordError, match="no table lies at address"):
        job_at(array.ctypes.data, 1)


def test_a_table_read_as_another_is_an_error(jobs):
    with pytest.raises(OtherTableError, match="table jobs is read as int64"):
        memory.whole_at(jobs[1].ctypes.data, 0)


def test_a_number_too_wide_for_its_field_is_an_error(jobs):
    job = job_at(jobs[1].ctypes.data, 0)
    for field, number in (("device", 1 << 31), ("due", 1 << 63), ("due", -(1 << 63) - 1)):
        with pytest.raises(TooWideError, match=f"does not fit {field} of table jobs"):
            setattr(job, field, number)


@pytest.mark.usefixtures("interpreted")
def test_a_fault_of_the_clock_is_raised_from_the_line_that_made_it(monkeypatch):
    clock = interpreted_machine()["clock"]
    event = clock.event_at
    monkeypatch.setattr(clock, "event_at", lambda table, _: event(table, -1))
    said = r"table events has length \d+; index -1, in .*test_interpreted"
    with pytest.raises(OutsideTableError, match=said):
        fwsim.simulate(SCENARIOS[0].parent / "manual-example.yaml")


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_wrapping_sums_are_those_of_sixty_four_bits(a, b):
    with np.errstate(over="ignore"):
        first, second = np.array([a]), np.array([b])
        sums = (first + second, first - second, first * second)
    found = [function(a, b) for function in (wrapping.plus, wrapping.minus, wrapping.times)]
    assert found == [int(value[0]) for value in sums]


def test_the_epoch_of_an_event_is_as_wide_as_its_owners():
    owners = [tables.WORLD["timer_epoch"], tables.JOB["epoch"], tables.JOB["request_epoch"]]
    owners += [tables.DEVICE[f"{name}_epoch"] for name in ("switch", "contact", "power")]
    assert {*owners} == {tables.EVENT["epoch"]}


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("most", [0, 1, 3])
def test_the_timers_epochs_may_begin_again(monkeypatch, most):
    """An event as old as a whole round finds no flow that has ended, and does no harm."""
    monkeypatch.setattr(interpreted_machine()["network"], "MOST_EPOCHS", most)
    plays_alike(fwsim.load(SCENARIOS[0].parent / "busy-and-superseded.yaml").as_data(), None)
    plays_alike(fwsim.load(SCENARIOS[0].parent / "dynamic-proxy.yaml").as_data(), None)


def test_what_is_declared_is_there_with_the_same_arguments():
    machine = interpreted_machine()
    source = Path(fwsim.__file__).parent / "compiled" / "machine" / "declared.py"
    found = re.findall(r'@declared\("(\w+)"\)\ndef (\w+)\((.*)\) -> (\w+):', source.read_text())
    assert found
    for module, name, arguments, returned in found:
        there = inspect.signature(getattr(machine[module], name))
        assert str(there).replace("'", "") == f"({arguments}) -> {returned}"
