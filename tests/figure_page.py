"""One page of pictures to look at: what the model does beside what is known, and every figure.

``python -m tests.figure_page`` writes it to ``out/figure-page.png``, in the manner of msprime's
verification. A test gives one bit; a picture shows in which way something has gone wrong, and what
nobody thought of testing. All runs are fixed, so two pages differ only where the code does.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from PIL import Image
from scipy import stats

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.measures.catalogue import Unit
from fwsim.measures.measure import read_measure
from fwsim.model.chances import Chances
from fwsim.model.purposes import Purpose
from fwsim.results.figures.look import BLUE, GREY, VERMILION, tidy
from fwsim.results.run.measuring import value_of
from fwsim.results.run.record import RunRecord
from fwsim.results.statistics.estimate import estimate
from fwsim.run import play_once, prepare
from tests.experiments.test_known_answers import PRESENT, RUNS, mean_number_present
from tests.results.figures import FIGURES
from tests.results.small_rollout import SMALL

PAGE = Path("out/figure-page.png")
ACROSS, WIDTH, MARGIN, DOTS = 3, 760, 16, 95
SIZE = (8.0, 4.6)
CLOCK_RUNS = 300
EXPERIMENTS = 100
CHANCES = 20_000


@cache
def _records(engine: Engine, seed: int) -> tuple[RunRecord, ...]:
    rollout = prepare(fwsim.loads(SMALL))
    return tuple(play_once(rollout, seed, n, engine=engine) for n in range(CLOCK_RUNS))


def clocks(words: str, unit: str, per_unit: float, ax: Axes) -> None:
    """Draw how a measure is distributed over runs on each clock, of different luck."""
    simpy, compiled = (
        np.array([value_of(record, read_measure(words)) for record in _records(*of)]) / per_unit
        for of in ((Engine.SIMPY, 1), (Engine.COMPILED, 2))
    )
    ax.ecdf(simpy, color=VERMILION, linewidth=2.5, alpha=0.6, label="SimPy")
    ax.ecdf(compiled, color=BLUE, linewidth=1.2, label="compiled")
    ax.set_xlabel(f"{words}, {unit}")
    ax.set_ylabel("share of the runs")
    ax.legend(frameon=False, loc="lower right")
    chance = stats.ks_2samp(simpy, compiled).pvalue
    tidy(
        ax,
        f"{CLOCK_RUNS} runs on each clock, each with luck of its own; Kolmogorov p = {chance:.2g}",
    )


def through_one_line(ax: Axes) -> None:
    """Draw when the last of n downloads is over, beside n times its size by the thinnest rate."""
    numbers = np.array([1, 2, 5, 10, 20, 40, 80])
    ax.plot(numbers, numbers * 100e6 * 8 / 20e6 / 60, color=GREY, linewidth=1, label="n s / c")
    for name, marker, network in (
        ("a site's line", "o", {"sites": {"default": {"link": "20 Mbit/s"}}}),
        (
            "the hub of two sites",
            "x",
            {
                "sites": {"default": {"link": "1 Gbit/s"}},
                "hubs": {"South": {"link": "20 Mbit/s", "sites": ["DE/*"]}},
            },
        ),
    ):
        over = [_last_transfer(int(number), network) for number in numbers]
        ax.plot(numbers, over, marker, color=BLUE, markersize=7, label=name, fillstyle="none")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks(numbers, [str(n) for n in numbers])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("downloads at once, 100 MB each")
    ax.set_ylabel("the last is over after, minutes")
    ax.legend(frameon=False)
    tidy(ax, "Downloads through one line of 20 Mbit/s, and the closed form")


def _last_transfer(number: int, network: dict[str, object]) -> float:
    """Return minutes from the first command until the last device has its bytes."""
    halves = {"DE/A": (number + 1) // 2, "DE/B": number // 2}
    units = {unit: {"devices": n, "installed": "old.idf"} for unit, n in halves.items()}
    if "hubs" not in network:
        units = {"DE/A": {"devices": number, "installed": "old.idf"}}
    model = fwsim.Scenario.model_validate(
        {
            "zone": "UTC",
            "start": "2018-08-20 11:00",
            "horizon": "12 h",
            "image": {"name": "new.idf", "packages": [{"name": "a", "size": "100 MB"}]},
            "fleet": {"units": {"DE": {"devices": 0}, **units}},
            "network": {"repository": {"uplink": "1 Gbit/s", "connections": 100}, **network},
            "commands": [{"update": "DE", "subordinate_units": True, "once": "2018-08-20 11:00"}],
        }
    )
    log = play_once(prepare(model), 1, 0).log
    begins, ends = (log.time[log.in_state(s)] for s in (State.TRANSFER, State.INSTALL))
    return float(ends.max() - begins.min()) / 60_000


def intervals(ax: Axes) -> None:
    """Draw intervals of experiments around a number known in closed form."""
    generator = np.random.Generator(np.random.Philox(20211015))
    missed = 0
    for place in range(EXPERIMENTS):
        one = estimate([mean_number_present(generator) for _ in range(RUNS)], Unit.COUNT)
        hits = one.low <= PRESENT <= one.high
        missed += not hits
        ax.plot([place, place], [one.low, one.high], color=BLUE if hits else VERMILION)
    ax.axhline(PRESENT, color=GREY, linewidth=1)
    ax.set_xlabel("experiment")
    ax.set_ylabel("downloads present")
    tidy(ax, f"95 % intervals around rho / (1 - rho) of an M/M/1 queue: {missed} of 100 miss it")


def chances(ax: Axes) -> None:
    """Draw how far the chances of each purpose are from even, in standard deviations."""
    even = (np.arange(CHANCES) + 0.5) / CHANCES
    for purpose in Purpose:
        drawn = np.sort(Chances(1).draw(purpose, 0, CHANCES))
        ax.plot(even, (even - drawn) * np.sqrt(CHANCES), linewidth=0.8, alpha=0.7)
    ax.axhspan(-1.95, 1.95, color=GREY, alpha=0.15, linewidth=0)
    ax.set_ylim(-2.6, 2.6)
    ax.set_xlabel("chance")
    ax.set_ylabel("distance times root n")
    tidy(ax, f"{CHANCES:,} chances of {len(Purpose)} purposes; one in 1,000 leaves the band")


CHECKS: tuple[Callable[[Axes], None], ...] = (
    lambda ax: clocks("time to 50 %", "minutes", 60_000, ax),
    lambda ax: clocks("user time lost", "minutes", 60_000, ax),
    lambda ax: clocks("prompts", "notices", 1, ax),
    through_one_line,
    intervals,
    chances,
)


def _picture(draw: Callable[[], Axes]) -> Image.Image:
    """Return a picture of one figure, as wide as a column of the page."""
    with plt.rc_context({"font.family": "DejaVu Sans"}):
        figure = draw().figure
        content = io.BytesIO()
        figure.savefig(content, dpi=DOTS)
        plt.close(figure)
    picture = Image.open(content).convert("RGB")
    return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.LANCZOS)


def _check(draw: Callable[[Axes], None]) -> Callable[[], Axes]:
    def drawn() -> Axes:
        _, ax = plt.subplots(figsize=SIZE, layout="constrained")
        draw(ax)
        return ax

    return drawn


def page() -> Image.Image:
    """Return the page: what is checked first, then every figure, row by row."""
    pictures = [_picture(_check(check)) for check in CHECKS]
    pictures += [_picture(draw) for draw in FIGURES.values()]
    rows = [pictures[first : first + ACROSS] for first in range(0, len(pictures), ACROSS)]
    heights = [max(picture.height for picture in row) + MARGIN for row in rows]
    whole = Image.new("RGB", (ACROSS * (WIDTH + MARGIN) + MARGIN, sum(heights) + MARGIN), "white")
    top = MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, picture in enumerate(row):
            whole.paste(picture, (MARGIN + column * (WIDTH + MARGIN), top))
        top += height
    return whole


def main() -> None:
    """Write the page, and say where it is."""
    plt.switch_backend("Agg")
    PAGE.parent.mkdir(exist_ok=True)
    page().save(PAGE)
    sys.stdout.write(f"{PAGE}: look at it\n")


if __name__ == "__main__":
    main()
