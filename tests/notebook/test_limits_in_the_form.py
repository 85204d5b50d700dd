"""A limit in the Find form, and the axis that is drawn of what was found."""

from __future__ import annotations

import pytest

from fwsim.measures.measure import read_measure
from fwsim.notebook.plan import Plan
from tests.planning import small_fleets

pytest.importorskip("ipywidgets")

from fwsim.notebook.find_form import parts_of
from fwsim.notebook.found.scales import axis_data, scale_for, span_of
from fwsim.notebook.planner_view import PlannerView


def test_a_row_of_the_form_and_a_line_of_text_say_the_same():
    view = PlannerView(Plan(small_fleets.people(60)), follows=False).find
    rows = view.forms.children[1].children[1]
    lines = view.limits.value.splitlines()
    assert len(rows.children) == len(lines)
    measure, sign, value, sure, _, wrong = rows.children[1].children
    assert (measure.value, sign.value, value.value) == ("most prompts on one device", "<=", "3")
    assert wrong.value == ""
    value.value, sure.value = "2", "in 90 % of the runs"
    assert view.limits.value.splitlines()[1] == (
        "most prompts on one device: <= 2 in 90 % of the runs"
    )
    value.value = "many"
    assert "⚠" in wrong.value
    rows.children[0].children[-2].click()
    assert len(rows.children) == len(lines) - 1
    view.goals.value = "time to\nprompts"
    goals = view.forms.children[0].children[1]
    assert [row.children[0].value for row in goals.children] == ["time to", "prompts"]
    assert "⚠" in goals.children[0].children[-1].value


@pytest.mark.parametrize(
    "line",
    [
        "successful by 2021-09-25 06:00: >= 85 % at 95 % confidence",
        "time to 90 %: <= 6 h in 75 % of the runs",
        "started but not finished in fri 15:30-20:00: <= 90 devices in 85 % of the runs",
    ],
)
def test_a_limit_is_the_same_taken_apart_and_put_together(line):
    assert parts_of(line).line == line


def test_an_axis_of_zeros_ends_at_one_of_its_unit():
    assert span_of([0.0, 0.0], 60_000) == (0.0, 60_000)
    assert span_of([10.0, 10.0], 60_000) == (9.0, 11.0)
    assert span_of([0.0, 2.0], 60_000) == (0.0, 2.0)


def test_ticks_are_round_and_within_the_axis():
    measure = read_measure("time to 90 %")
    for low, high in ((0.0, 3e6), (3.2e6, 3.3e6), (5.0, 5.0), (1e7, 9e8), (0.0, 0.0)):
        axis = axis_data(scale_for(measure, [low, high]), [low, high])
        at = [tick["at"] for tick in axis["ticks"]]
        assert 3 <= len(at) <= 8
        assert axis["from"] <= at[0]
        assert at[-1] <= axis["to"]
        assert axis["from"] < low <= high < axis["to"]
        assert len({tick["text"] for tick in axis["ticks"]}) == len(at)
