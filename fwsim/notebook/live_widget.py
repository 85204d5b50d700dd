"""The live view: status lines arriving, counters, the curve growing. It shows a `LiveRun`."""

from __future__ import annotations

import threading
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from fwsim.notebook.field import LABEL, button, without_null
from fwsim.notebook.live_run import USUAL_SPEED, LiveRun, PlayState
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
        self._lock = threading.Lock()
        self.play = button("Play", "play from the beginning, or go on", style="primary")
        self.pause = w.ToggleButton(
            value=False,
            description="Pause",
            tooltip="hold the clock",
            layout=w.Layout(width="auto"),
        )
        self.stop = button("Stop", "end the run", style="warning")
        self.speed = w.SelectionSlider(
            tooltip="simulated seconds in a second",
            options=[(f"{speed} x", speed) for speed in SPEEDS],
            value=USUAL_SPEED,
            description="Speed",
            style=LABEL,
            layout=w.Layout(width="28em"),
        )
        self.clock = w.HTML(f"<b>{PlayState.NOT_STARTED.value}</b>")
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
                w.Box([self.picture, self.counters], layout=row),
                self.lines,
            ]
        )
        self.widget.add_class("fwsim-live")
        self.picture.value = picture(self._draw, (6.4, 3.0))
        self._show_buttons(PlayState.NOT_STARTED)
        without_null(self.widget)

    def _on_play(self) -> None:
        is_new = not self.run.is_running
        self.pause.value = False
        self.run.start(self.speed.value)
        self.refresh()
        if is_new:
            threading.Thread(target=self._follow, args=(self.run.env,), daemon=True).start()

    def _on_stop(self) -> None:
        self.run.stop()
        self.pause.value = False
        self.refresh()

    def _on_pause(self, *, on: bool) -> None:
        self.run.pause(on=on)
        self.refresh()

    def _on_speed(self, speed: int) -> None:
        self.run.set_speed(speed)

    def _follow(self, env: object) -> None:
        """Show a run until it is over, or another one has begun."""
        while self.run.env is env and self.run.is_running:
            self.refresh()
            self.run.wait(EVERY)
        if self.run.env is env:
            self.refresh()

    def refresh(self) -> None:
        """Show the run as it stands."""
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        state = self.run.state
        self.clock.value = f"<b>{self.run.clock()}</b>&ensp;{escape(state.value)}"
        if state is PlayState.FAILED:
            self.clock.value += f": {escape(self.run.error)}"
        self._show_buttons(state)
        rows = "".join(
            f"<tr><td style='padding-right:1em'>{escape(name)}</td>"
            f"<td style='text-align:right'>{count:,}</td></tr>"
            for name, count in self.run.counters().items()
        )
        self.counters.value = f"<table><tbody>{rows}</tbody></table>"
        text = "\n".join(self.run.last_lines())
        self.lines.value = f"<pre style='font-size:.85em'>{escape(text)}</pre>"
        self.picture.value = picture(self._draw, (6.4, 3.0))

    def _show_buttons(self, state: PlayState) -> None:
        """Leave only the buttons that do something."""
        plays = state in {PlayState.RUNNING, PlayState.PAUSED}
        self.play.disabled = state is PlayState.RUNNING
        self.play.description = "Go on" if state is PlayState.PAUSED else "Play"
        self.pause.disabled = self.stop.disabled = not plays

    def _draw(self, ax: Axes) -> Any:
        hours, devices = self.run.curve()
        ax.step(hours, devices, where="post", color="#0072B2", linewidth=2)
        ax.set_ylim(0, len(self.run.rollout.fleet))
        ax.set_xlim(0, max(1.0, self.run.hours()))
        ax.set_xlabel("hours after the start")
        ax.set_ylabel("devices successful")
        ax.spines[["top", "right"]].set_visible(False)
