"""The desk's front end without a server: what it keeps and where, and when nobody answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fwsim.messages import ENGLISH, GERMAN, number_marks, speaking
from fwsim.notebook.live import picture, sites
from fwsim.notebook.plan import Plan
from tests.browser.desk_alone import keep, open_alone, open_desk, shown, told_to_kernel

KEY = "fwsim plans of branches"
SCENARIO = Path(__file__).parent.parent.parent / "scenarios" / "branch-offices.yaml"


@pytest.fixture(scope="module")
def state():
    return shown(Plan(SCENARIO))


def kept(*names, **more):
    plans = [{"name": name, **more} for name in names]
    return json.dumps({"form": "fwsim plans 1", "plans": plans})


def in_browser(page, name=KEY):
    text = page.evaluate("name => localStorage.getItem(name)", name)
    return None if text is None else [plan["name"] for plan in json.loads(text)["plans"]]


def wait_until_it_sees(page, name):
    """Tabs are processes of their own: what one keeps comes to the other a little later."""
    held = '([key, name]) => localStorage.getItem(key)?.includes(`"${name}"`)'
    page.wait_for_function(held, arg=[KEY, name])


def test_two_tabs_of_one_visitor_do_not_lose_each_others_plans(watched, state):
    app = {**state, "kept": {"key": KEY, "text": kept("A"), "aside": ""}}
    one, two = watched.page, watched.page.context.new_page()
    for page in (one, two):
        open_desk(page, app)
    keep(one, key=KEY, text=kept("A", "mine"), aside="")
    assert told_to_kernel(one, "put_aside") == []
    for number in range(3):  # what each kept last is there, once
        wait_until_it_sees(two, "mine")
        keep(two, key=KEY, text=kept("A", f"other {number}"), aside="")
        assert in_browser(two) == ["A", f"other {number}"]
        assert in_browser(two, f"{KEY} (old 1)") == ["A", "mine"]
        wait_until_it_sees(one, f"other {number}")
        keep(one, key=KEY, text=kept("A", "mine"), aside="")
        assert in_browser(one, f"{KEY} (old 2)") == ["A", f"other {number}"]
    assert told_to_kernel(two, "put_aside")[0] == {
        "do": "put_aside",
        "name": f"{KEY} (old 1)",
        "of_another": True,
    }
    assert in_browser(one, f"{KEY} (old 3)") is None
    # Each tab goes on with its own after a reload, and a new one with what was kept last.
    for page, last in ((one, "mine"), (two, "other 2"), (one.context.new_page(), "mine")):
        open_desk(page, app)
        (stored,) = told_to_kernel(page, "stored")
        assert [plan["name"] for plan in json.loads(stored["text"])["plans"]] == ["A", last]
    assert watched.complaints == []


def test_plans_that_were_not_read_whole_are_put_aside_under_a_free_name(watched, state):
    app = {**state, "kept": {"key": KEY, "text": kept("A"), "aside": ""}}
    page = watched.page
    open_desk(page, app)
    old = {KEY: "damaged", f"{KEY} (old 1)": "older"}
    page.evaluate("old => Object.assign(localStorage, old)", old)
    open_desk(page, app)
    assert told_to_kernel(page, "stored") == [{"do": "stored", "text": "damaged"}]
    for name in ("B", "C"):
        keep(page, key=KEY, text=kept(name), aside="yes")
    assert page.evaluate("key => localStorage[`${key} (old 2)`]", KEY) == "damaged"
    assert [one["name"] for one in told_to_kernel(page, "put_aside")] == [f"{KEY} (old 2)"]
    assert in_browser(page) == ["C"]
    assert watched.complaints == []


def test_what_is_put_aside_is_offered_until_it_is_back(watched, state):
    app = {**state, "kept": {"key": KEY, "text": kept("A"), "aside": ""}}
    page = watched.page
    open_desk(page, app)
    assert page.locator(".aside").count() == 0
    texts = {f"{KEY} (old 1)": kept("A"), f"{KEY} (old 2)": "damaged"}
    aside = json.dumps({"plans": [{"name": "A"}, {"name": "<b>B", "levers": 1}]})
    page.evaluate("old => Object.assign(localStorage, old)", {**texts, f"{KEY} (old 3)": aside})
    keep(page, key=KEY, text=kept("A"), aside="")
    page.locator(".aside summary").click()
    unreadable, offered = page.locator(".aside button").all()
    assert (unreadable.inner_text(), offered.inner_text()) == ("unreadable …", "<b>B")
    with page.expect_download() as saved:
        unreadable.click()
    assert Path(saved.value.path()).read_text() == "damaged"
    offered.click()
    assert told_to_kernel(page, "bring_back") == [{"do": "bring_back", "text": aside}]
    # The kernel reads it as another text: that takes its place, else it were never here.
    reads = aside.replace('"levers": 1', '"levers": {}')
    page.evaluate("key => localStorage.removeItem(`${key} (old 2)`)", KEY)
    keep(page, key=KEY, text=reads.replace("<b>B", "B 2"), aside="", was=aside, reads=reads)
    assert page.locator(".aside").count() == 0
    assert page.evaluate("key => localStorage[`${key} (old 3)`]", KEY) == reads
    assert watched.complaints == []


def test_nothing_that_is_put_aside_is_ever_overwritten(watched, state):
    page = watched.page
    open_desk(page, {**state, "kept": {"key": KEY, "text": kept("A"), "aside": ""}})
    for number in range(1, 13):
        page.evaluate(
            "([key, text]) => localStorage.setItem(key, text)", [KEY, kept(f"B{number}", n=number)]
        )
        keep(page, key=KEY, text=kept(f"A{number}"), aside="")
    names = [f"{KEY} (old {number})" for number in range(1, 13)]
    assert [in_browser(page, name) for name in names] == [[f"B{n}"] for n in range(1, 13)]
    page.locator(".aside summary").click()
    offered = page.locator(".aside button").all_inner_texts()
    assert offered == [f"B{number}" for number in range(1, 13)]
    assert watched.complaints == []


REFUSES_OWN = """key => {
  const keeps = Storage.prototype.setItem;
  Storage.prototype.setItem = function (name, value) {
    if (this === localStorage && name === key) throw new DOMException("full");
    keeps.call(this, name, value);
  };
}"""


def test_a_browser_that_is_full_is_told_once(watched, state):
    """What another tab has kept finds room aside, and what this one has finds none."""
    page = watched.page
    open_desk(page, {**state, "kept": {"key": KEY, "text": kept("A"), "aside": ""}})
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, kept("other")])
    page.evaluate(REFUSES_OWN, KEY)
    for name in ("B", "C", "D"):
        keep(page, key=KEY, text=kept(name), aside="")
    assert len(told_to_kernel(page, "put_aside")) == len(told_to_kernel(page, "not_kept")) == 1
    assert in_browser(page, f"{KEY} (old 1)") == ["other"]
    assert watched.complaints == []


REFUSES = """names => {
  const refuse = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, value) {
    if (names.some(name => this === window[name])) throw new DOMException("full");
    refuse.call(this, key, value);
  };
}"""


def test_a_browser_that_keeps_nothing_for_a_tab_takes_it_for_no_other(watched, state):
    page = watched.page
    open_desk(page, {**state, "kept": {"key": KEY, "text": kept("A"), "aside": ""}})
    page.evaluate(REFUSES, ["sessionStorage"])
    for name in ("B", "C"):
        keep(page, key=KEY, text=kept(name), aside="")
        assert in_browser(page) == [name]
    assert told_to_kernel(page, "put_aside") == told_to_kernel(page, "not_kept") == []
    page.evaluate(REFUSES, ["localStorage"])
    for name in ("D", "E"):
        keep(page, key=KEY, text=kept(name), aside="")
    assert told_to_kernel(page, "not_kept") == [{"do": "not_kept"}]
    assert watched.complaints == []


RUNNING = """() => {
  window.model.set("progress", { ...window.model.get("progress"), running: true });
}"""


@pytest.mark.parametrize("is_app", [False, True])
def test_a_kernel_that_does_not_answer_is_told_until_it_does(watched, state, is_app):
    page = watched.page
    page.clock.install()
    key = {"key": KEY, "text": kept("A"), "aside": ""} if is_app else {"tour": "over"}
    open_desk(page, {**state, "kept": key})
    word = page.locator(".fwsim-silent")
    page.clock.fast_forward(60_000)
    assert not word.is_visible()  # nobody has asked for anything
    assert told_to_kernel(page, "ask") == []

    page.locator(".fwsim-railPart .sentence").click()
    page.clock.fast_forward(9_000)
    page.evaluate("() => window.model.say({ heard: true })")
    page.clock.fast_forward(9_000)
    assert not word.is_visible()
    page.locator(".fwsim-railPart .sentence").press("Enter")
    page.clock.fast_forward(11_000)
    hint = "reload the page" if is_app else "run the cell again"
    assert hint in word.inner_text()
    assert "not answered for 10 seconds" in word.inner_text()
    page.evaluate("() => window.model.say({ heard: true })")
    assert not word.is_visible()

    page.evaluate("() => desk.classList.add('jupyter-widgets-disconnected')")
    told = page.locator(".fwsim-desk").get_attribute("data-dead")
    assert ("Reload the page" if is_app else "Run the cell again") in told
    page.evaluate("() => desk.classList.remove('jupyter-widgets-disconnected')")

    # Runs that come to nothing are noticed without a hand; who reads elsewhere is left there.
    page.evaluate(RUNNING)
    page.evaluate("() => { document.body.style.paddingBottom = '3000px'; scrollTo(0, 2500); }")
    for _ in range(3):
        page.clock.fast_forward(10_500)
    assert not word.is_hidden()
    assert page.evaluate("() => scrollY") > 2000
    assert watched.complaints == []


def test_the_tour_stays_within_the_planner_when_that_becomes_narrow(chromium, state):
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    try:
        open_desk(page, {**state, "kept": {"tour": "new"}})
        page.wait_for_selector(".fwsim-tour")
        for _ in range(4):
            for width in (1400, 860, 420):
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_function(
                    """() => {
                      const box = (place) => document.querySelector(place).getBoundingClientRect();
                      const desk = box(".fwsim-desk"), card = box(".fwsim-tour");
                      return desk.width < innerWidth && card.left >= desk.left
                        && card.right <= desk.right && card.bottom <= desk.bottom;
                    }"""
                )
            page.locator(".fwsim-tour .primary").click()
    finally:
        page.close()


def test_each_step_of_the_tour_is_seen_where_the_planner_stacks(chromium, state):
    page = chromium.new_page(viewport={"width": 420, "height": 700})
    try:
        open_desk(page, {**state, "kept": {"tour": "new"}})
        for _ in range(3):
            page.locator(".fwsim-tour .primary").press("Enter")
            assert page.evaluate(
                """() => {
                  const box = document.querySelector(".fwsim-tour").getBoundingClientRect();
                  return box.top > -1 && box.bottom < innerHeight + 1;
                }"""
            )
    finally:
        page.close()


def test_the_tour_has_the_focus_and_gives_it_back(watched, state):
    page = watched.page
    open_desk(page, {**state, "kept": {"tour": "new"}})
    page.wait_for_selector(".fwsim-tour")
    for step in range(1, 5):
        assert page.locator(".fwsim-tour .quiet-text").inner_text() == f"{step} / 4"
        assert page.evaluate("() => document.activeElement.dataset.key") == "tour-next"
        page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.matches('.fwsim-board')")
    assert told_to_kernel(page, "toured") == [{"do": "toured"}]


def test_escape_puts_back_what_is_dragged(watched, state):
    page = watched.page
    open_desk(page, state)
    bar = page.locator(".handle.start")
    said, box = bar.get_attribute("aria-valuetext"), bar.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 83, box["y"] + 5)
    assert bar.get_attribute("aria-valuetext") != said
    rail = page.locator(".fwsim-railPart.held")  # its limits are of the plan before the drag
    page.evaluate("board => window.model.set('board', board)", state["board"])
    assert rail.count() == 1
    page.keyboard.press("Escape")
    page.evaluate("board => window.model.set('board', board)", {**state["board"], "sequence": 99})
    assert rail.count() == 0
    page.mouse.move(box["x"] + 123, box["y"] + 5)
    page.mouse.up()
    assert bar.get_attribute("aria-valuetext") == said
    first, *_, last = told_to_kernel(page, "drag")
    (firing, *_) = state["board"]["bars"][0]["firings"]
    assert (first["final"], last["final"], last["value"]) == (False, True, firing)
    assert (first.get("back"), last["back"]) == (None, True)
    assert watched.complaints == []


def test_limits_are_pale_while_keys_or_a_slider_move_something(watched, state):
    """They are of the plan before, as while a bar is dragged."""
    page, numbers = watched.page, iter(range(10, 20))
    open_desk(page, state)
    pale = page.locator(".fwsim-railPart.held")

    def answer():
        board = {**state["board"], "sequence": next(numbers)}
        page.evaluate("board => window.model.set('board', board)", board)

    page.locator(".handle.start").press("ArrowRight")
    answer()
    assert pale.count() == 1
    for part in (".command", ".limits"):
        seen = pale.locator(part).first.evaluate("one => Number(getComputedStyle(one).opacity)")
        assert seen < 1
    page.wait_for_function("() => window.told.some(one => one.final)")
    answer()
    assert pale.count() == 0
    slider = page.locator(".fwsim-railPart input[type=range]").first
    slider.evaluate("one => one.dispatchEvent(new Event('input'))")
    answer()
    assert pale.count() == 1
    slider.evaluate("one => one.dispatchEvent(new Event('change'))")  # at its old place, maybe:
    assert pale.count() == 0  # then nothing new comes from the kernel
    assert watched.complaints == []


def test_a_saved_picture_says_what_its_marks_and_numbers_are(watched, state):
    """Beside it there is no planner that would: numbers apart, a legend, and whose clock it is."""
    page, board = watched.page, state["board"]
    fan = board["fan"]
    band = [fan["middle"], fan["middle"]]
    ghost = {
        "at": fan["at"],
        "steps": False,
        "middle": fan["middle"],
        "band": band,
        "name": "Plan A",
    }
    many = {**fan, "bands": {"both": band}}
    open_desk(page, {**state, "board": {**board, "full": True, "fan": many, "ghost": ghost}})
    page.locator(".fwsim-topLine summary").last.click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG", exact=True).click()
    texts = re.findall("<text[^>]*>([^<]*)", Path(saved.value.path()).read_text("utf-8"))
    for tile in board["tiles"]:
        assert (
            ": ".join([tile["label"], ", ".join(filter(None, [tile["value"], tile["more"]]))])
            in texts
        )
    legend = {"luck and doubt: 9 rollouts in 10", "Plan A", "the plan less plan A, run by run"}
    assert legend <= {*texts}
    assert "Europe/Berlin" in texts
    assert watched.complaints == []


LEVELS = """() => {
  const { bottom, top, right } = [...document.querySelectorAll(".fwsim-board .halo")]
    .find(text => text.textContent.startsWith("95 %")).getBoundingClientRect();
  return [...document.querySelectorAll(".fwsim-board path.limit:not(.flag)")]
    .map(path => path.getBoundingClientRect())
    .filter(line => top + 2 < line.top && line.top < bottom - 2 && line.left < right).length;
}"""
"""How many limits' lines go through the level that is told of."""


def test_no_limit_goes_through_the_name_of_the_level(watched, state):
    board = state["board"]
    limit = {"at": board["axis"]["to"], "by": True, "kept": True, "text": "a", "short": "a"}
    watched.page.set_viewport_size({"width": 860, "height": 700})
    for levels in ((0.99,), (0.9,), (0.97, 0.93)):
        limits = [{**limit, "level": level} for level in levels]
        open_desk(watched.page, {**state, "board": {**board, "limits": limits}})
        assert watched.page.evaluate(LEVELS) == 0


def test_every_time_of_the_live_picture_is_seen_whole(watched):
    hours = [{"at": n, "text": f"1{n}:00", "day": "Fri 24 Sep"} for n in range(3)]
    rows = [{"name": "successful", "colour": "#000", "counts": [0, 12, 1600]}]
    axis = {"at": [0, 1, 2], "begin": 0, "end": 2, "of": 1600, "ticks": hours}
    shown = {**axis, "rows": rows, "label": "Devices", "marks": number_marks()}
    style = (picture.FRONT / "live.css").read_text(encoding="utf-8")
    open_alone(watched.page, picture.SCRIPT, style, {"shown": shown})
    assert watched.page.get_by_role("heading", name="Devices").is_visible()
    beyond = """texts => {
      const { left, right } = texts[0].ownerSVGElement.getBoundingClientRect();
      const boxes = texts.map(text => text.getBoundingClientRect());
      return boxes.filter(box => box.left < left || box.right > right).length;
    }"""
    assert watched.page.eval_on_selector_all(".fwsim-stack svg text", beyond) == 0
    assert watched.complaints == []


def test_what_surrounds_a_first_look_is_not_called_a_range(watched, state):
    page, board = watched.page, state["board"]
    open_desk(page, state)
    assert not board["full"]
    assert page.locator(".key.both").inner_text() == "≈ a first look: about so, no range"
    band = [board["fan"]["middle"]] * 2
    full = {**board, "full": True, "fan": {**board["fan"], "bands": {"both": band}}}
    open_desk(page, {**state, "board": full})
    assert page.locator(".key.both").inner_text() == "luck and doubt: 9 rollouts in 10"


HALVES = """(whole) => {
  const limits = [...document.querySelectorAll(".fwsim-board text.limit")]
    .map(text => text.firstChild.data).filter(text => / met in /.test(text) && text !== whole);
  const causes = [...document.querySelectorAll(".fwsim-desk .cause > span")].filter(words => {
    const box = words.parentElement.getBoundingClientRect(), own = words.getBoundingClientRect();
    const isSeen = getComputedStyle(words).color !== "rgba(0, 0, 0, 0)";
    return isSeen && (words.scrollWidth > words.clientWidth + 1 || own.bottom > box.bottom + 1);
  }).map(words => words.innerText);
  return [...limits, ...causes];
}"""
"""Which limits and causes end within words or a number."""


@pytest.mark.parametrize("width", [1100, 700, 480, 400, 340])
def test_no_number_of_a_limit_or_cause_is_halved(watched, state, width):
    board = state["board"]
    text = "✓ limit 90 % of those that need it by Fri 21:30, met in 175 of 200"
    limit = {"at": board["axis"]["to"], "by": True, "kept": True, "level": 0.9, "text": text}
    causes = [
        {"name": "deferred", "width": 2, "text": "users deferred: 2 h 14 min"},
        {"name": "line", "width": 1, "text": "line and repository: 1 h 13 min"},
        {"name": "off", "width": 0.1, "text": "devices were off: 5 min"},
    ]
    more = {"limits": [{**limit, "short": text}], "because": causes}
    watched.page.set_viewport_size({"width": width, "height": 900})
    open_desk(watched.page, {**state, "board": {**board, **more}})
    assert watched.page.locator(".cause").first.is_visible()
    assert watched.page.evaluate(HALVES, text) == []
    rows = watched.page.locator(".fwsim-board text.limit").all_text_contents()
    said = " ".join(row.removesuffix(text) for row in rows).replace("\u00a0", " ")
    assert said.startswith(text.partition(", met")[0])  # whole, its time with it


def test_what_is_read_at_a_time_is_what_is_drawn_there(watched, state):
    """Half-way between two points of a curve it is half of the way from one to the other."""
    board = state["board"]
    begin, second = board["fan"]["at"][:2]
    at = [begin, begin + 2 * (second - begin)]
    stage = {"name": "asked", "counts": [0, 3000]}
    page, fan = watched.page, {"at": at, "steps": False, "middle": [0.0, 0.5], "bands": {}}
    for steps, told in ((False, ["about 25.0 %", "1,500"]), (True, ["about 0.0 %"])):
        more = {"fan": {**fan, "steps": steps}, "stages": [stage], "strips": []}
        open_desk(page, {**state, "board": {**board, **more, "runs": 20}})
        page.locator(".fwsim-board").press("ArrowRight")
        lines = page.locator(".fwsim-tip .line span:last-child").all_text_contents()
        assert [line for line in lines if line] == told
        heads = page.locator(".fwsim-tip .line span:first-child").all_text_contents()
        assert ("on average of 20 runs:" in heads) == ("asked" in heads)
    assert watched.complaints == []


def test_no_number_of_a_limit_ends_between_its_thousands(watched, state):
    page, board = watched.page, state["board"]
    text = "✓ limit 90 % by Fri 21:30, met in 1,034 of 2,000"
    limit = {"at": board["axis"]["to"], "by": True, "kept": True, "level": 0.9, "text": text}
    open_desk(page, {**state, "board": {**board, "limits": [{**limit, "short": text}]}})
    drawn = "() => new Promise(over => requestAnimationFrame(() => requestAnimationFrame(over)))"
    label, said = page.locator(".fwsim-board text.limit"), []
    for width in range(480, 320, -10):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(drawn)
        said.append(label.evaluate("text => text.firstChild.data"))
    assert {text, text.partition(", met")[0]} <= {*said}
    assert [one for one in said if " met" in one and one != text] == []


def test_a_plan_for_nobody_has_no_sites_to_show(watched):
    fixed = {"names": [], "devices": [], "title": "Sites", "table": "Table", "heads": []}
    standing = {"looks": [], "lacking": [], "with_it": [], "states": [], "legend": []}
    open_alone(watched.page, sites.SCRIPT, "", {"sites": fixed, "shown": standing})
    watched.page.evaluate("() => window.model.set('shown', window.model.get('shown'))")
    assert watched.page.locator(".fwsim-sites").inner_text() == ""
    assert watched.complaints == []


def test_a_long_name_of_a_line_leaves_the_tiles_as_high_as_they_are(watched, state):
    def height(name):
        tiles = [
            {**tile, "value": name if tile["name"] == "line" else tile["value"]}
            for tile in state["board"]["tiles"]
        ]
        open_desk(watched.page, {**state, "board": {**state["board"], "tiles": tiles}})
        return watched.page.locator(".fwsim-tileRow").bounding_box()["height"]

    assert height("A-name-that-is-very-long-" * 6) <= height("Branch 17") + 12


HALF = """() => [...document.querySelectorAll(".fwsim-tileRow :is(.tile, .tile-label) > span")]
  .filter(part => part.scrollWidth > part.clientWidth + 1
    || part.scrollHeight > part.clientHeight + 2)
  .map(part => part.textContent)"""
"""What of the tiles is not seen whole."""


@pytest.mark.parametrize("width", [1280, 1120, 940, 870, 740, 640, 480])
def test_no_number_of_a_tile_is_cut_off(watched, state, width):
    texts = {"more": "87.9–91.9 %, 9 in 10", "against": "+0.9 points successful"}
    long = {"more": "123 h 28 min lost, asked or not", "against": "1,234 fewer than plan A"}
    of_tile = {
        "people": long,
        "line": {"more": "90 % or more for 13 h 00 min; 23 others as full", "against": ""},
    }
    tiles = [{**tile, **of_tile.get(tile["name"], texts)} for tile in state["board"]["tiles"]]
    watched.page.set_viewport_size({"width": width, "height": 900})
    open_desk(watched.page, {**state, "board": {**state["board"], "tiles": tiles}})
    assert watched.page.evaluate(HALF) == []


BEYOND = """() => {
  const edge = document.querySelector(".fwsim-desk").getBoundingClientRect().right;
  return [...document.querySelectorAll(".fwsim-desk :is(button, input, select)")]
    .filter(one => one.getBoundingClientRect().right > edge).map(one => one.innerText);
}"""
"""What can be pressed or filled in, but lies beyond the edge of the desk."""


@pytest.mark.parametrize("width", [640, 480])
def test_nothing_to_be_pressed_lies_beyond_the_edge(watched, width):
    watched.page.set_viewport_size({"width": width, "height": 900})
    with speaking("de"):
        open_desk(watched.page, shown(Plan(SCENARIO)))
    assert watched.page.evaluate(BEYOND) == []


CUT = """() => [...document.querySelectorAll(".fwsim-railPart :is(.of-moment input, select)")]
  .filter(field => {
    const shown = field.selectedOptions?.[0].text ?? "09/24/2021, 03:30 PM";
    const ruler = document.createElement("canvas").getContext("2d");
    ruler.font = getComputedStyle(field).font;
    return field.clientWidth < ruler.measureText(shown).width + 30;
  }).length"""
"""How many fields of the rail have less room than their value, its padding and its sign take."""


def test_numbers_that_the_browser_writes_have_the_marks_of_the_language(watched):
    with speaking("de"):
        german = shown(Plan(SCENARIO))
    open_desk(watched.page, {**german, "board": {**german["board"], "full": True}})
    told = watched.page.text_content("table tbody")
    assert re.search(r"\d,\d %", told)
    assert not re.search(r"\d\.\d %", told)
    assert watched.complaints == []


def test_counts_of_sites_have_marks_between_their_thousands(watched):
    fixed = {"names": ["Nord"], "devices": [12_345], "title": "", "table": "", "heads": [""] * 4}
    legend = [{"look": "under_way", "name": "under way", "count": 1_234}]
    now = {"looks": ["under_way"], "lacking": [0], "with_it": [2_345], "states": ["under way"]}
    state = {
        "sites": {**fixed, "marks": number_marks()},
        "shown": {**now, "legend": legend, "summary": ""},
    }
    open_alone(watched.page, sites.SCRIPT, "", state)
    assert watched.page.text_content(".legend .count") == "1,234"
    assert "2,345 / 12,345" in watched.page.get_attribute(".tiles .tile", "title")


def test_of_sites_whose_names_begin_alike_the_ends_are_seen(watched):
    names = [f"DE/Germany/Bavaria/Branches/{number}" for number in (1, 2)]
    fixed = {"names": names, "devices": [12, 12], "title": "", "table": "", "heads": [""] * 4}
    now = {"looks": ["under_way"] * 2, "lacking": [0, 0], "with_it": [1, 2], "states": ["", ""]}
    style = (sites.FRONT / "sites.css").read_text(encoding="utf-8")
    told = {"sites": {**fixed, "marks": number_marks()}}
    open_alone(
        watched.page,
        sites.SCRIPT,
        style,
        {**told, "shown": {**now, "legend": [], "summary": ""}},
    )
    tiles = watched.page.locator(".tiles .tile")
    assert tiles.all_text_contents() == names
    for tile in tiles.all():
        box, end = tile.bounding_box(), tile.locator(".end").bounding_box()
        assert end["x"] + end["width"] <= box["x"] + box["width"]


BROKEN = "() => [...document.querySelectorAll('.add button')].filter(one => one.offsetHeight > 24)"
"""Links of more than one line."""


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
def test_a_start_and_a_choice_are_to_be_read_whole_where_the_rail_is_narrow(watched, language):
    with speaking(language):
        state = shown(Plan(SCENARIO))
    for width in (960, 880):
        watched.page.set_viewport_size({"width": width, "height": 900})
        open_desk(watched.page, state)
        assert watched.page.evaluate(CUT) == 0
        assert watched.page.evaluate(BROKEN) == []
