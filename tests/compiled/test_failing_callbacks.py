"""Python that cannot answer: the clock stops before it touches anything else."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import fwsim
from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.interpreted.clock import interpreted_machine
from fwsim.compiled.machine_run import MachineRun
from fwsim.compiled.model import inventory_of
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.run import prepare
from tests.simulation.random_scenarios import DATA

FAULTS = (MemoryError, KeyboardInterrupt, ValueError, SystemExit)
DRAW, ORDER, REPORT = Ask.DRAW, Ask.ORDER, Ask.REPORT
NOT_HERE = {Ask.GROW, Ask.REFUSED, Ask.ORDER_AS_TOLD}
"""Asked for one by one, in a fault of the model, and with a past."""
KINDS = {("GROW", grows.name) for grows in Grows} | {
    (ask.name, "") for ask in Ask if ask not in NOT_HERE
}


def busy_rollout():
    """Return a rollout that comes to ask for everything: proxies, deferments, own jobs, loads."""
    data = {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "1 d",
        "image": {
            "name": "new.idf",
            "packages": [{"name": "a", "size": "20 MB"}, {"name": "b", "size": "9 MB"}],
        },
        "firmware": {
            "proxy": {"type": "dynamic"},
            "new_version": {"at_start": True},
            "reminder": {"deferments": 1, "delays": ["15 min"]},
        },
        "fleet": {"units": {"DE/*": {"devices": 2, "sites": 2, "installed": "old.idf"}}},
        "network": {"repository": {"connections": 2}, "sites": {"default": {"link": "0.2 Mbit/s"}}},
        "people": {"default": {"answer": {"defer": "60 %", "now": "40 %"}}},
        "power": {"default": {"on": "daily 08:00-13:00", "jitter": "10 min"}},
        "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
        "scheduler": "evening.ini",
        "assumptions": {"defer_counter_scope": "idf"},
    }
    return prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))


class Failing(MachineRun):
    """A world in which one answer fails: the n-th of all.

    Parameters
    ----------
    number
        Which answer; None fails none.
    fault
        What it dies of.
    """

    def __init__(self, rollout, number=None, fault=ValueError):
        self.asked = []
        self.number = number
        self.left = {}
        super().__init__(inventory_of(rollout), Draws(rollout, Chances(3)), rollout.horizon)
        self._tables.set(report_at=40)
        answers = [*self._answers]
        self._answers = [self.watched(what, answer, fault) for what, answer in enumerate(answers)]

    def watched(self, what, answer, fault):
        def answered(first, second):
            grows = Grows(first).name if what == Ask.GROW else ""
            self.asked.append((Ask(what).name, grows))
            if len(self.asked) - 1 == self.number:
                raise fault("no answer")
            answer(first, second)

        return answered

    def _called(self, what, first, second):
        super()._called(what, first, second)
        if len(self.asked) - 1 == self.number:
            self.left = self.memory()

    def memory(self):
        tables = {name: array.tobytes() for name, array in self._tables.arrays.items()}
        return tables | {"world": self._tables.world.tobytes()}


def stops_at(rollout, number, fault):
    """Play until an answer fails; nothing may change afterwards, and nothing more be asked."""
    world = Failing(rollout, number, fault)
    with pytest.raises(fault, match="no answer"):
        world.play()
    assert len(world.asked) == number + 1
    assert world.left
    assert world.memory() == world.left


def all_asked(rollout):
    world = Failing(rollout)
    world.play()
    assert set(world.asked) >= KINDS
    return world.asked


def stops_at_the_first_and_the_last_of_each_kind():
    rollout = busy_rollout()
    asked = all_asked(rollout)
    numbers = {asked.index(kind) for kind in KINDS}
    numbers |= {len(asked) - 1 - asked[::-1].index(kind) for kind in KINDS}
    for number in sorted(numbers):
        stops_at(rollout, number, FAULTS[number % len(FAULTS)])


@pytest.mark.usefixtures("tight")
def test_compiled_it_stops_at_the_first_and_the_last_answer_of_each_kind():
    stops_at_the_first_and_the_last_of_each_kind()


@pytest.mark.slow
@pytest.mark.usefixtures("tight", "interpreted")
def test_interpreted_it_stops_at_the_first_and_the_last_answer_of_each_kind():
    stops_at_the_first_and_the_last_of_each_kind()


def stops_at_each(fault):
    rollout = busy_rollout()
    for number in range(len(all_asked(rollout))):
        stops_at(rollout, number, fault)


@pytest.mark.slow
@pytest.mark.usefixtures("tight")
@pytest.mark.parametrize("fault", FAULTS)
def test_compiled_it_stops_at_each_answer_that_fails(fault):
    stops_at_each(fault)


@pytest.mark.slow
@pytest.mark.usefixtures("tight", "interpreted")
@pytest.mark.parametrize("fault", FAULTS)
def test_interpreted_it_stops_at_each_answer_that_fails(fault):
    stops_at_each(fault)


@pytest.mark.usefixtures("interpreted")
def test_it_stops_where_the_lifecycle_has_no_row(monkeypatch):
    monkeypatch.setattr(interpreted_machine()["walk"], "find_row", lambda *_: -1)
    world = Failing(busy_rollout())
    with pytest.raises(Exception, match="SCHEDULED has no row"):
        world.play()
    assert world.asked[-1] == ("REFUSED", "")


def test_it_stops_where_not_even_the_fault_can_be_kept(monkeypatch):
    """So short of memory that the answer dies before its first line."""
    world = Failing(busy_rollout())
    monkeypatch.setattr(Failing, "_called", lambda *_: None)
    broken = Failing(busy_rollout())
    with pytest.raises(MemoryError, match="could not even be asked"):
        broken.play()
    assert int(broken._tables.world["happened"][0]) == 0
    world.play()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process")
def test_memory_that_runs_out_ends_in_a_sentence_not_in_a_crash():
    script = """
        import resource
        import fwsim
        from fwsim.model.chances import Chances
        from fwsim.compiled import growing_tables, model
        from fwsim.compiled.machine_code import machine_code
        from fwsim.model.draws import Draws
        from fwsim.run import prepare
        rollout = prepare(fwsim.Scenario.model_validate({
            "zone": "UTC", "start": "2024-01-01 08:00", "horizon": "366 d",
            "image": {"name": "n.idf", "packages": [{"name": "a", "size": "5 MB"}]},
            "fleet": {"units": {"DE": {"devices": 1500, "installed": "n.idf"}}},
            "commands": [{"update": "DE", "every": {"days": ["mon", "tue", "wed", "thu", "fri"],
                                                    "at": "12:00"}}],
        }))
        machine_code()
        model.refuse_what_cannot_fit = lambda *_, **__: None
        growing_tables.memory_for = lambda size: None
        taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        for more in range(20, 120, 20):
            resource.setrlimit(resource.RLIMIT_AS, (taken + (more << 20), -1))
            try:
                model.play(rollout, Draws(rollout, Chances(1)))
            except MemoryError as error:
                print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) >= 2
    assert any(line.startswith("memory ran out ") and "begun" in line for line in lines)


def test_after_a_fault_the_next_run_is_whole():
    rollout = busy_rollout()
    logs = []
    for number in (None, 5, None):
        world = Failing(rollout, number)
        if number is None:
            world.play()
            logs.append(world.log())
        else:
            with pytest.raises(ValueError, match="no answer"):
                world.play()
            continue
        world.close()
    for name in ("time", "device", "state", "amount"):
        assert np.array_equal(getattr(logs[0], name), getattr(logs[1], name))
