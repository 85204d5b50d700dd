"""The board's picture without a server: what it draws is what is told beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwsim.notebook.board.axis import HOUR
from fwsim.notebook.plan import Plan
from tests.browser.desk_alone import open_desk, shown

SCENARIO = Path(__file__).parent.parent.parent / "scenarios" / "branch-offices.yaml"


@pytest.fixture(scope="module")
def state():
    return shown(Plan(SCENARIO))


def with_board(state, **more):
    return {**state, "board": {**state["board"], **more}}


def test_an_hour_in_which_a_line_is_full_is_seen_in_a_break_and_behind_the_last(watched, state):
    """While a bar is dragged the breaks stay, and it may be dragged into one."""
    page, (first, *others) = watched.page, state["board"]["strips"]
    (begin, _), *_ = state["board"]["axis"]["folds"]
    cells = [[begin + HOUR, begin + 2 * HOUR, 1.0, True]]
    full = {**first, "cells": cells, "beyond": 7 * HOUR}
    open_desk(page, with_board(state, strips=[full, *others]))
    assert page.locator(".full-unseen rect").count() == 1
    assert page.locator(".full-unseen text").all_text_contents() == ["+ 7 h →"]
    calm = {**first, "cells": [[*cells[0][:3], False]], "beyond": 0}
    open_desk(page, with_board(state, strips=[calm, *others]))
    assert page.locator(".full-unseen *").count() == 0
    assert watched.complaints == []


def test_lines_of_one_ou_are_told_apart_though_their_names_have_no_room(watched, state):
    page, (repository, *_) = watched.page, state["board"]["strips"]
    path = "Company/Germany/Bavaria/Upper Bavaria/\U0001f3e2 Munich"
    strips = [{**repository, "name": f"{path} {number}"} for number in (1, 2)]
    open_desk(page, with_board(state, strips=strips))
    labels = page.locator(".strip text").all_text_contents()
    assert [label[-8:] for label in labels] == ["Munich 1", "Munich 2"]
    assert all(label.startswith("Comp") and "…" in label for label in labels)
    assert watched.complaints == []


def test_a_bar_ends_when_who_still_waits_is_started(watched, state):
    page, (bar, *_) = watched.page, state["board"]["bars"]
    ends = []
    for hours in (None, 4, 2):
        forced = hours if hours is None else bar["firings"][0] + hours * HOUR
        open_desk(page, with_board(state, bars=[{**bar, "forced": forced}]))
        box = page.locator(".bar .reminders").bounding_box()
        ends.append(box["x"] + box["width"])
    assert ends[0] > ends[1] > ends[2]
    assert watched.complaints == []


SEEN = "place => Number(getComputedStyle(document.querySelector(place)).opacity)"


def test_fields_of_a_command_are_pale_while_its_bar_is_moved(watched, state):
    """What they say is of before; the plan's are not touched, nor is a slider that is moved."""
    page = watched.page
    open_desk(page, state)
    page.locator(".handle.start").press("ArrowRight")
    moved = {**state["board"], "sequence": 10}
    page.evaluate("board => window.model.set('board', board)", moved)
    assert page.evaluate(SEEN, ".of-command") < 1
    page.wait_for_function("() => window.told.some(one => one.final)")
    page.evaluate("board => window.model.set('board', board)", {**moved, "sequence": 11})
    slider = page.locator(".of-command input[type=range]").first
    slider.evaluate("one => one.dispatchEvent(new Event('input'))")
    page.evaluate("board => window.model.set('board', board)", {**moved, "sequence": 12})
    assert page.locator(".fwsim-railPart.held").count() == 1
    assert page.evaluate(SEEN, ".of-command") == 1
    assert watched.complaints == []
