"""The Find tab: goals in words, progress, plans to click on. It shows a `Finding`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.measures.amounts import counted
from fwsim.messages import say as words
from fwsim.messages import translated
from fwsim.notebook.entries import MOST_RUNS, count
from fwsim.notebook.field import ValueField, button, explained, field, note, quiet, say, tick
from fwsim.notebook.find_form import AsForm
from fwsim.notebook.finding import USUAL_RUNS, Finding
from fwsim.notebook.found.widget import FoundView
from fwsim.notebook.remark import Remark
from fwsim.planning.search.plan_in_words import plan_in_words
from fwsim.planning.search.search import SearchProgress
from fwsim.planning.search.search_result import SearchResult
from fwsim.scenario.search_section import FEWEST_RUNS
from fwsim.screen import escaped


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
        self._make_question()
        self._make_buttons()
        self.bar = w.IntProgress(value=0, min=0, max=1, layout=w.Layout(width="14em"))
        self.status, self.done = note("find-status"), note("found-status")
        self.words, self.legend = w.HTML(), w.HTML()
        self.words.add_class("fwsim-find-words")
        self.found = FoundView(finding)
        for trait in ("is_running", "where", "remark"):
            finding.observe(self._show_progress, trait)
        finding.observe(self._show_result, "result")
        finding.observe(self._show_words, "picked")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                explained(words("find.hint", turned=finding.hint)),
                self.forms,
                self.as_text,
                self.texts,
                w.Box([self.runs.widget, self.find, self.stop, self.bar, self.status], layout=row),
                self.words,
                w.Box([self.take, self.hand, self.overwrite, self.anyway, self.done], layout=row),
                self.found.widget,
                self.legend,
            ]
        )
        self._show_progress()
        self._show_result()

    def go_on(self, before: FindView) -> None:
        """Ask what was asked in another view of the same search."""
        self.goals.value, self.limits.value = before.goals.value, before.limits.value
        self.runs.text.value = before.runs.text.value
        self.as_text.value, self.anyway.value = before.as_text.value, before.anyway.value
        self.found.go_on(before.found)

    def _make_question(self) -> None:
        """Make the fields for what is asked: as rows, as text, and how much may be spent."""
        finding = self.finding
        self.goals = _lines(words("find.goals_text"), finding.usual_goals, "4em")
        self.limits = _lines(words("find.limits_text"), finding.usual_limits, "6em")
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

    def _make_buttons(self) -> None:
        def make(name: str, style: str = "") -> w.Button:
            return button(words(f"find.{name}"), words(f"find.{name}_hint"), style=style)

        def box(name: str) -> w.Checkbox:
            hint = words(f"find.{name}_hint")
            return tick(words(f"find.{name}"), value=False, margin="0 1em", hint=hint)

        self.find, self.stop = make("find", "primary"), make("stop", "warning")
        self.take, self.hand = make("take"), make("hand")
        self.overwrite, self.anyway = box("overwrite"), box("anyway")
        self.find.on_click(lambda _: self._on_find())
        self.stop.on_click(lambda _: self.finding.stop())
        self.take.on_click(lambda _: self.finding.put_on_the_desk())
        self.hand.on_click(lambda _: self._on_hand())

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
        if where is None:
            self.bar.value = 0
            progress = words("find.begins") if finding.is_running else ""
        else:
            self.bar.max, self.bar.value = max(1, where.of), min(where.spent, where.of)
            progress = _progress(where)
        if not finding.is_running and finding.result is not None:
            self.bar.value = self.bar.max
            progress = words(f"find.{_verdict(finding.result)}")
        word = finding.remark
        say(self.status, word.text if word.about == "search" and word.text else progress)
        say(self.done, word.text if word.about == "found" else "")

    def _show_words(self, _: Any = None) -> None:
        lines = self.finding.words()
        self.words.value = "".join(
            f"<p style='margin:.2em 0'>{escaped(line)}</p>" for line in lines
        )

    def _show_result(self, _: Any = None) -> None:
        plans = self.found.plans
        self.legend.value = "" if plans is None else quiet(words("find.legend"))
        if plans is not None and plans.hidden:
            hidden = counted(plans.hidden, "plan")
            self.legend.value += quiet(words("find.not_drawn", plans=hidden))
        self._show_words()


def _lines(label: str, lines: list[str], height: str) -> Any:
    """Return a field for lines of text."""
    text = field(w.Textarea, label, value="\n".join(lines), width="97%", continuous_update=False)
    text.layout.height = height
    return text


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
        parts.append(words("find.best", plan=plan_in_words(where.best)))
    return ", ".join(parts)


def _verdict(result: SearchResult) -> str:
    if result.keeps_limits:
        return "found"
    if not result.question.limits:
        return "none_selected"
    return "none_confirmed" if result.is_unconfirmed else "none_keeps"
