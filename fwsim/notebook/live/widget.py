"""The live view: status lines arriving, devices moving on. It shows a `LiveRun`."""

from __future__ import annotations

import threading
from collections.abc import Callable

import ipywidgets as w

from fwsim.messages import say
from fwsim.notebook.field import button, field, without_null
from fwsim.notebook.live.picture import LivePicture, picture_data
from fwsim.notebook.live.run import USUAL_SPEED, LiveRun, PlayState
from fwsim.notebook.live.sites import Concerned, SitePicture, concerned, fixed_data, sites_data
from fwsim.scenario.complaints import in_plain_words
from fwsim.screen import escaped

EVERY = 0.4
SPEEDS = (1, 10, 60, 300, 600, 1800, 3600, 14_400)


class LiveWidget:
    """The live view's widgets.

    Parameters
    ----------
    begin
        Returns what is played when it is played from the beginning; raises a `ValueError` if there
        is nothing to play.
    is_current
        Tells of what was begun whether it is still what would be played.
    before
        A widget whose run this one goes on with, as it stands.
    """

    def __init__(
        self,
        begin: Callable[[], LiveRun],
        is_current: Callable[[LiveRun], bool] = lambda _: True,
        before: LiveWidget | None = None,
    ) -> None:
        self.run: LiveRun | None = None
        self._begin, self._is_current = begin, is_current
        self._lock = threading.Lock()
        self._why = ""
        self._make_controls()
        self.clock, self.lines = w.HTML(), w.HTML()
        self.clock.add_class("fwsim-clock")
        self.picture, self.sites = LivePicture(), SitePicture()
        self._concerned: tuple[LiveRun, Concerned] | None = None
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                w.Box([self.play, self.pause, self.stop, self.speed, self.clock], layout=row),
                self.picture,
                self.sites,
                self.lines,
            ]
        )
        self.widget.add_class("fwsim-live")
        if before is not None:
            self._go_on(before)
        self.refresh()
        without_null(self.widget)

    def _go_on(self, before: LiveWidget) -> None:
        """Take another widget's run, speed and pause; it follows the run no more."""
        self.speed.value = before.speed.value
        self.pause.value = before.pause.value
        self._why = before._why
        self.run, before.run = before.run, None
        if self.run is not None and self.run.is_running:
            self._begin_to_follow(self.run)

    def _make_controls(self) -> None:
        self.play = button(say("play.play"), say("play.play_hint"), style="primary")
        self.pause = w.ToggleButton(
            value=False,
            description=say("play.pause"),
            tooltip=say("play.pause_hint"),
            layout=w.Layout(width="auto"),
        )
        self.stop = button(say("play.stop"), say("play.stop_hint"), style="warning")
        self.speed = field(
            w.Dropdown,
            say("play.speed"),
            options=[(f"{speed} ×", speed) for speed in SPEEDS],
            value=USUAL_SPEED,
            tooltip=say("play.speed_hint"),
            width="18em",
        )
        self.play.on_click(lambda _: self._on_play())
        self.stop.on_click(lambda _: self._on_stop())
        self.pause.observe(lambda change: self._on_pause(on=change["new"]), "value")
        self.speed.observe(lambda change: self._on_speed(change["new"]), "value")

    @property
    def state(self) -> PlayState:
        """How it stands."""
        return PlayState.NOT_STARTED if self.run is None else self.run.state

    def _on_play(self) -> None:
        if self.run is not None and self.run.is_running:
            self.pause.value = False
            self.run.start(self.speed.value)
            self.refresh()
            return
        self.pause.value = False
        try:
            run = self._begin()
        except ValueError as error:
            self._why = in_plain_words(error)
            self.refresh()
            return
        self._why, self.run = "", run
        run.start(self.speed.value)
        self.refresh()
        self._begin_to_follow(run)

    def _on_stop(self) -> None:
        if self.run is not None:
            self.run.stop()
        self.pause.value = False
        self.refresh()

    def leave(self) -> None:
        """Play no more."""
        self._on_stop()

    def _on_pause(self, *, on: bool) -> None:
        if self.run is not None:
            self.run.pause(on=on)
        self.refresh()

    def _on_speed(self, speed: int) -> None:
        if self.run is not None:
            self.run.set_speed(speed)

    def _begin_to_follow(self, run: LiveRun) -> None:
        threading.Thread(target=self._follow, args=(run, run.env), daemon=True).start()

    def _follow(self, run: LiveRun, env: object) -> None:
        """Show a run until it is over, or another one has begun."""
        while self.run is run and run.env is env and run.is_running:
            self.refresh()
            run.wait(EVERY)
        if self.run is run and run.env is env:
            self.refresh()

    def refresh(self) -> None:
        """Show the run as it stands."""
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        run, state = self.run, self.state
        word = say(f"play.state.{state.name.lower()}")
        clock = "" if run is None else f"<b>{escaped(run.clock())}</b>&ensp;"
        self.clock.value = f"{clock}{escaped(word)}{escaped(self._more(run))}"
        self._show_buttons(state)
        if run is not None:
            self.picture.shown = picture_data(run)
            self.sites.shown = sites_data(run.rollout, run.columns(), self._sites_of(run))
            text = "\n".join(run.last_lines())
            self.lines.value = f"<pre style='font-size:.85em'>{escaped(text)}</pre>"

    def _sites_of(self, run: LiveRun) -> Concerned:
        """Return the sites that a run's commands go to; they are shown once they are known."""
        if self._concerned is None or self._concerned[0] is not run:
            self._concerned = run, concerned(run.rollout)
            self.sites.sites = fixed_data(self._concerned[1])
        return self._concerned[1]

    def _more(self, run: LiveRun | None) -> str:
        """Return what has to be said beside the state."""
        why = self._why or (run.error if run is not None else "")
        if why:
            return f": {why}"
        is_old = run is not None and not self._is_current(run)
        return f" · {say('play.changed')}" if is_old else ""

    def _show_buttons(self, state: PlayState) -> None:
        """Leave only the buttons that do something."""
        plays = state in {PlayState.RUNNING, PlayState.PAUSED}
        self.play.disabled = state is PlayState.RUNNING
        self.play.description = say("play.go_on" if state is PlayState.PAUSED else "play.play")
        self.pause.disabled = self.stop.disabled = not plays
