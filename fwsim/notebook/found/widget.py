"""Picture and table of the plans found, as one widget: what is picked in one shows in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import traitlets

from fwsim.messages import say
from fwsim.notebook.board.widget import ELEMENTS, ToldWidget, acts_on, script_of
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

    def go_on(self, before: FoundView) -> None:
        """List the plans in the order of another view."""
        self.listing = before.listing
        self._on_result()

    def hear(self, message: Data) -> None:
        """Take what a hand did; anything may be in it."""
        if self.plans is not None:
            acts_on(self, message, self.plans)

    def _do_pick(self, message: Data, plans: FoundPlans) -> None:
        self.finding.pick(plans.trial(int(message["number"])))

    def _do_take(self, message: Data, plans: FoundPlans) -> None:
        self._do_pick(message, plans)
        self.finding.put_on_the_desk()

    def _do_sort(self, message: Data, plans: FoundPlans) -> None:
        self.listing = self.listing.sorted_by(str(message["column"]))
        self.widget.table = plans.table(self.listing)

    def _do_whole(self, message: Data, plans: FoundPlans) -> None:
        self.listing = replace(self.listing, is_whole=message.get("on") is True)
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
