"""Figures as bytes for an image widget: no pyplot, so that they can be drawn from a callback."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fwsim.results import figures
from fwsim.results.figures.look import clock_times
from fwsim.results.statistics.answer import Answer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS_PER_INCH = 88
SIZE = (8.4, 3.9)


def picture(
    draw: Callable[[Axes], Any], size: tuple[float, float] = SIZE, *, quick: bool = False
) -> bytes:
    """Return what `draw` puts on its Axes, as PNG.

    Parameters
    ----------
    draw
        Gets the Axes.
    size
        Width and height, inches.
    quick
        With margins that are fixed instead of worked out, which halves the time.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout=None if quick else "constrained")
    FigureCanvasAgg(figure)
    if quick:
        figure.subplots_adjust(left=0.09, right=0.98, top=0.92, bottom=0.14)
    draw(figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()


def completion(shown: Answer, ghost: Answer | None, *, is_look: bool = False) -> bytes:
    """Return the completion curve, and plan A's as a ghost; that of a first look has no band."""

    def draw(ax: Axes) -> None:
        figures.completion(shown, ax, band=not is_look)
        if is_look:
            ax.set_title("Successful devices, about: a first look", loc="left", fontsize=11)
        if ghost is not None:
            curve = ghost.completion()
            times = clock_times(ghost, curve.times)
            left, right = ax.get_xlim()
            ax.plot(
                times,
                curve.mean,
                color="#777777",
                linewidth=1.6,
                linestyle="--",
                label="plan A",
                scalex=False,
            )
            ax.set_xlim(left, right)
            ax.legend(loc="lower right", frameon=False, fontsize=8.5, bbox_to_anchor=(1, 0.08))

    return picture(draw, quick=True)
