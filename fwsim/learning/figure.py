"""How well the laws fit, as a picture: what each makes of what was seen, against what it should."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fwsim.learning.learnt import Fit, Learnt
from fwsim.messages import say
from fwsim.results.figures.letters import drawing, matplotlib
from fwsim.results.figures.look import BLUE, DOTS_PER_INCH, GREY, tidy
from fwsim.results.output.writing import bytes_writer, write_all

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 4
_SIDE = 3.0
_CRITICAL = 1.63
"""Kolmogorov's 1 % point times the root of n."""


def fits_figure(learnt: Learnt) -> Figure:
    """Draw a chance-against-chance plot of every law that was learnt."""
    told = [(one.name, one.fit) for one in learnt.learnt if one.fit is not None]
    rows = max(1, -(-len(told) // _COLUMNS))
    with drawing():
        size = (_SIDE * _COLUMNS, _SIDE * rows)
        figure: Figure = matplotlib(".figure").Figure(figsize=size, layout="constrained")
        places = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for ax in places[len(told) :]:
            ax.set_axis_off()
        for ax, (name, fit) in zip(places, told, strict=False):
            draw_fit(ax, name, fit)
    return figure


def draw_fit(ax: Axes, name: str, fit: Fit) -> Axes:
    """Draw one: on the diagonal the law is right; within the band nothing speaks against it."""
    chances = fit.goodness.transformed
    wanted = (np.arange(len(chances)) + 0.5) / max(1, len(chances))
    width = _CRITICAL / np.sqrt(max(1, len(chances)))
    line = np.array([0.0, 1.0])
    ax.fill_between(line, line - width, line + width, color=GREY, alpha=0.3, linewidth=0)
    ax.plot(line, line, color=GREY, linewidth=0.8)
    ax.plot(wanted, chances, color=BLUE, linewidth=1.6)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_aspect("equal")
    ax.set_xlabel(say("learn.seen_axis"))
    ax.set_ylabel(say("learn.law_axis", law=fit.law))
    return tidy(ax, name.removeprefix("assumptions.").removeprefix("people."))


def write_fits(learnt: Learnt, path: Path) -> Path:
    """Write the picture to a file, whole or not at all, and return it."""
    return write_all(path.parent, {path.name: bytes_writer(fits_picture(learnt))})[0]


def fits_picture(learnt: Learnt, dots_per_inch: int = DOTS_PER_INCH) -> bytes:
    """Return the picture as PNG."""
    buffer = io.BytesIO()
    with drawing():
        fits_figure(learnt).savefig(buffer, format="png", dpi=dots_per_inch)
    return buffer.getvalue()
