"""Form fields whose label belongs to them, wide enough to be read."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

LABEL = {"description_width": "11.5em"}
WIDE = "31em"


def field(widget: type, label: str, **options: Any) -> Any:
    """Return a labelled field."""
    layout = w.Layout(width=options.pop("width", WIDE), max_width="100%")
    return widget(description=label, style=LABEL, layout=layout, **options)


def tick(label: str, *, value: bool, hint: str = "") -> w.Checkbox:
    """Return a box to tick, its label beside it."""
    return w.Checkbox(
        value=value, description=label, indent=False, tooltip=hint,
        layout=w.Layout(width="auto", margin="2px 0 2px 12em"),
    )  # fmt: skip


def button(label: str, hint: str, *, style: str = "", width: str = "auto") -> w.Button:
    """Return a button with a hint."""
    return w.Button(description=label, tooltip=hint, button_style=style,
                    layout=w.Layout(width=width))  # fmt: skip


def heading(text: str) -> w.HTML:
    """Return a heading."""
    return w.HTML(f"<h3 style='margin:.4em 0 .2em'>{text}</h3>")
