"""What runs cost on one worker, on two, and on a Dask cluster of one and of two.

    python -m benchmarks.workers

The cluster stands on this machine, so that its figures can be held beside the others: on machines
of their own workers do not share memory and cache, but runs travel. A cost is seconds times
workers; the exponent is how it grows with them: 0 where two take half the time of one.
"""

from __future__ import annotations

import logging
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.latency import ten_thousand
from fwsim.engine import choose_engine
from fwsim.experiments.experiment import Experiment
from fwsim.results.statistics.answer import Answer

MOST = 1.1
RUNS = 100
TURNS = 3


@contextmanager
def on_cluster(experiment: Experiment, workers: int) -> Iterator[Callable[[], Answer]]:
    """Give what makes the runs on a Dask cluster of some processes."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        executor = client.get_executor()
        yield lambda: experiment.run(RUNS, executor=executor)


@contextmanager
def here(experiment: Experiment, workers: int) -> Iterator[Callable[[], Answer]]:
    """Give what makes the runs on workers of this process."""
    yield lambda: experiment.run(RUNS, workers=workers)


def seconds_of(run: Callable[[], Answer]) -> list[float]:
    """Return the seconds of some turns; the first is left out."""
    run()
    took = []
    for _ in range(TURNS):
        begin = time.perf_counter()
        run()
        took.append(time.perf_counter() - begin)
    return took


def main() -> int:
    """Measure, print, and return 0 if no cost grows faster than it should."""
    choose_engine()
    experiment = Experiment(ten_thousand())
    good = True
    for name, made_on in (("here", here), ("on a Dask cluster of this machine", on_cluster)):
        took = {}
        for workers in (1, 2):
            with made_on(experiment, workers) as run:
                took[workers] = seconds_of(run)
        one, two = (statistics.median(took[workers]) for workers in (1, 2))
        slope = math.log2(2 * two / one)
        good &= slope <= MOST
        told = ", ".join(
            f"{workers}: {statistics.median(each):.2f} s ({min(each):.2f} to {max(each):.2f})"
            for workers, each in took.items()
        )
        print(f"{RUNS} runs of 10,000 devices, workers {name:<34} exponent {slope:5.2f}   {told}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
