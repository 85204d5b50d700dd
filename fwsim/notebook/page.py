"""What a notebook shows, and what it says in words where no kernel answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from fwsim.screen import escaped


class Page(w.VBox):  # type: ignore[misc]
    """A box that an export shows as text, and JupyterLab until a cell is run again.

    Parameters
    ----------
    children
        What is in it.
    told
        Returns what stands there, line by line, the first as a title; plain text.
    """

    def __init__(self, children: Sequence[w.Widget], told: Callable[[], Sequence[str]]) -> None:
        super().__init__(children, layout=w.Layout(width="100%"), tooltip="")
        self._told = told

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        head, *lines = self._told()
        data["text/plain"] = "\n".join([head, *lines])
        told = "".join(f"<p style='white-space:pre-wrap'>{escaped(line)}</p>" for line in lines)
        data["text/html"] = f"<div><p><b>{escaped(head)}</b></p>{told}</div>"
        return data
