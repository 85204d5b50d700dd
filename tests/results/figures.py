"""The figures as they ought to look; ``python -m tests.results.figures`` draws them anew."""

from __future__ import annotations

import math
from pathlib import Path

from matplotlib import pyplot as plt

from fwsim.measures.measure import read_measure
from fwsim.results import figures
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.estimate import Estimate, Method
from tests.results.small_rollout import over_a_night, small_answer, small_result

BASELINE = Path(__file__).parent / "baseline"
HOUR = 3_600_000.0
LOST, TIME = read_measure("user time lost"), read_measure("time to 95 %")


def _around(value: float, half: float) -> Estimate:
    low, high = value - half, value + half
    return Estimate(value, low, high, 0.95, 20, 20, low, high, Method.MEAN)


def _plan(
    lost: float, time: float, *, keeps: bool = True, front: bool = False, chosen: bool = False
) -> figures.PlanPoint:
    return figures.PlanPoint(
        _around(lost * HOUR, HOUR), _around(time * HOUR, HOUR / 4), keeps, front, chosen
    )


SOME_PLANS = [
    _plan(3, 8, front=True, chosen=True),
    _plan(9, 5, front=True),
    _plan(22, 3, front=True),
    _plan(12, 7),
    _plan(25, 6),
    _plan(2, 3, keeps=False),
    _plan(8, 2, keeps=False),
    _plan(math.inf, 4),
]


def _policy(name: str, hours: float, hit: float) -> figures.PolicyPoint:
    base = [20.0 + n % 3 for n in range(20)]
    later = difference(
        TIME, [HOUR * (b + hours + n % 2) for n, b in enumerate(base)], [HOUR * b for b in base]
    )
    return figures.PolicyPoint(name, later, _around(hit, hit / 8))


SOME_POLICIES = [
    figures.PolicyPoint(
        "all at once", difference(TIME, [HOUR, HOUR], [HOUR, HOUR]), _around(30, 2)
    ),
    _policy("hawkBit 80 % / 5 %", 0.5, 6),
    _policy("a $20 gate, then a day", 24, 3),
    _policy("never", math.inf, 1),
]
FRIDAY = 1_632_499_200_000.0
SAID = figures.Track(
    "time to 95 %",
    "wall clock, Europe/Berlin",
    is_time=True,
    is_share=False,
    said=tuple(
        figures.SaidThen(label, *(FRIDAY + hours * HOUR for hours in ends))
        for label, ends in {
            "1: before": (3, 5, math.inf),
            "2: Fri 16:00": (3.5, 6, 12),
            "3: Fri 17:00": (6, 7, 9),
            "4: Fri 18:00": (7.2, 7.8, 8.4),
        }.items()
    ),
    came=FRIDAY + 7.5 * HOUR,
)
HELD = [
    figures.Held("time to 95 %", 1, 1.0, 0.15, 1.0, (0.62,)),
    figures.Held("successful", 12, 0.75, 0.47, 0.93, tuple(n**2 / 144 for n in range(12))),
    figures.Held("cancels", 40, 0.9, 0.78, 0.97, tuple((n % 8) / 8 for n in range(40))),
]
FIGURES = {
    "completion-over-a-night": lambda: figures.completion(over_a_night()),
    "completion": lambda: figures.completion(small_answer()),
    "outcomes": lambda: figures.outcomes(small_answer()),
    "load": lambda: figures.load(small_answer()),
    "load-of-a-site": lambda: figures.load(small_answer(), of="West"),
    "load-of-workers": lambda: figures.load(small_answer(), of="workers"),
    "gantt": lambda: figures.gantt(small_result().log, devices=12),
    "site-heat-map": lambda: figures.site_heat_map(small_answer()),
    "prompts-by-hour": lambda: figures.prompts_by_hour(small_answer()),
    "time-to": lambda: figures.time_to(small_answer(), share=0.5),
    "plans": lambda: figures.plans(SOME_PLANS, (LOST, TIME)),
    "policies": lambda: figures.policies(SOME_POLICIES, devices=400),
    "forecasts-so-far": lambda: figures.forecasts_so_far(SAID),
    "places": lambda: figures.places(HELD, 0.9),
    "coverage": lambda: figures.coverage(HELD, 0.9),
    "time-spent": lambda: figures.time_spent(small_answer()),
}


def draw(name: str, path: Path) -> None:
    """Save one figure."""
    with plt.rc_context({"font.family": "DejaVu Sans"}):
        figure = FIGURES[name]().figure
        figure.savefig(path, dpi=60)
        plt.close(figure)


if __name__ == "__main__":
    plt.switch_backend("Agg")
    BASELINE.mkdir(exist_ok=True)
    for each in FIGURES:
        draw(each, BASELINE / f"{each}.png")
