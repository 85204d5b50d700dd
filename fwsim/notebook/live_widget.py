"""The live view: status lines arriving, counters, the curve growing. It shows a `LiveRun`."""

from __future__ import annotations

import threading
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from fwsim.notebook.field import LABEL, button
from fwsim.notebook.live_run import USUAL_SPEED, LiveRun
from fwsim.notebook.picture import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EVERY = 0.4
SPEEDS = (1, 10, 60, 300, 600, 1800, 3600, 14_400)


class LiveWidget:
    """The live view's widgets.

    Parameters
    ----------
    run
        What is watched.
    """

    def __init__(self, run: LiveRun) -> None:
        self.run = run
        self._over = threading.Event()
        self.play = button("Play", "start from the beginning", style="primary")
        self.pause = w.ToggleButton(value=False, description="Pause", tooltip="hold the clock",
                                    layout=w.Layout(width="auto"))  # fmt: skip
        self.stop = button("Stop", "end the run", style="warning")
        self.speed = w.SelectionSlider(
            options=[(f"{speed} x", speed) for speed in SPEEDS], value=USUAL_SPEED,
            description="Speed", style=LABEL, layout=w.Layout(width="28em"),
        )  # fmt: skip
        self.clock = w.HTML("<b>not started</b>")
        self.clock.add_class("fwsim-clock")
        self.counters, self.lines = w.HTML(), w.HTML()
        self.picture = w.Image(format="png", layout=w.Layout(max_width="100%"))
        self.play.on_click(lambda _: self._on_play())
        self.stop.on_click(lambda _: self._on_stop())
        self.pause.observe(lambda change: self._on_pause(on=change["new"]), "value")
        self.speed.observe(lambda change: self._on_speed(change["new"]), "value")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                w.Box([self.play, self.pause, self.stop, self.speed, self.clock], layout=row),
                w.Box([self.picture, self.counters], layout=row), self.lines,
            ]
        )  # fmt: skip
        self.picture.value = picture(self._draw, (6.4, 3.0))

    def _on_play(self) -> None:
        if self.run.is_running:
            return
        self.pause.value = False
        self._over.clear()
        self.run.start(self.speed.value)
        threading.Thread(target=self._follow, daemon=True).start()

    def _on_stop(self) -> None:
        self._over.set()
        self.run.stop()
        self.refresh()

    def _on_pause(self, *, on: bool) -> None:
        if self.run.env is not None:
            self.run.env.pause(on=on)

    def _on_speed(self, speed: int) -> None:
        if self.run.env is not None:
            self.run.env.set_speed(speed)

    def _follow(self) -> None:
        while self.run.is_running and not self._over.wait(EVERY):
            self.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Show the run as it stands."""
        state = "running" if self.run.is_running else (self.run.error or "over")
        self.clock.value = f"<b>{self.run.clock()}</b>&ensp;{escape(state)}"
        rows = "".join(
            f"<tr><td style='padding-right:1em'>{escape(name)}</td>"
            f"<td style='text-align:right'>{count:,}</td></tr>"
            for name, count in self.run.counters().items()
        )
        self.counters.value = f"<table><tbody>{rows}</tbody></table>"
        text = "\n".join(self.run.last_lines())
        self.lines.value = f"<pre style='font-size:.85em'>{escape(text)}</pre>"
        self.picture.value = picture(self._draw, (6.4, 3.0))

    def _draw(self, ax: Axes) -> Any:
        hours, devices = self.run.curve()
        ax.step(hours, devices, where="post", color="#0072B2", linewidth=2)
        ax.set_ylim(0, len(self.run.rollout.fleet))
        ax.set_xlabel("hours after the start")
        ax.set_ylabel("devices successful")
        ax.spines[["top", "right"]].set_visible(False)
