"""Runs made by copies of this process: the same answers, and nothing left behind."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from types import ModuleType

import pytest

from fwsim.experiments import copied_processes, workers
from fwsim.experiments.copied_processes import beside, in_copies, may_copy
from fwsim.experiments.experiment import Experiment
from fwsim.problems import InputError, Problem

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")
JOBS = [("run", number) for number in range(40)]
HERE = os.getpid()


class OddError(Exception):
    """Cannot be made again from its text."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def is_deaf(*_):
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def is_odd(_, __):
    raise OddError(1, 2)


def breaks(_, number):
    if number == 17:
        raise ValueError("the 17th")
    return number


def dies(_, __):
    if os.getpid() != HERE:
        end()


def refuses():
    raise InputError([Problem("this is wrong", source="here")])


def end(_=None):
    os.kill(os.getpid(), signal.SIGKILL)


def test_results_come_back_in_order_from_this_process_and_others():
    made = list(in_copies(lambda what, number: (what, number, os.getpid()), JOBS, 3))
    assert [(what, number) for what, number, _ in made] == JOBS
    processes = {process for _, _, process in made}
    assert HERE in processes
    assert len(processes) in {2, 3}  # one may be too late for any
    assert multiprocessing.active_children() == []


class SwiftPipe:
    """To a copy that is done as soon as it is asked."""

    def __init__(self):
        self.answers = []

    def send(self, job):
        self.answers.append(pickle.dumps((job, pickle.dumps("there"), None, [])))

    def recv_bytes(self):
        return self.answers.pop(0)


def test_a_copy_that_is_faster_makes_more(monkeypatch):
    """It would wait else while this process makes a run and tells of others."""
    monkeypatch.setattr(
        copied_processes, "wait", lambda pipes, _: [pipe for pipe in pipes if pipe.answers]
    )
    made = list(copied_processes._in_order([SwiftPipe()], 30, lambda _: "here"))
    assert (made.count("here"), len(made)) == (10, 30)


def test_a_copy_that_is_as_fast_makes_half(monkeypatch):
    """Nobody waits at the end for one who was given more than the other."""
    looks = iter(range(1000))

    def every_other_look(pipes, patience):
        return pipes if patience is None or next(looks) % 2 == 0 else []

    monkeypatch.setattr(copied_processes, "wait", every_other_look)
    made = list(copied_processes._in_order([SwiftPipe()], 20, lambda _: "here"))
    assert (made.count("here"), len(made)) == (10, 20)


def test_of_two_runs_each_of_two_processes_makes_one():
    made = {*in_copies(lambda _, __: os.getpid(), JOBS[:2], 2)}
    assert HERE in made
    assert len(made) == 2


def test_what_a_run_raises_is_raised_here_and_no_process_is_left():
    with pytest.raises(ValueError, match="the 17th"):
        list(in_copies(breaks, JOBS, 2))
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_is_told_as_memory_that_ran_out():
    with pytest.raises(MemoryError, match="ended from outside"):
        list(in_copies(dies, JOBS, 2))


def test_who_takes_no_more_results_ends_the_processes():
    results = in_copies(breaks, JOBS, 2)
    assert next(results) == 0
    results.close()
    assert multiprocessing.active_children() == []


def test_an_interrupt_from_the_keyboard_reaches_this_process_only():
    processes = set(in_copies(lambda *_: (os.getpid() == HERE, is_deaf()), JOBS, 2))
    assert processes == {(True, False), (False, True)}


def test_who_stops_while_large_results_are_on_their_way_does_not_wait_for_them():
    for _ in range(30):
        results = in_copies(lambda _, __: os.urandom(100_000), JOBS, 2)
        next(results)
        results.close()
    assert multiprocessing.active_children() == []


def test_what_cannot_travel_is_told_in_words_and_no_memory_has_run_out():
    # Where Dask is imported every exception can travel.
    with pytest.raises((RuntimeError, OddError), match="1 and 2"):
        list(in_copies(is_odd, JOBS, 2))
    with pytest.raises(Exception, match=r"pickle|local object"):
        list(in_copies(lambda _, __: lambda: None, JOBS, 2))


def test_problems_of_an_input_travel_whole():
    with beside(refuses) as result, pytest.raises(InputError) as caught:
        result()
    assert [problem.message for problem in caught.value.problems] == ["this is wrong"]


def test_what_all_processes_warn_of_is_heard_once():
    def warn(_, __):
        warnings.warn("careful", UserWarning, stacklevel=1)
        return os.getpid()

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("default")
        assert len(set(in_copies(warn, JOBS, 2))) == 2
    assert [str(one.message) for one in heard] == ["careful"]


def test_this_process_does_not_run_far_ahead_of_a_slow_copy(monkeypatch):
    """Nothing could be told meanwhile, and what is made would pile up."""
    made_here = []
    monkeypatch.setattr(
        copied_processes,
        "wait",
        lambda pipes, patience: [] if patience == 0 else [pipe for pipe in pipes if pipe.answers],
    )
    results = copied_processes._in_order([SwiftPipe()], 500, made_here.append)
    next(results)
    assert len(made_here) == copied_processes.MOST_READY


def test_a_warning_of_a_copy_asks_no_module_for_what_it_has_not(monkeypatch):
    class LazyModule(ModuleType):
        def __getattr__(self, name):
            raise ImportError(name)

    def warn(*_):
        warnings.warn_explicit("careful", UserWarning, "nowhere.py", 1)

    monkeypatch.setitem(sys.modules, "fwsim_lazy", LazyModule("fwsim_lazy"))
    with pytest.warns(UserWarning, match="careful"), beside(warn) as result:
        result()


def test_an_interrupt_while_this_process_makes_a_run_ends_the_others():
    def interrupted(_, __):
        if os.getpid() == HERE:
            raise KeyboardInterrupt
        return 1

    with pytest.raises(KeyboardInterrupt):
        list(in_copies(interrupted, JOBS, 2))
    assert multiprocessing.active_children() == []


def test_how_far_a_copy_is_is_told_while_it_is_waited_for(tmp_path):
    goes_on = tmp_path / "goes on"
    told = []

    def work(tell):
        for done in range(3):
            tell(done + 1)
        while not goes_on.exists():
            pass
        return "done"

    def hear(done):
        told.append(done)
        if done == 3:
            goes_on.touch()

    with beside(work, tell=hear) as result:
        assert result() == "done"
    assert told[-1] == 3
    assert told == sorted(told)


def test_a_copy_does_something_beside():
    with beside(lambda a, b: (a + b, os.getpid()), 2, 3) as result:
        found, process = result()
    assert found == 5
    assert process != os.getpid()
    assert multiprocessing.active_children() == []


def test_what_a_copy_raises_beside_is_raised_where_its_result_is_waited_for():
    with beside(breaks, None, 17) as result, pytest.raises(ValueError, match="the 17th"):
        result()


def test_a_copy_beside_that_is_killed_is_told():
    with beside(end) as result, pytest.raises(MemoryError, match="ended from outside"):
        result()


def test_a_process_with_other_threads_is_not_copied():
    leave = threading.Event()
    other = threading.Thread(target=leave.wait)
    other.start()
    try:
        assert not may_copy()
    finally:
        leave.set()
        other.join()


@pytest.mark.parametrize("runs", [5, 40])
def test_an_experiment_by_copies_gives_the_same_answer(monkeypatch, scenario, runs):
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 20}}})
    here = Experiment(model).run(runs, workers=1)
    monkeypatch.setattr(workers, "may_copy", lambda: True)
    monkeypatch.setattr(workers, "WORTH_A_COPY", 1)
    told = []
    there = Experiment(model).run(runs, workers=2, progress=lambda done, _: told.append(done))
    assert there.as_data() == here.as_data()
    assert told == list(range(1, runs + 1))


def test_an_experiment_by_copies_keeps_what_is_done_when_it_is_interrupted(monkeypatch, scenario):
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 20}}})
    monkeypatch.setattr(workers, "may_copy", lambda: True)
    monkeypatch.setattr(workers, "WORTH_A_COPY", 1)

    def interrupt(done, _):
        if done == 7:
            raise KeyboardInterrupt

    answer = Experiment(model).run(40, workers=2, progress=interrupt)
    assert (answer.runs, answer.interrupted) == (7, True)
    assert multiprocessing.active_children() == []
