"""Goals and limits of a search as a form: a row each, beside the same as text, one a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as w

from fwsim.measures.expectation import COMPARISONS, condition_parts, read_expectation
from fwsim.measures.measure import read_measure
from fwsim.messages import localised, say
from fwsim.notebook.field import WRONG, button, close, without_null
from fwsim.scenario.complaints import in_plain_words
from fwsim.screen import escaped

SIGNS = ("<=", ">=")
SURE = (
    "",
    "in 75 % of the runs",
    "in 90 % of the runs",
    "in 95 % of the runs",
    "at 95 % confidence",
)
"""In how many rollouts it is to hold; as the language of expectations has it."""
_SURE = re.compile(r"(?:in (?P<share>.+?) of the runs)? ?(?:at (?P<level>.+?) confidence)?")
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
        """The limit as it is written; nothing if there is neither measure nor value."""
        if not self.measure and not self.value:
            return ""
        condition = " ".join(word for word in (self.sign, self.value, self.sure) if word)
        return f"{self.measure}: {condition}"


def parts_of(line: str) -> LimitParts | None:
    """Return a limit taken apart; None for one that the fields of a row cannot hold."""
    measure, condition = _split(line.strip())
    if condition in COMPARISONS:
        return LimitParts(measure, condition)
    found = condition_parts(condition)
    if found is None or found[0]:
        return None
    return LimitParts(measure, *found[1:])


def _split(line: str) -> tuple[str, str]:
    """Return words and condition; the condition is what follows the last colon."""
    words, colon, condition = line.rpartition(": ")
    return (words.strip(), condition.strip()) if colon else (line, "")


def problem_of_goal(line: str) -> str:
    """Return what is wrong with a goal, in words; empty if nothing is."""
    return _problem(lambda: read_measure(line))


def problem_of_limit(line: str) -> str:
    """Return what is wrong with a limit, in words; empty if nothing is."""
    return _problem(lambda: read_expectation(*_split(line)))


def _problem(read: Any) -> str:
    try:
        read()
    except ValueError as error:
        return in_plain_words(error)
    return ""


@dataclass(frozen=True, eq=False)
class Row:
    """A row of the form.

    Parameters
    ----------
    widget
        Its fields.
    line
        Returns what they say; nothing if they are empty.
    """

    widget: w.Box
    line: Callable[[], str]


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
        head = w.HTML(f"<b>{escaped(say(f'find.{name}s'))}</b>")
        self.widget = w.VBox([head, self.rows, self.add])
        self._is_telling = False
        self._rows: list[Row] = []
        self._without_row: list[str] = []
        text.observe(self._on_text, "value")
        self._show()

    def _on_text(self, _: Any) -> None:
        if not self._is_telling:
            self._show()

    def _on_add(self) -> None:
        new = LimitParts(self._measures[0]).line if self._are_limits else self._measures[0]
        self._rows.append(self._row(new))
        self._tell()

    def _tell(self) -> None:
        """Say in the text what the rows say; an empty row is no line of it, and stays a row."""
        lines = [*(row.line() for row in self._rows), *self._without_row]
        self._place_rows()
        self._is_telling = True
        try:
            self.text.value = "\n".join(line for line in lines if line)
        finally:
            self._is_telling = False

    def _place_rows(self) -> None:
        shown = tuple(row.widget for row in self._rows)
        if shown != self.rows.children:
            self.rows.children = shown
        self.add.disabled = len(shown) >= MOST_ROWS

    def _show(self) -> None:
        """Make rows of the text."""
        old, lines = self._rows, [line.strip() for line in self.text.value.splitlines()]
        lines = [line for line in lines if line]
        self._rows = [self._row(line) for line in lines[:MOST_ROWS]]
        self._without_row = lines[MOST_ROWS:]
        self._place_rows()
        for row in old:
            close(row.widget)

    def _row(self, line: str) -> Row:
        wrong = w.HTML(self._wrong(line))
        fields = self._fields(line)
        remove = button("✕", say("find.remove"))

        def made() -> str:
            measure, *rest = (field.value.strip() for field in fields)
            return LimitParts(measure, *rest).line if rest else measure

        def take(_: Any) -> None:
            wrong.value = self._wrong(made())
            self._tell()

        for one in fields:
            one.observe(take, "value")
        layout = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        row = Row(w.Box([*fields, remove, wrong], layout=layout), made)
        remove.on_click(lambda _: self._on_remove(row))
        without_null(row.widget)
        return row

    def _fields(self, line: str) -> list[Any]:
        if not self._are_limits:
            return [self._measure(line)]
        parts = parts_of(line)
        return (
            [_whole(line)] if parts is None else [self._measure(parts.measure), *_condition(parts)]
        )

    def _on_remove(self, row: Row) -> None:
        self._rows.remove(row)
        if self._without_row:
            self._rows.append(self._row(self._without_row.pop(0)))
        self._tell()
        close(row.widget)

    def _measure(self, value: str) -> Any:
        return w.Combobox(
            value=value,
            options=self._measures,
            ensure_option=False,
            **_named("measure"),
            continuous_update=False,
            layout=w.Layout(width="24em", max_width="100%"),
        )

    def _wrong(self, line: str) -> str:
        problem = problem_of_limit(line) if self._are_limits else problem_of_goal(line)
        if not problem or not line:
            return ""
        return f"<span role='alert' style='color:{WRONG}'>⚠ {escaped(problem)}</span>"


def _named(name: str) -> dict[str, Any]:
    """Return a field's label, which is read but not seen, and its hint."""
    label, hint = say(f"find.name.{name}"), say(f"find.{name}_hint")
    return {"description": label, "tooltip": hint, "style": {"description_width": "0px"}}


def _sure_in_words(sure: str) -> str:
    if not sure:
        return say("find.on_average")
    found = _SURE.fullmatch(sure)
    if found is None:
        return sure
    names = (("find.in_share", found["share"]), ("find.at_level", found["level"]))
    return " ".join(say(name, share=localised(share)) for name, share in names if share)


def _whole(line: str) -> Any:
    """Return one field for a limit that does not fit the fields of a row."""
    return w.Text(
        value=line,
        **_named("whole"),
        continuous_update=False,
        layout=w.Layout(width="46em", max_width="100%"),
    )


def _condition(parts: LimitParts) -> list[Any]:
    signs, sure = dict.fromkeys([*SIGNS, parts.sign]), dict.fromkeys([*SURE, parts.sure])
    named = {"<=": say("find.at_most"), ">=": say("find.at_least")}
    return [
        w.Dropdown(
            value=parts.sign,
            options=[(named.get(sign, sign), sign) for sign in signs],
            **_named("sign"),
            layout=w.Layout(width="9em"),
        ),
        w.Text(
            value=parts.value,
            continuous_update=False,
            placeholder=say("find.value"),
            **_named("value"),
            layout=w.Layout(width="9em"),
        ),
        w.Dropdown(
            value=parts.sure,
            options=[(_sure_in_words(one), one) for one in sure],
            **_named("sure"),
            layout=w.Layout(width="13em"),
        ),
    ]
