"""Goals and limits as rows and as text; no browser needed."""

from __future__ import annotations

import pytest

pytest.importorskip("ipywidgets")

import ipywidgets as w

from fwsim.messages import speaking
from fwsim.notebook.field import close
from fwsim.notebook.find_form import MOST_ROWS, AsForm, _sure_in_words, parts_of

MEASURES = ["time to 90 %", "prompts", "deferments"]


@pytest.fixture
def form():
    """Return a form of some lines."""

    def made(*lines, are_limits=False):
        return AsForm(w.Textarea(value="\n".join(lines)), MEASURES, are_limits=are_limits)

    return made


def first_fields(form):
    return [row.children[0] for row in form.rows.children]


def test_an_emptied_goal_keeps_its_row_and_no_other_loses_its_line(form):
    goals = form("time to 90 %", "prompts", "deferments")
    first, second, third = first_fields(goals)
    first.value = ""
    assert goals.text.value == "prompts\ndeferments"
    third.value = "cancels"
    second.value = "user time lost"
    assert goals.text.value == "user time lost\ncancels"
    first.value = "prompts"
    assert goals.text.value == "prompts\nuser time lost\ncancels"
    goals.add.click()
    goals.rows.children[1].children[-2].click()
    assert goals.text.value == "prompts\ncancels\ntime to 90 %"


def test_lines_beyond_the_rows_stay_in_the_text_and_move_up(form):
    lines = [f"goal {number}" for number in range(MOST_ROWS + 2)]
    goals = form(*lines)
    first_fields(goals)[0].value = "prompts"
    assert goals.text.value.splitlines() == ["prompts", *lines[1:]]
    goals.rows.children[0].children[-2].click()
    assert goals.text.value.splitlines() == lines[1:]
    assert [field.value for field in first_fields(goals)] == lines[1 : MOST_ROWS + 1]


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("prompts: ≤ 3", ("prompts", "<=", "3", "")),
        ("prompts: == 3", ("prompts", "=", "3", "")),
        ("prompts:  <=", ("prompts", "<=", "", "")),
        ("prompts: <=", ("prompts", "<=", "", "")),
        ("a: b: >= 1 in 90 % of the runs", ("a: b", ">=", "1", "in 90 % of the runs")),
    ],
)
def test_a_limit_is_taken_apart_as_it_is_read(line, taken):
    parts = parts_of(line)
    assert (parts.measure, parts.sign, parts.value, parts.sure) == taken


@pytest.mark.parametrize("line", ["time to 90 %: p90 <= 6 h", "prompts", "prompts: few"])
def test_a_limit_that_fits_no_row_is_one_field(form, line):
    limits = form(line, "prompts: <= 3", are_limits=True)
    whole, _, wrong = limits.rows.children[0].children
    assert whole.value == line
    assert (wrong.value == "") == ("p90" in line)
    whole.value = "time to 90 %: p75 <= 6 h"
    assert limits.text.value == "time to 90 %: p75 <= 6 h\nprompts: <= 3"


def test_rows_that_are_replaced_or_removed_are_closed(form):
    limits = form("prompts: <= 3", "deferments: <= 4", are_limits=True)
    removed, replaced = limits.rows.children
    removed.children[-2].click()
    limits.text.value = "prompts: <= 5"
    gone = [removed, replaced, *removed.children, *replaced.children]
    assert {one.comm for one in gone} == {None}
    assert {one.layout.comm for one in gone} == {None}
    close(limits.widget)
    assert limits.rows.children[0].children[0].comm is None


@pytest.mark.parametrize(
    ("sure", "german"),
    [
        ("", "im Mittel"),
        ("in 85 % of the runs", "in 85 % der Läufe"),
        ("at 97.5 % confidence", "zu 97,5 % sicher"),
        ("in 90 % of the runs at 95 % confidence", "in 90 % der Läufe zu 95 % sicher"),
    ],
)
def test_any_share_of_the_runs_is_told_in_the_language_that_is_spoken(sure, german):
    assert _sure_in_words(sure) == (sure or "on average")
    with speaking("de"):
        assert _sure_in_words(sure) == german
