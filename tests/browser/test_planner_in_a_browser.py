"""The planner in JupyterLab and in Voilà, used with mouse and keyboard."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Watched, profile
from tests.browser.planner_page import (
    BOARD,
    SLOW,
    answered,
    changed,
    click,
    curve,
    drawn,
    fill,
    forget_plans,
    handle,
    opened,
    stands_at,
    told,
    told_other,
    value,
    with_runs,
)
from tests.browser.servers import app, jupyter_lab

NOTEBOOK = "plan-a-rollout.ipynb"
RUNS = 20
MISFIT = """() => {
  const key = Object.keys(localStorage).find(name => name.startsWith("fwsim plans of"));
  const kept = JSON.parse(localStorage[key]);
  const commands = [{ target: "Nowhere" }];
  kept.plans.push({ name: "Misfit", commands, reminder: null, levers: {} });
  localStorage[key] = JSON.stringify(kept);
}"""
"""A plan that does not fit the scenario goes among those the browser has kept."""
SITES = 41


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder) as address:
        yield address, folder / "work"


@pytest.fixture
def lab(lab_server, watched):
    """A server on which nobody plans yet; the kernels end with the test."""
    forget_plans(lab_server[1])
    yield lab_server
    watched.page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")


def complaints(watched):
    return [text for text in watched.complaints if "fwsim" in text or "anywidget" in text]


def asked(watched):
    return {urlsplit(url).hostname for url in watched.asked if url.startswith(("http", "ws"))}


def compose(page):
    """Change the picked command in the form with all its options."""
    click(page, "all options …")
    page.get_by_label("OUs", exact=True).select_option(index=1)
    seconds = page.get_by_label("Seconds (0: no end)")
    seconds.fill("-5")
    seconds.press("Tab")
    page.wait_for_selector("text=-5 is negative", timeout=SLOW)
    seconds.fill("120")
    seconds.press("Tab")
    page.get_by_label("User can cancel").uncheck()
    click(page, "Replace")
    told(page, ".fwsim-desk .sentence", "asks users for 2 min")
    assert "may cancel" not in page.locator(".fwsim-desk .sentence").inner_text()


def drag_start(watched, page, name):
    """Drag the bar's start by an hour; the fan moves while the hand is on it."""
    grip = handle(page, "start")
    grip.hover()
    box, before, start = grip.bounding_box(), curve(page), value(page, "start")
    x, y = box["x"] + 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + 9 * step, y + 3)
    changed(page, before)
    assert page.locator(".fwsim-board .about").count() == 1
    assert page.locator(".fwsim-board .band.stale").count() == 1
    assert re.fullmatch(r"\w{3} \d\d:\d[05]", page.locator(".fwsim-tip").inner_text())
    told(page, ".fwsim-progressPart .word", "first look")
    watched.keep(f"{name}-3-dragged")
    page.mouse.up()
    assert value(page, "start") != start
    answered(page, RUNS)
    return start


def plan_a_rollout(watched, page, name, folder):
    """Do what a person does from the first look to the saved scenario."""
    with_runs(page, RUNS)
    answered(page, RUNS)
    watched.keep(f"{name}-1-opened")
    for place in (".fwsim-tileRow", ".fwsim-board", ".fwsim-becausePart"):
        box = page.locator(place).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= page.viewport_size["height"]
    compose(page)
    answered(page, RUNS)
    watched.keep(f"{name}-2-composed")

    # Plan A stays as a ghost while plan B is dragged, and a drag is taken back.
    click(page, "New plan")
    told(page, ".fwsim-topLine .plans", "Plan B")  # the board has been drawn with its ghost
    start = drag_start(watched, page, name)
    assert page.locator(".fwsim-board .ghost").count() == 1
    assert page.locator(".fwsim-board .pairs").count() == 1
    click(page, "A against B", "tab")
    told(page, "against", f"{RUNS} pairs of runs")
    page.locator("[data-key=undo]").click()
    stands_at(page, "start", start)
    answered(page, RUNS)

    # A click on the board lists who is late then; a device is opened.
    board = page.locator(".fwsim-board")
    box = board.bounding_box()
    board.click(position={"x": box["width"] * 0.55, "y": box["height"] * 0.6})
    told(page, ".fwsim-progressPart .remark", "devices are late at")
    watched.keep(f"{name}-4-late")
    click(page, "All devices")
    page.wait_for_selector(".fwsim-grid [data-key=all]:disabled")
    only = page.get_by_label("only where device contains")
    only.fill("B17-03")
    only.press("Enter")
    told(page, ".fwsim-grid .note", "one device")
    page.locator(".fwsim-grid tbody .name").press("Enter")
    told(page, ".fwsim-grid .story", "waiting for its turn")
    page.locator(".fwsim-grid .story summary").click()
    page.wait_for_selector(".fwsim-device-log:has-text('Update log')", timeout=SLOW)
    watched.keep(f"{name}-5-device")
    assert page.locator("[title=null]").count() == 0

    # The plan is saved, and reads back; what lies there is replaced only after a question.
    click(page, "Hand over …")
    click(page, "Save scenario")
    told(page, "files-status", "written to")
    click(page, "Save scenario")
    told(page, "files-status", "Replace it?")
    click(page, "Leave it")
    import fwsim

    saved = fwsim.load(folder / "my-plan.yaml")
    assert saved.commands[0].command().inform_user == 120


def test_a_rollout_is_planned_in_jupyterlab_and_is_back_after_a_reload(watched, lab):
    address, folder = lab
    page = opened(watched, address, NOTEBOOK)
    plan_a_rollout(watched, page, "lab", folder / "scenarios")
    assert complaints(watched) == []
    assert asked(watched) == {"127.0.0.1"}
    opened(watched, address, NOTEBOOK)
    told(page, ".fwsim-topLine .plans", "Plan B")
    told(page, ".fwsim-desk .sentence", "asks users for 2 min")


TABS = ".fwsim-planner .widget-tab-contents"
FILLED = """number => {
  const tab = document.querySelector(".fwsim-planner .widget-tab-contents").children[number];
  return tab.offsetHeight > 30 && [...tab.querySelectorAll("img")].every(image => image.complete);
}"""
"""A tab is looked at, and what is in it has come."""


def serious(page, place=".fwsim-planner", **options):
    """Return what axe finds there that keeps somebody from using it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wanted = {"resultTypes": ["violations"], **options}
    found = axe.run(page, context=place, options=wanted).response["violations"]
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def in_theme(page, name):
    """Change JupyterLab's theme; it has been taken over when this returns."""
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {name}",
    )
    is_light = str(name == "Light").lower()
    page.wait_for_selector(f"body[data-jp-theme-light={is_light}]", timeout=SLOW, state="attached")


def test_no_serious_finding_of_axe_in_any_tab_in_light_and_in_dark(watched, lab):
    page = opened(watched, lab[0], NOTEBOOK)
    with_runs(page, RUNS)
    answered(page, RUNS)
    page.wait_for_selector(".fwsim-grid tbody tr")
    tabs = page.locator(".fwsim-planner [role=tab]")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        page.wait_for_function(FILLED, arg=number, timeout=SLOW)
    # All at once, one below the other: axe looks at what is to be seen, and takes long to begin.
    page.add_style_tag(content=f"{TABS} > * {{ display: flex !important; }}")
    assert page.locator(f"{TABS} > *:visible").count() == tabs.count()
    in_theme(page, "Light")
    assert serious(page) == []
    in_theme(page, "Dark")  # names and roles are the same in the dark; contrast is not
    assert serious(page, runOnly=["color-contrast"]) == []
    watched.keep("lab-dark")


def test_the_board_is_moved_with_the_keyboard_alone(watched, lab):
    page = opened(watched, lab[0], NOTEBOOK)
    with_runs(page, RUNS)
    answered(page, RUNS)
    page.locator(".fwsim-board").focus()
    page.keyboard.press("Shift+ArrowRight")
    told(page, ".fwsim-tip", "successful")
    page.keyboard.press("Tab")
    while "spread" not in page.evaluate("document.activeElement.dataset.part ?? ''"):
        page.keyboard.press("Tab")
    before = curve(page)
    for _ in range(6):
        page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("document.activeElement.dataset.part") == "spread"
    changed(page, before)
    told(page, ".fwsim-desk .sentence", "from one device to the next")
    answered(page, RUNS)
    stands_at(page, "spread", "6 h 5 min")
    handle(page, "notice").focus()
    page.keyboard.press("ArrowRight")
    told(page, ".fwsim-desk .sentence", "asks users for 10 min")
    handle(page, "spread").press("ArrowRight")  # what follows at once does not undo it
    handle(page, "notice").press("ArrowRight")
    told(page, ".fwsim-desk .sentence", "asks users for 15 min")
    answered(page, RUNS)
    stands_at(page, "spread", "6 h 10 min")


def test_the_planner_stacks_at_125_per_cent_and_is_reached_by_the_keyboard(watched, lab):
    # 125 % zoom on a 1366-pixel screen leaves 1093 CSS pixels; beside the file browser 650.
    watched.page.set_viewport_size({"width": 1093, "height": 614})
    page = opened(watched, lab[0], NOTEBOOK)
    with_runs(page, RUNS)
    answered(page, RUNS)  # from here on nothing is drawn anew under the hand
    watched.keep("lab-zoom")
    desk = page.locator(".fwsim-desk").bounding_box()
    for part in (".fwsim-tileRow", ".fwsim-board", ".fwsim-railPart", ".fwsim-topLine"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= desk["x"]
        assert box["x"] + box["width"] <= desk["x"] + desk["width"] + 1
    page.locator(".fwsim-topLine select.scenario").focus()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => (document.activeElement.getAttribute('aria-label')"
                " ?? document.activeElement.labels?.[0]?.innerText"
                " ?? document.activeElement.innerText ?? '').trim()"
            )
        )
    wanted = ("Start", "Ask users", "Notice", "Runs", "Hand over …", "Deferments")
    assert [name for name in wanted if not any(name in text for text in reached)] == []


WRITTEN = """() => {
  const board = document.querySelector(".fwsim-board").getBoundingClientRect();
  const boxes = [...document.querySelectorAll(".fwsim-board text")]
    .filter(text => text.firstChild)
    .map(text => [text.firstChild.textContent, text.getBoundingClientRect()]);
  const cut = boxes.filter(([, box]) => box.left < board.left || board.right < box.right);
  const head = boxes.filter(([, box]) => box.top < board.top + 10);
  const foot = boxes.filter(([text]) => /^\\w+ \\d+\\.? \\w+$/.test(text));
  const over = [head, foot].flatMap(line => line.filter(([text, one]) => line.some(([other, two]) =>
    text !== other && one.left < two.right && two.left < one.right)));
  const bars = [...document.querySelectorAll(".fwsim-board rect.window")]
    .map(bar => bar.getBoundingClientRect());
  over.push(...head.filter(([, one]) => bars.some(bar =>
    one.left < bar.right && bar.left < one.right && bar.top < one.bottom - 2)));
  const planner = document.querySelector(".fwsim-planner").getBoundingClientRect();
  const outside = [...document.querySelectorAll(".fwsim-planner :is(.lm-TabBar-tab, .button)")]
    .filter(one => one.getBoundingClientRect().right > planner.right + 1)
    .map(one => one.textContent);
  const told = words => words.map(([text]) => text);
  return { cut: told(cut), over: told(over), outside };
}"""
"""What the board's or the planner's edges cut, or is written over another or the window's bar."""

NOTHING: dict[str, list[str]] = {"cut": [], "over": [], "outside": []}


def test_nothing_on_a_narrow_board_is_cut_or_written_over_something_else(watched, lab):
    scenario = lab[1] / "scenarios" / "branch-offices.yaml"
    text = scenario.read_text(encoding="utf-8")
    head, tail = text.split("  - scmd:", 1)
    more = "  - {delivery: DE, subordinate_units: true, once: 2021-09-24 14:05}\n"
    limit = "  - {successful by 2021-09-25 07:00: '>= 85 %'}\n"
    narrow = f"{head}{more}  - scmd:{tail}".replace("\nexpect:\n", f"\nexpect:\n{limit}")
    assert limit in narrow
    try:
        scenario.write_text(narrow, encoding="utf-8")
        page = opened(watched, lab[0], NOTEBOOK)
        with_runs(page, RUNS)
        answered(page, RUNS)
        for width in (860, 700, 560, 420, 320):
            page.evaluate(
                "width => document.querySelector('.fwsim-planner').style.width = `${width}px`",
                width,
            )
            page.wait_for_function(
                "width => document.querySelector('.fwsim-board').viewBox.baseVal.width < width",
                arg=width,
            )
            watched.keep(f"lab-narrow-{width}")
            assert page.evaluate(WRITTEN) == NOTHING, width
    finally:
        scenario.write_text(text, encoding="utf-8")


def test_the_plan_on_the_desk_is_played_paused_and_played_again(watched, lab):
    page = opened(watched, lab[0], NOTEBOOK)
    with_runs(page, RUNS)
    answered(page, RUNS)
    click(page, "Live", "tab")
    page.wait_for_selector(".fwsim-live", timeout=SLOW)
    live = page.locator(".fwsim-live")
    press = {name: live.get_by_role("button", name=name, exact=True) for name in ("Play", "Stop")}
    press["Play"].click()
    page.wait_for_selector(".fwsim-stack .area", timeout=SLOW, state="attached")
    page.get_by_label("Speed").select_option("1 ×")  # it goes on as long as it is looked at
    told_other(page, ".fwsim-clock", page.locator(".fwsim-clock").inner_text())
    click(page, "Pause")
    told(page, "clock", "paused")
    sites = page.locator(".fwsim-sites")
    assert sites.locator(".tiles .tile").count() == SITES
    sites.locator("summary").click()
    sites.locator("details tbody tr").last.wait_for(timeout=SLOW)
    told(page, "sites details", "under way")
    assert serious(page, ".fwsim-live") == []
    watched.keep("lab-live")
    said = page.locator(".fwsim-desk .sentence").inner_text()
    handle(page, "start").press("Shift+ArrowRight")
    told_other(page, ".fwsim-desk .sentence", said)
    answered(page, RUNS)
    click(page, "Go on")
    told(page, "clock", "the plan has changed since")
    press["Stop"].click()
    told(page, "clock", "stopped")
    press["Play"].click()
    told(page, "clock", "running")
    assert "changed" not in page.locator(".fwsim-clock").inner_text()
    press["Stop"].click()
    assert complaints(watched) == []


@pytest.fixture
def first_visit(chromium, lab_server):
    """A profile that has not seen the tour, on a server on which nobody plans yet."""
    forget_plans(lab_server[1], tour_is_over=False)
    with profile(chromium) as context:
        page = context.new_page()
        yield Watched(page)
        page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")


def test_the_first_opening_offers_a_tour_and_no_other(first_visit, lab_server):
    first = first_visit
    page = opened(first, lab_server[0], NOTEBOOK)
    tour = page.locator(".fwsim-tour")
    tour.wait_for(timeout=SLOW)
    first.keep("lab-tour-1")
    for number in (2, 3, 4):
        page.locator(".fwsim-tour .primary").press("Enter")
        told(page, ".fwsim-tour", f"{number} / 4")
    first.keep("lab-tour-4")
    page.locator(".fwsim-tour .primary").click()
    tour.wait_for(state="detached", timeout=SLOW)
    # It is remembered beside the plans, not by the browser.
    page.evaluate("() => localStorage.clear()")
    page = opened(first, lab_server[0], NOTEBOOK)
    page.wait_for_function("() => document.querySelector('.fwsim-desk')?.dataset.tour === 'over'")
    assert page.locator(".fwsim-tour").count() == 0


def test_the_same_notebook_is_an_app_in_voila(watched, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setenv("FWSIM_WRITE_FOLDER", str(kept))
    page = watched.page
    page.set_viewport_size({"width": 1366, "height": 768})
    with app(tmp_path, NOTEBOOK, "--FewKernels.most=1") as address:
        page.goto(address, wait_until="commit")
        page.wait_for_selector(BOARD, timeout=2 * SLOW, state="attached")
        page.wait_for_selector(".fwsim-topLine select.scenario option", state="attached")
        assert page.locator("text=from fwsim.notebook").count() == 0
        assert page.locator("text=Shift+Enter").count() == 0
        assert not page.get_by_label("Folder", exact=True).is_visible()
        assert (
            page.locator(".fwsim-topLine select.scenario option").count() == 3
        )  # its own, a file, a new one
        plan_a_rollout(watched, page, "voila", kept)

        # A visitor does not get out of the folder.
        fill(page, "File name", "../x")
        click(page, "Save report")
        told(page, "files-status", "no / and no")
        files = ["branch-offices.csv", "my-plan.yaml"]
        assert sorted(path.name for path in kept.iterdir()) == files
        assert not list((tmp_path / "work").rglob("*.plans.json"))
        assert not (tmp_path / "work" / "scenarios" / "my-plan.yaml").exists()

        # The only kernel there may be is taken, until its page is left.
        other = page.context.new_page()
        other.goto(address, wait_until="commit")
        other.wait_for_selector("text=come back in a few minutes", timeout=SLOW)
        page.evaluate(MISFIT)
        page.goto("about:blank")
        until = time.monotonic() + 2 * SLOW / 1000
        while other.goto(address, wait_until="commit").status == 503:
            assert time.monotonic() < until
            other.wait_for_timeout(500)
        # The visitor's own browser has kept the plans.
        other.wait_for_selector(".fwsim-planner", timeout=2 * SLOW)
        told(other, ".fwsim-topLine .plans", "Plan B")
        told(other, ".fwsim-desk .sentence", "asks users for 2 min")
        told(other, ".fwsim-progressPart .remark", "put aside what it had kept")
        aside = other.evaluate("() => Object.keys(localStorage).filter(k => k.endsWith('(old 1)'))")
        assert "Misfit" in other.evaluate("key => localStorage[key]", aside[0])
        assert asked(watched) == {"127.0.0.1"}


def test_where_the_spread_comes_from_is_told_and_shown_as_a_band(watched, lab):
    page = opened(watched, lab[0], NOTEBOOK)
    with_runs(page, RUNS)
    answered(page, RUNS)
    click(page, "tell luck from doubt …")
    click(page, "Where it comes from")
    told(page, "doubt-words", "luck alone")
    page.locator(".fwsim-doubt-words").scroll_into_view_if_needed()
    watched.keep("lab-doubt")
    click(page, "luck alone")
    page.wait_for_selector(".fwsim-board .band.luck", timeout=SLOW, state="attached")


def test_a_plan_is_found_and_put_on_the_board(watched, lab):
    page = opened(watched, lab[0], NOTEBOOK)
    with_runs(page, RUNS)
    answered(page, RUNS)
    click(page, "Find", "tab")
    page.get_by_label("as text", exact=True).check()
    page.get_by_label("Goals, one a line").fill("time to 80 %\nuser time lost")
    limits = page.get_by_label("Limits, one a line")
    limits.fill("successful by 2021-09-25 06:00: >= 85 %")
    limits.press("Tab")
    rows = page.locator(".fwsim-find-limits input[placeholder=value]")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.fwsim-find-limits input[placeholder=value]')]"
        ".map(field => field.value).join() === '85 %'",
        timeout=SLOW,
    )
    rows.fill("80 %")
    rows.press("Tab")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.fwsim-planner textarea')]"
        ".some(text => text.value.endsWith('>= 80 %'))",
        timeout=SLOW,
    )
    page.get_by_label("as text", exact=True).uncheck()
    fill(page, "Runs to spend", "160")
    click(page, "Find")
    page.wait_for_function(
        "() => document.querySelector('.fwsim-find-status').innerText.trim() === 'found'",
        timeout=2 * SLOW,
    )
    table = page.locator(".fwsim-found tbody")
    table.locator("tr").first.wait_for(timeout=SLOW)
    page.locator(".fwsim-found").scroll_into_view_if_needed()
    watched.keep("lab-find-1-found")
    assert "finalists" in page.locator(".fwsim-find-words").inner_text()

    # Another plan is picked in the picture, shows in the table, and is put on the desk.
    dot = page.locator(".fwsim-found .dot.front").first
    title = dot.locator("title").text_content().splitlines()[0]
    dot.click()
    told(page, "find-words", title)
    table.locator("tr.picked [aria-pressed=true]").wait_for(timeout=SLOW)
    assert serious(page, ".fwsim-found") == []
    click(page, "Put into command list")
    told(page, "found-status", "put into")
    start = re.search(r"start \w+ \d{4}-\d\d-\d\d (\d\d:\d\d)", title)
    page.wait_for_selector(f".handle.start[aria-valuetext$='{start[1]}']", state="attached")
    watched.keep("lab-find-2-on-the-board")
    assert complaints(watched) == []


def test_logs_are_learnt_from_and_what_was_learnt_is_taken_back(watched, lab):
    address, folder = lab
    own = (folder / "notebooks" / NOTEBOOK).read_text(encoding="utf-8")
    learning = own.replace("branch-offices.yaml", "learnt/before.yaml")
    (folder / "notebooks" / "learn.ipynb").write_text(learning, encoding="utf-8")
    page = opened(watched, address, "learn.ipynb")
    with_runs(page, RUNS)
    answered(page, RUNS)
    before = curve(page)
    click(page, "Doubt", "tab")
    with page.expect_file_chooser() as chooser:
        page.locator(".fwsim-from-logs-upload").click()
    example = folder / "scenarios" / "learnt"
    chooser.value.set_files([example / "pilot-status-log.csv", example / "pilot-web.log"])
    told(page, "from-logs-chosen", "pilot-web.log")
    click(page, "Learn from these logs")
    told(page, "from-logs-words", "notices of 1 rollout")
    told(page, "from-logs-status", "now use what was learnt")
    page.locator(".fwsim-from-logs-upload").scroll_into_view_if_needed()
    watched.keep("lab-learn-1-learnt")
    changed(page, before)
    answered(page, RUNS)
    click(page, "Hand over", "tab")
    fill(page, "File name", "from-the-pilot")
    click(page, "Doubt", "tab")
    click(page, "Save learnt scenario")
    told(page, "from-logs-status", "written to")
    assert (example / "from-the-pilot-draws.csv").stat().st_size
    click(page, "Back to the scenario as written")
    told(page, "from-logs-status", "as it was written")
    answered(page, RUNS)
    drawn(page, before)
    # A wrong log changes nothing, and is told where it was chosen.
    fill(page, "Or by name", "nosuch.csv")
    click(page, "Learn from these logs")
    told(page, "from-logs-wrong", "nosuch.csv")
    watched.keep("lab-learn-2-wrong")
    assert complaints(watched) == []


def test_the_log_of_a_rollout_under_way_is_dropped_and_its_rest_forecast(watched, lab):
    address, folder = lab
    own = (folder / "notebooks" / NOTEBOOK).read_text(encoding="utf-8")
    under_way = own.replace("branch-offices.yaml", "friday-at-five.yaml")
    (folder / "notebooks" / "under-way.ipynb").write_text(under_way, encoding="utf-8")
    page = opened(watched, address, "under-way.ipynb")
    with_runs(page, RUNS)
    answered(page, RUNS)
    click(page, "Live", "tab")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Drop a log").click()
    chooser.value.set_files([folder / "scenarios" / "friday-at-five-log.csv"])
    told(page, "live-words", "expected")
    page.locator(".fwsim-live-words").scroll_into_view_if_needed()
    watched.keep("lab-live-forecast")
    assert complaints(watched) == []
