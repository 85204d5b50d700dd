"""The figures as they ought to look; ``python -m tests.results.figures`` draws them anew."""

from __future__ import annotations

from pathlib import Path

from matplotlib import pyplot as plt

from fwsim.results import figures
from tests.results.small_rollout import small_answer, small_result

BASELINE = Path(__file__).parent / "baseline"
FIGURES = {
    "completion": lambda: figures.completion(small_answer()),
    "outcomes": lambda: figures.outcomes(small_answer()),
    "load": lambda: figures.load(small_answer()),
    "load-of-a-site": lambda: figures.load(small_answer(), of="West"),
    "load-of-workers": lambda: figures.load(small_answer(), of="workers"),
    "gantt": lambda: figures.gantt(small_result().log, devices=12),
    "site-heat-map": lambda: figures.site_heat_map(small_answer()),
    "prompts-by-hour": lambda: figures.prompts_by_hour(small_answer()),
    "time-to": lambda: figures.time_to(small_answer(), share=0.5),
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
