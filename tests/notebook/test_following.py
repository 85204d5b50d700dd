"""The Live tab, its model and its widgets; no browser and no kernel needed."""

from __future__ import annotations

import re

import pytest

import fwsim
from fwsim.notebook.plan import Plan
from tests.learning.under_way import office

pytest.importorskip("ipywidgets")

from fwsim.notebook.following import LARGEST_DROPPED, Following
from fwsim.notebook.in_background import MOST_TOLD
from fwsim.notebook.planner_view import PlannerView


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("live") / "status-log.csv"
    office.save(path)
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def following():
    return Following(Plan(fwsim.loads(office.SCENARIO)))


def written(tmp_path, lines):
    path = tmp_path / "status-log.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_a_log_is_forecast_and_again_when_it_has_grown(whole, tmp_path):
    live = following()
    path = written(tmp_path, whole[:40])
    assert live.look(path, 5, workers=1)
    live.wait()
    assert live.problem == ""
    first = live.result
    assert first.headline
    assert not live.look(path, 5, workers=1)  # nothing new
    written(tmp_path, whole[:80])
    assert live.look(path, 5, workers=1)
    live.wait()
    assert live.result.until > first.until
    assert live.result.before is first.before  # made once
    assert live.done == live.wanted == 5
    assert live.changed.startswith("Since Fri 24 Sep 2021 15:")
    live.plan.remind(0, ())
    assert live.result is None
    assert live.look(path, 5, workers=1)  # the plan is another one
    live.wait()
    assert live.result.before is not first.before
    assert live.changed == ""


@pytest.mark.slow
def test_under_another_scenario_nothing_of_it_is_known(whole, tmp_path):
    live = following()
    live.look(written(tmp_path, whole[:40]), 5, workers=1)
    live.wait()
    assert live.result is not None
    live.plan.lay(fwsim.loads(office.SCENARIO.replace("4 Mbit/s", "5 Mbit/s")))
    assert live.result is None


def test_it_can_be_stopped(whole, tmp_path):
    live = following()
    live.observe(lambda _: live.stop(), "done")
    live.look(written(tmp_path, whole), 5, workers=1)
    live.wait()
    assert live.result is None
    assert live.problem == "stopped"


def test_what_is_no_log_is_told(tmp_path):
    live = following()
    (tmp_path / "status-log.csv").touch()
    assert not live.look(tmp_path / "status-lg.csv", 20)
    assert "no such file; did you mean 'status-log.csv'?" in live.problem
    assert "Errno" not in live.problem
    live.look(written(tmp_path, ["nothing\n"]), 20)
    live.wait()
    assert "holds no line beside its header" in live.problem


def test_of_a_log_of_other_devices_only_the_first_lines_are_listed(whole, tmp_path):
    live = following()
    others = [line.replace("Branch-", "Elsewhere-") for line in whole[:200]]
    assert others != whole[:200]
    live.look(written(tmp_path, others), 20)
    live.wait()
    told = live.problem.splitlines()
    assert "not of this scenario" in told[0]
    assert len(told) == 1 + MOST_TOLD
    assert re.fullmatch(r"and \d+ more", told[-1])


def test_of_a_dropped_logs_name_only_the_ending_counts():
    live = following()
    path = live.drop("../../etc/passwd.csv", b"a")
    assert path.name == "log.csv"
    assert path.read_bytes() == b"a"
    assert live.drop("x.exe", b"a").name == "log.csv"
    with pytest.raises(ValueError, match="larger than 50 MB"):
        live.drop("x.csv", bytes(LARGEST_DROPPED + 1))


@pytest.mark.slow
def test_the_tab_shows_the_picture_and_the_words(whole, tmp_path):
    view = PlannerView(Plan(fwsim.loads(office.SCENARIO)), follows=False)
    assert "live" in view.tabs.names
    view.desk.runs = 20
    tab = view.live
    tab.path.value = str(written(tmp_path, whole[:60]))
    tab.read.click()
    tab.following.wait()
    assert "base64,iVBOR" in tab.fan.value
    assert "expected" in tab.words.value
    assert tab.status.value == "" or "runs" not in tab.status.value
