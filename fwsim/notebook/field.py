"""Form fields whose label belongs to them, and which refuse what they cannot take with a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets as w
import traitlets

from fwsim.notebook.entries import Entry
from fwsim.scenario.complaints import in_plain_words
from fwsim.screen import escaped

LABEL = {"description_width": "11.5em"}
WIDE = "31em"
WRONG, QUIET = "var(--fwsim-wrong, #a4001d)", "var(--fwsim-quiet, #555)"
"""Colours; the desk's style gives them for a dark theme."""


WHOLE: dict[str, Any] = {"continuous_update": False}
"""Of a text that a button reads: it comes whole, before the button is pressed, not bit by bit."""


def field(widget: type, label: str, **options: Any) -> Any:
    """Return a labelled field."""
    layout = w.Layout(width=options.pop("width", WIDE), max_width="100%")
    return widget(description=label, style=LABEL, layout=layout, **options)


def tick(label: str, *, value: bool, hint: str = "", margin: str = "2px 0 2px 12em") -> w.Checkbox:
    """Return a box to tick, its label beside it."""
    return w.Checkbox(
        value=value,
        description=label,
        indent=False,
        tooltip=hint,
        layout=w.Layout(width="auto", margin=margin),
    )


def button(label: str, hint: str, *, style: str = "", width: str = "auto") -> w.Button:
    """Return a button with a hint."""
    return w.Button(
        description=label, tooltip=hint, button_style=style, layout=w.Layout(width=width)
    )


def heading(text: str) -> w.HTML:
    """Return a heading."""
    return w.HTML(f"<h3 style='margin:.4em 0 .2em'>{text}</h3>")


def quiet(text: str) -> str:
    """Return words that explain, as HTML."""
    return f"<p style='color:{QUIET}'>{escaped(text)}</p>"


def explained(text: str) -> w.HTML:
    """Return words that explain what is below."""
    return w.HTML(quiet(text))


def note(name: str) -> w.HTML:
    """Return a place for words beside buttons; a test finds it by its class, ``fwsim-`` `name`."""
    place = w.HTML("", layout=w.Layout(margin="0 0 0 1em"))
    place.add_class(f"fwsim-{name}")
    return place


def say(place: w.HTML, text: str) -> None:
    """Put words into a note, line by line."""
    lines = escaped(text).replace("\n", "<br>")
    place.value = f"<p role='status' style='margin:0;line-height:1.4'>{lines}</p>" if text else ""


def say_wrong(place: w.HTML, text: str) -> None:
    """Put what is wrong into a place, each on a line of its own."""
    lines = "".join(f"<p style='margin:.2em 0'>⚠ {escaped(line)}</p>" for line in text.splitlines())
    place.value = f"<div role='alert' style='line-height:1.4;color:{WRONG}'>{lines}</div>"


class ValueField(traitlets.HasTraits):
    """A field for one value, which is typed.

    Parameters
    ----------
    label, hint
        What it is, and what it does.
    entry
        How it is read and written.
    value
        To begin with.
    width
        Of the field.

    Attributes
    ----------
    value
        The last value that was right.
    problem
        What is wrong with what is typed now; empty if nothing is.
    """

    value = traitlets.Any()
    problem = traitlets.Unicode("")

    def __init__(
        self, label: str, entry: Entry, value: Any, *, hint: str = "", width: str = WIDE
    ) -> None:
        super().__init__(value=value)
        self.label, self._entry = label, entry
        self.text = field(
            w.Text,
            label,
            value=entry.write(value),
            continuous_update=False,
            tooltip=hint,
            width=width,
        )
        self._wrong = w.HTML("", layout=w.Layout(margin="0 0 0 12em", display="none"))
        self.widget = w.VBox([w.HBox([self.text]), self._wrong], layout=w.Layout(max_width="100%"))
        self.layout = self.widget.layout
        self.text.observe(self._on_type, "value")
        self.observe(self._show, ["value", "problem"])

    def _on_type(self, change: dict[str, Any]) -> None:
        try:
            value = self._entry.read(change["new"])
        except ValueError as error:
            self.problem = in_plain_words(error)
            return
        self.problem, self.value = "", value
        self.text.value = self._entry.write(value)

    def _show(self, _: Any = None) -> None:
        self._wrong.layout.display = None if self.problem else "none"
        shown = f"<span role='alert' style='color:{WRONG}'>⚠ {escaped(self.problem)}</span>"
        self._wrong.value = shown if self.problem else ""
        if not self.problem:
            self.text.value = self._entry.write(self.value)

    def fill(self, value: Any) -> None:
        """Show a value, whatever is typed."""
        self.problem = ""
        self.value = value
        self._show()


def widgets_of(root: w.Widget) -> Iterator[w.Widget]:
    """Yield a widget and all that are shown in it."""
    yield root
    for child in getattr(root, "children", ()):
        yield from widgets_of(child)


def close(root: w.Widget) -> None:
    """Forget a widget and all that is shown in it: here and in the browser."""
    for widget in list(widgets_of(root)):
        widget.close()
        for name in ("layout", "style"):
            if isinstance(part := getattr(widget, name, None), w.Widget):
                part.close()


def without_null(root: w.Widget) -> w.Widget:
    """Return a widget in which nothing shows *null* as its hint, as ipywidgets does for None."""
    for widget in widgets_of(root):
        if widget.has_trait("tooltip") and widget.tooltip is None:
            widget.tooltip = ""
    return root
