"""Date and time fields of the planner's rail, typed into by the keyboard."""

from __future__ import annotations

import json

import pytest

from tests.browser.planner_page import SLOW, answered, forget_plans, opened, told, with_runs
from tests.browser.servers import jupyter_lab

NOTEBOOK = "moments.ipynb"
RUNS = 19
UNDO = "[data-key=undo]"
PACE = 150
"""Milliseconds from key to key: in between the kernel answers."""


@pytest.fixture
def planner(tmp_path, watched):
    with jupyter_lab(tmp_path) as address:
        folder = tmp_path / "work"
        forget_plans(folder)
        scenario = (folder / "scenarios" / "branch-offices.yaml").read_text(encoding="utf-8")
        head, tail = scenario.split("  - scmd:", 1)
        more = "  - {update: DE, subordinate_units: true, every: {days: [sat], at: '17:00'}}\n"
        twice = f"{head}{more}  - scmd:{tail}"
        (folder / "scenarios" / "twice.yaml").write_text(twice, encoding="utf-8")
        own = (folder / "notebooks" / "plan-a-rollout.ipynb").read_text(encoding="utf-8")
        own = json.dumps(json.loads(own)).replace("branch-offices.yaml", "twice.yaml")
        (folder / "notebooks" / NOTEBOOK).write_text(own, encoding="utf-8")
        yield opened(watched, address, NOTEBOOK)
        watched.page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")


def typed_moment(page, kind, keys, leave):
    field = page.locator(f".fwsim-railPart input[type={kind}]")
    field.focus()
    page.keyboard.type(keys, delay=PACE)
    before = field.input_value(), page.locator(UNDO).is_disabled()
    page.keyboard.press(leave)
    return before


def test_a_moment_is_told_whole_once_its_field_is_left_and_is_one_step(planner, watched):
    page = planner
    with_runs(page, RUNS)
    answered(page, RUNS)
    for number, kind, keys, value, sentence in (
        (1, "datetime-local", "092520210830PM", "2021-09-25T20:30", "Sat 25 Sep 20:30"),
        (0, "time", "0945AM", "09:45", "09:45"),
    ):
        card = page.locator(".fwsim-desk .sentence").nth(number)
        card.click()
        field = page.locator(f".fwsim-railPart input[type={kind}]")
        field.wait_for(timeout=SLOW)
        was = card.inner_text()
        assert typed_moment(page, kind, keys, "Enter") == (value, True)
        told(page, ".fwsim-railPart", sentence)
        answered(page, RUNS)
        watched.keep(f"moment-{kind}")
        assert field.input_value() == value
        assert field.evaluate("node => node === document.activeElement")
        page.keyboard.press("Tab")
        page.locator(UNDO).click()
        told(page, ".fwsim-railPart", was)
        page.wait_for_selector(f"{UNDO}:disabled", timeout=SLOW)
