"""The grid of devices as a widget: the browser draws a page, and tells what a hand does."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from pathlib import Path
from typing import Any

import traitlets

from fwsim.messages import say
from fwsim.notebook.board.widget import ELEMENTS, ToldWidget, acts_on, raw_words, script_of
from fwsim.notebook.devices.rows import COLUMNS, DeviceRows, Order, as_csv
from fwsim.notebook.devices.story import story_of
from fwsim.problems import InputError
from fwsim.results.output.properties import properties_window
from fwsim.results.output.result import Result

FRONT = Path(__file__).parent / "front"
SCRIPT = script_of((ELEMENTS, FRONT / "grid.js"))
PAGE = 20
FILE = "devices.csv"
WORDS = ("all", "all_hint", "export", "export_hint", "close", "filter", "before", "after", "log")
Data = dict[str, Any]
Wish = Callable[[DeviceRows], tuple[Any, str]]


class GridWidget(ToldWidget):
    """A page of devices.

    Parameters
    ----------
    said
        As for `ToldWidget`.

    Attributes
    ----------
    shown
        The page.
    words
        The browser's own words.
    """

    _esm = SCRIPT
    _css = (FRONT / "grid.css").read_text(encoding="utf-8")

    shown: Data = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    words: dict[str, str] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]

    def __init__(self, said: Callable[[Data], None]) -> None:
        super().__init__(said, words=raw_words("devices.", WORDS))


class DeviceGrid:
    """What the grid shows, and what it does with what it is told."""

    def __init__(self) -> None:
        self._rows: DeviceRows | None = None
        self.order, self.page, self.opened = Order(), 1, ""
        self._mask: Any = None
        self._listed_for: tuple[Any, Any, Any] = (None, None, None)
        self._listed: Any = None
        self.widget = GridWidget(self.hear)
        self._show()

    @property
    def has_run(self) -> bool:
        """Whether there are devices to list."""
        return self._rows is not None

    def show(self, run: Result | None) -> None:
        """Show the devices of a run; nothing if there is none."""
        if run is (self._rows.run if self._rows is not None else None):
            return
        self._rows, self._mask = None if run is None else DeviceRows(run), None
        self._show()

    def only(self, wish: Wish, sort: str) -> str:
        """Show only those that are wished for; return that in words."""
        if self._rows is None:
            return say("devices.none_yet")
        self._mask, words = wish(self._rows)
        self.order, self.page, self.opened = Order(sort), 1, ""
        self._show()
        return words

    def rows(self) -> Any:
        """Return the devices that are listed, in their order; None if there is no run."""
        if self._rows is None:
            return None
        wanted = self._rows, self.order, self._mask
        if not all(map(is_, self._listed_for, wanted)):
            self._listed_for, self._listed = wanted, self._rows.rows(self.order, self._mask)
        return self._listed

    # What a hand does

    def hear(self, message: Data) -> None:
        """Take what a hand did; anything may be in it."""
        if self._rows is not None and acts_on(self, message):
            self._show()

    def _do_sort(self, message: Data) -> None:
        self.order, self.page = self.order.sorted_by(str(message["column"])), 1

    def _do_filter(self, message: Data) -> None:
        self.order = self.order.filtered(str(message["column"]), str(message["text"]))
        self.page = 1

    def _do_page(self, message: Data) -> None:
        self.page = int(message["number"])

    def _do_open(self, message: Data) -> None:
        name = str(message["device"])
        self.opened = "" if name == self.opened else name

    def _do_all(self, _: Data) -> None:
        self.order, self.page, self.opened, self._mask = Order(), 1, "", None

    def _do_export(self, _: Data) -> None:
        self.widget.send({"file": FILE, "text": as_csv(self.rows())})

    # What is shown

    def _show(self) -> None:
        rows, order = self.rows(), self.order
        if rows is None or self._rows is None:
            self.widget.shown = {"note": say("devices.none_yet")}
            return
        pages = max(1, -(-len(rows) // PAGE))
        self.page = min(max(self.page, 1), pages)
        part = rows.iloc[(self.page - 1) * PAGE : self.page * PAGE]
        self.widget.shown = {
            "columns": [
                {
                    "name": name,
                    "label": say(f"devices.{name}"),
                    "filter": order.filters.get(name, ""),
                    "sort": ("descending" if order.descending else "ascending")
                    if order.by == name
                    else "none",
                }
                for name in COLUMNS
            ],
            "rows": [[str(cell) for cell in row] for row in part.itertuples(index=False)],
            "page": self.page,
            "pages": pages,
            "is_all": self._mask is None and not order.filters,
            "note": say("devices.note", count=len(rows), page=self.page, pages=pages),
            "opened": self._opened(self._rows),
        }

    def _opened(self, rows: DeviceRows) -> Data | None:
        number = rows.number_of(self.opened) if self.opened else None
        if number is None:
            return None
        try:
            window = properties_window(rows.run, self.opened)
        except InputError as error:
            window = str(error)
        return {
            "device": self.opened,
            "why": rows.in_a_sentence(number),
            "steps": [list(step) for step in story_of(rows.run, number)],
            "window": window,
        }
