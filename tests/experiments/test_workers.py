"""How runs travel to workers."""

import gc
import signal
import threading
import time
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from fwsim.experiments import workers
from fwsim.experiments.workers import _packed, _together, each_in_order
from fwsim.interrupts import stoppable


class Counting(ThreadPoolExecutor):
    """Counts what it is given."""

    given = 0

    def submit(self, *what, **more):
        """Count, and do it."""
        self.given += 1
        return super().submit(*what, **more)


def test_runs_travel_together_to_workers_that_are_few_and_come_back_in_order():
    jobs = [("", number) for number in range(100)]
    with Counting(2) as pool:
        done = list(each_in_order(lambda _, n: n, jobs, workers=None, executor=pool))
    assert done == list(range(100))
    assert pool.given == 17  # of six runs each


def test_an_executor_that_does_not_say_how_many_it_has_gets_run_by_run():
    assert _together(100, object()) == 1


def test_what_many_runs_share_is_packed_once():
    packed = []

    class Order:
        def packed(self):
            packed.append(self)
            return self

    order = Order()
    assert len(_packed([(order, number) for number in range(5)])) == 5
    assert packed == [order]


class Endless(ThreadPoolExecutor):
    """Takes what it is given, and never does it."""

    def __init__(self):
        super().__init__(2)
        self.given = []

    def submit(self, *_, **__):
        """Promise it."""
        self.given.append(Future())
        return self.given[-1]


def pressed():
    """Stand for a button that was pressed."""
    raise KeyboardInterrupt


def test_a_button_stops_who_waits_for_runs_and_asks_for_none_of_them_any_more():
    jobs, pool = [("", number) for number in range(10)], Endless()
    runs = each_in_order(lambda _, n: n, jobs, workers=None, executor=pool)
    with stoppable(pressed), pytest.raises(KeyboardInterrupt):
        next(runs)
    assert pool.given
    assert all(future.cancelled() for future in pool.given)


@pytest.mark.parametrize(("count", "in_threads"), [(8, True), (1, True), (1, False)])
def test_who_can_be_stopped_does_not_wait_for_a_long_run(count, in_threads):
    let_go, is_over = threading.Event(), threading.Event()
    looks = iter((False, False))

    def checked():
        if next(looks, True):
            pressed()

    def long_run(_, number):
        assert let_go.wait(60)
        is_over.set()
        return number

    jobs = [("", number) for number in range(count)]
    made = each_in_order(long_run, jobs, workers=2, executor=None, in_threads=in_threads)
    try:
        with stoppable(checked), pytest.raises(KeyboardInterrupt):
            list(made)
        assert not is_over.is_set()
    finally:
        let_go.set()


@pytest.mark.parametrize("in_threads", [True, False])
def test_runs_that_can_be_stopped_come_back_in_order(in_threads):
    jobs = [(0, number) for number in range(300)]
    with stoppable(lambda: None):
        made = each_in_order(_itself, jobs, workers=2, executor=None, in_threads=in_threads)
        assert list(made) == list(range(300))


def test_processes_are_lent_to_one_at_a_time_and_then_to_the_next():
    with workers.processes(1) as first, workers.processes(1) as second:
        assert first is not second
    with workers.processes(1) as third:
        assert third in {first, second}


def test_who_stops_ends_no_processes_of_others():
    order = range(3)  # anything that travels
    with workers.processes(1) as mine, workers.processes(1) as others:
        runs = each_in_order(_slept, [(order, 60)] * 9, workers=1, executor=mine)
        with stoppable(pressed), pytest.raises(KeyboardInterrupt):
            next(runs)
        found = list(each_in_order(_slept, [(order, 0)] * 9, workers=1, executor=others))
        assert found == [0] * 9
    with workers.processes(1) as again:
        assert again is not mine


def test_who_stops_leaves_no_thread_that_sends_to_processes_that_are_gone():
    before, more_than_a_pipe_holds = set(threading.enumerate()), bytes(2_000_000)
    looks = iter((False,) * 5)

    def checked():
        if next(looks, True):
            pressed()

    with workers.processes(1) as pool:
        jobs = [(more_than_a_pipe_holds, seconds) for seconds in (0, *[60] * 8)]
        runs = each_in_order(_slept, jobs, workers=1, executor=pool)
        assert next(runs) == 0
        with stoppable(checked), pytest.raises(KeyboardInterrupt):
            next(runs)
    begun = set(threading.enumerate()) - before
    for thread in begun:
        thread.join(30)
    assert not any(thread.is_alive() for thread in begun)


def test_processes_that_a_button_ended_are_not_kept():
    with workers.processes(1) as pool:
        runs = each_in_order(_slept, [(range(3), 60)] * 9, workers=1, executor=pool)
        with stoppable(pressed), pytest.raises(KeyboardInterrupt):
            next(runs)
    ended = weakref.ref(pool)
    del runs, pool
    gc.collect()
    assert ended() is None


@pytest.mark.parametrize("are_own", [True, False])
def test_ctrl_c_that_a_terminal_sends_to_all_is_not_for_processes_that_make_runs(are_own):
    jobs = [(0, number) for number in range(4)]
    with workers.processes(2) if are_own else nullcontext() as pool:
        made = each_in_order(_interrupted, jobs, workers=2, executor=pool, in_threads=False)
        assert list(made) == list(range(4))


def test_who_is_interrupted_leaves_no_processes_that_are_still_importing():
    with pytest.raises(KeyboardInterrupt), workers.processes(3) as pool:
        pressed()
    with workers.processes(3) as again:
        assert again is not pool


def _interrupted(_, number):
    signal.raise_signal(signal.SIGINT)
    return number


def _itself(_, number):
    return number


def _slept(_, seconds):
    time.sleep(seconds)
    return seconds
