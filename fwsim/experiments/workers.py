"""Where runs are computed: in this process, on joblib's workers, or on any executor."""

from __future__ import annotations

import atexit
import os
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from queue import Empty
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakSet

from fwsim.engine import Engine, choose_engine
from fwsim.environment import check_numbers
from fwsim.experiments.copied_processes import in_copies, may_copy
from fwsim.experiments.run_spec import (
    OwnMeasureError,
    RunSpec,
    replicate,
    replication_of,
    replication_or_fault,
    unpack,
)
from fwsim.garbage import looked_for_seldom
from fwsim.interrupts import check_stop, ignore_interrupts, is_stoppable, kept_from_processes
from fwsim.model.rollout import Rollout
from fwsim.results.run.replication import Replication

S = TypeVar("S")
T = TypeVar("T")
_Made = Replication | OwnMeasureError
MOST_TOGETHER = 10
PARTS_OF_A_WORKER = 8
"""So that no worker of an executor waits long for the last ones."""
A_MOMENT = 0.1
"""Seconds between two looks whether a button was pressed."""
KEPT_FOR = 60
"""Seconds after which a process without work ends."""
WORTH_PROCESSES = 500_000
"""Runs of devices from which on processes are faster than threads."""
WORTH_A_COPY = 15_000
"""Runs of devices for each copy of this process, which begins at once."""
RUNS_OF_A_COPY = 8
"""So many runs for each, for the first may be made ahead of all others."""
_MADE_READY: WeakSet[Any] = WeakSet()
"""Rollouts of which this process has made a run."""


def in_order(
    order: RunSpec, numbers: range, *, workers: int | None, executor: Executor | None
) -> Iterator[Replication]:
    """Compute runs of one order and give them back in their order, as they come in.

    Parameters
    ----------
    order
        Of which experiment.
    numbers
        Which runs.
    workers
        Runs at a time on this machine; None takes one a processor.
    executor
        Takes the place of joblib's workers.
    """
    check_numbers(os.environ)
    jobs = [(order, number) for number in numbers]
    if executor is None and (processes := _worth_copies(jobs, workers)) > 1 and may_copy():
        made: Generator[_Made | bytes, None, None] = _in_copies(jobs, processes)
    else:
        work = _made_here if executor is None and _stays_here(jobs, workers) else replicate
        made = all_in_order(jobs, work, workers=workers, executor=executor)
    with closing(made):
        for one in made:
            run = unpack(one) if isinstance(one, bytes) else one
            if isinstance(run, OwnMeasureError):
                raise run
            yield run


def _in_copies(jobs: Sequence[tuple[RunSpec, int]], processes: int) -> Generator[_Made, None, None]:
    """Make the first run here, if none was yet, so that copies find all it has made ready."""
    here = 0 if _is_slow(jobs) or all(order.rollout in _MADE_READY for order, _ in jobs) else 1
    with looked_for_seldom():
        for order, number in jobs[:here]:
            yield _made_here(order, number)
        yield from in_copies(replication_of, jobs[here:], processes)


def _made_here(order: RunSpec, number: int) -> _Made:
    """Make a run in this process, which then has ready all that runs of the rollout share."""
    run = replication_or_fault(order, number)
    if isinstance(order.rollout, Rollout):
        _MADE_READY.add(order.rollout)
    return run


def all_in_order(
    jobs: Sequence[tuple[RunSpec, int]],
    work: Callable[[RunSpec, int], T],
    *,
    workers: int | None,
    executor: Executor | None,
) -> Generator[T, None, None]:
    """Compute runs of several orders and give them back in their order, as they come in.

    Parameters
    ----------
    jobs
        An order and the number of a run, each.
    work
        What to do with each: `replicate`, `replication_of` or `values_of_run`.
    workers, executor
        As for `in_order`.
    """
    stays = executor is None and _stays_here(jobs, workers)
    ready = jobs if stays else _packed(jobs)
    return each_in_order(work, ready, workers=workers, executor=executor, in_threads=stays)


def _stays_here(jobs: Sequence[tuple[RunSpec, int]], workers: int | None) -> bool:
    """Tell whether runs are made in this process, one by one or by threads."""
    if workers == 1:
        return True
    return not _is_slow(jobs) and not _is_worth_processes(jobs)


def each_in_order(
    work: Callable[[S, int], T],
    jobs: Sequence[tuple[S, int]],
    *,
    workers: int | None,
    executor: Executor | None,
    in_threads: bool = True,
) -> Generator[T, None, None]:
    """Do the same work on many jobs and give the results back in their order.

    Parameters
    ----------
    work
        Takes what a job says and the number of a run.
    jobs
        What and which.
    workers, executor
        As for `in_order`.
    in_threads
        Whether joblib's workers are threads.
    """
    if executor is not None:
        yield from _on_executor(jobs, work, executor)
        return
    check_numbers(os.environ)
    with looked_for_seldom():
        is_one = len(jobs) == 1
        if workers == 1 or (is_one and not is_stoppable()):
            for what, number in jobs:
                yield work(what, number)
        elif is_stoppable():
            lent = threads(workers) if in_threads or is_one else processes(workers)
            with lent as own:
                yield from _on_executor(jobs, work, own)
        else:
            yield from _on_joblib(jobs, work, workers, in_threads=in_threads)


def _is_worth_processes(jobs: Sequence[tuple[RunSpec, int]]) -> bool:
    """Tell whether runs on the compiled clock are better made by processes than by threads.

    Threads start at once and share what is certain, and the clock lets them run side by side; but
    measuring does so only in part. Processes pay for their start where there is much to measure
    (docs/performance.md).
    """
    return _devices_of(jobs) >= WORTH_PROCESSES


def _worth_copies(jobs: Sequence[tuple[RunSpec, int]], workers: int | None) -> int:
    """Return how many copies of this process make runs better than its threads; 0 for none.

    What a caller measures himself may collect what it sees, so it stays in this process.
    """
    if any(order.custom for order, _ in jobs):
        return 0
    most = len(jobs)
    if not _is_slow(jobs):
        most = min(len(jobs) // RUNS_OF_A_COPY, _devices_of(jobs) // WORTH_A_COPY)
    return most if most < 2 else min(most, _at_a_time(workers))


def _at_a_time(workers: int | None) -> int:
    from joblib import cpu_count

    return cpu_count() if workers is None else workers


def _is_slow(jobs: Sequence[tuple[RunSpec, int]]) -> bool:
    return any(order.engine is not Engine.COMPILED for order, _ in jobs)


def _devices_of(jobs: Sequence[tuple[RunSpec, int]]) -> int:
    return sum(
        0 if isinstance(order.rollout, bytes) else len(order.rollout.fleet) for order, _ in jobs
    )


_FREE: dict[int, list[Executor]] = {}
"""Processes that nobody has now, by how many there are."""
_OWN: WeakSet[Executor] = WeakSet()
_LENDING = Lock()


@contextmanager
def processes(workers: int | None) -> Iterator[Executor]:
    """Lend processes that make runs; afterwards they stay for a while for whoever makes more.

    Nobody else has them meanwhile: who stops ends what runs in them, and joblib would end those
    of all.

    Parameters
    ----------
    workers
        How many; None takes one a processor.
    """
    count = _at_a_time(workers)
    with _LENDING:
        free = _FREE.setdefault(count, [])
        free[:] = filter(_is_alive, free)
        pool = free.pop() if free else _begun(count)
    try:
        yield pool
    except KeyboardInterrupt:
        _end_processes(pool)  # who leaves the program would wait for what they import
        raise
    finally:
        with _LENDING:
            if _is_alive(pool):
                free.append(pool)


def _begun(count: int) -> Executor:
    from joblib.externals.loky import ProcessPoolExecutor

    pool: Any = ProcessPoolExecutor(count, timeout=KEPT_FOR, initializer=ignore_interrupts)
    begun: Executor = pool
    _OWN.add(begun)
    try:
        with kept_from_processes():
            for _ in range(count):
                pool.submit(choose_engine)  # it imports all that runs need
    except BaseException:
        _end_processes(pool)
        raise
    return begun


@atexit.register
def _end_all() -> None:
    """End all processes with this program."""
    pools: list[Any] = list(_OWN)
    for pool in pools:
        pool.shutdown(kill_workers=True)


def _is_alive(pool: Any) -> bool:
    return not (pool._flags.broken or pool._flags.shutdown)  # noqa: SLF001 - nothing else tells


@contextmanager
def threads(workers: int | None) -> Iterator[Executor]:
    """Have threads that make runs; whoever stops does not wait for what is in them.

    Parameters
    ----------
    workers
        How many; None takes one a processor.
    """
    pool = ThreadPoolExecutor(_at_a_time(workers))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _end_processes(executor: Any) -> None:
    """End own processes, whatever they are at."""
    if not _is_alive(executor):
        return
    # loky stumbles over what was cancelled and over what waits outside its own queue: nothing is
    # cancelled here, and nothing waits any more.
    with suppress(Empty):
        while True:
            executor._work_ids.get_nowait()  # noqa: SLF001 - nothing else has it
    queue = executor._call_queue  # noqa: SLF001 - as above
    executor.shutdown(wait=False, kill_workers=True)
    # A thread that sends what is larger than a pipe would wait for ever, as nobody reads any more.
    queue._reader.close()  # noqa: SLF001 - as above


def _packed(jobs: Sequence[tuple[RunSpec, int]]) -> list[tuple[RunSpec, int]]:
    """Return the jobs as they travel; runs of the same order share what is packed."""
    known: dict[int, RunSpec] = {}
    for order, _ in jobs:
        if id(order) not in known:
            known[id(order)] = order.packed()
    return [(known[id(order)], number) for order, number in jobs]


def _on_executor(
    jobs: Sequence[tuple[S, int]], work: Callable[[S, int], T], executor: Executor
) -> Iterator[T]:
    size = _together(len(jobs), executor)
    parts = deque(jobs[first : first + size] for first in range(0, len(jobs), size))
    ahead = _ahead(executor) or len(parts)
    sent: deque[tuple[Sequence[tuple[S, int]], Future[list[T]]]] = deque()
    try:
        while parts or sent:
            while parts and len(sent) < ahead:
                part = parts.popleft()
                sent.append((part, executor.submit(_each_of, work, part)))
            part, future = sent[0]
            try:
                results = _result(future)
            except ValueError:  # Dask's, of a result whose worker has gone; an own one comes again
                results = executor.submit(_each_of, work, part).result()
            sent.popleft()
            yield from results
    finally:
        futures = [future for _, future in sent]
        if executor in _OWN:
            if not all(future.done() for future in futures):
                _end_processes(executor)
        else:
            for future in futures:
                future.cancel()


def _ahead(executor: Any) -> int | None:
    """Return how many parts own processes are sent before the first has come; None for all.

    So nothing is queued that is to be ended when a button is pressed.
    """
    most: int | None = 2 * executor._max_workers if executor in _OWN else None  # noqa: SLF001 - nothing else tells
    return most


def _result(future: Future[T]) -> T:
    """Wait for a result; a button may end the waiting."""
    while is_stoppable():
        check_stop()
        if wait([future], A_MOMENT).done:
            break
    return future.result()


def _together(jobs: int, executor: Executor) -> int:
    """Return how many runs travel at once; what they share travels with each of them.

    An executor that does not say how many workers it has may have many.
    """
    workers = getattr(executor, "_max_workers", None)
    if not isinstance(workers, int) or workers < 1:
        return 1
    return max(1, min(MOST_TOGETHER, jobs // (PARTS_OF_A_WORKER * workers)))


def _each_of(work: Callable[[S, int], T], part: Sequence[tuple[S, int]]) -> list[T]:
    """Return what comes of each job of a part; runs where the executor's workers are."""
    return [work(what, number) for what, number in part]


def _on_joblib(
    jobs: Sequence[tuple[S, int]],
    work: Callable[[S, int], T],
    workers: int | None,
    *,
    in_threads: bool,
) -> Iterator[T]:
    from joblib import Parallel, delayed

    parallel = Parallel(
        n_jobs=-1 if workers is None else workers,
        return_as="generator",
        prefer="threads" if in_threads else None,
    )
    # What joblib warns of is its own business: workers begun anew, runs made for nothing.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.")
    with kept_from_processes():
        results = parallel(delayed(work)(what, number) for what, number in jobs)
    try:
        for result in results:  # noqa: UP028 - `yield from` would close it outside the silence
            yield result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results.close()
