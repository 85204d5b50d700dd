"""The board's picture without a server: what it draws is what is told beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from fwsim.messages import speaking
from fwsim.notebook.board.axis import HOUR
from fwsim.notebook.plan import Plan
from tests.browser.desk_alone import open_desk, shown

DAY = 24 * HOUR
SCENARIO = Path(__file__).parent.parent.parent / "scenarios" / "branch-offices.yaml"


@pytest.fixture(scope="module")
def state():
    return shown(Plan(SCENARIO))


def with_board(state, **more):
    return {**state, "board": {**state["board"], **more}}


def show_board(page, state, **more):
    """Let the kernel say another board, on the page that is open."""
    page.evaluate("board => window.model.set('board', board)", {**state["board"], **more})


def test_an_hour_in_which_a_line_is_full_is_seen_in_a_break_and_behind_the_last(watched, state):
    """While a bar is dragged the breaks stay, and it may be dragged into one."""
    page, (first, *others) = watched.page, state["board"]["strips"]
    (begin, _), *_ = state["board"]["axis"]["folds"]
    cells = [[begin + HOUR, begin + 2 * HOUR, 1.0, True]]
    full = {**first, "cells": cells, "beyond": 7 * HOUR}
    open_desk(page, with_board(state, strips=[full, *others]))
    assert page.locator(".full-unseen rect").count() == 1
    assert page.locator(".full-unseen text").all_text_contents() == ["+ 7 h →"]
    assert page.locator(".full-unseen .full-mark").count() == 1  # not by its colour alone
    assert page.locator(".fwsim-legendPart .swatch.full").count() == 1
    calm = {**first, "cells": [[*cells[0][:3], False]], "beyond": 0}
    show_board(page, state, strips=[calm, *others])
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
    open_desk(page, state)
    for hours in (None, 4, 2):
        forced = hours if hours is None else bar["firings"][0] + hours * HOUR
        show_board(page, state, bars=[{**bar, "forced": forced}])
        box = page.locator(".bar .reminders").bounding_box()
        ends.append(box["x"] + box["width"])
    assert ends[0] > ends[1] > ends[2]
    assert watched.complaints == []


def test_when_who_still_waits_is_started_goes_with_a_bar_before_the_kernel_has_answered(
    watched, state
):
    page, (bar, *others) = watched.page, state["board"]["bars"]
    page.set_default_timeout(10_000)
    forced = {**bar, "forced": bar["firings"][0] + 2 * HOUR}
    open_desk(page, with_board(state, bars=[forced, *others]))
    before = page.locator(".bar .reminders").bounding_box()
    page.locator(".handle.start[data-command='0']").press("Shift+ArrowRight")
    after = page.locator(".bar .reminders").bounding_box()
    assert after["x"] > before["x"]
    assert after["width"] == pytest.approx(before["width"], rel=0.02)
    assert watched.complaints == []


def test_what_is_read_without_eyes_is_of_the_plan_as_it_is(watched, state):
    """While something moves nobody reads it; from then on it is of the first look, and says so."""
    page, fan = watched.page, state["board"]["fan"]
    page.set_default_timeout(10_000)
    open_desk(page, state)
    assert "a first look" in page.locator("table caption").text_content()
    full = full_answer(state)
    open_desk(page, with_board(state, **full))
    assert "a first look" not in page.locator("table caption").text_content()
    told = page.locator(".fwsim-desk > section > [aria-live]")
    assert told.text_content() == ""
    page.evaluate("board => window.model.set('board', board)", state["board"])
    page.evaluate("board => window.model.set('board', board)", {**state["board"], **full})
    tile = state["board"]["tiles"][1]  # what the runs came to is told, once they are there
    assert f"{tile['label']}: {tile['value']}" in told.text_content()
    now = {**state["board"], "fan": {**fan, "middle": [0.5] * len(fan["at"])}}
    page.evaluate("board => window.model.set('board', board)", now)
    assert page.locator("tbody tr:last-child td").first.text_content() == "50.0 %"
    page.evaluate("board => window.model.set('board', board)", {"problem": "none", "sequence": 0})
    assert page.locator(".fwsim-tablePart *, .fwsim-legendPart *").count() == 0
    assert watched.complaints == []


def test_a_time_that_is_read_in_the_second_week_has_its_day(watched, state):
    page, board = watched.page, state["board"]
    axis = {"from": 7 * DAY, "to": 8 * DAY, "folds": []}
    fan = {**board["fan"], "at": [7 * DAY + HOUR * hour for hour in range(len(board["fan"]["at"]))]}
    open_desk(page, with_board(state, axis=axis, fan=fan, strips=[]))
    page.locator(".fwsim-board").press("ArrowRight")
    assert page.locator(".fwsim-tip b").text_content().startswith("Fri 1 Oct ")
    assert watched.complaints == []


def test_a_switch_is_seen_where_colours_are_forced(chromium, state):
    page = chromium.new_page(forced_colors="active")
    try:
        open_desk(page, state)
        colours = page.evaluate(
            """() => [".switch[aria-checked='true']", ".switch[aria-checked='false'] .knob", "body"]
              .map(place => getComputedStyle(document.querySelector(place)).backgroundColor)"""
        )
        assert colours[2] not in colours[:2]
    finally:
        page.close()


def test_a_name_ends_before_its_command_runs_again(watched, state):
    page, (bar, *_) = watched.page, state["board"]["bars"]
    long = {**bar, "name": "Update the group Update state = Not successful", "reminders": 0}
    again = [bar["firings"][0], bar["firings"][0] + HOUR, bar["firings"][0] + 2 * HOUR]
    open_desk(page, state)
    for firings in (again[:2], again):
        show_board(page, state, bars=[{**long, "firings": firings}])
        name = page.locator(".bar-name").bounding_box()
        for sent in page.locator(".bar .sent").all():
            box = sent.bounding_box()
            assert name["x"] + name["width"] <= box["x"] or name["x"] >= box["x"] + box["width"]
    assert watched.complaints == []


def test_a_limit_of_after_the_horizon_has_no_flag_before_it(watched, state):
    page, end = watched.page, state["board"]["axis"]["to"]
    limit = {"by": True, "kept": True, "level": 0.9, "text": "", "short": ""}
    open_desk(page, state)
    for at, flags in ((end, 1), (end + HOUR, 0)):
        show_board(page, state, limits=[{**limit, "at": at}])
        assert page.locator(".fwsim-board .flag").count() == flags
    assert watched.complaints == []


def test_a_notice_that_stays_is_to_be_read_whole(watched):
    with speaking("de"):
        plan = Plan(SCENARIO)
        plan.replace(0, replace(plan.commands[0], inform_user=0))
        german = shown(plan)
    open_desk(watched.page, german)
    rail = watched.page.locator(".fwsim-railPart")
    field = rail.locator("input[data-key='notice']")
    assert field.input_value() == "bis zur Antwort"
    for width in (1280, 960, 400):
        watched.page.set_viewport_size({"width": width, "height": 900})
        for part in (field, rail):
            assert part.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert rail.locator("input[data-key='notice-slider']").bounding_box()["width"] >= 40


def test_what_is_selected_in_a_field_stays_so_when_the_line_is_shown_anew(watched, state):
    """What is typed next replaces it: 20 that were typed over 200 became 20200 runs."""
    page = watched.page
    open_desk(page, state)
    field = page.locator(".fwsim-progressPart input")
    field.press("Control+A")
    page.evaluate(
        "now => window.model.set('progress', now)", {**state["progress"], "running": True}
    )
    page.keyboard.type("20")
    assert field.input_value() == "20"
    assert watched.complaints == []


SEEN = "place => Number(getComputedStyle(document.querySelector(place)).opacity)"


def test_fields_of_a_command_are_pale_while_its_bar_is_moved(watched, state):
    """What they say is of before; the plan's are not touched, nor is a slider that is moved."""
    page = watched.page
    open_desk(page, state)
    page.locator(".handle.start").press("ArrowRight")
    show_board(page, state, sequence=10)
    assert page.evaluate(SEEN, ".of-command") < 1
    page.wait_for_function("() => window.told.some(one => one.final)")
    show_board(page, state, sequence=11)
    slider = page.locator(".of-command input[type=range]").first
    slider.evaluate("one => one.dispatchEvent(new Event('input'))")
    show_board(page, state, sequence=12)
    assert page.locator(".fwsim-railPart.held").count() == 1
    assert page.evaluate(SEEN, ".of-command") == 1
    assert watched.complaints == []


LIVE = ".fwsim-desk > section > [aria-live]"


def full_answer(state):
    fan = state["board"]["fan"]
    bands = {"both": [fan["middle"]] * 2}
    return {"look": False, "full": True, "about": "", "fan": {**fan, "bands": bands}}


def test_few_runs_and_a_plan_switched_back_to_are_told_to_a_screen_reader(watched, state):
    """Each answer is told once, from how many runs whatever; what was told is not told again."""
    page, (tile, *tiles) = watched.page, state["board"]["tiles"]
    few = {"look": False, "about": "≈ 5 runs", "all_limits": [{"text": "", "kept": False}] * 2}
    open_desk(page, state)
    told = page.locator(LIVE)
    show_board(page, state, **few)
    assert told.text_content().startswith("≈ 5 runs; ")
    assert told.text_content().endswith("; 2 of 2 limits broken")
    page.evaluate("place => document.querySelector(place).textContent = ''", LIVE)
    show_board(page, state, **few)
    assert told.text_content() == ""
    full, other = full_answer(state), [{**tile, "value": "12 %"}, *tiles]
    show_board(page, state, **full)
    show_board(page, state, **full, tiles=other)
    assert ": 12 %" in told.text_content()
    page.evaluate("board => window.model.set('board', board)", {"problem": "none", "sequence": 0})
    page.evaluate("place => document.querySelector(place).textContent = ''", LIVE)
    show_board(page, state, **full, tiles=other)  # it can be played again
    assert ": 12 %" in told.text_content()
    assert watched.complaints == []


def test_a_first_look_is_told_only_where_no_runs_follow_it(watched, state):
    page = watched.page
    page.clock.install()
    open_desk(page, state)
    told, full = page.locator(LIVE), full_answer(state)
    page.clock.run_for(1_000)
    show_board(page, state, **full)
    page.clock.run_for(10_000)
    assert "a first look" not in told.text_content()
    page.locator(".handle.start").press("ArrowRight")
    show_board(page, state, sequence=9)  # nobody is told what is seen while a hand moves
    page.clock.run_for(400)
    assert "a first look" not in told.text_content()
    page.clock.run_for(1_000)
    show_board(page, state, sequence=10)
    page.clock.run_for(4_000)
    assert "a first look" in told.text_content()
    assert watched.complaints == []


def test_of_a_long_name_in_a_tile_the_end_is_seen_and_the_whole_is_read(watched, state):
    tiles = [dict(tile) for tile in state["board"]["tiles"]]
    tiles[3]["value"] = "Company/Germany/Bavaria/Upper Bavaria/\U0001f3e2 Munich 042"
    open_desk(watched.page, with_board(state, tiles=tiles))
    value = watched.page.locator(".tile-line .tile-value")
    assert value.locator("[aria-hidden]").text_content().endswith("… Munich 042"[-10:])
    assert value.locator(".unseen").text_content() == tiles[3]["value"]
    assert watched.complaints == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_name_of_a_tile_takes_two_lines(watched, language):
    with speaking(language):
        spoken = shown(Plan(SCENARIO))
    for width in (1280, 840):
        watched.page.set_viewport_size({"width": width, "height": 900})
        open_desk(watched.page, spoken)
        heights = watched.page.evaluate(
            "() => [...document.querySelectorAll('.tile-label')].map(one => one.clientHeight)"
        )
        assert len(heights) == 5
        assert max(heights) < 20


def test_when_a_command_runs_is_told_in_the_language_of_the_desk(chromium):
    """A browser writes the field beside it as its own language does, whatever is chosen."""
    with speaking("de"):
        german = shown(Plan(SCENARIO))
    page = chromium.new_page(locale="en-US")
    try:
        open_desk(page, german)
        field = page.locator("input[type=datetime-local]")
        told = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert told.text_content() == "Fr 24. Sep 2021 15:30, Europe/Berlin"
    finally:
        page.close()


def test_what_is_read_at_a_time_does_not_cover_the_board_once_the_keys_are_elsewhere(
    watched, state
):
    page = watched.page
    open_desk(page, with_board(state, **full_answer(state)))
    board, tip = page.locator(".fwsim-board"), page.locator(".fwsim-tip")
    board.press("Shift+ArrowRight")
    board.press("Shift+ArrowRight")
    first = tip.locator("b").text_content()
    assert re.search(r"\d–\d+ %, 9 in 10\)", tip.text_content())
    page.keyboard.press("Tab")
    assert not tip.is_visible()
    board.press("ArrowRight")
    assert tip.is_visible()
    assert tip.locator("b").text_content().split(":")[0] == first.split(":")[0]
    assert watched.complaints == []


STOPS = """() => [...document.querySelectorAll(".fwsim-desk *")]
  .filter((node) => node.tabIndex >= 0 && !node.disabled && node.getClientRects().length)
  .map((node) => [
    node.closest(".fwsim-topLine, .fwsim-railPart, .fwsim-tileRow, .fwsim-board,"
      + " .fwsim-becausePart")?.classList[0],
    node.getBoundingClientRect().top,
  ])"""


@pytest.mark.parametrize("width", [1300, 800])
def test_the_tabulator_goes_as_one_reads(watched, state, width):
    """Where the rail stands below the board, it comes after it; lines come after the bars."""
    page = watched.page
    page.set_viewport_size({"width": width, "height": 900})
    open_desk(page, state)
    stops = page.evaluate(STOPS)
    parts = list(dict.fromkeys(part for part, _ in stops if part))
    rail, right = ["fwsim-railPart"], ["fwsim-tileRow", "fwsim-board", "fwsim-becausePart"]
    below = [*right, *rail] if width == 800 else [*rail, *right]
    assert parts == ["fwsim-topLine", *below]
    tops = [top for part, top in stops if part == "fwsim-board"]
    assert tops == sorted(tops)
    assert len(tops) == 1 + 3 + len(state["board"]["strips"])
    assert watched.complaints == []


def test_what_has_the_focus_keeps_it_where_the_rail_goes_below_the_board(watched, state):
    page = watched.page
    page.set_viewport_size({"width": 1300, "height": 900})
    open_desk(page, state)
    field = page.locator(".fwsim-railPart .sentence").first
    for width, parts in ((800, "fwsim-right fwsim-railPart"), (1300, "fwsim-railPart fwsim-right")):
        field.focus()
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_selector(" + ".join(f".{part}" for part in parts.split()))
        assert page.evaluate("() => document.activeElement.className") == "sentence"
    assert watched.complaints == []
