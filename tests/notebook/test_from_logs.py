"""*Learn from a log* in the planner, its model and its widgets; no browser and no kernel needed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import fwsim
from fwsim.notebook.plan import Plan
from fwsim.notebook.writing_place import WritingPlace
from fwsim.scenario.load import loads
from tests.learning.test_learning import GUESSED, TEXT

pytest.importorskip("ipywidgets")

from fwsim.notebook.app.__main__ import settings
from fwsim.notebook.from_logs import LARGEST_UPLOAD, FromLogs
from fwsim.notebook.planner_view import PlannerView
from fwsim.notebook.shelf import PlanState
from fwsim.notebook.upload import Upload


def smaller(text):
    return text.replace("devices: 300, site: B", "devices: 25, site: B")


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A status log of a small rollout, as a browser sends it."""
    folder = tmp_path_factory.mktemp("run")
    fwsim.simulate(loads(smaller(TEXT)), seed=5).save(folder)
    return Upload("October <b>1</b>.csv", (folder / "status-log.csv").read_bytes())


@pytest.fixture(scope="module")
def once(log, tmp_path_factory):
    """What the log tells, found out once for all tests."""
    path = tmp_path_factory.mktemp("once") / "status-log.csv"
    path.write_bytes(log.content)
    return fwsim.learn(loads(smaller(GUESSED)), path, rows=40)


@pytest.fixture(autouse=True)
def found_out(once, monkeypatch):
    """Learning takes long, and has tests of its own."""
    monkeypatch.setattr(
        "fwsim.notebook.from_logs.learn", lambda model, *_, **__: replace(once, before=model)
    )


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "pilot.yaml"
    path.write_text(f"# our own words\n{smaller(GUESSED)}", encoding="utf-8")
    return Plan(path)


@pytest.fixture
def logs(plan, log):
    """What was learnt from the log, on the desk."""
    made = FromLogs(plan)
    made.start([log])
    made.wait()
    return made


@pytest.mark.slow
def test_what_a_log_tells_is_put_under_the_plan_and_can_be_taken_back(logs, plan):
    assert (logs.problem, logs.is_on_desk, logs.is_running) == ("", True, False)
    assert logs.result.learnt
    assert "fwsim's status log" in logs.read[0]
    assert logs.read[0].startswith("October <b>1</b>.csv: ")
    learnt = plan.scenario()
    assert learnt.draws.endswith("learnt-draws.csv")
    assert learnt.people["default"].answer != logs.written.people["default"].answer
    assert plan.first_look() is not None
    logs.back()
    assert not logs.is_on_desk
    assert plan.scenario().people == logs.written.people
    logs.take()
    assert plan.scenario() == learnt


def test_an_answer_holds_no_longer_once_something_was_learnt(plan, log):
    plan.start(2)
    plan.wait()
    assert plan.answer is not None
    made = FromLogs(plan)
    made.start([log])
    made.wait()
    assert plan.answer is None


def test_the_commands_on_the_desk_stay(plan, log):
    plan.remove(1)
    made = FromLogs(plan)
    made.start([log])
    made.wait()
    assert len(plan.commands) == len(plan.scenario().commands) == 1


def test_the_deferments_of_the_plan_on_the_desk_stay_its_own(plan, log):
    before = plan.scenario().firmware
    plan.remind(0, ())
    plan.remove(1)
    made = FromLogs(plan)
    made.start([log])
    made.wait()
    assert made.is_on_desk
    assert plan.scenario().firmware.settings().deferments == 0
    assert plan.base.firmware == before
    assert plan.base.commands == made.written.commands
    other = PlanState(plan.commands)  # another plan on the shelf, which leaves the scenario's
    assert other.in_scenario(plan.base).firmware == before


def test_what_is_given_twice_is_not_believed_twice(logs, log, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "fwsim.notebook.from_logs.learn", lambda model, *_, **__: asked.append(model) or logs.result
    )
    logs.start([log])
    logs.wait()
    assert asked[0].people == logs.written.people


def test_everything_that_is_wrong_with_logs_is_told_at_once_and_the_plan_kept(plan, log):
    made = FromLogs(plan)
    before = plan.base
    made.start([Upload("empty.csv", b" "), Upload("a/../odd.csv", b"a;b\n1;2\n")], ["nosuch.csv"])
    made.wait()
    assert "empty.csv: error: is empty" in made.problem
    assert "a/../odd.csv" in made.problem
    assert "nosuch.csv" in made.problem
    assert tempfile.gettempdir() not in made.problem
    assert (made.result, made.is_on_desk, plan.base) == (None, False, before)
    made.start()
    assert made.problem == "choose a log, or write the name of a file"


def test_the_learnt_scenario_is_saved_with_its_draws_and_nothing_is_replaced(logs, tmp_path):
    path = tmp_path / "learnt.yaml"
    logs.save(path)
    assert logs.remark == f"written to {path}"
    text = path.read_text(encoding="utf-8")
    assert "# our own words" in text
    assert "# learnt: " in text
    saved = fwsim.load(path)
    assert saved.draws == "learnt-draws.csv"
    assert fwsim.run.prepare(saved).doubts
    logs.save(path)
    assert "tick Overwrite" in logs.remark
    path.unlink()
    logs.save(path)
    assert "learnt-draws.csv lies there already" in logs.remark
    assert not path.exists()
    logs.save(path, overwrite=True)
    assert "written to" in logs.remark


def test_a_plan_that_was_learnt_is_saved_with_its_draws(logs, plan, tmp_path):
    plan.save_scenario(tmp_path / "mine.yaml")
    assert "written to" in plan.remark.text
    saved = fwsim.load(tmp_path / "mine.yaml")
    assert (tmp_path / saved.draws).is_file()
    assert fwsim.run.prepare(saved).doubts


def test_too_much_is_refused_and_the_app_lets_as_much_through(logs, monkeypatch):
    most = settings()["Voila"]["tornado_settings"]["websocket_max_message_size"]
    assert most > 1.1 * LARGEST_UPLOAD
    monkeypatch.setattr("fwsim.notebook.from_logs.LARGEST_UPLOAD", 5)
    logs.start([Upload("a.csv", b"123456")])
    assert "more than 0 MB in all; give them to fwsim learn" in logs.problem


def test_a_stranger_names_no_file_of_the_server(plan, log, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    plan.place = WritingPlace(kept, is_confined=True)
    made = FromLogs(plan)
    made.start([], [str(tmp_path / "pilot.yaml")])
    assert "cannot be named here" in made.problem
    made.start([log])
    made.wait()
    made.save(kept / "learnt.yaml")
    assert made.remark == "written to learnt.yaml"
    assert sorted(path.name for path in kept.iterdir()) == ["learnt-draws.csv", "learnt.yaml"]


@pytest.mark.slow
def test_the_tab_tells_what_was_learnt_and_what_was_kept(plan, log, monkeypatch):
    monkeypatch.setattr("fwsim.notebook.picture.picture", lambda *_, **__: b"")
    view = PlannerView(plan, follows=False)
    tab = view.from_logs
    assert tab.save.layout.display == tab.back.layout.display == "none"
    content = memoryview(log.content)
    tab.upload.value = (
        {
            "name": log.name,
            "type": "text/csv",
            "size": len(log.content),
            "last_modified": datetime.now(UTC),
            "content": content,
        },
    )
    assert "October &lt;b&gt;1" in tab.chosen.value
    before = view.plan.headline
    tab.learn.click()
    tab.logs.wait()
    assert tab.wrong.value == ""
    words = tab.words.value
    assert "notices of 1 rollout" in words
    assert "kept as it was" in words
    assert "October &lt;b&gt;1" in words
    assert "base64,iVBOR" in tab.fits.value
    assert view.plan.headline != before
    assert "Forecasts now use what was learnt" in tab.status.value
    assert (tab.back.layout.display, tab.again.layout.display) == (None, "none")
    tab.back.click()
    assert view.plan.headline == before
    assert (tab.back.layout.display, tab.again.layout.display) == ("none", None)
    view.hand_over.name.value = "from-october"
    tab.save.click()
    assert "written to" in tab.status.value
    tab.again.click()
    assert "Forecasts now use what was learnt" in tab.status.value
