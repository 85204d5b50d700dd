"""The planner by the keyboard alone, from the first look to what is handed over."""

from __future__ import annotations

import pytest

from tests.browser.planner_page import (
    FOCUS,
    SLOW,
    answered,
    changed,
    curve,
    forget_plans,
    opened,
    pressed,
    reach,
    stands_at,
    told,
    typed,
    value,
)
from tests.browser.servers import jupyter_lab

NOTEBOOK = "by-keyboard.ipynb"
RUNS = 20


@pytest.fixture
def lab(tmp_path, watched):
    folder = tmp_path / "work"
    with jupyter_lab(tmp_path) as address:
        forget_plans(folder)
        own = (folder / "notebooks" / "plan-a-rollout.ipynb").read_text(encoding="utf-8")
        friday = own.replace("branch-offices.yaml", "friday-at-five.yaml")
        (folder / "notebooks" / NOTEBOOK).write_text(friday, encoding="utf-8")
        yield address, folder
        watched.page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")


def go_to(page, name, *, back=False):
    """Go to the tabs, and with the arrows to one of them."""
    reach(page, "tab ", back=back)
    for _ in range(20):
        if page.evaluate(FOCUS) == f"tab {name}":
            break
        page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUS) == f"tab {name}"
    page.keyboard.press("Enter")


def name_a_log(page, log):
    go_to(page, "Live")
    typed(page, "input Log", str(log))
    pressed(page, "button Forecast")
    told(page, "live-words", "expected")


def test_a_rollout_is_planned_found_handed_over_and_followed_by_the_keyboard_alone(watched, lab):
    address, folder = lab
    page = opened(watched, address, NOTEBOOK)
    page.locator(".fwsim-topLine select.scenario").focus()  # where a person has tabbed to
    typed(page, "input Runs", str(RUNS))
    page.keyboard.press("Enter")
    answered(page, RUNS)

    name_a_log(page, folder / "scenarios" / "friday-at-five-log.csv")
    watched.keep("keyboard-live")

    pressed(page, "button all options", back=True)
    typed(page, "input Seconds", "120")
    pressed(page, "button Replace")
    told(page, ".fwsim-desk .sentence", "asks users for 2 min")
    answered(page, RUNS)

    pressed(page, "button New plan", back=True)
    told(page, ".fwsim-topLine .plans", "Plan B")
    answered(page, RUNS)
    before, start = curve(page), value(page, "start")
    reach(page, "slider")
    page.keyboard.press("Shift+ArrowRight")
    changed(page, before)
    answered(page, RUNS)
    assert value(page, "start") != start
    go_to(page, "A against B")
    told(page, "against", f"{RUNS} pairs of runs")
    pressed(page, "button Undo", back=True)
    stands_at(page, "start", start)
    answered(page, RUNS)

    go_to(page, "Devices")
    device = page.locator(".fwsim-grid tbody .name").first.inner_text()
    pressed(page, f"button {device}")
    page.wait_for_selector(".fwsim-grid .story", timeout=SLOW)

    go_to(page, "Find", back=True)
    typed(page, "input Runs to spend", "60")
    page.keyboard.press("Tab")
    pressed(page, "button Find")
    page.wait_for_selector(".fwsim-found tbody tr", timeout=SLOW)
    pressed(page, "button pick this plan")
    pressed(page, "button Put into command list", back=True)
    told(page, "found-status", "put into")
    reach(page, "input Anyway")
    page.keyboard.press("Space")
    pressed(page, "button Hand over", back=True)
    told(page, "found-status", "written to")

    go_to(page, "Hand over", back=True)
    pressed(page, "button Save scenario")
    told(page, "files-status", "written to")

    opened(watched, address, NOTEBOOK)
    told(page, ".fwsim-topLine .plans", "Plan B")
