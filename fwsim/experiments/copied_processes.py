"""Processes that begin as copies of this one: they import and prepare nothing anew."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
MOST_TOGETHER = 4
PARTS_OF_A_PROCESS = 8
"""So that no process waits long for the last ones."""
_DRAWS_THE_BAR = "rich.live"
_SIGNAL_IF_PARENT_DIES = 1
"""PR_SET_PDEATHSIG of prctl(2)."""

ENDED = "a process of this program was ended from outside"

_given: list[tuple[Callable[..., Any], Sequence[tuple[Any, int]]]] = []
"""What copies find to do; each sees it as it was when it was made."""


def may_copy() -> bool:
    """Tell whether this process may be copied: where that is usual, and nobody else runs in it.

    A lock that another thread holds would stay locked in the copy for ever. The thread that draws
    a progress bar holds none that a run needs.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    is_main = threading.current_thread() is threading.main_thread()
    is_alone = all(type(other).__module__ == _DRAWS_THE_BAR for other in others)
    return sys.platform == "linux" and is_main and is_alone


def in_copies(
    work: Callable[[Any, int], T], jobs: Sequence[tuple[Any, int]], processes: int
) -> Iterator[T]:
    """Do the same work on many jobs and give the results back in their order.

    Parameters
    ----------
    work
        Takes what a job says and the number of a run.
    jobs
        What and which; they need not travel, for a copy has them.
    processes
        How many.

    Raises
    ------
    MemoryError
        If a process was ended from outside, as by a system that has no memory left.
    """
    together = max(1, min(MOST_TOGETHER, len(jobs) // (PARTS_OF_A_PROCESS * processes)))
    begun = range(0, len(jobs), together)
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context("fork"), initializer=_begin_as_copy
    )
    _given.append((work, jobs))
    try:
        with _copying():
            futures = [pool.submit(_part, first, first + together) for first in begun]
        for future in futures:
            yield from future.result()
    except BrokenProcessPool as fault:
        raise MemoryError(ENDED) from fault
    finally:
        _given.pop()
        _end(pool)


@contextmanager
def beside(work: Callable[..., T], *what: Any) -> Iterator[Callable[[], T]]:
    """Have a copy of this process do something, and go on; yields what waits for its result.

    Parameters
    ----------
    work
        What to do; it and what it raises must be able to travel back.
    what
        With what; it need not travel.

    Raises
    ------
    MemoryError
        When it is waited for, if the process was ended from outside.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(there, work, what), daemon=True)
    with _copying():
        process.start()
    there.close()

    def result() -> T:
        try:
            found, fault = here.recv()
        except EOFError as end:
            raise MemoryError(ENDED) from end
        if fault is not None:
            raise fault
        done: T = found
        return done

    try:
        yield result
    finally:
        process.kill()
        process.join()
        here.close()


def _do(way_back: Connection[Any, Any], work: Callable[..., Any], what: tuple[Any, ...]) -> None:
    _begin_as_copy()
    told: tuple[Any, Exception | None]
    try:
        told = work(*what), None
    except Exception as fault:  # noqa: BLE001 - it is raised where the result is waited for
        told = None, fault
    way_back.send(told)


@contextmanager
def _copying() -> Iterator[None]:
    """Have copies never see an interrupt from the keyboard; this process sees it afterwards."""
    with warnings.catch_warnings():
        # Of threads that are none of Python's, such as those of NumPy's linear algebra.
        warnings.simplefilter("ignore", DeprecationWarning)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _begin_as_copy() -> None:
    """End with the process this is a copy of; leave the memory both share as it is."""
    ctypes.CDLL(None).prctl(_SIGNAL_IF_PARENT_DIES, signal.SIGKILL)
    gc.freeze()


def _part(first: int, end: int) -> list[Any]:
    work, jobs = _given[-1]
    return [work(what, number) for what, number in jobs[first:end]]


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes at once: they have nothing to tidy up."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - nothing else ends them
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)
