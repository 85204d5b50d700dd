"""What a notebook shows, and what it says in words where no kernel answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakSet

import ipywidgets as w

from fwsim.messages import language
from fwsim.screen import escaped


class Page(w.VBox):  # type: ignore[misc]
    """A box that an export shows as text, and JupyterLab until a cell is run again.

    Parameters
    ----------
    children
        What is in it.
    told
        Returns what stands there, line by line, the first as a title; plain text.
    again
        Shows it in the language that is spoken now; None if it stays as it is.

    Attributes
    ----------
    spoken
        The language in which it is shown.
    """

    def __init__(
        self,
        children: Sequence[w.Widget],
        told: Callable[[], Sequence[str]],
        again: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(children, layout=w.Layout(width="100%"), tooltip="")
        self._told, self._again, self.spoken = told, again, language()
        _PAGES.add(self)

    def follow_language(self) -> None:
        """Be shown in the language that is spoken now, unless it is."""
        if self._again is not None and self.comm is not None and self.spoken != language():
            self.spoken = language()
            self._again()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        head, *lines = self._told()
        data["text/plain"] = "\n".join([head, *lines])
        told = "".join(f"<p style='white-space:pre-wrap'>{escaped(line)}</p>" for line in lines)
        data["text/html"] = f"<div><p><b>{escaped(head)}</b></p>{told}</div>"
        return data


_PAGES: WeakSet[Page] = WeakSet()


def in_one_language() -> None:
    """Show every page of this kernel in the language that is spoken now: there is one at a time."""
    for page in list(_PAGES):
        page.follow_language()
