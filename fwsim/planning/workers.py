"""Where runs are computed: in this process, on joblib's workers, or on any executor."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from fwsim.engine import Engine
from fwsim.measures.measure import Measure
from fwsim.results.record import RunRecord
from fwsim.results.replication import Replication, measured
from fwsim.rollout import Rollout
from fwsim.run import play_once

WORTH_PROCESSES = 500_000
"""Runs of devices from which on processes are faster than threads."""


@dataclass(frozen=True)
class Order:
    """What a worker needs for any run of an experiment.

    Parameters
    ----------
    rollout
        Made ready once; unpacked once in each process.
    seed
        Names the experiment.
    asked
        Measures wanted beside the usual ones.
    own
        The caller's own measures.
    until
        Milliseconds at which a run stops.
    logs
        Folder for whole logs; None keeps none.
    engine
        Which clock plays.
    """

    rollout: Rollout | bytes
    seed: int
    asked: tuple[Measure, ...] = ()
    own: Mapping[str, Callable[[RunRecord], float]] | None = None
    until: int | None = None
    logs: Path | None = None
    engine: Engine = Engine.COMPILED

    def packed(self) -> Order:
        """Return the order as it travels to other processes."""
        if isinstance(self.rollout, bytes):
            return self
        return replace(self, rollout=pickle.dumps(self.rollout, protocol=5))


@lru_cache(maxsize=1)
def _unpacked(rollout: bytes) -> Rollout:
    made: Rollout = pickle.loads(rollout)  # noqa: S301 - made by this program, never read from a file
    return made


def replicate(order: Order, number: int) -> bytes:
    """Return one run of an experiment, packed for the way back: a few kilobytes."""
    rollout = order.rollout
    if isinstance(rollout, bytes):
        rollout = _unpacked(rollout)
    record = play_once(rollout, order.seed, number, until=order.until, engine=order.engine)
    if order.logs is not None:
        _keep_log(record, order.logs, number)
    run = measured(record, number, order.asked, order.own)
    return zlib.compress(pickle.dumps(run, protocol=5), 6)


def _keep_log(record: RunRecord, folder: Path, number: int) -> None:
    from fwsim.results.log_files import write_log

    write_log(record.rollout, record.log, folder / f"status-log-{number:05d}.parquet")


def unpack(packed: bytes) -> Replication:
    """Return what `replicate` packed."""
    run: Replication = pickle.loads(zlib.decompress(packed))  # noqa: S301 - from our own worker
    return run


def in_order(
    order: Order, numbers: range, *, workers: int | None, executor: Executor | None
) -> Iterator[Replication]:
    """Compute runs and give them back in their order, as they come in.

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
    if executor is not None:
        yield from _on_executor(order, numbers, executor)
    elif workers == 1 or len(numbers) == 1:
        for number in numbers:
            yield unpack(replicate(order, number))
    else:
        yield from _on_joblib(order, numbers, workers)


def _is_worth_processes(order: Order, numbers: range) -> bool:
    """Tell whether runs on the compiled clock are better made by processes than by threads.

    Threads start at once and share what is certain, and the clock lets them run side by side; but
    measuring does so only in part. Processes pay for their start where there is much to measure
    (docs/performance.md).
    """
    devices = 0 if isinstance(order.rollout, bytes) else len(order.rollout.fleet)
    return devices * len(numbers) >= WORTH_PROCESSES


def _on_executor(order: Order, numbers: range, executor: Executor) -> Iterator[Replication]:
    packed = order.packed()
    futures = [executor.submit(replicate, packed, number) for number in numbers]
    try:
        for future in futures:
            yield unpack(future.result())
    finally:
        for future in futures:
            future.cancel()


def _on_joblib(order: Order, numbers: range, workers: int | None) -> Iterator[Replication]:
    from joblib import Parallel, delayed

    in_threads = order.engine is Engine.COMPILED and not _is_worth_processes(order, numbers)
    work = order if in_threads else order.packed()
    parallel = Parallel(
        n_jobs=-1 if workers is None else workers, return_as="generator",
        prefer="threads" if in_threads else None,
    )  # fmt: skip
    for packed in parallel(delayed(replicate)(work, number) for number in numbers):
        yield unpack(packed)
