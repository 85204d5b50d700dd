"""Picture and table of the plans found, as one widget: what is picked in one shows in both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from fwsim.messages import say
from fwsim.notebook.board.widget import ELEMENTS, ToldWidget, script_of
from fwsim.notebook.finding import Finding
from fwsim.notebook.found.plans import LOOKS, FoundPlans, Listing

FRONT = Path(__file__).parent / "front"
SCRIPT = script_of((ELEMENTS, FRONT / "found.js"))
WORDS = ("whole", "whole_hint", "table", "range_hint")
Data = dict[str, Any]


class FoundWidget(ToldWidget):
    """Dots and rows.

    Parameters
    ----------
    said
        As for `ToldWidget`.

    Attributes
    ----------
    picture, table
        What is drawn and listed; empty while nothing is found.
    picked
        The number of the plan that is picked; -1 for none.
    words
        The browser's own words.
    """

    _esm = SCRIPT
    _css = (FRONT / "found.css").read_text(encoding="utf-8")

    picture: Data = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    table: Data = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    picked: int = traitlets.Int(-1).tag(sync=True)  # type: ignore[assignment]
    words: dict[str, str] = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]

    def __init__(self, said: Callable[[Data], None]) -> None:
        looks = {look: say(f"found.look.{look}") for look in LOOKS}
        picks = {f"pick_{look}": say("found.pick", look=text) for look, text in looks.items()}
        own = {name: say(f"found.{name}") for name in WORDS}
        super().__init__(said, words={**own, **looks, **picks})


class FoundView:
    """What is found, and what is done with it.

    Parameters
    ----------
    finding
        The search.
    """

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.listing = Listing()
        self.plans: FoundPlans | None = None
        self.widget = FoundWidget(self.hear)
        finding.observe(lambda _: self._on_result(), "result")
        finding.observe(lambda _: self._show_picked(), "picked")
        self._on_result()

    def hear(self, message: Data) -> None:
        """Take what a hand did; anything may be in it."""
        act = getattr(self, f"_do_{message.get('do')}", None)
        if act is None or self.plans is None:
            return
        try:
            act(self.plans, message)
        except (KeyError, TypeError, ValueError):
            return  # no message that the front end sends

    def _do_pick(self, plans: FoundPlans, message: Data) -> None:
        self.finding.pick(plans.trial(int(message["number"])))

    def _do_take(self, plans: FoundPlans, message: Data) -> None:
        self._do_pick(plans, message)
        self.finding.put_on_the_desk()

    def _do_sort(self, plans: FoundPlans, message: Data) -> None:
        self.listing = self.listing.sorted_by(str(message["column"]))
        self.widget.table = plans.table(self.listing)

    def _do_whole(self, plans: FoundPlans, message: Data) -> None:
        is_whole = message.get("on") is True
        self.listing = Listing(self.listing.by, self.listing.descending, is_whole)
        self.widget.table = plans.table(self.listing)

    def _on_result(self) -> None:
        result = self.finding.result
        plans = FoundPlans(result) if result is not None else None
        self.plans = plans if plans is not None and plans.rows else None
        shown = self.plans
        self.widget.picture = shown.picture() if shown is not None else {}
        self.widget.table = shown.table(self.listing) if shown is not None else {}
        self._show_picked()

    def _show_picked(self) -> None:
        number = self.plans.number_of(self.finding.picked) if self.plans is not None else None
        self.widget.picked = -1 if number is None else number
