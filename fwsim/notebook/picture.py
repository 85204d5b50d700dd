"""Figures as bytes for an image widget: no pyplot, so that they can be drawn from a callback."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fwsim.screen import escaped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS_PER_INCH = 88
SIZE = (8.4, 3.9)


def in_html(png: bytes, alt: str) -> str:
    """Return a picture for a widget of HTML, with what it shows in words: ipywidgets' has none."""
    data = base64.b64encode(png).decode()
    style = "max-width:100%;height:auto"
    return f"<img style='{style}' alt='{escaped(alt)}' src='data:image/png;base64,{data}'>"


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
