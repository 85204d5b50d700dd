"""Which clock plays, what it says of it, and how the compiled one gets ready."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import tomllib
import warnings
import weakref
from functools import cache
from pathlib import Path

import pytest
import simpy
from click.testing import CliRunner

import fwsim
from fwsim import engine as engine_module
from fwsim.cli import main
from fwsim.compiled import first_use
from fwsim.compiled.machine_run import MachineRun
from fwsim.compiled.model import inventory_of
from fwsim.engine import Engine, choose_engine
from fwsim.messages import ENGLISH, GERMAN, speaking
from fwsim.messages.retelling import why_simpy_again
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.model.purposes import Purpose
from fwsim.problems import InputError
from fwsim.run import play_once, prepare
from tests.same_tables import assert_same

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MANUAL = SCENARIOS / "manual-example.yaml"
FEW = ("--replications", "2", "--workers", "1")
BRANCHES = SCENARIOS / "branch-offices.yaml"


def test_the_compiled_clock_is_the_default():
    result = fwsim.simulate(MANUAL)
    assert result.provenance["engine"] == "compiled"
    assert "why_engine" not in result.provenance


def test_both_clocks_give_the_same_tables():
    compiled, slow = (fwsim.simulate(MANUAL, engine=engine) for engine in ("compiled", "simpy"))
    assert slow.provenance["engine"] == "simpy"
    assert_same(compiled.log, slow.log)
    assert_same(compiled.devices, slow.devices)


def test_an_environment_of_ones_own_is_played_by_simpy_and_the_result_says_so():
    result = fwsim.simulate(MANUAL, env=simpy.Environment())
    assert result.provenance["engine"] == "simpy"
    assert result.provenance["why_engine"] == "a SimPy environment of your own sets the pace"


def test_the_compiled_clock_cannot_be_forced_where_it_cannot_play():
    with pytest.raises(InputError, match="cannot play this: a SimPy environment of your own"):
        fwsim.simulate(MANUAL, env=simpy.Environment(), engine="compiled")


def test_an_unknown_engine_is_named():
    with pytest.raises(InputError, match="'c' is not an engine; expected compiled or simpy"):
        fwsim.simulate(MANUAL, engine="c")


def test_where_it_cannot_be_built_simpy_plays_and_the_summary_says_why(monkeypatch):
    from fwsim import engine

    def broken():
        raise OSError("no room")

    monkeypatch.setattr(first_use, "built", broken)
    monkeypatch.setattr(engine, "_not_built", engine._not_built.__wrapped__)
    monkeypatch.setattr(engine, "_TOLD", set())
    with pytest.warns(fwsim.SlowClockWarning, match="longer .*, because the compiled .* no room"):
        assert choose_engine().engine is Engine.SIMPY
    assert choose_engine().engine is Engine.SIMPY  # told once in a process
    assert choose_engine("simpy").why == ""
    run = CliRunner().invoke(main, ["run", str(MANUAL), *FEW])
    assert "Played by SimPy: the compiled clock cannot be built here: no room." in run.stdout
    monkeypatch.setattr(engine, "_TOLD", set())
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        run = CliRunner().invoke(main, ["run", str(MANUAL), *FEW])
    assert run.stderr.startswith("warning: SimPy plays, which takes longer (some 70 times as long ")
    assert "Played by SimPy: the compiled clock" in run.stdout


def test_why_simpy_plays_is_told_in_the_language_that_is_spoken(monkeypatch):
    def broken():
        raise OSError("no\nroom")

    monkeypatch.setattr(first_use, "built", broken)
    monkeypatch.setattr(engine_module, "_not_built", cache(engine_module._not_built.__wrapped__))
    for language, slower, cannot in (
        (
            ENGLISH,
            "70 times as long with 10,000 devices.*, because the compiled clock cannot",
            "cannot play this: the com",
        ),
        (
            GERMAN,
            "bei 10.000 Geräten etwa 70-mal so lange.*: die schnelle Uhr lässt sich",
            "nicht spielen: die schnelle",
        ),
    ):
        monkeypatch.setattr(engine_module, "_TOLD", set())
        with speaking(language):
            with pytest.warns(fwsim.SlowClockWarning, match=f"{slower}.*: no\nroom"):
                assert choose_engine().why == "the compiled clock cannot be built here: no\nroom"
            with pytest.raises(InputError, match=cannot):
                choose_engine("compiled")
    with speaking(GERMAN):
        assert why_simpy_again("somebody watches the status log grow").startswith("jemand sieht")
    with speaking(GERMAN), pytest.raises(InputError, match="erwartet: compiled oder simpy"):
        choose_engine("c")


@pytest.mark.parametrize(
    ("found", "built"), [("0.62.1", True), ("0.68.1", True), ("0.69.0", False), ("1.0", False)]
)
def test_a_compiler_nobody_tried_is_named(monkeypatch, found, built):
    monkeypatch.setattr("fwsim.engine.installed_version", lambda _: found)
    why = engine_module._too_new()
    assert bool(why) is not built
    assert built or f"numba {found} is newer" in why


def test_the_bound_of_the_compiler_is_that_of_the_package():
    below = ".".join(map(str, engine_module.BELOW_NUMBA))
    wanted = tomllib.loads((SCENARIOS.parent / "pyproject.toml").read_text())["project"][
        "dependencies"
    ]
    assert any(line.startswith("numba") and line.endswith(f"<{below}") for line in wanted)


def test_who_takes_part_or_asks_for_simpy_is_not_warned():
    fwsim.simulate(MANUAL, engine="simpy")
    fwsim.simulate(MANUAL, env=simpy.Environment())


def test_the_command_line_takes_an_engine():
    runs = [
        CliRunner().invoke(main, ["run", str(MANUAL), "--engine", name, *FEW])
        for name in ("compiled", "simpy")
    ]
    assert [run.exit_code for run in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout


def test_an_experiment_is_the_same_on_both_clocks():
    experiment = fwsim.Experiment(MANUAL)
    first, second = (experiment.run(3, engine=name, workers=1) for name in Engine)
    assert first.as_data()["measures"] == second.as_data()["measures"]


def test_threads_give_what_one_after_the_other_gives():
    experiment = fwsim.Experiment(BRANCHES)
    alone, together = (experiment.run(4, workers=workers) for workers in (1, 3))
    assert alone.as_data() == together.as_data()


def test_importing_fwsim_imports_no_compiler():
    code = (
        "import sys, fwsim; print([m for m in ('numba', 'llvmlite', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_run_with_the_code_on_disk_imports_no_numba_and_told_no_tables():
    fwsim.simulate(MANUAL)
    code = (
        f"import sys, fwsim; fwsim.simulate({str(MANUAL)!r}).measures; "
        "print([m for m in ('numba', 'pandas', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_first_use_says_what_it_is_doing(monkeypatch, capsys):
    told = []

    def slow(watcher):
        watcher(1, 2)
        told.append("made")

    monkeypatch.setattr(first_use, "compiled_elsewhere", slow)
    monkeypatch.setattr(first_use, "machine_code", lambda make: make())
    first_use.built()
    assert told == ["made"]
    assert "Compiling the fast clock, once for this version of fwsim" in capsys.readouterr().err


def test_an_interrupt_stops_the_clock_and_is_raised():
    rollout = prepare(fwsim.load(BRANCHES))

    def interrupted(done, targeted, milliseconds):
        raise KeyboardInterrupt

    world = MachineRun(
        inventory_of(rollout), Draws(rollout, Chances(1)), rollout.horizon, interrupted
    )
    world._tables.set(report_at=100)
    with pytest.raises(KeyboardInterrupt):
        world.play()
    assert int(world._tables.world["happened"][0]) < 1000


@pytest.mark.parametrize("what", ["_draw", "_find_targets"])
def test_a_fault_in_python_comes_out_as_it_was(monkeypatch, what):
    def broken(*_):
        raise MemoryError("full")

    monkeypatch.setattr(MachineRun, what, broken)
    rollout = prepare(fwsim.load(BRANCHES))
    world = MachineRun(inventory_of(rollout), Draws(rollout, Chances(1)), rollout.horizon)
    with pytest.raises(MemoryError, match="full"):
        world.play()


def test_ctrl_c_in_the_middle_of_a_run_is_not_lost():
    """Whenever it comes: it is raised in Python, after compiled code has stopped."""
    rollout = prepare(fwsim.load(BRANCHES))
    draws = Draws(rollout, Chances(1))
    answer = draws[Purpose.ANSWER]
    row = answer.row

    def interrupted(number):
        signal.raise_signal(signal.SIGINT)
        return row(number)

    answer.row = interrupted
    world = MachineRun(inventory_of(rollout), draws, rollout.horizon)
    with pytest.raises(KeyboardInterrupt):
        world.play()
    assert world.ended < rollout.horizon
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_rollout_that_was_played_can_be_forgotten():
    """The planner makes a new one at every move of a slider."""
    rollout = prepare(fwsim.load(MANUAL))
    play_once(rollout, 1, 0)
    gone = weakref.ref(rollout)
    del rollout
    gc.collect()
    assert gone() is None
