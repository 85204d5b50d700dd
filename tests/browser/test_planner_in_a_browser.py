"""The planner in JupyterLab and in Voilà, used with mouse and keyboard."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest

from tests.browser.servers import app, jupyter_lab

KERNEL_IS_READY = """async () => {
  const w = jupyterapp.shell.currentWidget;
  await w.context.ready;
  await w.sessionContext.ready;
  await w.sessionContext.session.kernel.info;
}"""
RUN_FIRST_CELL = "() => jupyterapp.commands.execute('notebook:run-cell')"
SLOW = 45_000


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
        arg=before,
        timeout=SLOW,
    )


def told(page, place, text):
    page.wait_for_function(
        "([place, text]) => document.querySelector('.fwsim-' + place).innerText.includes(text)",
        arg=[place, text],
        timeout=SLOW,
    )


def plan_a_rollout(watched, page, name, folder):
    """Do what a person does from the first look to the saved scenario."""
    assert "First look" in headline(page)
    watched.keep(f"{name}-1-opened")

    # A command is composed by clicking.
    page.get_by_label("OUs", exact=True).select_option(index=1)
    seconds = page.get_by_label("Seconds (0: no end)")
    seconds.fill("-5")
    seconds.press("Tab")
    page.wait_for_selector("text=-5 is negative", timeout=SLOW)
    seconds.fill("120")
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
    assert re.search(
        r"\d % of the targeted devices were successful in these 4 runs", headline(page)
    )
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

    # Nothing has null for a hint.
    assert page.locator("[title=null]").count() == 0

    # The plan is saved, and reads back; a second time only if told to.
    page.get_by_role("button", name="Save scenario", exact=True).click()
    told(page, "files-status", "written to")
    page.get_by_role("button", name="Save scenario", exact=True).click()
    told(page, "files-status", "tick Overwrite")
    import fwsim

    saved = fwsim.load(folder / "my-plan.yaml")
    assert saved.commands[0].command().inform_user == 120
    assert saved.network.sites["default"].link == round(2_500_000 * 0.95)


def test_a_rollout_is_planned_in_jupyterlab(watched, lab):
    address, folder = lab
    page = opened(watched, address, "plan-a-rollout.ipynb")
    plan_a_rollout(watched, page, "lab", folder / "scenarios")
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
    for _ in range(40):
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
    before = page.locator(".fwsim-clock").inner_text()
    page.wait_for_function(
        "before => document.querySelector('.fwsim-clock').innerText !== before",
        arg=before,
        timeout=SLOW,
    )
    page.get_by_role("button", name="Pause", exact=True).click()
    told(page, "clock", "paused")
    watched.keep("lab-live")
    page.get_by_role("button", name="Stop", exact=True).last.click()
    told(page, "clock", "stopped")
    page.get_by_role("button", name="Play", exact=True).click()
    told(page, "clock", "running")
    page.get_by_role("button", name="Stop", exact=True).last.click()


def test_the_same_notebook_is_an_app_in_voila(watched, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setenv("FWSIM_WRITE_FOLDER", str(kept))
    page = watched.page
    with app(tmp_path, "plan-a-rollout.ipynb", "--FewKernels.most=1") as address:
        page.goto(address, wait_until="commit")
        page.wait_for_selector(".fwsim-planner", timeout=2 * SLOW)
        page.wait_for_selector("img.fwsim-completion", timeout=SLOW)
        assert page.locator("text=from fwsim.notebook").count() == 0
        assert page.locator("text=Shift+Enter").count() == 0
        assert not page.get_by_label("Folder", exact=True).is_visible()
        plan_a_rollout(watched, page, "voila", kept)

        # A visitor does not get out of the folder.
        page.get_by_label("File name").fill("../x")
        page.get_by_label("File name").press("Tab")
        page.get_by_role("button", name="Save report", exact=True).click()
        told(page, "files-status", "no / and no")
        assert sorted(path.name for path in kept.iterdir()) == [
            "branch-offices.csv",
            "my-plan.yaml",
        ]
        assert not (tmp_path / "work" / "scenarios" / "my-plan.yaml").exists()

        # The only kernel there may be is taken, until its page is left.
        other = page.context.new_page()
        other.goto(address, wait_until="commit")
        other.wait_for_selector("text=come back in a few minutes", timeout=SLOW)
        page.goto("about:blank")
        until = time.monotonic() + 60
        while other.goto(address, wait_until="commit").status == 503:
            assert time.monotonic() < until
            other.wait_for_timeout(500)
        other.wait_for_selector(".fwsim-planner", timeout=2 * SLOW)
        asked = {urlsplit(url).hostname for url in watched.asked if url.startswith(("http", "ws"))}
        assert asked == {"127.0.0.1"}


def test_where_the_spread_comes_from_is_told(watched, lab):
    address, _ = lab
    page = opened(watched, address, "plan-a-rollout.ipynb")
    page.get_by_label("Runs", exact=True).first.fill("10")
    page.get_by_label("Runs", exact=True).first.press("Tab")
    page.get_by_role("tab", name="Doubt", exact=True).click()
    page.get_by_role("button", name="Where it comes from", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('.fwsim-doubt-words').innerText.includes('luck alone')",
        timeout=2 * SLOW,
    )
    page.locator(".fwsim-doubt-words").scroll_into_view_if_needed()
    watched.keep("lab-doubt")


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
        arg=title,
        timeout=SLOW,
    )
    watched.keep("lab-find-2-picked")
    page.get_by_role("button", name="Put into command list", exact=True).click()
    told(page, "found-status", "put into")
    start = re.search(r"start \w+ (\d{4})-(\d\d)-(\d\d) (\d\d:\d\d)", title)
    line = page.get_by_label("scmd lines").input_value()
    assert f"-at {start[3]}.{start[2]}.{start[1]} {start[4]}:00" in line
    watched.keep("lab-find-3-on-the-desk")
    assert [text for text in watched.complaints if "fwsim" in text] == []


def test_logs_are_learnt_from_and_what_was_learnt_is_taken_back(watched, lab):
    address, folder = lab
    own = (folder / "notebooks" / "plan-a-rollout.ipynb").read_text(encoding="utf-8")
    learning = own.replace("branch-offices.yaml", "learnt/before.yaml")
    (folder / "notebooks" / "learn.ipynb").write_text(learning, encoding="utf-8")
    page = opened(watched, address, "learn.ipynb")
    before = headline(page)
    page.get_by_label("run again after every change").uncheck()
    page.get_by_role("tab", name="Doubt", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.locator(".fwsim-from-logs-upload").click()
    example = folder / "scenarios" / "learnt"
    chooser.value.set_files([example / "pilot-status-log.csv", example / "pilot-web.log"])
    told(page, "from-logs-chosen", "pilot-web.log")
    page.get_by_role("button", name="Learn from these logs", exact=True).click()
    told(page, "from-logs-words", "notices of 1 rollout")
    told(page, "from-logs-status", "now use what was learnt")
    page.locator(".fwsim-from-logs-upload").scroll_into_view_if_needed()
    watched.keep("lab-learn-1-learnt")
    after = headline(page)
    assert after != before
    page.get_by_label("File name").fill("from-the-pilot")
    page.get_by_label("File name").press("Tab")
    page.get_by_role("button", name="Save learnt scenario", exact=True).click()
    told(page, "from-logs-status", "written to")
    assert (example / "from-the-pilot-draws.csv").stat().st_size
    page.get_by_role("button", name="Back to the scenario as written", exact=True).click()
    told(page, "from-logs-status", "as it was written")
    assert headline(page) == before
    # A wrong log changes nothing, and is told where it was chosen.
    page.get_by_label("Or by name").fill("nosuch.csv")
    page.get_by_label("Or by name").press("Tab")
    page.get_by_role("button", name="Learn from these logs", exact=True).click()
    told(page, "from-logs-wrong", "nosuch.csv")
    watched.keep("lab-learn-2-wrong")
    assert [text for text in watched.complaints if "fwsim" in text] == []
