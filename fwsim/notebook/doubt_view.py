"""The Doubt tab: luck, doubt and both as one fan, and what to measure first."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets as w

from fwsim.messages import say
from fwsim.notebook import picture
from fwsim.notebook.doubting import Doubting
from fwsim.notebook.field import button, explained, quiet
from fwsim.notebook.runs_bar import RunsBar
from fwsim.results import figures
from fwsim.results.output.spread_files import ToldMeasure, told, told_once
from fwsim.results.run.lines_in_words import lines_again
from fwsim.results.statistics.sentences import in_doubt_in_words
from fwsim.screen import escaped

_LEFT = "style='text-align:left;padding-right:1.5em'"


class DoubtView:
    """The tab's widgets.

    Parameters
    ----------
    doubting
        What it shows.
    runs
        Returns how many runs the forecast takes.
    """

    def __init__(self, doubting: Doubting, runs: Any) -> None:
        self.doubting, self._runs = doubting, runs
        self.find_out = button(
            say("doubt.find_out"), say("doubt.find_out_hint"), style="primary", width="16em"
        )
        self.stop = button(say("doubt.stop"), say("doubt.stop_hint"), style="warning")
        runs_bar = RunsBar(doubting, self.find_out, self.stop, "doubt-status")
        self.bar, self.status = runs_bar.bar, runs_bar.status
        self.words = w.HTML()
        self.words.add_class("fwsim-doubt-words")
        self.fan = w.HTML(layout={"max_width": "100%", "align_self": "flex-start"})
        self.fan.layout.display = "none"
        self.find_out.on_click(lambda _: doubting.start(max(10, runs())))
        self.stop.on_click(lambda _: doubting.stop())
        doubting.observe(self._show_result, "result")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                explained(say("doubt.hint")),
                w.Box([self.find_out, self.stop, self.bar, self.status], layout=row),
                self.fan,
                self.words,
            ]
        )
        self._show_result()

    def go_on(self, _: DoubtView) -> None:
        """Show what another view of the same has shown; nothing is typed in it."""

    def _show_result(self, _: Any = None) -> None:
        found = self.doubting.result
        self.fan.layout.display = "none" if found is None else None
        if found is None:
            self.words.value = ""
            return
        draw = partial(figures.spread_fan, found.forecast, found.fan)
        drawn = picture.picture(draw, picture.SIZE)
        self.fan.value = picture.in_html(drawn, say("tabs.drawn.doubt"))
        measures = "".join(_measure(one) for one in told_once(told(found).measures))
        setting = found.forecast.setting
        in_doubt = escaped(f"{in_doubt_in_words(setting)} {lines_again(setting.lines)}".rstrip())
        notes = quiet(say("spread.note"))
        self.words.value = f"<p>{in_doubt}</p>{measures}{notes}"


def _measure(one: ToldMeasure) -> str:
    ranges = "".join(
        f"<tr><th {_LEFT} scope='row'>{escaped(name)}</th><td {_LEFT}>{escaped(text)}</td></tr>"
        for name, text in one.ranges
    )
    heads = "".join(
        f"<th {_LEFT} scope='col'>{escaped(say(f'spread.head_{name}'))}</th>"
        for name in ("input", "share", "left")
    )
    inputs = "".join(
        f"<tr><td {_LEFT}>{escaped(line.place)}</td><td {_LEFT}>{escaped(line.share)}</td>"
        f"<td {_LEFT}>{escaped(line.left)}</td></tr>"
        for line in one.inputs
    )
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{inputs}</tbody></table>"
    return (
        f"<h3 style='margin:.8em 0 .2em'>{escaped(one.measure)}</h3>"
        f"<table><tbody>{ranges}</tbody></table>"
        f"<p style='margin:.3em 0'>{escaped(' '.join(one.sentences))}</p>"
        + (table if one.inputs else "")
    )
