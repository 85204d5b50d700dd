"""Sliders for what one may turn; dragged, they tell a `Levers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from fwsim.notebook.field import LABEL, button
from fwsim.planning.axes import proxies_in_words
from fwsim.planning.levers import Levers

HOUR = 3_600_000
_AS_WRITTEN = "as written"


def _slider(label: str, value: float, least: float, most: float, step: float) -> Any:
    kind = w.FloatSlider if isinstance(step, float) else w.IntSlider
    return kind(
        value=value, min=least, max=most, step=step, description=label, style=LABEL,
        continuous_update=True, layout=w.Layout(width="30em", max_width="100%"),
    )  # fmt: skip


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
        self.start = _slider("Start later (h)", 0.0, -12.0, 24.0, 0.5)
        self.wait = _slider("Devices wait (ms)", -1, -1, 5000, 50)
        self.seconds = _slider("Notice (s)", -1, -1, 3600, 30)
        self.deferments = _slider("Deferments", -1, -1, 10, 1)
        self.share = _slider("Link share (%)", 100, 5, 100, 5)
        self._proxies: dict[str, bool | tuple[str, ...] | None] = {
            _AS_WRITTEN: None, "on": True, "off": False
        }  # fmt: skip
        self.proxies = w.Dropdown(
            options=list(self._proxies),
            description="Proxies",
            style=LABEL,
            layout=w.Layout(width="22em"),
        )
        self.delivery = w.Checkbox(
            value=False, description="Deliver packages first", indent=False,
            layout=w.Layout(width="auto", margin="2px 0 2px 12em"),
        )  # fmt: skip
        self.reset = button("As written", "put every lever back")
        self.reset.on_click(lambda _: self.fill(Levers()))
        self._items = (
            self.start, self.wait, self.seconds, self.deferments, self.share, self.proxies,
            self.delivery,
        )  # fmt: skip
        for item in self._items:
            item.observe(self._on_change, "value")
        hint = w.HTML("<span style='color:#555'>−1 leaves what the commands say.</span>")
        self.widget = w.Box(
            [*self._items, w.HBox([self.reset, hint])],
            layout=w.Layout(display="flex", flex_flow="row wrap"),
        )

    def levers(self) -> Levers:
        """Return what is turned."""

        def given(value: int) -> int | None:
            return None if value < 0 else value

        return Levers(
            start_later=round(self.start.value * HOUR),
            devices_wait=given(self.wait.value),
            inform_user=given(self.seconds.value),
            deferments=given(self.deferments.value),
            link_share=self.share.value / 100,
            proxies=self._proxies[self.proxies.value],
            delivery_first=self.delivery.value,
        )

    def fill(self, levers: Levers) -> None:
        """Show levers."""

        def shown(value: int | None) -> int:
            return -1 if value is None else value

        self._is_filling = True
        self.start.value = levers.start_later / HOUR
        self.wait.value = shown(levers.devices_wait)
        self.seconds.value = shown(levers.inform_user)
        self.deferments.value = shown(levers.deferments)
        self.share.value = round(levers.link_share * 100)
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
