"""Figures as bytes for an image widget: no pyplot, so that they can be drawn from a callback."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS_PER_INCH = 88
SIZE = (8.4, 3.9)


def picture(draw: Callable[[Axes], Any], size: tuple[float, float] = SIZE) -> bytes:
    """Return what `draw` puts on its Axes, as PNG.

    Parameters
    ----------
    draw
        Gets the Axes.
    size
        Width and height, inches.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()
