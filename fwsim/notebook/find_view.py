"""The Find tab: goals in words, progress, plans to click on. It shows a `Finding`."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.measures.amounts import counted
from fwsim.measures.measure import Measure
from fwsim.messages import say as words
from fwsim.messages import translated
from fwsim.notebook.entries import MOST_RUNS, count
from fwsim.notebook.field import ValueField, button, field, note, say, tick, without_null
from fwsim.notebook.find_form import AsForm
from fwsim.notebook.finding import USUAL_RUNS, Finding
from fwsim.notebook.remark import Remark
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.result_in_words import measures_in_words, picture_axes, picture_points
from fwsim.planning.search.search import SearchProgress
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.figures.plans import PlanPoint, scale_of
from fwsim.scenario.search_section import FEWEST_RUNS

COLUMNS, ROWS = 44, 20
MOST_POINTS = 250
_CELL, _HEIGHT = "15px", "15px"
_LOOKS = {
    "chosen": ("★", "#E69F00"),
    "nearest": ("☆", "#E69F00"),
    "front": ("●", "#0072B2"),
    "kept": ("○", "#0072B2"),
    "broken": ("×", "#8a8a8a"),
}


_SMALL = "color:#555;font-size:.9em;margin:0 0 .4em 6em"
_IMPORTANCE = tuple(_LOOKS)
_NUDGES = ((0, 0), (1, 0), (0, -1), (1, -1), (2, 0), (0, -2), (2, -1), (1, -2), (2, -2))
"""Where a dot goes whose place is taken, in columns and rows: so that each can be clicked."""


def _around(column: int, row: int) -> list[tuple[int, int]]:
    places = [(column + by, row + up) for by, up in _NUDGES]
    return [(c, r) for c, r in places if 2 <= c <= COLUMNS and 2 <= r <= ROWS - 1]


def _look(point: PlanPoint) -> str:
    if point.is_chosen:
        return "chosen"
    if point.is_nearest:
        return "nearest"
    if point.on_front:
        return "front"
    return "kept" if point.keeps_limits else "broken"


class FindView:
    """The tab's widgets.

    Parameters
    ----------
    finding
        What is searched.
    target
        Returns the folder to write to; raises a `ValueError` if the name will not do.
    """

    def __init__(self, finding: Finding, target: Callable[[], Path]) -> None:
        self.finding, self._target = finding, target
        self.goals = field(
            w.Textarea,
            words("find.goals_text"),
            value="\n".join(finding.usual_goals),
            width="97%",
            continuous_update=False,
        )
        self.limits = field(
            w.Textarea,
            words("find.limits_text"),
            value="\n".join(finding.usual_limits),
            width="97%",
            continuous_update=False,
        )
        self.goals.layout.height, self.limits.layout.height = "4em", "6em"
        known = finding.measures
        self.forms = w.VBox(
            [
                AsForm(self.goals, known, are_limits=False).widget,
                AsForm(self.limits, known, are_limits=True).widget,
            ]
        )
        self.as_text = tick(
            words("find.as_text"), value=False, margin="0", hint=words("find.as_text_hint")
        )
        self.texts = w.VBox([self.goals, self.limits])
        self.as_text.observe(self._show_as_text, "value")
        self._show_as_text()
        search = finding.scenario.search
        own = finding.plan.base.search is not None and search is not None
        runs = search.runs if own and search is not None else USUAL_RUNS
        self.runs = ValueField(
            words("find.runs"),
            count("runs", FEWEST_RUNS, MOST_RUNS),
            runs,
            width="20em",
            hint=words("find.runs_hint"),
        )
        self._make_buttons()
        self.bar = w.IntProgress(value=0, min=0, max=1, layout=w.Layout(width="14em"))
        self.status, self.done = note("find-status"), note("found-status")
        self.words = w.HTML()
        self.words.add_class("fwsim-find-words")
        self.picture = w.GridBox(layout=_grid())
        self.picture.add_class("fwsim-plans")
        self.legend = w.HTML()
        self._dots: dict[Choice, Any] = {}
        self.stop.disabled = True
        self.find.on_click(lambda _: self._on_find())
        self.stop.on_click(lambda _: finding.stop())
        self.take.on_click(lambda _: finding.put_on_the_desk())
        self.hand.on_click(lambda _: self._on_hand())
        for trait in ("is_running", "where", "remark"):
            finding.observe(self._show_progress, trait)
        finding.observe(self._show_result, "result")
        finding.observe(self._show_picked, "picked")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                w.HTML(
                    f"<p style='color:#555'>{escape(words('find.hint', turned=finding.hint))}</p>"
                ),
                self.forms,
                self.as_text,
                self.texts,
                w.Box([self.runs.widget, self.find, self.stop, self.bar, self.status], layout=row),
                self.words,
                w.Box([self.take, self.hand, self.overwrite, self.anyway, self.done], layout=row),
                self.picture,
                self.legend,
            ]
        )

    def _make_buttons(self) -> None:
        def make(name: str, style: str = "") -> w.Button:
            return button(words(f"find.{name}"), words(f"find.{name}_hint"), style=style)

        def box(name: str) -> w.Checkbox:
            hint = words(f"find.{name}_hint")
            return tick(words(f"find.{name}"), value=False, margin="0 1em", hint=hint)

        self.find, self.stop = make("find", "primary"), make("stop", "warning")
        self.take, self.hand = make("take"), make("hand")
        self.overwrite, self.anyway = box("overwrite"), box("anyway")

    def add_goal(self, measure: str) -> None:
        """Ask for a measure, too, unless it is asked for."""
        lines = self.goals.value.splitlines()
        if measure not in lines:
            self.goals.value = "\n".join([*lines, measure])

    def _show_as_text(self, _: Any = None) -> None:
        self.texts.layout.display = None if self.as_text.value else "none"

    def _on_find(self) -> None:
        goals, limits = (
            [line.strip() for line in text.value.splitlines() if line.strip()]
            for text in (self.goals, self.limits)
        )
        if not self.runs.problem:
            self.finding.start(goals, limits, self.runs.value)

    def _on_hand(self) -> None:
        try:
            folder = self._target()
        except ValueError as error:
            self.finding.remark = Remark("found", str(error))
            return
        self.finding.save(folder, overwrite=self.overwrite.value, anyway=self.anyway.value)
        self.overwrite.value = False

    def _show_progress(self, _: Any = None) -> None:
        finding = self.finding
        self.find.disabled, self.stop.disabled = finding.is_running, not finding.is_running
        where, progress = finding.where, ""
        if where is not None:
            self.bar.max, self.bar.value = max(1, where.of), min(where.spent, where.of)
            progress = _progress(where)
        if not finding.is_running and finding.result is not None:
            self.bar.value = self.bar.max
            progress = words(f"find.{_verdict(finding.result)}")
        word = finding.remark
        say(self.status, word.text if word.about == "search" and word.text else progress)
        say(self.done, word.text if word.about == "found" else "")

    def _show_picked(self, _: Any = None) -> None:
        lines = self.finding.words()
        self.words.value = "".join(f"<p style='margin:.2em 0'>{escape(line)}</p>" for line in lines)
        picked = self.finding.picked
        for choice, dot in self._dots.items():
            is_picked = picked is not None and picked.choice == choice
            dot.style.button_color = "#ffd97a" if is_picked else "transparent"

    def _show_result(self, _: Any = None) -> None:
        result = self.finding.result
        self._dots.clear()
        self.legend.value = "" if result is None else _small(words("find.legend"))
        if result is None:
            self.picture.children = ()
            return
        points = sorted(picture_points(result), key=lambda item: _IMPORTANCE.index(_look(item[1])))
        hidden = sum(not point.can_be_drawn for _, point in points)
        if hidden := hidden + max(0, len(points) - MOST_POINTS):
            self.legend.value += _small(words("find.not_drawn", plans=counted(hidden, "plan")))
        self.picture.children = self._drawn(points[:MOST_POINTS], picture_axes(result))
        without_null(self.picture)
        self._show_picked()

    def _drawn(
        self, points: list[tuple[Candidate, PlanPoint]], measures: tuple[Measure, Measure]
    ) -> tuple[Any, ...]:
        """Return a button for each plan, on a grid, with the axes around it."""
        finite = [(trial, point) for trial, point in points if point.can_be_drawn]
        if not finite:
            return (
                w.HTML(
                    escape(words("find.nobody_there")),
                    layout=w.Layout(grid_area=f"4 / 2 / 5 / {COLUMNS}"),
                ),
            )
        frame = w.Box(
            layout=w.Layout(
                grid_area=f"2 / 2 / {ROWS} / {COLUMNS + 1}",
                border_left="1px solid #bbb",
                border_bottom="1px solid #bbb",
            )
        )
        spans = [
            _span([getattr(p, side).value for _, p in finite], scale_of(measure, 0)[0])
            for side, measure in zip(("across", "up"), measures, strict=True)
        ]
        items: list[Any] = []
        taken: set[tuple[int, int]] = set()
        for trial, point in finite:
            column = 2 + _step(point.across.value, spans[0], COLUMNS - 2)
            row = ROWS - 1 - _step(point.up.value, spans[1], ROWS - 2)
            place = next((p for p in _around(column, row) if p not in taken), None)
            if place is not None:
                taken.add(place)
                items.append(self._dot(trial, point, *place))
        return (frame, *items, *_axes(spans, measures))

    def _dot(self, trial: Candidate, point: PlanPoint, column: int, row: int) -> Any:
        glyph, colour = _LOOKS[_look(point)]
        result = self.finding.result
        lines = measures_in_words(result, trial) if result is not None else []
        dot = w.Button(
            description=glyph,
            tooltip="\n".join([trial.title or words("find.as_written"), *lines]),
            layout=w.Layout(
                grid_area=f"{row} / {column}",
                width="22px",
                height="22px",
                padding="0",
                margin="-4px",
            ),
            style={"button_color": "transparent", "text_color": colour, "font_size": "17px"},
        )
        self._dots[trial.choice] = dot
        dot.on_click(lambda _: self.finding.pick(trial))
        return dot


def _small(text: str) -> str:
    return f"<p style='{_SMALL}'>{escape(text)}</p>"


def _progress(where: SearchProgress) -> str:
    parts = [
        words(
            "find.progress",
            phase=translated("progress", where.phase),
            spent=where.spent,
            of=where.of,
            plans=where.plans,
        )
    ]
    if where.ruled_out:
        parts.append(words("find.ruled_out", plans=where.ruled_out))
    if where.best is not None:
        parts.append(words("find.best", plan=where.best.title))
    return ", ".join(parts)


def _verdict(result: SearchResult) -> str:
    if result.keeps_limits:
        return "found"
    return "none_keeps" if result.question.limits else "none_selected"


def _grid() -> Any:
    return w.Layout(
        grid_template_columns=f"5em repeat({COLUMNS - 1}, {_CELL})",
        grid_template_rows=f"repeat({ROWS - 1}, {_HEIGHT}) 2.6em",
        max_width="100%",
        overflow="auto",
        padding="8px",
    )


def _span(values: list[float], one: float) -> tuple[float, float]:
    """Return the ends of an axis; `one` of its unit is shown of values that are all 0."""
    low, high = min(values), max(values)
    if high > low:
        return low, high
    return (low - abs(low) / 10, low + abs(low) / 10) if low else (0.0, one)


def _step(value: float, span: tuple[float, float], steps: int) -> int:
    return round((value - span[0]) / (span[1] - span[0]) * (steps - 1))


def _axes(spans: list[tuple[float, float]], measures: tuple[Measure, Measure]) -> list[Any]:
    """Return the labels: least and most of both measures, and their names."""
    small = "font-size:.85em;color:#333;line-height:1.1;white-space:nowrap"
    (x_low, x_high), (y_low, y_high) = spans
    by_x, unit_x = scale_of(measures[0], x_high)
    by_y, unit_y = scale_of(measures[1], y_high)

    def label(text: str, row: int, first: int, end: int, align: str) -> Any:
        html = f"<div style='{small};text-align:{align}'>{escape(text)}</div>"
        area = f"{row} / {first} / {row + 1} / {end}"
        return w.HTML(html, layout=w.Layout(grid_area=area, margin="5px 0 0 0"))

    return [
        label(f"↑ {measures[1]} ({unit_y})", 1, 2, COLUMNS, "left"),
        label(f"{y_high / by_y:.3g}", 2, 1, 2, "right"),
        label(f"{y_low / by_y:.3g}", ROWS - 1, 1, 2, "right"),
        label(f"{x_low / by_x:.3g}", ROWS, 2, 8, "left"),
        label(f"→ {measures[0]} ({unit_x})", ROWS, 10, COLUMNS - 6, "center"),
        label(f"{x_high / by_x:.3g}", ROWS, COLUMNS - 5, COLUMNS + 1, "right"),
    ]
