"""Processes that begin as copies of this one: they import and prepare nothing anew.

Each has a pipe of its own and this process no other thread for them, so whoever stops early, or is
ended from outside, leaves nobody waiting.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, TypeVar

from fwsim.interrupts import interrupts_held

T = TypeVar("T")
AHEAD = 2
"""Jobs that a copy is given before it has told of the first."""
MOST_READY = 32
"""Jobs that are done before the one that is wanted; with so many, this process waits for it."""
ENDED = "a process of this program was ended from outside"
_DRAWS_THE_BAR = "rich.live"
_SIGNAL_IF_PARENT_DIES = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_A_MOMENT = 0.1
"""Seconds between two looks at how far a copy is."""
_Job = Callable[[Any], Any]
_Heard = dict[str | tuple[str, type[Warning], int], int]
_ELSEWHERE: _Heard = {}


def may_copy() -> bool:
    """Tell whether this process may be copied: where that is usual, and nobody else runs in it.

    A lock that another thread holds would stay locked in the copy for ever. The thread that draws
    a progress bar holds none that a run needs.
    """
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    is_main = threading.current_thread() is threading.main_thread()
    is_alone = all(type(other).__module__ == _DRAWS_THE_BAR for other in others)
    is_copy = multiprocessing.current_process().daemon
    return sys.platform == "linux" and is_main and is_alone and not is_copy


def in_copies(
    work: Callable[[Any, int], T], jobs: Sequence[tuple[Any, int]], processes: int
) -> Iterator[T]:
    """Do the same work on many jobs, here and in copies, and give the results back in order.

    Parameters
    ----------
    work
        Takes what a job says and the number of a run.
    jobs
        What and which; they need not travel, for a copy has them.
    processes
        How many work, this one among them.

    Raises
    ------
    MemoryError
        If a process was ended from outside, as by a system that has no memory left.
    """

    def do(number: int) -> T:
        return work(*jobs[number])

    with _copies(do, processes - 1) as pipes:
        yield from _in_order(pipes, len(jobs), do)


def _in_order(pipes: list[Any], jobs: int, do: _Job) -> Iterator[Any]:
    """Give jobs out, do some here, and give what comes of them back in their order."""
    to_come, given = deque(range(jobs)), dict.fromkeys(pipes, 0)

    def give(pipe: Any) -> None:
        """Ask a copy for the next job; the last one is done here unless it has nothing to do."""
        if len(to_come) > 1 or (to_come and not given[pipe]):
            given[pipe] += 1
            _ask(pipe, to_come.popleft())

    for _ in range(AHEAD):
        for pipe in pipes:
            give(pipe)
    ready: dict[int, Callable[[], Any]] = {}
    for wanted in range(jobs):
        while wanted not in ready:
            is_free = bool(to_come) and len(ready) < MOST_READY
            if is_free:
                own = to_come.popleft()
                ready[own] = _done_here(do, own)
            patience = 0 if is_free else None
            for _ in range(AHEAD):  # a copy may have done all that it had
                answering: list[Any] = wait(pipes, patience)
                for pipe in answering:
                    job, ready[job] = _received(pipe)
                    given[pipe] -= 1
                    give(pipe)
                patience = 0
        yield ready.pop(wanted)()


@contextmanager
def beside(
    work: Callable[..., T], *what: Any, tell: Callable[[int], None] | None = None
) -> Iterator[Callable[[], T]]:
    """Have a copy of this process do something, and go on; yields what waits for its result.

    Parameters
    ----------
    work
        What to do.
    what
        With what; it need not travel.
    tell
        Told in this process, while it waits, how far the copy is, by what `work` has told the
        function that it is given as ``tell``.

    Raises
    ------
    MemoryError
        When it is waited for, if the process was ended from outside.
    """
    how_far = multiprocessing.RawValue(ctypes.c_longlong, 0)

    def note(done: int) -> None:
        how_far.value = done

    told: dict[str, Any] = {} if tell is None else {"tell": note}
    with _copies(lambda _: work(*what, **told), 1) as (pipe,):
        _ask(pipe, 0)

        def result() -> T:
            while tell is not None and not pipe.poll(_A_MOMENT):
                tell(how_far.value)
            done: T = _received(pipe)[1]()
            return done

        yield result


@contextmanager
def _copies(do: _Job, count: int) -> Iterator[list[Any]]:
    """Have copies of this process that do what they are told by their pipes."""
    context = multiprocessing.get_context("fork")
    made: list[tuple[BaseProcess, Any]] = []
    try:
        with interrupts_held(), warnings.catch_warnings():  # until all copies are there and known
            # Of threads that are none of Python's, such as those of NumPy's linear algebra.
            warnings.simplefilter("ignore", DeprecationWarning)
            for _ in range(count):
                here, there = context.Pipe()
                process: BaseProcess = context.Process(
                    target=_serve, args=(there, do, os.getpid()), daemon=True
                )
                made.append((process, here))
                process.start()
                there.close()
        yield [here for _, here in made]
    finally:
        begun = [process for process, _ in made if process.pid is not None]
        for process in begun:
            process.kill()
        for process in begun:
            process.join()
        for _, here in made:
            here.close()


def _serve(pipe: Any, do: _Job, parent: int) -> None:
    """Do what is asked for until nobody asks any more: what a copy is there for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_SIGNAL_IF_PARENT_DIES, signal.SIGKILL)
    if os.getppid() != parent:
        return  # it died before
    warnings.resetwarnings()
    gc.freeze()  # what both share stays as it is
    while True:
        asked = pipe.recv()
        with warnings.catch_warnings(record=True) as warned:
            told = _done(do, asked)
        said = [(str(one.message), one.category, one.filename, one.lineno) for one in warned]
        sys.stdout.flush()
        sys.stderr.flush()
        pipe.send_bytes(pickle.dumps((asked, *_pickled(told), said), protocol=5))


def _done(do: _Job, asked: Any) -> tuple[Any, BaseException | None]:
    try:
        return do(asked), None
    except BaseException as fault:  # noqa: BLE001 - it is raised where the result is waited for
        return None, fault


def _done_here(do: _Job, job: int) -> Callable[[], Any]:
    """Do a job in this process; return what gives its result, or raises what it came to.

    An interrupt from the keyboard is raised at once.
    """
    try:
        made = do(job)
    except Exception as error:  # noqa: BLE001 - it is raised in its turn
        return partial(_raise, error)
    return lambda: made


def _raise(fault: BaseException) -> None:
    raise fault


def _pickled(told: tuple[Any, BaseException | None]) -> tuple[bytes, bytes | None]:
    """Return a result and a fault as they travel; a fault that cannot, as its words."""
    result, fault = told
    try:
        packed = pickle.dumps(result, protocol=5)
    except Exception as other:  # noqa: BLE001 - whatever a result has against it
        packed, fault = pickle.dumps(None), other
    if fault is None:
        return packed, None
    try:
        sent = pickle.dumps(fault)
        pickle.loads(sent)  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever an exception has against it
        words = RuntimeError(f"{type(fault).__name__}: {fault}")
        words.add_note("".join(traceback.format_exception(fault)))
        sent = pickle.dumps(words)
    return packed, sent


def _ask(pipe: Any, job: int) -> None:
    """Ask a copy for a job, unless it is gone."""
    try:
        pipe.send(job)
    except ConnectionError:
        raise MemoryError(ENDED) from None


def _received(pipe: Any) -> tuple[int, Callable[[], Any]]:
    """Return which job has come, and what gives its result, or raises what it came to."""
    try:
        asked, packed, fault, said = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from our own copy
    except (EOFError, ConnectionError) as end:
        raise MemoryError(ENDED) from end
    for message, category, filename, lineno in said:
        known = _warned_of(filename)
        warnings.warn_explicit(message, category, filename, lineno, registry=known)

    def opened() -> Any:
        if fault is not None:
            raise pickle.loads(fault)  # noqa: S301 - from our own copy
        return pickle.loads(packed)  # noqa: S301 - from our own copy

    return asked, opened


def _warned_of(filename: str) -> _Heard:
    """Return what a module has warned of, so that all processes together say it as one would."""
    modules: list[object] = [*sys.modules.values()]
    for module in modules:
        if not isinstance(module, ModuleType):
            continue
        names = object.__getattribute__(module, "__dict__")  # some import what they are asked for
        if names.get("__file__") == filename:
            known: _Heard = names.setdefault("__warningregistry__", {})
            return known
    return _ELSEWHERE
