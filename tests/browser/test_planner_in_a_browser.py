"""The planner in JupyterLab and in Voilà, used with mouse and keyboard."""

from __future__ import annotations

import re

import pytest

from tests.browser.servers import jupyter_lab, voila

KERNEL_IS_READY = """async () => {
  const w = jupyterapp.shell.currentWidget;
  await w.context.ready;
  await w.sessionContext.ready;
  await w.sessionContext.session.kernel.info;
}"""
RUN_FIRST_CELL = "() => jupyterapp.commands.execute('notebook:run-cell')"
SLOW = 300_000


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder) as address:
        yield address, folder / "work"


def opened(watched, address, notebook):
    page = watched.page
    page.goto(f"{address}/lab/tree/notebooks/{notebook}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SLOW)
    page.evaluate(KERNEL_IS_READY)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".fwsim-planner", timeout=SLOW)
    return page


def headline(page):
    return page.locator(".fwsim-headline").inner_text()


def picture(page):
    return page.locator("img.fwsim-completion").get_attribute("src")


def changed(page, before):
    page.wait_for_function(
        "before => document.querySelector('img.fwsim-completion').src !== before",
        arg=before, timeout=SLOW,
    )  # fmt: skip


def plan_a_rollout(watched, page, name, folder):
    """Do what a person does from the first look to the saved scenario."""
    assert "First look" in headline(page)
    watched.keep(f"{name}-1-opened")

    # A command is composed by clicking.
    page.get_by_label("OUs", exact=True).select_option(index=1)
    page.get_by_label("Seconds (0: no end)").fill("120")
    page.get_by_label("Seconds (0: no end)").press("Tab")
    page.get_by_label("User can cancel").uncheck()
    page.get_by_role("button", name="Replace", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-scmd-line textarea').value.includes('-inform 120')"
    )
    watched.keep(f"{name}-2-composed")

    # It is run, and the answer appears.
    before = picture(page)
    page.get_by_label("Runs", exact=True).fill("4")
    page.get_by_label("Runs", exact=True).press("Tab")
    page.get_by_role("button", name="Run plan", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-status').innerText.trim() === 'done'", timeout=SLOW
    )
    changed(page, before)
    assert "First look" not in headline(page)
    assert re.search(r"\d % \(\d+\.\d % to", headline(page))
    watched.keep(f"{name}-3-answered")

    # Plan A stays as a ghost while a slider is dragged.
    before = picture(page)
    page.get_by_role("button", name="Keep as plan A", exact=True).click()
    changed(page, before)
    before = picture(page)
    slider = page.locator(".widget-slider .noUi-handle").nth(4)
    slider.focus()
    slider.press("ArrowLeft")
    changed(page, before)
    assert "First look" in headline(page)
    watched.keep(f"{name}-4-turned")

    # A device is opened.
    page.get_by_role("button", name="Run plan", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-status').innerText.trim() === 'done'", timeout=SLOW
    )
    page.get_by_role("tab", name="Devices").click()
    page.get_by_label("Open device").fill("B17-03")
    page.get_by_label("Open device").press("Enter")
    page.wait_for_selector(".fwsim-device-log:has-text('Update log')", timeout=SLOW)
    watched.keep(f"{name}-5-device")

    # The plan is saved, and reads back.
    page.get_by_role("button", name="Save scenario", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-status').innerText.includes('written to')"
    )
    import fwsim

    saved = fwsim.load(folder / "scenarios" / "my-plan.yaml")
    assert saved.commands[0].command().inform_user == 120
    assert saved.network.sites["default"].link == round(2_500_000 * 0.95)


def test_a_rollout_is_planned_in_jupyterlab(watched, lab):
    address, folder = lab
    page = opened(watched, address, "plan-a-rollout.ipynb")
    plan_a_rollout(watched, page, "lab", folder)
    assert [text for text in watched.complaints if "fwsim" in text] == []


def test_the_form_stays_usable_at_125_per_cent_with_the_keyboard_alone(watched, lab):
    address, _ = lab
    # 125 % zoom on a 1366-pixel screen leaves 1093 CSS pixels.
    watched.page.set_viewport_size({"width": 1093, "height": 614})
    page = opened(watched, address, "plan-a-rollout.ipynb")
    watched.keep("lab-zoom")
    planner = page.locator(".fwsim-planner").bounding_box()
    for label in ("OUs", "Seconds (0: no end)", "Date and time", "Run", "Devices wait (ms)"):
        box = page.get_by_label(label, exact=True).bounding_box()
        assert box["x"] >= planner["x"]
        assert box["x"] + box["width"] <= planner["x"] + planner["width"] + 1
    page.get_by_label("Command", exact=True).focus()
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "() => document.activeElement.labels?.[0]?.innerText"
                " ?? document.activeElement.innerText"
            )
        )
    wanted = ("OUs", "Inform user", "Date and time", "Add command", "Remove")
    assert [name for name in wanted if not any(name in (text or "") for text in reached)] == []


def test_the_live_view_plays_pauses_and_stops(watched, lab):
    address, _ = lab
    page = opened(watched, address, "plan-a-rollout.ipynb")
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    play = page.get_by_role("button", name="Play", exact=True)
    play.scroll_into_view_if_needed()
    play.click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-clock').innerText.includes('running')", timeout=SLOW
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    watched.keep("lab-live")
    page.get_by_role("button", name="Stop", exact=True).last.click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-clock').innerText.includes('over')", timeout=SLOW
    )


def test_the_same_notebook_is_an_app_in_voila(watched, tmp_path):
    with voila(tmp_path, "plan-a-rollout.ipynb") as address:
        watched.page.goto(address)
        watched.page.wait_for_selector(".fwsim-planner", timeout=SLOW)
        watched.page.wait_for_selector("img.fwsim-completion", timeout=SLOW)
        assert watched.page.locator("text=from fwsim.notebook").count() == 0
        plan_a_rollout(watched, watched.page, "voila", tmp_path / "work")


def test_a_plan_is_found_and_put_into_the_command_list(watched, lab):
    address, _ = lab
    page = opened(watched, address, "plan-a-rollout.ipynb")
    page.get_by_role("tab", name="Find", exact=True).click()
    page.get_by_label("Goals, one a line").fill("time to 80 %\nuser time lost")
    page.get_by_label("Limits, one a line").fill("successful by 2021-09-25 06:00: >= 80 %")
    page.get_by_label("Runs to spend").fill("160")
    page.get_by_label("Runs to spend").press("Tab")
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-find-status').innerText.trim() === 'found'",
        timeout=2 * SLOW,
    )
    page.wait_for_selector(".fwsim-plans button", timeout=SLOW)
    page.locator(".fwsim-plans").scroll_into_view_if_needed()
    watched.keep("lab-find-1-found")
    assert "finalists" in page.locator(".fwsim-find-words").inner_text()

    # Another plan is picked in the picture, and put on the desk.
    other = page.locator(".fwsim-plans button", has_text="●").first
    title = other.get_attribute("title").splitlines()[0]
    other.click()
    page.wait_for_function(
        "title => document.querySelector('.fwsim-find-words').innerText.includes(title)",
        arg=title, timeout=SLOW,
    )  # fmt: skip
    watched.keep("lab-find-2-picked")
    page.get_by_role("button", name="Put into command list", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-find-status').innerText.includes('put into')",
        timeout=SLOW,
    )
    start = re.search(r"start \w+ (\d{4})-(\d\d)-(\d\d) (\d\d:\d\d)", title)
    line = page.get_by_label("scmd lines").input_value()
    assert f"-at {start[3]}.{start[2]}.{start[1]} {start[4]}:00" in line
    watched.keep("lab-find-3-on-the-desk")
    assert [text for text in watched.complaints if "fwsim" in text] == []
