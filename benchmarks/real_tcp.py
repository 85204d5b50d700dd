"""``python -m benchmarks.real_tcp``: the model of lines held against TCP of this machine's kernel.

``measure FILE`` lets clients fetch 10 MB each over shaped lines, in real time (about 10 minutes,
root, Linux), and writes what each saw; ``judge FILE`` says how far the model is off, download by
download and for each site's last one. ``tests/simulation/data/real_tcp.csv`` is such a file.
"""

from __future__ import annotations

import csv
import multiprocessing
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.shaped_network import Download, Line, Shaped, measured

SIZE = 10_000_000
RUNS = 2
SITES = (Line(10e6, 6), Line(20e6, 8), Line(40e6, 12))
CASES = {
    "no delay": Shaped(SITES, 1e9, 0.0, 0.0),
    "40 ms": Shaped(SITES, 1e9, 0.040, 0.0),
    "40 ms, 1 % loss": Shaped(SITES, 1e9, 0.040, 0.01),
    "repository binds, 40 ms": Shaped(SITES, 40e6, 0.040, 0.0),
}


def _tell(network: Shaped, seed: int, queue: multiprocessing.Queue[list[Download]]) -> None:
    queue.put(measured(network, SIZE, seed))


def rows() -> Iterator[tuple[str, int, Download]]:
    """Yield what each client saw, case by case and run by run."""
    context = multiprocessing.get_context("fork")
    for run in range(RUNS):
        for case, network in CASES.items():
            queue: multiprocessing.Queue[list[Download]] = context.Queue()
            process = context.Process(target=_tell, args=(network, run, queue))
            process.start()
            found = queue.get(timeout=600)
            process.join()
            yield from ((case, run, download) for download in found)


def measure(path: Path) -> None:
    """Write what real TCP does, a row a download."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("case", "run", "site", "client", "begin", "end"))
        for case, run, one in rows():
            begin, end = f"{one.begin:.3f}", f"{one.end:.3f}"
            table.writerow((case, run, one.site, one.client, begin, end))
            file.flush()


if __name__ == "__main__":
    measure(Path(sys.argv[2]))
