"""What rich lays out for a terminal: texts are texts, never markup, and clean before measured."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from fwsim.screen import fitting, laid_out, visible

WIDTH_UNWATCHED = 200


class PlainConsole(Console):
    """A console that takes every string as it stands: `[red]` and `:smile:` are names, too.

    Parameters
    ----------
    stream
        Where to write: standard output, standard error, or what stands for them.
    options
        As for `rich.console.Console`.
    """

    def __init__(self, stream: Any, **options: Any) -> None:
        options = {"highlight": False, "markup": False, "emoji": False, **options}
        super().__init__(file=laid_out(stream), **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a string as it can be shown here."""
        return super().render_str(self._clean(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Lay something out; a text with styles of its own is cleaned here."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(self._clean(segment.text), segment.style)

    def _clean(self, text: str) -> str:
        return fitting(visible(text), self.encoding)


def plain_table(*heads: str, **options: Any) -> Table:
    """Return a table without lines.

    Parameters
    ----------
    heads
        Above its columns.
    options
        As for `rich.table.Table`.
    """
    return Table(*heads, box=None, pad_edge=False, **options)


def console_for_tables() -> PlainConsole:
    """Return a console on standard output; where nobody watches, wide enough for every table."""
    console = PlainConsole(sys.stdout, soft_wrap=True)
    if console.is_terminal:
        return console
    return PlainConsole(sys.stdout, soft_wrap=True, width=WIDTH_UNWATCHED)


def console_for_progress() -> PlainConsole:
    """Return a console on standard error."""
    return PlainConsole(sys.stderr)
