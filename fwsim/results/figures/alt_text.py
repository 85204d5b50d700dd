"""What a figure shows, in words, for whoever does not see it in a notebook."""

from __future__ import annotations

import sys
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_OURS = "fwsim"
"""The group of figures that are told; those of others are shown as ever."""


def tell_in_notebooks(figure: Any) -> None:
    """Have a figure shown with a text instead of it, where a notebook shows it."""
    figure.set_gid(_OURS)
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and shell.display_formatter is not None:
        html = shell.display_formatter.formatters["text/html"]
        html.for_type_by_name("matplotlib.figure", "Figure", in_html)


def alt_text(figure: Figure) -> str:
    """Return titles, what the axes count, and what the legends name."""
    parts: list[str] = []
    for ax in figure.axes:
        legend = ax.get_legend()
        named = [] if legend is None else [text.get_text() for text in legend.get_texts()]
        titles = [ax.get_title(loc="left"), ax.get_title(), ax.get_ylabel(), ax.get_xlabel()]
        parts += [*titles, ", ".join(named), *(text.get_text() for text in ax.texts)]
    return "; ".join(" ".join(part.split()) for part in dict.fromkeys(parts) if part.strip())


def in_html(figure: Figure) -> str | None:
    """Return a figure with its text, as IPython asks for it; nothing of one that is not fwsim's."""
    if figure.get_gid() != _OURS:
        return None
    from IPython.core.pylabtools import print_figure

    png = print_figure(figure, fmt="png", base64=True)
    style = "max-width:100%;height:auto;background:white"
    return (
        f'<img style="{style}" alt="{escape(alt_text(figure))}" src="data:image/png;base64,{png}">'
    )
