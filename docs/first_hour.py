"""``make pictures``: the figures of the first hour, of the runs that it tells to make."""

from __future__ import annotations

from pathlib import Path

from matplotlib import pyplot as plt

import fwsim

FOLDER = Path(__file__).parent / "img"
SCENARIO = Path(__file__).parent.parent / "scenarios" / "branch-offices.yaml"
RUNS = 30


def main() -> None:
    """Draw them anew."""
    plt.switch_backend("Agg")
    answer = fwsim.Experiment(SCENARIO).run(RUNS)
    drawn = {
        "completion": fwsim.figures.completion(answer),
        "sites": fwsim.figures.site_heat_map(answer),
    }
    for name, axes in drawn.items():
        axes.figure.savefig(FOLDER / f"first-hour-{name}.png", dpi=80)
        plt.close(axes.figure)


if __name__ == "__main__":
    main()
