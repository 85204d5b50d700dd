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

import numpy as np
from numpy.typing import NDArray

from benchmarks.shaped_network import Download, Line, Shaped, measured
from fwsim.commands.connection import ROUND, ceiling_by_loss, set_up_time, slow_start
from fwsim.model.sharing_classes import weights_of
from fwsim.quantities.counts import NO_CEILING
from fwsim.quantities.laws import Lognormal
from fwsim.simulation.fair_sharing import FluidNetwork

SIZE = 10_000_000
RUNS = 2
SITES = (Line(10e6, 6), Line(20e6, 8), Line(40e6, 12))
CASES = {
    "no delay": Shaped(SITES, 1e9, 0.0, 0.0),
    "40 ms": Shaped(SITES, 1e9, 0.040, 0.0),
    "40 ms, 1 % loss": Shaped(SITES, 1e9, 0.040, 0.01),
    "repository binds, 40 ms": Shaped(SITES, 40e6, 0.040, 0.0),
}
GOODPUT = 0.956
"""1,448 bytes of payload in an Ethernet frame of 1,514."""
SEGMENT = 1_448
HANDSHAKE = 2
"""Plain HTTP: TCP and the request."""
WINDOW, RECEIVE_WINDOW, LOSS_FACTOR = 14_600, 4_194_304, 1.2
WORLDS = 60
Times = dict[tuple[int, int], float]
"""When each client's download ends, by site and client; seconds after the first begins."""


def predicted(
    network: Shaped,
    *,
    goodput: float = GOODPUT,
    weights: tuple[int, ...] = (1,),
    luck: np.random.Generator | None = None,
) -> Times:
    """Return when each download ends by the model.

    Parameters
    ----------
    network
        Of which.
    goodput
        Of all lines; 1 takes them at their label, round trips and loss left out, too.
    weights, luck
        Parts of a line that downloads get, and which each gets.
    """
    round_trip = round(1000 * network.round_trip) if goodput < 1 else 0
    ceiling = _ceiling(round_trip, network.loss)
    rates = [int(line.rate / 8 * goodput) for line in network.sites]
    uplink = int(network.uplink / 8 * goodput)
    ceilings = [ceiling] * len(rates)
    lines = FluidNetwork(uplink, rates, [NO_CEILING], (), (), ceilings, weights)
    waiting = sorted(
        (1000 * client + _set_up(min(rate, uplink, ceiling), round_trip), site, client)
        for site, (rate, line) in enumerate(zip(rates, network.sites, strict=True))
        for client in range(line.clients)
    )
    ends: Times = {}
    while waiting or lines.active:
        due = lines.next_completion()
        now = waiting[0][0] if waiting and (due is None or waiting[0][0] < due) else due
        if now is None:
            raise RuntimeError("the lines stand still")
        ends |= {divmod(flow, 1000): now / 1000 for flow in lines.complete(now)}
        while waiting and waiting[0][0] == now:
            _, site, client = waiting.pop(0)
            own = 0 if luck is None else int(luck.integers(len(weights)))
            lines.start(1000 * site + client, site, 0, SIZE, now, own)
    return ends


def _ceiling(round_trip: int, loss: float) -> int:
    if not round_trip:
        return NO_CEILING
    by_loss = ceiling_by_loss(round_trip, loss, SEGMENT, LOSS_FACTOR) if loss else NO_CEILING
    return int(min(RECEIVE_WINDOW * 1000 / round_trip, by_loss))


def _set_up(rate: int, round_trip: int) -> int:
    in_flight = rate * round_trip // 1000
    return set_up_time(HANDSHAKE * ROUND + slow_start(SIZE, in_flight, WINDOW), round_trip)


def read(path: Path) -> dict[tuple[str, int], dict[tuple[int, int], Download]]:
    """Return what was measured, by case and run, then by site and client."""
    found: dict[tuple[str, int], dict[tuple[int, int], Download]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            site, client = int(row["site"]), int(row["client"])
            one = Download(site, client, float(row["begin"]), float(row["end"]))
            found.setdefault((row["case"], int(row["run"])), {})[site, client] = one
    return found


def last_off(path: Path, *, goodput: float = GOODPUT) -> dict[str, NDArray[np.float64]]:
    """Return by how much each site's last download is mispredicted, mean of the runs, by case."""
    real = read(path)
    off = {}
    for case, network in CASES.items():
        model = predicted(network, goodput=goodput)
        off[case] = np.array(
            [
                np.mean(
                    [
                        max(t for (s, _), t in model.items() if s == site)
                        / max(one.end for one in seen.values() if one.site == site)
                        - 1
                        for (of, _), seen in real.items()
                        if of == case
                    ]
                )
                for site in range(len(network.sites))
            ]
        )
    return off


def single_off(path: Path) -> dict[str, NDArray[np.float64]]:
    """Return by how much single downloads are mispredicted, each in seconds it takes, by case."""
    real = read(path)
    off: dict[str, NDArray[np.float64]] = {}
    for case, network in CASES.items():
        model = predicted(network)
        off[case] = np.array(
            [
                (model[place] - place[1]) / (one.end - one.begin) - 1
                for (of, _), seen in real.items()
                if of == case
                for place, one in seen.items()
            ]
        )
    return off


def held(path: Path, weights: tuple[int, ...], seed: int = 1) -> dict[str, float]:
    """Return which share of the downloads lies in the range of 90 % that is told, by case."""
    real = read(path)
    luck = np.random.default_rng(seed)
    shares = {}
    for case, network in CASES.items():
        worlds = [predicted(network, weights=weights, luck=luck) for _ in range(WORLDS)]
        inside = []
        for (of, _), seen in real.items():
            for place, one in seen.items() if of == case else ():
                low, high = np.quantile([world[place] for world in worlds], [0.05, 0.95])
                inside.append(low <= one.end <= high)
        shares[case] = float(np.mean(inside))
    return shares


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


def judge(path: Path) -> None:
    """Print how far the model is off."""
    weights = weights_of(Lognormal(1.0, 2.5))
    at_label, now, single = last_off(path, goodput=1.0), last_off(path), single_off(path)
    inside = held(path, weights)
    for case in CASES:
        print(case)
        for words, values in (("at label", at_label[case]), ("now", now[case])):
            text = ", ".join(f"{100 * value:+.1f} %" for value in values)
            print(f"  last download of each site, {words}: {text}")
        print(f"  single downloads, mean error: {100 * np.abs(single[case]).mean():.0f} %")
        print(f"  in the range of 90 % that is told: {100 * inside[case]:.0f} %")


if __name__ == "__main__":
    {"measure": measure, "judge": judge}[sys.argv[1]](Path(sys.argv[2]))
