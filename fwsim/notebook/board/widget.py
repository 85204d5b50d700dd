"""The desk as a widget: the browser draws what it is given and tells what a hand does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from fwsim.messages import number_marks, say, translated
from fwsim.messages.catalogue import messages
from fwsim.notebook import entries

FRONT = Path(__file__).parent / "front"
FRONT_WORDS = "front."
STAYS = frozenset({"axis", "clock", "ticks", "zone", "shades", "stages"})
"""What of the board stays, or is not looked at, while something is dragged."""


ELEMENTS = FRONT / "10-elements.js"
"""How elements are made, here and in widgets beside the board."""


def script_of(parts: Iterable[Path]) -> str:
    """Return parts of a script, in their order, as one module."""
    return "\n".join(path.read_text(encoding="utf-8") for path in parts)


SCRIPT = script_of(sorted(FRONT.glob("*.js")))


def raw_words(table: str, names: Iterable[str]) -> dict[str, str]:
    """Return messages of a table of the catalogue with nothing filled in, by name."""
    found = {name: messages()[f"{table}{name}"] for name in names}
    return {
        name: translated(f"{table}{name}", message)
        for name, message in found.items()
        if isinstance(message, str)
    }


def words_of_front() -> dict[str, str]:
    """Return the words that the browser fills in itself, by name."""
    names = [name.removeprefix(FRONT_WORDS) for name in messages() if name.startswith(FRONT_WORDS)]
    own = raw_words(FRONT_WORDS, names)
    named = {"weekdays": say("clock.weekdays"), "months": say("clock.months")}
    return own | raw_words("board.", ["day"]) | named | number_marks()


class ToldWidget(anywidget.AnyWidget):
    """A widget that is told what a hand did in the browser.

    Parameters
    ----------
    said
        Called with what a hand did, as plain data; whoever takes it trusts none of it.
    """

    def __init__(self, said: Callable[[dict[str, Any]], None], **shown: Any) -> None:
        super().__init__(**shown)
        self._said = said
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and isinstance(content.get("do"), str):
            self._said(content)


def acts_on(owner: object, message: dict[str, Any], *more: Any) -> bool:
    """Do what a message tells: call the method ``_do_`` and its *do*, if there is one.

    Returns
    -------
    bool
        Whether it was a message that the front end sends.
    """
    act = getattr(owner, f"_do_{message.get('do')}", None)
    if act is None:
        return False
    try:
        act(message, *more)
    except (KeyError, TypeError, ValueError):
        return False
    return True


class DeskWidget(ToldWidget):
    """Rail, tiles and board.

    Parameters
    ----------
    said
        As for `ToldWidget`.

    Attributes
    ----------
    board, rail, top, progress
        What is shown.
    words
        The browser's own words.
    stops
        Of a notice, seconds: at which a drag of its edge stops.
    kept
        What the visitor's browser keeps, where plans are kept there: under which key, and what.
    """

    _esm = SCRIPT
    _css = (FRONT / "desk.css").read_text(encoding="utf-8")

    board: dict[str, Any] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    rail: dict[str, Any] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    top: dict[str, Any] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    progress: dict[str, Any] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    words: dict[str, str] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    stops: list[int] = traitlets.List().tag(sync=True)  # type: ignore[assignment]
    kept: dict[str, str] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]

    def __init__(self, said: Callable[[dict[str, Any]], None], **shown: Any) -> None:
        super().__init__(said, words=words_of_front(), stops=list(entries.NOTICE.stops), **shown)

    def _on_message(self, owner: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("do") == "ask":
            self.send({"heard": True})  # at once, for what is asked is whether anybody is here
        else:
            super()._on_message(owner, content, buffers)

    def show(self, name: str, data: dict[str, Any], *, in_passing: bool = False) -> None:
        """Show something.

        Parameters
        ----------
        name
            One of the traits.
        data
            What it becomes.
        in_passing
            Of a board that is dragged: whoever looks is sent what moves, and nothing is kept, for
            keeping takes longer than drawing.
        """
        if in_passing and name == "board" and not data["problem"]:
            self.send({"moved": {key: data[key] for key in data.keys() - STAYS}})
        else:
            setattr(self, name, data)
