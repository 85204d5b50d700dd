"""The Live tab: the log of a rollout under way is named or dropped, and its rest forecast."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.learning.under_way.so_far import LOOK_AGAIN
from fwsim.messages import say
from fwsim.notebook import picture
from fwsim.notebook.field import WHOLE, button, explained, field, tick
from fwsim.notebook.field import say as show
from fwsim.notebook.following import Following
from fwsim.notebook.runs_bar import RunsBar
from fwsim.notebook.upload import UploadField
from fwsim.screen import escaped

MOST_TOLD = 20
"""Contradictions that are listed."""


class FollowingView:
    """The tab's widgets.

    Parameters
    ----------
    following
        What it shows.
    runs
        Returns how many runs the forecast takes.
    """

    def __init__(self, following: Following, runs: Any) -> None:
        self.following, self._runs = following, runs
        self.path = field(w.Text, say("live.path"), width="30em", **WHOLE)
        if following.plan.place.is_confined:  # strangers name no file of this machine
            self.path.layout.display = "none"
        self.drop = UploadField(
            accept=".csv,.parquet,.jsonl,.xes",
            multiple=False,
            description=say("live.drop"),
            layout=w.Layout(width="auto"),
        )
        self.read = button(say("live.read"), say("live.read_hint"), style="primary")
        self.stop = button(say("live.stop"), say("live.stop_hint"), style="warning")
        self.follow = tick(say("live.follow"), value=False, hint=say("live.follow_hint"))
        runs_bar = RunsBar(following, self.read, self.stop, "live-status")
        self.bar, self.status = runs_bar.bar, runs_bar.status
        self.words = w.HTML()
        self.words.add_class("fwsim-live-words")
        self.fan = w.HTML(layout={"max_width": "100%", "align_self": "flex-start"})
        self.fan.layout.display = "none"
        self._file: Path | None = None
        self._timer: threading.Timer | None = None
        self.read.on_click(lambda _: self._read())
        self.stop.on_click(lambda _: self._on_stop())
        self.drop.observe(self._on_drop, "files")
        self.follow.observe(lambda _: self._look_again(), "value")
        following.observe(self._show_result, "result")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                explained(say("live.hint")),
                w.Box([self.path, self.drop, self.read, self.stop, self.follow], layout=row),
                w.Box([self.bar, self.status], layout=w.Layout(align_items="flex-start")),
                self.words,
                self.fan,
            ]
        )
        self._show_result()

    def go_on(self, before: FollowingView) -> None:
        """Look at the log that another view of the same rollout looks at."""
        self.path.value, self._file = before.path.value, before._file
        is_followed, before.follow.value = before.follow.value, False
        self.follow.value = is_followed

    def _read(self) -> None:
        is_named = not self.following.plan.place.is_confined and self.path.value.strip()
        path = Path(self.path.value.strip()).expanduser() if is_named else self._file
        if path is None:
            show(self.status, say("live.no_log"))
            return
        self.following.look(path, max(20, self._runs()))

    def _on_drop(self, _: Any) -> None:
        for one in self.drop.files:
            try:
                self._file = self.following.drop(one.name, one.content)
            except (ValueError, OSError) as error:
                show(self.status, str(error))
                return
            self.path.value = ""
            self._read()

    def _on_stop(self) -> None:
        self.follow.value = False
        self.following.stop()

    def leave(self) -> None:
        """Look at no log any more."""
        self._on_stop()

    def _look_again(self) -> None:
        """Read the log now, and again after a while, as long as the box is ticked."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.follow.value:
            self._read()
            self._timer = threading.Timer(LOOK_AGAIN, self._look_again)
            self._timer.daemon = True
            self._timer.start()

    def _show_result(self, _: Any = None) -> None:
        found = self.following.result
        self.fan.layout.display = "none" if found is None else None
        if found is None:
            self.words.value = ""
            return
        drawn = picture.picture(found.figure, picture.SIZE)
        self.fan.value = picture.in_html(drawn, say("tabs.drawn.under_way"))
        first, *others = found.sentences()
        told = [f"<p style='font-size:110%'><b>{escaped(first)}</b></p>"]
        if self.following.changed:
            told.append(f"<p>{escaped(self.following.changed)}</p>")
        told += [f"<p style='margin:.3em 0'>{escaped(text)}</p>" for text in others]
        odd = [escaped(str(problem)) for problem in found.so_far.contradictions[:MOST_TOLD]]
        if odd:
            told.append(f"<ul>{''.join(f'<li>{text}</li>' for text in odd)}</ul>")
        self.words.value = "".join(told)
