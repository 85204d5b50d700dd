"""What the figure of single devices shows of each, read from its bars."""

from __future__ import annotations

from matplotlib import colors
from matplotlib import pyplot as plt

from fwsim.results import figures
from fwsim.results.figures.look import GROUPS
from fwsim.results.run.stages import Stage

_STAGE_OF_COLOUR = {colors.to_hex(group[2]): group[1][0] for group in GROUPS}


def drawn(log, **options) -> dict[str, list[Stage]]:
    """Return the first stage of the groups that each device's bar shows, from top to bottom."""
    return shown_on(figures.gantt(log, **options))


def shown_on(ax) -> dict[str, list[Stage]]:
    """Return the same of a figure that is drawn, and close it."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    bars: dict[str, list[Stage]] = {name: [] for name in names}
    for bar in sorted(ax.patches, key=lambda one: one.get_x()):
        stage = _STAGE_OF_COLOUR.get(colors.to_hex(bar.get_facecolor()))
        if stage is not None and round(bar.get_height(), 9) in {0.8, 0.36}:
            bars[names[round(bar.get_y() + bar.get_height() / 2)]].append(stage)
    plt.close(ax.figure)
    return bars
