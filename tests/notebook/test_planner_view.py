"""The planner's widgets; no browser and no kernel needed."""

from __future__ import annotations

import gzip
from contextvars import Context
from html import escape as html_escape
from pathlib import Path

import pytest

import fwsim
from fwsim.notebook.plan import Plan
from fwsim.notebook.writing_place import WritingPlace

pytest.importorskip("ipywidgets")
pytest.importorskip("anywidget")

from fwsim.messages import number_marks, say, speak
from fwsim.messages.catalogue import messages
from fwsim.notebook import live_view, planner
from fwsim.notebook.board.widget import FRONT, SCRIPT, words_of_front
from fwsim.notebook.devices import grid
from fwsim.notebook.field import widgets_of
from fwsim.notebook.found import widget as found
from fwsim.notebook.live import picture, sites
from fwsim.notebook.planner_view import Planner, PlannerView

SMALL = {"fleet": {"units": {"DE": {"devices": 30}}}, "faults": {"installation": "10 %"}}
LARGEST_FRONT = 60_000
"""Bytes of the front end, compressed."""


@pytest.fixture
def plan(scenario):
    return Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **SMALL))


@pytest.fixture
def view(plan, request, monkeypatch):
    """The planner; without pictures, which take long, where a test does not ask for them."""
    if "pictures" not in request.fixturenames:
        monkeypatch.setattr("fwsim.notebook.picture.picture", lambda *_, **__: b"")
    return PlannerView(plan, follows=False)


@pytest.fixture
def pictures():
    """Ask for a view with its pictures."""


def run(view, runs=1):
    view.plan.start(runs, workers=1)
    view.plan.wait()


def echo(view):
    return view.command.form.widget.children[1].children


def test_the_front_end_is_small_and_asks_nobody():
    scripts = [SCRIPT, grid.SCRIPT, picture.SCRIPT, sites.SCRIPT, found.SCRIPT]
    folders = (FRONT, grid.FRONT, picture.FRONT, found.FRONT)
    styles = "".join(path.read_text(encoding="utf-8") for f in folders for path in f.glob("*.css"))
    assert len(gzip.compress("".join([*scripts, styles]).encode())) < LARGEST_FRONT
    for text in scripts:
        asked = [word for word in ("http://", "https://", "fetch(", "import(") if word in text]
        assert asked == ["http://"]
        assert text.count("http://") == text.count("http://www.w3.org/2000/svg") == 1
        assert "innerHTML" not in text
    assert "url(" not in styles


def test_every_word_of_the_front_end_is_in_the_catalogue():
    import re

    used = set(re.findall(r"\bwords\.(\w+)", SCRIPT))
    known = set(words_of_front()) - set(number_marks())
    assert used - known == set()
    assert known - used - {"office", "folded"} == set()
    assert all(
        isinstance(messages()[f"front.{name}"], str)
        for name in known - {"weekdays", "months", "day"}
    )


def test_the_planner_opens_on_the_scenarios_command(view):
    assert view.command.form.draft().seconds == 300
    assert "30 devices" in echo(view)[0].value
    assert view.screen.board["tiles"][0]["value"].startswith("≈")


def test_the_form_shows_only_what_applies(view):
    shown = {
        name: item.layout.display != "none" for name, item in view.command.form._fields.items()
    }
    assert shown["at"]
    assert not shown["weekdays"]
    view.command.form.set(schedule="Every", inform_user=False)
    shown = {
        name: item.layout.display != "none" for name, item in view.command.form._fields.items()
    }
    assert shown["weekdays"]
    assert not any(shown[name] for name in ("at", "seconds", "deferments"))


def test_a_mistake_in_the_form_is_told_beside_it(view):
    view.command.form.set(units=())
    assert "pick at least one" in echo(view)[0].value
    view.command.form.set(schedule="Every", days="one, two")
    told = echo(view)[0].value
    assert "write numbers from 1 to 31" in told
    assert "pick at least one" in told
    view.command.add.click()
    assert "first correct what is marked" in view.command.told.value
    assert len(view.plan.commands) == 1


def test_add_appends_what_the_form_says(view):
    view.command.form.set(seconds=60, deferments=2, delays=(1_800_000,))
    view.command.add.click()
    assert view.plan.commands[1].inform_user == 60
    assert view.plan.reminder == (2, (1_800_000,))
    assert "deferments: 2" in echo(view)[2].value
    assert [one["picked"] for one in view.screen.rail["commands"]] == [False, True]


@pytest.mark.parametrize("button", ["add", "put"])
def test_deferments_that_nobody_set_in_the_form_stay_the_plans(view, button):
    tab = view.command
    view.desk.hear({"do": "set", "name": "deferments", "text": "4"})
    view.desk.hear({"do": "set", "name": "delays", "text": "4 h"})
    own = view.plan.reminder
    tab.form.set(seconds=60)
    getattr(tab, button).click()
    assert view.plan.reminder == own
    view.tabs.go_to("command")
    assert tab.form.reminder() == own
    view.desk.hear({"do": "undo"})
    view.desk.hear({"do": "set", "name": "deferments", "text": "0"})
    assert tab.form.reminder()[0] == 0
    tab.form.set(deferments=5)
    view.desk.hear({"do": "set", "name": "deferments", "text": "3"})
    assert tab.form.reminder()[0] == 5  # somebody has typed it
    tab.put.click()
    assert view.plan.reminder[0] == 5


@pytest.mark.parametrize("name", ["deferments", "notice"])
@pytest.mark.parametrize("typed", ["zzz", "7"])
def test_deferments_that_were_typed_stay_whatever_else_changes(view, name, typed):
    view.tabs.go_to("command")
    form = view.command.form
    item = form._fields["deferments"]
    item.text.value = typed
    view.desk.hear({"do": "set", "name": name, "text": "4"})
    assert item.text.value == typed
    assert bool(item.problem) == (typed == "zzz")


def test_a_command_that_is_changed_elsewhere_is_shown_as_it_is_unless_the_form_was_touched(view):
    view.tabs.go_to("command")
    form = view.command.form
    view.desk.hear({"do": "set", "name": "notice", "text": "2 min"})
    assert form.draft().seconds == 120
    form.set(seconds=60)
    view.desk.hear({"do": "set", "name": "notice", "text": "3 min"})
    assert form.draft().seconds == 60
    view.command.put.click()
    view.desk.hear({"do": "set", "name": "notice", "text": "4 min"})
    assert form.draft().seconds == 240


def test_replace_puts_the_form_in_the_place_of_the_picked_command(view):
    view.command.form._fields["seconds"].text.value = "-5"
    assert "-5 is negative" in view.command.form._fields["seconds"]._wrong.value
    assert "first correct the field marked" in echo(view)[0].value
    assert view.command.form._scmd.value == ""
    view.command.put.click()
    assert view.plan.commands[0].inform_user == 300
    view.command.form._fields["seconds"].text.value = "60"
    view.command.put.click()
    assert [one.inform_user for one in view.plan.commands] == [60]


def test_no_widget_shows_null_as_its_hint(view):
    for name in view.tabs.names:
        view.tabs.go_to(name)
    for shown in (view.widget, live_view(view.plan.base)):
        assert [i for i in widgets_of(shown) if getattr(i, "tooltip", "") is None] == []


def test_the_last_command_takes_what_was_known_with_it(view):
    run(view)
    for name in ("measures", "people", "hand_over"):
        view.tabs.go_to(name)
    view.screen._on_message(None, {"do": "command", "act": "remove", "number": 0}, [])
    assert "nothing to do" in view.screen.board["problem"]
    assert view.hand_over.lines.value == ""
    assert all("full runs" in tab.words.value for tab in view.tabs.answers.values())
    assert "full runs" in view.devices.widget.shown["note"]


@pytest.mark.usefixtures("pictures")
def test_the_tab_that_is_looked_at_is_drawn_and_no_other(view):
    run(view, 2)
    assert view.tabs.answers == {}
    assert sum(len(place.children) for place in view.tabs.widget.children) == 1
    view.tabs.go_to("measures")
    assert "Every measure, from 2 runs" in view.tabs.answers["measures"].words.value
    assert "base64,iVBOR" in view.tabs.answers["measures"].pictures[0].value
    view.tabs.go_to("people")
    assert "prompts" in view.tabs.answers["people"].words.value
    assert set(view.tabs.answers) == {"measures", "people"}


def test_plans_are_compared_in_a_table(view):
    view.tabs.go_to("against")
    assert "There is one plan" in view.tabs.against.value
    run(view, 3)
    view.desk.hear({"do": "new_plan"})
    view.desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    assert "follows from the full runs" in view.tabs.against.value
    run(view, 3)
    table = view.tabs.against.value
    assert "3 pairs of runs" in table
    assert "Plan A</th>" in table
    assert "user time lost" in table


def test_devices_are_filtered_sorted_and_opened(view):
    run(view)
    listed = view.devices
    listed.hear({"do": "filter", "column": "detail", "text": "INSTALLATION failed"})
    failed = len(listed.rows())
    assert 0 < failed < 30
    assert str(failed) in listed.widget.shown["note"] or failed == 1
    assert len(listed.widget.shown["rows"]) == failed
    listed.hear({"do": "all"})
    listed.hear({"do": "sort", "column": "device"})
    assert listed.widget.shown["rows"][0][0] == "DE-30"
    assert listed.widget.shown["columns"][0]["sort"] == "descending"
    listed.hear({"do": "page", "number": 99})
    assert listed.widget.shown["page"] == 2
    listed.hear({"do": "open", "device": "DE-01"})
    opened = listed.widget.shown["opened"]
    assert "Server record" in opened["window"]
    assert opened["steps"][0][0] == "Mon 20 Aug 12:00"
    assert any(text.startswith("installing for") for _, text in opened["steps"])
    listed.hear({"do": "open", "device": "DE-01"})
    assert listed.widget.shown["opened"] is None


def test_a_message_to_the_grid_that_makes_no_sense_lists_every_device(view):
    run(view)
    for message in (
        {"do": "sort", "column": "__class__"},
        {"do": "filter", "column": "nosuch", "text": "x"},
        {"do": "filter"},
        {"do": "page", "number": "x"},
        {"do": "open", "device": "<b>nobody</b>"},
        {"do": "show"},
    ):
        view.devices.hear(message)
        assert "30 devices" in view.devices.widget.shown["note"]
        assert view.devices.widget.shown["opened"] is None


def test_devices_are_exported_as_they_are_listed_and_no_spreadsheet_computes_a_name(scenario):
    units = {"=cmd()": {"devices": 3}, "DE": {"devices": 2}}
    view = PlannerView(Plan(scenario({"update": "=cmd()"}, fleet={"units": units})), follows=False)
    run(view)
    sent = []
    view.devices.widget.send = sent.append
    view.devices.hear({"do": "filter", "column": "unit", "text": "CMD"})
    view.devices.hear({"do": "export"})
    head, *lines = sent[0]["text"].splitlines()
    assert head.startswith("device,OU,site,")
    assert len(lines) == 3
    assert all(",'=cmd()," in line for line in lines)


def test_a_click_on_the_board_lists_who_is_late_then(view):
    run(view)
    view.desk.hear({"do": "point", "at": 0})
    assert view.tabs.name == "devices"
    late = len(view.devices.rows())
    assert 0 < late <= 30
    assert f"{late} devices are late at" in view.screen.progress["remark"]
    view.desk.hear({"do": "point", "at": 10**12})
    assert set(view.devices.rows()["ends"]) == {""}
    view.desk.hear({"do": "site", "name": "nosuch"})
    assert len(view.devices.rows()) == 30
    view.desk.hear({"do": "cause", "name": "deferred"})
    assert len(view.devices.rows()) <= 2


def test_devices_that_are_not_there_yet_are_listed_once_they_are(view):
    view.desk.hear({"do": "point", "at": 0})
    assert "follow from the full runs" in view.screen.progress["remark"]
    run(view)
    assert "devices are late at" in view.screen.progress["remark"]


def test_a_click_on_a_tile_puts_its_measure_into_find(view):
    view.desk.hear({"do": "tile", "measure": "user time lost"})
    assert "user time lost" in view.find.goals.value.splitlines()
    assert view.tabs.name == "find"


def test_names_from_a_scenario_stay_text(scenario):
    hostile = "<img src=x onerror=alert(1)>"
    view = PlannerView(Plan(scenario(name=hostile)), follows=False)
    assert view.screen.top["title"] == hostile  # the browser sets it as text
    assert "innerHTML" not in SCRIPT


def test_a_file_that_lies_there_is_replaced_only_after_a_question(view, tmp_path):
    hand = view.hand_over
    hand.path.value = str(tmp_path)
    hand.save.click()
    assert "written to" in hand.told.value
    before = (tmp_path / "my-plan.yaml").read_bytes()
    view.desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    hand.save.click()
    assert "Replace it?" in hand.told.value
    hand.no.click()
    assert (tmp_path / "my-plan.yaml").read_bytes() == before
    hand.save.click()
    hand.yes.click()
    assert "written to" in hand.told.value
    assert fwsim.load(tmp_path / "my-plan.yaml").commands[0].command().inform_user == 3600


def test_words_appear_beside_the_buttons_they_answer(view, tmp_path):
    view.hand_over.path.value, view.hand_over.name.value = str(tmp_path), "../x"
    view.hand_over.save.click()
    assert "no / and no" in view.hand_over.told.value
    assert view.command.told.value == ""
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_runs_follow(monkeypatch):
    """Leave out the runs that follow by themselves."""
    monkeypatch.setattr(Plan, "start_when_quiet", lambda *_, **__: None)


@pytest.mark.usefixtures("no_runs_follow")
def test_another_scenario_takes_the_place_of_this_one(scenarios, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = Planner(Plan(scenarios / "manual-example.yaml"))
    first = place.view
    assert "branch-offices.yaml" in first.screen.top["scenarios"]
    first.desk.hear({"do": "scenario", "name": "../../etc/passwd"})
    assert place.view is first
    first.desk.hear({"do": "scenario", "name": "branch-offices.yaml"})
    assert place.view.plan.base.name == "Branch rollout of the September image"
    assert place.widget.children == (place.view.widget,)
    place.view.desk.hear({"do": "upload", "name": "mine.yaml", "text": "nmae: x"})
    assert "mine.yaml cannot be opened" in place.view.screen.progress["remark"]


def test_a_stranger_is_offered_no_file_of_the_server(scenarios, tmp_path):
    plan = Plan(scenarios / "manual-example.yaml")
    plan.place = WritingPlace(tmp_path, is_confined=True)
    view = PlannerView(plan, follows=False)
    assert view.screen.top["scenarios"] == []
    assert view.screen.kept["key"]


@pytest.mark.parametrize("open_view", [planner, live_view])
def test_what_is_wrong_with_a_scenario_is_told_without_a_traceback(tmp_path, open_view):
    (told,) = open_view(tmp_path / "nothing.yaml").children
    assert "no such file" in told.value
    (tmp_path / "wrong.yaml").write_text("nmae: '<b>x</b>'\n")
    page = open_view(tmp_path / "wrong.yaml")
    for shown in (page.children[0].value, page._repr_mimebundle_()["text/html"]):
        assert "unknown key" in shown
        assert "<b>x" not in shown


@pytest.mark.parametrize("word", ["en", "de"])
def test_an_export_says_in_words_what_was_shown_and_no_more(scenario, word):
    speak(word)
    own = {"inform_user": "5 min", "once": "2018-08-20 12:00", "update": "<b>DE</b>"}
    firmware = {"user": "elias", "password": "hush-hush"}
    model = scenario(own, **{**SMALL, "fleet": {"units": {"<b>DE</b>": {"devices": 30}}}})
    data = model.as_data()
    data |= {"name": "<script>x</script>", "firmware": {**data.get("firmware", {}), **firmware}}
    made = Planner(Plan(type(model).model_validate(data).beside(model)))
    made.view.desk.follows = False
    for name, page in (("planner", made.widget), ("live", live_view(made.view.plan.base))):
        bundle = page._repr_mimebundle_()
        html, text = bundle["text/html"], bundle["text/plain"]
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert say(f"page.{name}", name="<script>x</script>") in text
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "hush" not in html + text
    shown = made.widget._repr_mimebundle_()["text/html"]
    assert "Update &lt;b&gt;DE&lt;/b&gt;" in shown
    assert html_escape(made.view.plan.headline) in shown
    made.view.desk.hear({"do": "new_plan"})
    assert "Plan B" in made.widget._repr_mimebundle_()["text/html"]


def test_while_a_bar_is_dragged_only_what_moves_is_sent_and_nothing_below_is_drawn(
    view, monkeypatch
):
    sent, before = [], view.screen.board
    monkeypatch.setattr(view.screen, "send", lambda content, *_: sent.append(content["moved"]))
    view.tabs.go_to("hand_over")
    lines = view.hand_over.lines.value
    drag = {"do": "drag", "command": 0, "part": "start", "sequence": 1}
    view.desk.hear({**drag, "value": 7_200_000, "final": False})
    assert sent[0]["bars"][0]["firings"] == [7_200_000]
    assert not {"axis", "ticks", "shades"} & set(sent[0])
    assert view.screen.board == before
    assert view.hand_over.lines.value == lines
    view.desk.hear({**drag, "value": 7_200_000, "final": True})
    assert view.screen.board["bars"][0]["firings"] == [7_200_000]
    assert view.hand_over.lines.value != lines
    assert len(sent) == 1


def test_what_is_made_of_a_device_list_takes_the_place_of_the_plan(plan, tmp_path):
    opened = []
    view = PlannerView(plan, opened.append, follows=False)
    view.desk.hear({"do": "new"})
    assert view.tabs.name == "new"
    made = tmp_path / "mine.yaml"
    made.write_bytes(Path("scenarios/manual-example.yaml").read_bytes())
    view._on_created(made)
    assert [plan.source for plan in opened] == [made]


@pytest.mark.usefixtures("no_runs_follow")
def test_another_language_shows_the_same_plan(plan):
    place = Planner(plan)
    plan.copy(0)

    def words_after(name):
        place.view.desk.hear({"do": "language", "name": name})
        return place.view.screen.words["save"]

    try:  # nobody has switched a context of its own yet, as in a kernel
        assert Context().run(words_after, "de") == "Speichern"
        german = place.view
        assert german.screen.top["language"] == "de"
        assert len(german.screen.rail["commands"]) == 2
        assert Context().run(words_after, "xx") == "Speichern"
        assert place.view is german
    finally:
        speak("en")


@pytest.mark.usefixtures("no_runs_follow")
def test_all_planners_of_a_kernel_speak_the_language_chosen_last(plan, scenarios):
    """Half of what one showed was in the language of the other."""
    words = []

    def open_another():
        first = Planner(plan)
        second = planner(scenarios / "manual-example.yaml", language="de")
        (box,) = second.children
        screen, _ = box.children
        words.append((first.view.screen.words["save"], screen.words["save"]))
        first.view.desk.hear({"do": "language", "name": "en"})
        (box,) = second.children
        screen, _ = box.children
        words.append((first.view.screen.words["save"], screen.words["save"]))

    try:
        Context().run(open_another)
    finally:
        speak("en")
    assert words == [("Speichern", "Speichern"), ("Save", "Save")]


def test_a_scenario_that_cannot_be_shown_says_so_and_why(tmp_path):
    place = tmp_path / "<b>.yaml"
    place.write_text("fleet: 5\n", encoding="utf-8")
    (told,) = planner(place, language="en").children
    assert "Nothing can be shown:" in told.value
    assert "&lt;b&gt;.yaml:1:" in told.value


@pytest.mark.usefixtures("no_runs_follow")
def test_another_language_leaves_plans_answers_undo_and_what_was_learnt(plan, monkeypatch):
    place = Planner(plan)
    desk, logs = place.view.desk, place.view.from_logs.logs
    learnt = plan.base.model_copy(update={"seed": 7})
    monkeypatch.setattr(logs, "_learnt", learnt)
    logs.take()
    plan.start(20, workers=1)
    plan.wait()
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    gone = list(widgets_of(place.view.widget))
    try:
        Context().run(lambda: desk.hear({"do": "language", "name": "de"}))
        view = place.view
        assert {one.comm for one in gone} == {None}
        assert plan.base == learnt
        assert view.from_logs.logs is logs
        assert logs.is_on_desk
        assert [one["name"] for one in view.screen.top["plans"]] == ["Plan A", "Plan B"]
        view.desk.hear({"do": "undo"})
        assert plan.commands[0].inform_user == 300
        view.desk.hear({"do": "switch", "number": 0})
        assert view.screen.board["full"]
    finally:
        speak("en")


def test_a_played_run_is_told_to_be_old_as_long_as_the_plan_differs(view):
    played = view.played
    played.speed.value = 1
    played.play.click()
    try:
        view.desk.hear({"do": "command", "number": 0, "act": "remove"})
        played.refresh()  # though an empty plan cannot be played
        assert "the plan has changed since" in played.clock.value
        view.desk.hear({"do": "undo"})
        played.refresh()
        assert "changed" not in played.clock.value
        assert "running" in played.clock.value
    finally:
        played.stop.click()


@pytest.mark.usefixtures("no_runs_follow")
def test_what_another_plan_takes_the_place_of_is_stopped_and_its_widgets_forgotten(plan, scenario):
    place = Planner(plan)
    first = place.view
    first.played.speed.value = 1
    first.played.play.click()
    first.tabs.go_to("find")
    first.live.follow.value = True
    gone = list(widgets_of(first.widget))
    place.open(Plan(scenario({"inform_user": "1 h", "once": "2018-08-20 12:00"}, **SMALL)))
    assert not first.played.run.is_running
    assert first.live._timer is None
    assert {one.comm for one in gone} == {None}
    assert None not in {one.comm for one in widgets_of(place.widget)}


def test_an_answer_draws_no_tab_that_nobody_has_looked_at(view):
    tabs = view.tabs
    tabs.widget.unobserve_all("selected_index")
    tabs.widget.selected_index = tabs.names.index("people")
    run(view)
    assert tabs.answers == {}
    assert not tabs.widget.children[tabs.widget.selected_index].children
    tabs.go_to("people")
    assert list(tabs.answers) == ["people"]
