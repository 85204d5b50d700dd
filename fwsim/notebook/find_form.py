"""Goals and limits of a search as a form: a row each, beside the same as text, one a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as w

from fwsim.measures.expectation import read_expectation
from fwsim.measures.measure import read_measure
from fwsim.messages import say
from fwsim.notebook.field import WRONG, button, without_null
from fwsim.scenario.complaints import in_plain_words

_LIMIT = re.compile(
    r"(?P<measure>.*?): *(?P<sign><=|>=|<|>|=) *(?P<value>.*?)(?P<sure> (?:in|at) .*)?$"
)
SIGNS = ("<=", ">=")
SURE = (
    "",
    "in 75 % of the runs",
    "in 90 % of the runs",
    "in 95 % of the runs",
    "at 95 % confidence",
)
"""In how many rollouts it is to hold; as the language of expectations has it."""
MOST_ROWS = 20


@dataclass(frozen=True)
class LimitParts:
    """A limit taken apart.

    Parameters
    ----------
    measure, sign, value, sure
        Its words; together they are the limit.
    """

    measure: str
    sign: str = "<="
    value: str = ""
    sure: str = ""

    @property
    def line(self) -> str:
        """The limit as it is written."""
        return f"{self.measure}: {self.sign} {self.value} {self.sure}".strip()


def parts_of(line: str) -> LimitParts:
    """Return a limit taken apart; what cannot be is a measure without a condition."""
    found = _LIMIT.fullmatch(line.strip())
    if found is None:
        return LimitParts(line.strip())
    return LimitParts(
        found["measure"], found["sign"], found["value"].strip(), (found["sure"] or "").strip()
    )


def problem_of_goal(line: str) -> str:
    """Return what is wrong with a goal, in words; empty if nothing is."""
    return _problem(lambda: read_measure(line))


def problem_of_limit(line: str) -> str:
    """Return what is wrong with a limit, in words; empty if nothing is."""
    words, _, condition = line.rpartition(": ") if ": " in line else (line, "", "")
    return _problem(lambda: read_expectation(words, condition))


def _problem(read: Any) -> str:
    try:
        read()
    except ValueError as error:
        return in_plain_words(error)
    return ""


class AsForm:
    """Rows for the lines of a text; both say the same at any time.

    Parameters
    ----------
    text
        The lines.
    measures
        What is offered; any other can be typed.
    are_limits
        Whether a line has a condition.
    """

    def __init__(self, text: w.Textarea, measures: Sequence[str], *, are_limits: bool) -> None:
        self.text, self._measures, self._are_limits = text, list(measures), are_limits
        name = "limit" if are_limits else "goal"
        self.add = button(say(f"find.add_{name}"), say(f"find.add_{name}_hint"))
        self.add.layout.align_self = "flex-start"
        self.add.on_click(lambda _: self._on_add())
        self.rows = w.VBox()
        self.rows.add_class(f"fwsim-find-{name}s")
        head = w.HTML(f"<b>{escape(say(f'find.{name}s'))}</b>")
        self.widget = w.VBox([head, self.rows, self.add])
        self._is_telling = False
        text.observe(self._on_text, "value")
        self._show()

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return [line.strip() for line in self.text.value.splitlines() if line.strip()]

    def _on_text(self, _: Any) -> None:
        if not self._is_telling:
            self._show()

    def _on_add(self) -> None:
        new = LimitParts(self._measures[0]).line if self._are_limits else self._measures[0]
        self._tell([*self.lines, new])
        self._show()

    def _tell(self, lines: list[str]) -> None:
        self._is_telling = True
        try:
            self.text.value = "\n".join(lines)
        finally:
            self._is_telling = False

    def _show(self) -> None:
        lines = self.lines[:MOST_ROWS]
        self.rows.children = tuple(self._row(number, line) for number, line in enumerate(lines))
        self.add.disabled = len(lines) >= MOST_ROWS

    def _row(self, number: int, line: str) -> w.Widget:
        parts = parts_of(line) if self._are_limits else LimitParts(line)
        wrong = w.HTML()
        fields = [self._measure(parts.measure)]
        if self._are_limits:
            fields += _condition(parts)
        remove = button("✕", say("find.remove"))
        remove.on_click(lambda _: self._on_remove(number))

        def take(_: Any) -> None:
            measure, *rest = (field.value.strip() for field in fields)
            made = LimitParts(measure, *rest).line if self._are_limits else measure
            lines = self.lines
            lines[number] = made
            self._tell(lines)
            wrong.value = self._wrong(made)

        for one in fields:
            one.observe(take, "value")
        wrong.value = self._wrong(line)
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        return without_null(w.Box([*fields, remove, wrong], layout=row))

    def _on_remove(self, number: int) -> None:
        self._tell([line for place, line in enumerate(self.lines) if place != number])
        self._show()

    def _measure(self, value: str) -> Any:
        return w.Combobox(
            value=value,
            options=self._measures,
            ensure_option=False,
            continuous_update=False,
            tooltip=say("find.measure_hint"),
            layout=w.Layout(width="24em", max_width="100%"),
        )

    def _wrong(self, line: str) -> str:
        problem = problem_of_limit(line) if self._are_limits else problem_of_goal(line)
        if not problem:
            return ""
        return f"<span role='alert' style='color:{WRONG}'>⚠ {escape(problem)}</span>"


def _condition(parts: LimitParts) -> list[Any]:
    signs, sure = dict.fromkeys([*SIGNS, parts.sign]), dict.fromkeys([*SURE, parts.sure])
    named = {"<=": say("find.at_most"), ">=": say("find.at_least")}
    return [
        w.Dropdown(
            value=parts.sign,
            options=[(named.get(sign, sign), sign) for sign in signs],
            tooltip=say("find.sign_hint"),
            layout=w.Layout(width="8em"),
        ),
        w.Text(
            value=parts.value,
            continuous_update=False,
            placeholder=say("find.value"),
            tooltip=say("find.value_hint"),
            layout=w.Layout(width="9em"),
        ),
        w.Dropdown(
            value=parts.sure,
            options=[(one or say("find.on_average"), one) for one in sure],
            tooltip=say("find.sure_hint"),
            layout=w.Layout(width="13em"),
        ),
    ]
