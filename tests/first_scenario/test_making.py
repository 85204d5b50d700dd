"""From a list and answers to a scenario that runs at once."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from hypothesis import example
from hypothesis import strategies as st

import fwsim
from fwsim.commands.scmd import read_scmd
from fwsim.first_scenario.asked import ASKED
from fwsim.first_scenario.cautions import cautions
from fwsim.first_scenario.creating import make, read_source
from fwsim.first_scenario.draft import Draft
from fwsim.first_scenario.fields import FIELDS
from fwsim.first_scenario.shown import site_rows
from fwsim.messages import speaking
from fwsim.problems import InputError
from fwsim.run import prepare, warnings_of
from tests.first_scenario.lists import TODAY, branches, draft_of, written
from tests.tiers import at_length

EVERYTHING = {
    "name": 'Büro: the "second" # one',
    "image": "UC_RP6-2611.idf",
    "size": "350 MB",
    "line": "10 Mbit/s",
    "other_lines": "Branch 0/* = 1 Mbit/s\nHead office = 1 Gbit/s",
    "uplink": "500 Mbit/s",
    "busy": "0 %",
    "present": "mon-fri 06:00-22:00, sat 08:00-12:00",
    "on": "always",
    "left_on": "0 %",
    "zone": "Europe/Vienna",
    "start": "2026-12-04 20:30",
    "window": "fri 20:00-04:00",
    "notice": "until answered",
    "cancel": "yes",
    "deferments": "1",
}


def made(path, said, name="plan.yaml"):
    source, draft = draft_of(path, said)
    return make(source, draft, path.with_name(name))


def loaded(path, files):
    for name, content in files.items():
        path.with_name(name).write_bytes(content)
    return fwsim.load(path.with_name(next(iter(files))))


def test_with_nothing_said_the_scenario_is_valid_without_a_warning_and_runs(tmp_path):
    path = branches(tmp_path / "devices.csv")
    files = made(path, {}).files
    assert [*files] == ["plan.yaml"]  # the list lies beside it and is named
    scenario = loaded(path, files)
    assert warnings_of(scenario) == []
    result = fwsim.simulate(scenario, seed=1)
    assert "of 30 devices successful; " in result.headline


def test_what_was_said_is_what_the_scenario_says(tmp_path):
    path = branches(tmp_path / "d.csv", sites=3, each=2, head_office=4)
    said = {**EVERYTHING, "other_lines": "Branch 01 = 1 Mbit/s\nHead office = 1 Gbit/s"}
    scenario = loaded(path, made(path, said).files)
    sites = scenario.network.sites
    assert scenario.name == said["name"]
    assert {name: site.link for name, site in sites.items()} == {
        "default": 1_250_000,
        "Branch 01": 125_000,
        "Head office": 125_000_000,
    }
    assert scenario.image.packages[0].size == 350_000_000
    assert scenario.start == datetime(2026, 12, 4, 19, 30)
    [command] = scenario.commands
    assert (
        command.command()
        == read_scmd("-update -to DE -subous -inform 0 -cancel -once -at 04.12.2026 20:30").command
    )
    assert scenario.firmware.reminder.deferments == 1
    assert [str(e) for e in scenario.expect] == ["successful by 2026-12-05 04:00: >= 95 %"]
    text = made(path, said).files["plan.yaml"].decode()
    assert [line for line in text.splitlines() if line.endswith("[A]")] == [
        "    jitter: 30 min  # [A]"
    ] * (scenario.power is not None)


def test_what_nobody_said_is_marked_and_in_doubt(tmp_path):
    path = branches(tmp_path / "d.csv")
    text = made(path, {}).files["plan.yaml"].decode()
    assert text.count("[A]") > 10
    stated = {d.place for d in prepare(loaded(path, made(path, {}).files)).doubts}
    assert "people.default.answer" in stated
    assert "network.sites.default.line_factor" in stated
    assert any("busy" in name for name in stated)
    assert any("left_on" in name for name in stated)
    assert any("size" in name for name in stated)


def test_all_that_is_asked_has_a_field():
    assert [*FIELDS] == [*ASKED]


def test_everything_wrong_is_told_at_once(tmp_path):
    said = dict.fromkeys(FIELDS, "?!") | {"name": "fine"}
    path = branches(tmp_path / "d.csv")
    with pytest.raises(InputError) as refused:
        made(path, said)
    assert {p.source for p in refused.value.problems} == {*FIELDS} - {"name"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("size", "0 MB", "is nothing"),
        ("line", "-1 Mbit/s", "negative"),
        ("other_lines", "Branch 1 = 2 Mbit/s", "did you mean 'Branch 01'"),
        ("other_lines", "2 Mbit/s", "expected SITE = RATE"),
        ("busy", "100 %", "leaves nothing"),
        ("zone", "Europe/Berln", "did you mean 'Europe/Berlin'"),
        ("start", "2026-13-01 10:00", "not on the calendar"),
        ("start", "9999-12-31 23:00", "out of range"),
        ("window", "monday", "times of the week"),
        ("notice", "0.5 s", "expected 1 s to 24 h"),
        ("notice", "niemand", "nobody, or until answered"),
        ("notice", "5 minuts", "is not a duration"),
        ("deferments", "many", "expected 0 to"),
        ("cancel", "perhaps", "neither yes nor no"),
        ("image", "../x.idf", "without blanks and paths"),
    ],
)
def test_a_wrong_answer_says_what_is_expected(tmp_path, name, text, told):
    _, draft = draft_of(branches(tmp_path / "d.csv"), {name: text})
    assert told in draft.problems()[name]
    assert draft.value(name) == Draft(draft.found, TODAY).value(name)
    assert isinstance(cautions(draft), dict)


@pytest.mark.parametrize(
    ("said", "name", "told"),
    [
        ({"line": "2 Mbit/s"}, "line", "60 devices on 2 Mbit/s need 40 h 00 min"),
        ({"line": "1 Gbit/s", "other_lines": "Branch 00 = 64 kbit/s"}, "other_lines", "64 kbit/s"),
        ({"size": "1 MB"}, "size", "is the unit right"),
        ({"size": "20 GB"}, "size", "is the unit right"),
        ({"start": "2026-11-28 12:00"}, "start", "nobody is there on Sat 28 Nov 2026 12:00"),
        ({"start": "2026-11-30 22:00"}, "start", "devices are off"),
        ({"notice": "nobody"}, "notice", "lose what they have not saved"),
        ({"window": "tue 20:00-04:00"}, "window", "begins on Tue 1 Dec 2026 20:00"),
        ({"window": "never"}, "window", "does not come"),
        ({"uplink": "1 Mbit/s"}, "uplink", "on the server's line"),
    ],
)
def test_what_can_hardly_be_is_told_beside_its_field(tmp_path, said, name, told):
    _, draft = draft_of(branches(tmp_path / "d.csv", sites=2, each=60), said)
    assert any(told in text for text in cautions(draft)[name])
    assert draft.problems() == {}


@pytest.mark.parametrize(
    ("notice", "told"),
    [("30 min", None), ("2 min", "run out unseen"), ("until answered", "until somebody answers")],
)
def test_a_notice_is_seen_if_somebody_comes_while_it_is_shown(tmp_path, notice, told):
    said = {"start": "2026-11-30 07:55", "present": "mon-fri 08:00-17:00", "on": "always"}
    _, draft = draft_of(branches(tmp_path / "d.csv"), {**said, "notice": notice})
    found = cautions(draft).get("start", [])
    assert found == [] if told is None else any(told in text for text in found)


@pytest.mark.parametrize("start", ["2026-10-24 22:00", "2027-03-27 22:00", "2026-11-28 22:00"])
def test_a_window_ends_by_the_clock_on_the_wall_when_the_clocks_change(tmp_path, start):
    source = branches(tmp_path / "d.csv")
    said = {"start": start, "window": "sat 22:00-06:00"}
    _, draft = draft_of(source, said)
    end = datetime.fromisoformat(start) + timedelta(hours=8)
    assert draft.window() == (datetime.fromisoformat(start), end)
    assert f"successful by {end:%Y-%m-%d %H:%M}" in made(source, said).files["plan.yaml"].decode()


def test_a_window_that_comes_after_the_clocks_have_changed_is_told_as_the_wall_shows_it(tmp_path):
    said = {"start": "2021-10-30 22:30", "window": "mon 10:00-12:00"}
    _, draft = draft_of(branches(tmp_path / "d.csv"), said)
    assert any("begins on Mon 1 Nov 2021 10:00" in text for text in cautions(draft)["window"])


@pytest.mark.parametrize(
    ("start", "is_short"),
    [("2026-10-24 22:00", False), ("2027-03-27 22:00", True), ("2026-11-28 22:00", True)],
)
def test_the_night_the_clocks_go_back_has_an_hour_more(tmp_path, start, is_short):
    # 48 devices of 600 MB need 8 h 32 min on 7.5 Mbit/s.
    said = {"start": start, "window": "sat 22:00-06:00", "line": "7.5 Mbit/s", "size": "600 MB"}
    _, draft = draft_of(branches(tmp_path / "d.csv", sites=2, each=48), said)
    assert ("line" in cautions(draft)) == is_short


def test_plain_answers_are_no_reason_to_warn(tmp_path):
    _, draft = draft_of(branches(tmp_path / "d.csv"), {"start": "2026-12-01 10:00"})
    assert cautions(draft) == {}


def test_one_site_of_many_devices_is_doubted(tmp_path):
    _, draft = draft_of(written(tmp_path / "d.csv", "OU", ["DE"] * 200), {"line": "1 Gbit/s"})
    assert "200 devices share one line" in cautions(draft)["line"][0]


def test_devices_that_run_the_image_are_counted(tmp_path):
    path = written(tmp_path / "d.csv", "OU;IDF name", ["DE;a.idf"] * 3 + ["DE;b.idf"])
    _, draft = draft_of(path, {"image": "a.idf"})
    assert "3 devices run a.idf already" in cautions(draft)["image"][0]


def test_devices_whose_image_lacks_its_ending_are_counted(tmp_path):
    path = written(tmp_path / "d.csv", "OU;IDF name", ["DE;A"] * 2 + ["DE;b.idf", "DE;a.idf"])
    _, draft = draft_of(path, {"image": "a.idf"})
    has_it, lacks_it = cautions(draft)["image"]
    assert "1 device runs a.idf already" in has_it
    assert "2 devices run A by the list, which counts as another image than a.idf" in lacks_it


def test_one_device_whose_image_lacks_its_ending_is_one(tmp_path):
    path = written(tmp_path / "d.csv", "OU;IDF name", ["DE;A", "DE;b.idf"])
    _, draft = draft_of(path, {"image": "a.idf"})
    (lacks_it,) = cautions(draft)["image"]
    assert lacks_it.startswith("1 device runs A by the list")
    assert lacks_it.endswith("it is updated, too")


def test_what_is_expected_can_hold_where_devices_run_the_image(tmp_path):
    path = written(tmp_path / "d.csv", "OU;Image", ["DE;u.idf"] * 2 + ["DE;n.idf"])
    said = {"image": "n.idf", "on": "always"}
    scenario = loaded(path, made(path, said).files)
    [expected] = scenario.expect
    assert str(expected).startswith("up to date by")
    answer = fwsim.Experiment(scenario).run(2, workers=1)
    assert answer.forecast(str(expected.measure)).middle.value == 1.0


def test_devices_that_run_the_image_take_no_time_on_a_line(tmp_path):
    rows = [f"DE;Ulm;{'n' if number < 58 else 'u'}.idf" for number in range(60)]
    path = written(tmp_path / "d.csv", "OU;Site;Image", [*rows, "DE;Bonn;n.idf"])
    said = {"image": "n.idf", "line": "2 Mbit/s", "size": "600 MB"}
    _, draft = draft_of(path, said)
    assert "line" not in cautions(draft)
    assert [row[3] for row in site_rows(draft, 5)] == ["1 h 20 min", "0 s"]
    assert site_rows(draft, 1)[1] == ("and 1 more", "1", "", "longest at Bonn: 0 s")
    _, draft = draft_of(path, {**said, "uplink": "10 kbit/s"})
    assert "2 devices need" in cautions(draft)["uplink"][0]


def test_the_image_takes_a_site_no_less_than_the_line_of_the_server(tmp_path):
    path = branches(tmp_path / "d.csv", sites=1, each=60)
    said = {"line": "10 Gbit/s", "uplink": "1 Gbit/s", "size": "1 GB"}
    _, draft = draft_of(path, said)
    assert site_rows(draft, 5)[0][3] == "8 min 00 s"


def test_notices_that_stay_are_not_told_to_run_out(tmp_path):
    said = {"start": "2026-11-30 22:00", "on": "always", "notice": "until answered"}
    _, draft = draft_of(branches(tmp_path / "d.csv"), said)
    [told] = cautions(draft)["start"]
    assert "the updates wait" in told
    assert "start by themselves" not in told


def test_a_scenario_is_english_whatever_is_spoken(tmp_path):
    path = branches(tmp_path / "d.csv", head_office=150)
    said = {"name": "Büro", "other_lines": "Branch 00 = 1 Mbit/s"}
    english = made(path, said).files["plan.yaml"]
    with speaking("de"):
        assert made(path, said).files["plan.yaml"] == english
        assert "name: Update von" in made(path, {}).files["plan.yaml"].decode().replace('"', "")


def test_a_command_in_the_hour_that_clocks_skip_runs_as_the_window_opens(tmp_path):
    path = branches(tmp_path / "d.csv")
    said = {"start": "2026-03-29 02:30", "window": "sun 02:00-04:00"}
    _, draft = draft_of(path, said)
    assert "window" not in cautions(draft)
    scenario = loaded(path, made(path, said).files)
    assert [str(e) for e in scenario.expect] == ["successful by 2026-03-29 04:00: >= 95 %"]
    assert scenario.start == datetime(2026, 3, 29, 1, 0)


def test_a_site_far_larger_than_the_others_is_assumed_to_have_a_faster_line(tmp_path):
    _, draft = draft_of(branches(tmp_path / "d.csv", head_office=150))
    assert draft.usual("other_lines") == "Head office = 100 Mbit/s"


def test_a_list_elsewhere_is_copied_and_one_with_subnets_written_anew(tmp_path):
    (tmp_path / "lists").mkdir()
    path = branches(tmp_path / "lists" / "d.csv")
    source, draft = draft_of(path)
    copied = make(source, draft, tmp_path / "plan.yaml")
    assert "inventory: lists/d.csv" in copied.files["plan.yaml"].decode()
    (tmp_path / "plans").mkdir()
    copied = make(source, draft, tmp_path / "plans" / "plan.yaml")
    assert copied.files["plan-devices.csv"] == path.read_bytes()
    rows = [f"{ou};10.1.{n}.7" for n in range(3) for ou in ("IT", "HR")]
    anew = made(written(tmp_path / "e.csv", "OU;IP address", rows), {}).files
    table = [*csv.DictReader(io.StringIO(anew["plan-devices.csv"].decode()), delimiter=";")]
    assert table[0]["Site"] == "'10.1.0.0/24"
    assert len({row["Site"] for row in table}) == 3


def test_habits_that_the_list_names_are_described(tmp_path):
    path = written(tmp_path / "d.csv", "OU;People;Power", ["DE;shift;night", "DE;;"])
    scenario = loaded(path, made(path, {}).files)
    assert (set(scenario.people), set(scenario.power)) == (
        {"default", "shift"},
        {"default", "night"},
    )


def test_headers_of_ones_own_are_kept(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("Rechner;OU;Site\nA;DE;X\nB;DE;Y\n")
    source = read_source(path, headers={"Rechner": "name"})
    files = make(source, Draft(source.found, TODAY), tmp_path / "plan.yaml").files
    assert loaded(path, files).fleet.inventory.headers == {"Rechner": "name"}


def test_a_small_flash_gets_the_system_partition_that_fits(tmp_path):
    path = written(tmp_path / "d.csv", "OU;Flash size", ["DE;2 GB", "DE;8 GB"])
    assert made(path, {}).warnings == ()


def test_a_list_written_anew_keeps_sizes_of_flash_as_they_are_written(tmp_path):
    said = ["16384 MB", "7.5 GB", "1.024 MB"]
    rows = [f"{ou},10.1.{n}.7,{size}" for n, size in enumerate(said) for ou in ("IT", "HR")]
    path = tmp_path / "d.csv"
    listed = (f"K{number},{row}" for number, row in enumerate(rows))
    path.write_text("\n".join(["Name,OU,IP address,Flash size", *listed]))
    files = made(path, {}).files
    table = csv.DictReader(io.StringIO(files["plan-devices.csv"].decode()), delimiter=";")
    assert [row["Flash"] for row in table][::2] == ["16384 MB", "7.5 GB", "1024 kB"]
    fleet = prepare(loaded(path, files)).fleet
    assert fleet.flash[::2].tolist() == [16_384_000_000, 7_500_000_000, 1_024_000]


def test_every_top_of_a_fleet_is_commanded(tmp_path):
    path = written(tmp_path / "d.csv", "OU", ["DE/A", "AT/B", "AT"])
    scenario = loaded(path, made(path, {}).files)
    assert [command.update for command in scenario.commands] == ["DE", "AT"]


names = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=12)


def holds_for_names(tmp_path, units, site, title):
    """Whatever names a list holds, the scenario reads back with the same ones."""
    path = tmp_path / "d.csv"
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [("Name", "OU", "Site"), *((f"D{n}", u, site) for n, u in enumerate(units))]
    )
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    try:
        source = read_source(path)
    except InputError:
        return  # a list that every command refuses
    said = {
        "name": title,
        "line": "1 Gbit/s",
        "other_lines": f"{source.found.sites[0].name} = 1 Gbit/s",
    }
    draft = Draft(source.found, TODAY, said)
    if draft.problems():
        return
    files = make(source, draft, tmp_path / "plan.yaml").files
    scenario = loaded(path, files)
    assert [c.update for c in scenario.commands] == [*source.found.tops]
    assert scenario.name == draft.value("name")
    assert set(scenario.network.sites) == {"default", source.found.sites[0].name}


HOSTILE = [
    "x\n- evil: true",
    '"',
    "yes",
    "# no",
    "{a: b}",
    "12",
    "\u2028",
    "a: b",
    "\x85",
    "🖥️",
    "'",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_cannot_break_the_file(tmp_path, name):
    holds_for_names(tmp_path, [name, "B"], name, name)


@at_length(st.lists(names, min_size=1, max_size=3), names, names, share=0.2)
@example(["a"], "b", "c")
def test_names_drawn_at_random_cannot_break_the_file(tmp_path_factory, units, site, title):
    holds_for_names(tmp_path_factory.mktemp("names"), units, site, title)


def test_the_usual_name_of_one_device_is_singular(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("Name;OU\nPC1;DE\n", encoding="utf-8")
    _, draft = draft_of(path, {})
    assert draft.value("name") == "Update of 1 device"
