"""However the tests and fwsim are started: another home, ignored signals, no terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

import fwsim
from fwsim.compiled.machine_run import MachineRun
from fwsim.compiled.model import inventory_of
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.model.purposes import Purpose
from fwsim.problems import InputError
from fwsim.run import prepare
from tests import tiers
from tests.cli.command_line import fwsim as command_line

ROOT = Path(__file__).parent.parent
MANUAL = ROOT / "scenarios" / "manual-example.yaml"
FEW = ("--replications", "3")
BACKGROUND = 'trap \'\' HUP INT TERM CHLD QUIT; exec "$0" "$@" < /dev/null'
"""What a shell does with a job in the background, and a service manager with more."""


@pytest.mark.parametrize("value", ["abc", "2.5", "1" + "0" * 30])
def test_a_variable_that_is_no_number_is_named_before_any_work(monkeypatch, value):
    """joblib and matplotlib would stumble over it midway, as if fwsim had a fault."""
    for name in ("LOKY_MAX_CPU_COUNT", "SOURCE_DATE_EPOCH"):
        monkeypatch.setenv(name, value)
    ended = command_line("run", MANUAL, "--replications", 2, "--lang", "de")
    assert ended.code == 2
    assert f"SOURCE_DATE_EPOCH: Fehler: {value!r} ist keine Zeit" in ended.text
    if "0" not in value:
        assert f"LOKY_MAX_CPU_COUNT: Fehler: {value!r} ist keine Zahl" in ended.text
        with pytest.raises(InputError, match=r"LOKY_MAX_CPU_COUNT: .* is no number"):
            fwsim.Experiment(MANUAL).run(2)
    with pytest.raises(InputError, match=r"SOURCE_DATE_EPOCH: .* is no time"):
        fwsim.simulate(MANUAL)


def test_a_process_with_another_home_finds_the_compiled_clock(tmp_path):
    fwsim.simulate(MANUAL)
    code = (
        "from fwsim.compiled.kept_code import code_folder\n"
        "from fwsim.compiled.code_names import code_name\n"
        "print((code_folder() / code_name()).exists())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
    )
    assert run.stdout.strip() == "True"


def test_a_scenario_that_fails_at_length_is_played_first_the_next_time(monkeypatch):
    """One that was drawn once in thousands would not come again, and nobody could look into it."""
    monkeypatch.setattr(tiers, "FAILED", InMemoryExampleDatabase())
    played = []

    @tiers.at_length(st.integers(), share=0.1)
    def rare(number):
        played.append(number)
        assert number < 1000

    for _ in range(2):
        played.append("anew")
        with pytest.raises(AssertionError):
            rare()
    assert played[-1] == 1000
    again = played[len(played) - 1 - played[::-1].index("anew") :]
    assert again[1] == 1000


@pytest.fixture
def ignored_interrupts():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_that_is_to_be_ignored_is_ignored(ignored_interrupts):
    """In the background of a shell Ctrl-C is meant for somebody else: the run goes on."""
    rollout = prepare(fwsim.load(MANUAL))
    draws, interrupts = Draws(rollout, Chances(1)), []
    answer = draws[Purpose.ANSWER]
    row = answer.row

    def interrupted(number):
        interrupts.append(number)
        signal.raise_signal(signal.SIGINT)
        return row(number)

    answer.row = interrupted
    MachineRun(inventory_of(rollout), draws, rollout.horizon).play()
    assert interrupts
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.skipif(os.name != "posix", reason="no such signals")
def test_fwsim_runs_in_the_background_without_a_terminal(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "TERM"}
    run = subprocess.run(
        ["/bin/sh", "-c", BACKGROUND, sys.executable, "-m", "fwsim", "run", str(MANUAL), *FEW],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "\x1b" not in run.stdout
    assert "Successful" in run.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="no such signals")
@pytest.mark.parametrize(
    "place",
    [
        "tests/compiled/test_engine.py",
        "tests/experiments/test_worker_killed.py",
        "tests/scenario_tests/test_pytest_plugin.py",
        "tests/test_cli.py",
        "tests/test_docs.py",
        "tests/notebook",
    ],
)
def test_tests_pass_as_a_job_in_the_background(place):
    """Also with colours asked for, a narrow terminal that is none, and clocks of another zone."""
    odd = {"FORCE_COLOR": "1", "COLUMNS": "30", "TZ": "Pacific/Apia", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    run = subprocess.run(
        ["/bin/sh", "-c", BACKGROUND, *command, place],
        cwd=ROOT,
        env={**os.environ, **odd},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout
