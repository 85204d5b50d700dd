"""*New…* in the planner, its model and its widgets; no browser and no kernel needed."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.notebook.writing_place import WritingPlace
from tests.first_scenario.lists import TODAY, branches, written

pytest.importorskip("ipywidgets")

from fwsim.first_scenario.asked import ASKED, SitesFrom
from fwsim.notebook.from_logs import LARGEST_UPLOAD
from fwsim.notebook.new_scenario import NewScenario
from fwsim.notebook.new_view import NewView
from fwsim.notebook.upload import Upload


@pytest.fixture
def created():
    return []


@pytest.fixture
def new(tmp_path, created):
    return NewScenario(WritingPlace(tmp_path), created.append, TODAY)


@pytest.fixture
def upload(tmp_path_factory):
    path = branches(tmp_path_factory.mktemp("own") / "d.csv", head_office=150)
    return Upload("our <b>list</b>.csv", path.read_bytes())


def test_a_list_that_was_sent_becomes_a_scenario_that_runs(new, upload, created, tmp_path):
    new.take_upload(upload)
    new.say("line", "50 Mbit/s")
    path = new.create("first")
    assert created == [path]
    assert path == tmp_path / "first.yaml"
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith(".")} == {
        "first.yaml",
        "first-devices.csv",
    }
    scenario = fwsim.load(path)
    assert scenario.network.sites["default"].link == 6_250_000
    assert "first.yaml" in new.remark


def test_a_list_in_the_folder_is_named_where_it_lies(new, tmp_path):
    branches(tmp_path / "d.csv")
    new.take_file("d.csv")
    assert "inventory: d.csv" in new.create("x").read_text()


@pytest.mark.parametrize("name", ["../d.csv", "/etc/hosts"])
def test_nothing_outside_the_folder_is_read(new, name):
    new.take_file(name)
    assert new.source is None
    assert "is not in" in new.problem


def test_where_strangers_come_no_file_of_the_server_is_named(tmp_path):
    branches(tmp_path / "d.csv")
    new = NewScenario(WritingPlace(tmp_path, is_confined=True), today=TODAY)
    new.take_file("d.csv")
    assert (new.source, new.problem) == (
        None,
        "files of the server cannot be named here; choose one of your own",
    )


def test_all_bad_rows_are_told_and_the_list_before_stays(new, upload):
    new.take_upload(upload)
    new.take_upload(Upload("bad.csv", b"Name;OU\nA;DE\nB/C;DE\n;DE\n"))
    assert len(new.problem.splitlines()) == 2
    assert new.source.found.count == 180
    new.take_upload(Upload("big.csv", bytes(LARGEST_UPLOAD + 1)))
    assert "more than 50 MB" in new.problem


@pytest.mark.parametrize("name", ["", "a/b", "con", ".x"])
def test_a_name_that_will_not_do_writes_nothing(new, upload, tmp_path, name):
    new.take_upload(upload)
    assert new.create(name) is None
    assert new.problem
    assert [*tmp_path.glob("*")] == []


def test_nothing_is_replaced(new, upload, tmp_path):
    new.take_upload(upload)
    (tmp_path / "x-devices.csv").write_text("mine")
    assert new.create("x") is None
    assert "lies there already" in new.problem
    assert [path.name for path in tmp_path.glob("*")] == ["x-devices.csv"]
    assert (tmp_path / "x-devices.csv").read_text() == "mine"


def test_before_there_is_a_list_nothing_can_be_created(new):
    assert new.create("x") is None
    assert new.problem == "choose a device list first"
    assert (new.problems(), new.cautions()) == ({}, {})


def test_warnings_stand_below_their_field(new, upload):
    view = NewView(new)
    assert view.rest.layout.display == "none"
    new.take_upload(upload)
    assert view.rest.layout.display is None
    line = view.asked["line"]
    assert line.widget.placeholder == "20 Mbit/s (assumed)"
    assert line.below.value == ""
    line.widget.value = "64 kbit/s"
    assert "Branch 00: 6 devices on 64 kbit/s" in line.below.value
    line.widget.value = "fast"
    assert "role='alert'" in line.below.value
    assert view.create.disabled
    line.widget.value = ""
    assert not view.create.disabled
    view.asked["cancel"].widget.value = "yes"
    assert view.file.value == ""  # what it was called is no name for a file
    view.file.value = "mine"
    view.create.click()
    assert "user_can_cancel: true\n" in (new.place.folder / "mine.yaml").read_text()


def test_sites_can_be_told_apart_otherwise(new, upload):
    view = NewView(new)
    new.take_upload(upload)
    assert "Branch 00" in view.found.value
    view.sites.value = SitesFrom.OU
    assert "DE/Branches/00" in view.found.value
    assert new.source.found.sites_from is SitesFrom.OU


def test_names_from_a_list_are_escaped(new, tmp_path):
    view = NewView(new)
    written(tmp_path / "d.csv", "OU;Site", ["DE;<img src=x>"])
    view.path.value = "d.csv"
    view.read.click()
    assert view.file.value == "d"
    assert "&lt;img src=x&gt;" in view.found.value
    assert "<img" not in view.found.value


def test_every_field_has_a_hint(new):
    view = NewView(new)
    assert [*view.asked] == [*ASKED]
    assert all(asked.widget.tooltip for asked in view.asked.values())
