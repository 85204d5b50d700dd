"""What a figure shows, in words, for whoever does not see it in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from fwsim.messages import localised
from fwsim.screen import escaped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

_OURS: WeakSet[Any] = WeakSet()
"""Figures that are told; those of others are shown as ever. No mark of it is in what is saved."""

_READ_AS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""Texts in figures whose place says something, too, with that in words."""


_ROWS: WeakKeyDictionary[Any, tuple[str, ...]] = WeakKeyDictionary()
"""Axes whose rows are of colours, with each row in words."""


def read_rows_as(ax: Any, words: Iterable[str]) -> None:
    """Have the rows of axes told in words, where colours say something to the eye."""
    _ROWS[ax] = tuple(words)


def read_as(text: Any, words: str) -> None:
    """Have a text in a figure told in other words, where its place says something to the eye."""
    _READ_AS[text] = words


def tell_in_notebooks(figure: Any) -> None:
    """Have a figure shown with a text instead of it, where a notebook shows it.

    A picture by itself has no place for a text in JupyterLab, so it is kept in HTML, only there.

    Parameters
    ----------
    figure
        A figure of matplotlib, or a part of one.
    """
    _OURS.add(figure.figure)  # of a part of a figure, the whole
    shell = _shell()
    if shell is not None and shell.display_formatter is not None:
        formatters = shell.display_formatter.formatters
        formatters["text/html"].for_type_by_name("matplotlib.figure", "Figure", in_html)
        _keep_once(formatters["image/png"])


def _keep_once(png: Any) -> None:
    """Have no picture kept beside the HTML that holds it."""
    from matplotlib.figure import Figure

    try:
        draw = png.lookup_by_type(Figure)
    except KeyError:  # it is to show another form
        return
    if not isinstance(draw, _OfOthers):
        png.for_type(Figure, _OfOthers(draw))


@dataclass(frozen=True)
class _OfOthers:
    """Draws the figures that are not told, as the notebook would."""

    draw: Callable[[Figure], Any]

    def __call__(self, figure: Figure) -> Any:
        return None if _is_told(figure) else self.draw(figure)


def _is_told(figure: Figure) -> bool:
    return figure in _OURS and bool(figure.axes)


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def alt_text(figure: Figure) -> str:
    """Return titles, what the axes count, what the legends name, and what is written inside."""
    parts = [figure.get_suptitle(), *(text.get_text() for text in figure.texts)]
    for ax in figure.axes:
        legend = ax.get_legend()
        named = [] if legend is None else [text.get_text() for text in legend.get_texts()]
        titles = [ax.get_title(loc="left"), ax.get_title(), ax.get_ylabel(), ax.get_xlabel()]
        parts += [*titles, ", ".join(named), *_of_bars(ax), *_written(ax)]
    told = "; ".join(" ".join(part.split()) for part in dict.fromkeys(parts) if part.strip())
    return told.replace(r"\$", "$")  # a dollar of a name, where one may begin a formula


def _of_bars(ax: Axes) -> Iterator[str]:
    """Yield the height of each bar of a kind, where each place of the axis has a name."""
    from matplotlib.container import BarContainer
    from matplotlib.ticker import FixedLocator

    if not isinstance(ax.xaxis.get_major_locator(), FixedLocator):
        return
    names = [one.get_text() for one in ax.get_xticklabels()]
    for bars in ax.containers:
        if isinstance(bars, BarContainer) and len(bars) == len(names):
            heights = [localised(f"{bar.get_height():,.6g}") for bar in bars]
            told = ", ".join(map(" ".join, zip(names, heights, strict=True)))
            kind = str(bars.get_label())
            yield told if kind.startswith("_") else f"{kind}: {told}"


def _written(ax: Axes) -> list[str]:
    """Return what is written inside axes; where rows have names, each with what is beside it."""
    from matplotlib.text import Annotation
    from matplotlib.ticker import FuncFormatter

    axis, texts = ax.yaxis, list(ax.texts)
    if ax in _ROWS:
        return [*_ROWS[ax], *map(_read, texts)]
    if not isinstance(axis.get_major_formatter(), FuncFormatter):
        return [_read(text) for text in texts]
    places, names = axis.get_majorticklocs(), [one.get_text() for one in ax.get_yticklabels()]
    beside: list[list[str]] = [[] for _ in names]
    others: list[str] = []
    for text in texts:
        if isinstance(text, Annotation) and names:
            gaps = [abs(place - text.xy[1]) for place in places]
            beside[gaps.index(min(gaps))].append(text.get_text())
        else:
            others.append(_read(text))
    rows = [
        f"{name}: {', '.join(told)}" if told else name
        for name, told in zip(names, beside, strict=True)
    ]
    return [*rows, *others]


def _read(text: Text) -> str:
    return _READ_AS.get(text) or text.get_text()


def in_html(figure: Figure) -> str | None:
    """Return a figure with its text, as IPython asks for it; nothing of one that is not fwsim's."""
    if not _is_told(figure):
        return None
    drawn = _as_png(figure)
    if drawn is None:
        return None
    png, size = drawn if isinstance(drawn, tuple) else (drawn, {})
    width = f' width="{size["width"]:.0f}"' if "width" in size else ""
    style = "max-width:100%;height:auto;background:white"
    source = f'src="data:image/png;base64,{png}"'
    return f'<img style="{style}"{width} alt="{escaped(alt_text(figure))}" {source}>'


def _as_png(figure: Figure) -> Any:
    """Return what the notebook itself would show; nothing if it is to show another form."""
    from IPython.core.pylabtools import print_figure

    shell = _shell()
    if shell is None:
        return print_figure(figure, fmt="png", base64=True)
    try:
        draw = shell.display_formatter.formatters["image/png"].lookup(figure)
    except KeyError:
        return None
    return draw.draw(figure) if isinstance(draw, _OfOthers) else draw(figure)
