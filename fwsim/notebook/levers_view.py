"""Sliders for what one may turn; dragged or typed into, they tell a `Levers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from fwsim.notebook import entries
from fwsim.notebook.field import LABEL, ValueField, button
from fwsim.planning.levers import Levers
from fwsim.planning.search.axes import proxies_in_words

_WIDTH = "22em"


class LeversView:
    """The sliders.

    Parameters
    ----------
    turned
        Called with the levers after every move.
    """

    def __init__(self, turned: Callable[[Levers], None]) -> None:
        self._turned = turned
        self._is_filling = False
        self.start = ValueField(
            "Start",
            entries.SHIFT,
            0,
            width=_WIDTH,
            hint="by how much all commands that run once start later or earlier: 30 min, -2 h, "
            "2 h earlier; a plain number is hours",
        )
        self.wait = ValueField(
            "Devices wait",
            entries.WAIT_OR_AS_WRITTEN,
            None,
            width=_WIDTH,
            hint="pause from one device to the next: 50 ms, 2 s; a plain number is milliseconds",
        )
        self.seconds = ValueField(
            "Notice",
            entries.NOTICE_OR_AS_WRITTEN,
            None,
            width=_WIDTH,
            hint="how long users are asked: 30 s, 5 min, until answered; a plain number is seconds",
        )
        self.deferments = ValueField(
            "Deferments",
            entries.DEFERMENTS_OR_AS_WRITTEN,
            None,
            width=_WIDTH,
            hint="how often a user may defer",
        )
        self.share = ValueField(
            "Link share",
            entries.SHARE,
            1.0,
            width=_WIDTH,
            hint="how much of every site's line updates may take",
        )
        self._proxies: dict[str, bool | tuple[str, ...] | None] = {
            entries.AS_WRITTEN: None,
            "on": True,
            "off": False,
        }
        self.proxies = w.Dropdown(
            options=list(self._proxies),
            description="Proxies",
            style=LABEL,
            tooltip="one device of each subnet fetches the packages for its neighbours",
            layout=w.Layout(width=_WIDTH),
        )
        self.delivery = w.Checkbox(
            value=False,
            description="Deliver packages first",
            indent=False,
            tooltip="send the packages ahead, from the scenario's start on",
            layout=w.Layout(width="auto", margin="2px 0 2px 12em"),
        )
        self.reset = button("As written", "set every lever back to what the commands say")
        self.reset.on_click(lambda _: self.fill(Levers()))
        self._values = (self.start, self.wait, self.seconds, self.deferments, self.share)
        for item in (*self._values, self.proxies, self.delivery):
            item.observe(self._on_change, "value")
        shown = [*(item.widget for item in self._values), self.proxies, self.delivery, self.reset]
        self.widget = w.Box(shown, layout=w.Layout(display="flex", flex_flow="row wrap"))

    def levers(self) -> Levers:
        """Return what the levers are set to; a field that is wrong keeps its last right value."""
        return Levers(
            start_later=self.start.value,
            devices_wait=self.wait.value,
            inform_user=self.seconds.value,
            deferments=self.deferments.value,
            link_share=self.share.value,
            proxies=self._proxies[self.proxies.value],
            delivery_first=self.delivery.value,
        )

    def fill(self, levers: Levers) -> None:
        """Show levers."""
        self._is_filling = True
        self.start.fill(levers.start_later)
        self.wait.fill(levers.devices_wait)
        self.seconds.fill(levers.inform_user)
        self.deferments.fill(levers.deferments)
        self.share.fill(levers.link_share)
        if isinstance(levers.proxies, tuple):  # a plan that was found may place them
            self._proxies[proxies_in_words(levers.proxies)] = levers.proxies
            self.proxies.options = list(self._proxies)
        self.proxies.value = next(k for k, v in self._proxies.items() if v == levers.proxies)
        self.delivery.value = levers.delivery_first
        self._is_filling = False
        self._on_change()

    def _on_change(self, _: Any = None) -> None:
        if not self._is_filling:
            self._turned(self.levers())
