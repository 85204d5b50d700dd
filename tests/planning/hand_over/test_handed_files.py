"""The files of a hand-over, whatever the plan names, and read back from any folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import icalendar
import numpy as np
import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.commands.scmd_file import LONGEST_COMMAND
from fwsim.planning.hand_over.calendar import ends_in_words
from fwsim.planning.hand_over.command_files import commanded
from fwsim.planning.hand_over.hand_over import hand_over
from fwsim.planning.hand_over.manifest import handed_files
from fwsim.planning.search.brief import Brief
from fwsim.planning.waves import WaveEnd, measures_of_waves, waves_of
from fwsim.problems import InputError
from fwsim.run import play_once, prepare

NOTHING_ASKED = Brief()
pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture
def handed(scenario, tmp_path):
    """Hand a plan with these commands over, and give its folder and it."""

    def make(*commands, folder="out", files=(), brief=NOTHING_ASKED, **changes):
        base = tmp_path / "base"
        for name, text in dict(files).items():
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            (base / name).write_text(text)
        units = {"DE": {"devices": 2}, "DE/A": {"devices": 3}, "DE/B": {"devices": 3}}
        fleet = changes.pop("fleet", {"units": units})
        plan = scenario(commands=list(commands), fleet=fleet, **changes).seen_from(base)
        prepare(plan)
        hand_over(plan, plan, runs=2, workers=1, brief=brief).save(tmp_path / folder)
        return tmp_path / folder, plan

    return make


def log_of(model):
    return play_once(prepare(model), 5, 0).log


def is_same_rollout(one, two):
    logs = log_of(one), log_of(two)
    columns = ("time", "device", "state", "detail", "amount")
    return all(np.array_equal(*(getattr(log, c) for log in logs)) for c in columns)


MACS = "020000000002\n020000000004\n"


@pytest.mark.parametrize(
    "commands",
    [
        # At the same time the order is that of the file, not by kind.
        [
            {"update": "DE", "once": "2018-08-20 12:00"},
            {"delivery": "DE/A", "now": True},
            {"delivery": "DE", "once": "2018-08-20 12:00"},
        ],
        [{"uefi_update": "DE/A", "once": "2018-08-20 12:00"}, {"update": "DE/B"}],
        [{"update": {"group": "IDF name = old.idf"}, "devices_wait": "3 s"}],
        [{"update": {"devices": ["DE/A/A-1", "DE/B/B-2"]}}, {"update": {"mac": "020000000007"}}],
        [{"scmd": "scmd -u Admin -p Secret -update -to DE -subous -inform 300 -now"}],
    ],
    ids=["order", "uefi", "group", "picked", "scmd"],
)
def test_any_plan_read_back_is_the_same_rollout(handed, commands):
    folder, plan = handed(*commands)
    again = fwsim.load(folder / "scenario.yaml")
    assert is_same_rollout(plan, again)
    assert is_same_rollout(plan, commanded(again, [folder]))
    assert b"Secret" not in b"".join(path.read_bytes() for path in folder.iterdir())


def test_lists_lie_beside_it_under_names_of_their_own(handed):
    folder, plan = handed(
        {"update": {"list": "a/x.txt"}},
        {"update": {"list": "b/x.txt"}, "once": "2018-08-20 13:00"},
        {"scmd": "scmd -update -to scenario.yaml -list -once -at 20.08.2018 14:00"},
        files={"a/x.txt": MACS, "b/x.txt": "020000000005\n", "scenario.yaml": "020000000006\n"},
    )
    assert {"x.txt", "x-2.txt", "scenario-2.yaml"} <= {path.name for path in folder.iterdir()}
    first = next(folder.glob("01-*.cmd")).read_text()
    assert '-to "%~dp0x.txt" -list' in first
    assert is_same_rollout(plan, commanded(fwsim.load(folder / "scenario.yaml"), [folder]))
    # From another folder the same lists are found.
    assert is_same_rollout(plan, commanded(plan, [folder]))


def test_devices_too_many_for_a_line_become_a_list(handed):
    names = [f"DE/A/A-{number:03d}" for number in range(1, 901)]
    folder, plan = handed(
        {"update": {"devices": names}}, fleet={"units": {"DE/A": {"devices": 950}}}
    )
    text = next(folder.glob("*.cmd")).read_text()
    assert max(map(len, text.splitlines())) <= LONGEST_COMMAND
    assert len((folder / "devices.txt").read_text().split()) == 900
    (back,) = folder.glob("*-rollback.txt")
    assert "- Update to the list devices.txt, once, " in back.read_text()
    assert is_same_rollout(plan, commanded(fwsim.load(folder / "scenario.yaml"), [folder]))


def test_a_hand_over_takes_the_place_of_the_one_before_and_of_nothing_else(handed):
    times = ["12:00", "13:00", "14:00"]
    three = [{"update": "DE/A", "once": f"2018-08-20 {time}"} for time in times]
    folder, _ = handed(*three)
    (folder / "notes.md").write_text("mine")
    assert len(list(folder.glob("*.cmd"))) == 3
    folder, plan = handed({"update": "DE/B", "once": "2018-08-20 15:00"})
    assert [path.name for path in folder.glob("*.cmd")] == ["01-wave-1-2018-08-20-1500.cmd"]
    assert (folder / "notes.md").read_text() == "mine"
    assert is_same_rollout(plan, commanded(plan, [folder]))


@pytest.mark.parametrize(
    "listed",
    [
        "no json",
        "[]",
        '{"files": ["thesis.doc"]}',
        '{"files": {"thesis.doc": "0123"}}',
        '{"made by": "fwsim hand-over", "files": {"thesis.doc": "", "../x": "0", "/etc/x": "1"}}',
        '{"made by": "fwsim hand-over", "files": {"thesis.doc": 3}}',
    ],
)
def test_what_a_stranger_lists_is_not_touched(tmp_path, listed):
    (tmp_path / "thesis.doc").write_text("mine")
    (tmp_path / "plan.json").write_text(listed)
    assert "thesis.doc" not in handed_files(tmp_path)
    assert not any("/" in name for name in handed_files(tmp_path))


def test_files_of_ones_own_are_neither_overwritten_nor_removed(handed, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_text("my own")
    (tmp_path / "out" / "y.txt").write_text(MACS)
    lists = [{"update": {"list": f"{name}.txt"}} for name in "xy"]
    folder, plan = handed(*lists, files={"x.txt": MACS, "y.txt": MACS})
    assert (folder / "x-2.txt").read_text() == MACS
    assert is_same_rollout(plan, commanded(fwsim.load(folder / "scenario.yaml"), [folder]))
    changed = next(folder.glob("*.cmd"))
    changed.write_text(changed.read_text() + "rem changed by hand\r\n")
    handed({"update": "DE/A", "once": "2018-08-20 15:00"})
    assert (folder / "x.txt").read_text() == "my own"
    assert (folder / "y.txt").read_text() == MACS
    assert "changed by hand" in changed.read_text()
    assert not (folder / "x-2.txt").exists()


def test_a_scenario_of_ones_own_is_not_overwritten(handed, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scenario.yaml").write_text("my own")
    with pytest.raises(InputError, match=r"scenario\.yaml: error: exists"):
        handed({"update": "DE/A"})
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scenario.yaml"]


def test_nothing_is_put_in_place_if_a_folder_is_in_the_way(handed, tmp_path):
    (tmp_path / "out" / "plan.ics").mkdir(parents=True)
    with pytest.raises(InputError, match=r"plan\.ics is a folder there"):
        handed({"update": "DE/A"})
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["plan.ics"]


@pytest.mark.slow
def test_a_search_that_finds_nothing_leaves_the_plan_that_lies_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text(SEARCHED.replace("COMMAND", "{update: DE}"))
    arguments = ["plan", "plan.yaml", "--out", "out", "--workers", "1"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    nothing = CliRunner().invoke(main, [*arguments, "--limit", "time to 95 %: <= 1 s"])
    assert nothing.exit_code == 1
    assert "handed over there before is still there" in nothing.output
    searched = {"search.json", "plans.csv", "plans.png", "fwsim-manifest.json"}
    after = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    assert {k: v for k, v in after.items() if k not in searched} == {
        k: v for k, v in before.items() if k not in searched
    }


def test_each_wave_is_over_when_its_own_devices_are(handed):
    _, plan = handed(
        {"uefi_update": "DE/A", "once": "2018-08-20 11:00"},
        {"update": "DE/A", "once": "2018-08-20 12:00"},
        {"update": "DE/A", "once": "2018-08-20 20:00"},
        uefi={"LES": {"version": "2"}},
        fleet={"units": {"DE/A": {"devices": 3, "attributes": {"Device type": "LES"}}}},
    )
    over = hand_over(plan, plan, runs=2, workers=1)
    hours = {wave.name: end.expected / 3_600_000 for wave, end in over.waves}
    assert 0 < hours["UEFI wave 1"] < 1 < hours["wave 1"] < 2
    assert hours["wave 2"] == float("inf")  # they are up to date then


def test_a_start_in_the_hour_that_is_skipped_is_dated_by_what_the_clock_shows(handed):
    folder, plan = handed(
        {"update": "DE/A"}, zone="Europe/Berlin", start="2018-03-25 02:30", horizon="1 d"
    )
    assert "-at 25.03.2018 03:" in next(folder.glob("*.cmd")).read_text()
    assert is_same_rollout(plan, commanded(fwsim.load(folder / "scenario.yaml"), [folder]))
    [entry] = icalendar.Calendar.from_ical((folder / "plan.ics").read_bytes()).walk("VEVENT")
    assert entry.decoded("dtstart") == waves_of(prepare(plan))[0].start.astimezone(UTC)
    assert entry.decoded("dtend") > entry.decoded("dtstart")


def test_the_second_of_two_equal_hours_cannot_be_handed_over(scenario):
    plan = scenario(
        {"once": "2018-10-28 02:30"},
        zone="Europe/Berlin",
        start="2018-10-27 12:00",
        assumptions={"doubled_hour": "second"},
    )
    waves_of(prepare(plan))  # the same choice reads it back
    plan = scenario(
        {"now": True},
        zone="Europe/Berlin",
        start="2018-10-28 02:30",
        assumptions={"doubled_hour": "second"},
    )
    with pytest.raises(InputError, match="comes twice that night"):
        waves_of(prepare(plan))


def test_a_rollback_says_whom_it_means(handed):
    folder, _ = handed(
        {"update": {"group": "OS name = eLux"}},
        {"update": {"mac": "020000000007"}},
        {
            "update": {
                "devices": ["DE/A/A-1", "DE/A/A-2", "DE/A/A-3", "DE/B/B-1", "DE/B/B-2", "DE/B/B-3"]
            }
        },
    )
    text = next(folder.glob("*-rollback.txt")).read_text()
    assert "Update to the group OS name = eLux" in text
    assert "Update to the device 020000000007" in text
    assert "DE/B/B-2 and 1 other device," in text


def test_names_are_no_markup(handed):
    folder, _ = handed(
        {"update": "DE/A"},
        name="<script>alert(1)</script>",
        brief=Brief("least prompts"),
    )
    assert "<script>" not in (folder / "plan.md").read_text()
    assert "<script>alert" not in (folder / "report.html").read_text()


def test_a_list_that_is_gone_is_told(scenario, tmp_path):
    (tmp_path / "x.txt").write_text(MACS)
    plan = scenario(
        commands=[{"update": {"list": "x.txt"}}], fleet={"units": {"DE": {"devices": 6}}}
    ).seen_from(tmp_path)
    over = hand_over(plan, plan, runs=2, workers=1)
    (tmp_path / "x.txt").unlink()
    with pytest.raises(InputError, match=r"x\.txt: error: cannot be read any more"):
        over.save(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("scmd -update -to DEE -now", "x.cmd:2: error: no OU and no device 'DEE'; did you mean"),
        ("scmd -update -to DE -once -at 01.01.2018 10:00", "x.cmd:2: error: 2018-01-01"),
        ("scmd -update -to no.txt -list -now", "x.cmd:2: error: 'no.txt': no such file"),
    ],
)
def test_what_leads_nowhere_is_told_with_its_line(scenario, tmp_path, line, part):
    (tmp_path / "x.cmd").write_text(f"@echo off\n{line}\n")
    model = scenario(fleet={"units": {"DE": {"devices": 6}}}).seen_from(tmp_path)
    with pytest.raises(InputError) as refused:
        commanded(model, [tmp_path / "x.cmd"])
    assert part in str(refused.value)


def test_what_administrators_write_around_commands_is_no_command(scenario, tmp_path):
    rows = [
        "@echo off",
        "title Update",
        "echo.",
        "@scmd -update -to DE -now",
        "scmd.exe -deliver -to DE -now",
        "pause",
        "exit /b 0",
    ]
    (tmp_path / "x.cmd").write_text("\r\n".join(rows))
    model = scenario(fleet={"units": {"DE": {"devices": 6}}}).seen_from(tmp_path)
    assert len(commanded(model, [tmp_path / "x.cmd"]).commands) == 2


SEARCHED = """
zone: UTC
start: 2018-08-20 08:00
horizon: 16 h
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE: {devices: 5}}}
commands: [COMMAND]
search: {goals: [time to 95 %], runs: 50, screening: 2, turn: {devices_wait: [0 s, 1 s]}}
"""


@pytest.mark.parametrize(
    ("command", "out", "part"),
    [
        ("{update: DE, every: {days: [mon], at: '10:00'}}", "out", "it has no date to hand over"),
        ("{update: DE}", "plan.yaml", "is not a folder"),
        ("{update: DE}", "/proc/nope", "cannot write there"),
        ("{update: DE}", ".", "would overwrite the scenario itself"),
        ("{update: 'D E\\'}", "out", "ends in"),
    ],
)
def test_what_cannot_be_handed_over_is_told_before_anything_is_searched(
    tmp_path, monkeypatch, command, out, part
):
    monkeypatch.chdir(tmp_path)
    name = "scenario.yaml" if out == "." else "plan.yaml"
    text = SEARCHED.replace("COMMAND", command)
    (tmp_path / name).write_text(text.replace("{DE:", "{'D E\\':") if "\\" in command else text)
    monkeypatch.setattr("fwsim.planning.search.search.Search.run", None)
    result = CliRunner().invoke(main, ["plan", name, "--out", out])
    assert result.exit_code == 2, result.output
    assert part in result.output


def test_a_changed_file_of_an_earlier_plan_is_told_before_anything_is_searched(
    handed, tmp_path, monkeypatch
):
    monkeypatch.setattr("fwsim.planning.search.search.Search.run", None)
    folder, _ = handed({"update": "DE/A"})
    (wave,) = folder.glob("01-*.cmd")
    wave.write_text(f"{wave.read_text()}rem mine\n")
    (tmp_path / "plan.yaml").write_text(SEARCHED.replace("COMMAND", "{update: DE}"))
    told = ["plan", str(tmp_path / "plan.yaml"), "--out", str(folder)]
    result = CliRunner().invoke(main, told)
    assert result.exit_code == 2, result.output
    assert f"{wave.name}: error: was changed since an earlier plan was handed" in result.output


def test_a_wave_that_may_be_in_vain_is_not_over_at_never(scenario):
    rollout = prepare(scenario({"once": "2018-08-20 12:00"}))
    [wave] = waves_of(rollout)
    over = float(wave.at + 60_000)
    *_, last = ends_in_words(rollout, wave, WaveEnd(over, over, over, float("inf"), 20))
    assert last == "In more than 5 % of the runs no device is successful."
    *_, last = ends_in_words(rollout, wave, WaveEnd(over, over, over, over, 20))
    assert last == "In 95 % of the runs the last one is successful by Mon 2018-08-20 12:01 (UTC)."


def test_a_wave_that_not_all_devices_finish_says_of_how_many_its_end_is(scenario):
    rollout = prepare(scenario({"once": "2018-08-20 12:00"}))
    [wave] = waves_of(rollout)
    wave = replace(wave, devices=np.arange(24, dtype=np.int32))
    over = float(wave.at + 60_000)
    _, of, last = ends_in_words(rollout, wave, WaveEnd(over, over, over, over, 20, (5, 16)))
    assert of == (
        "Of 24 devices 5 to 16 will be successful (9 rollouts in 10); "
        "the others have it already or do not get it."
    )
    few = WaveEnd(over, over, over, over, 12, (5, 16))
    assert "5 to 16 were successful in 12 runs;" in ends_in_words(rollout, wave, few)[1]
    assert last.startswith("In 95 % of the runs the last of these is successful by Mon")
    _, last = ends_in_words(rollout, wave, WaveEnd(over, over, over, over, 20, (24, 24)))
    assert "95 % of the runs the last one is successful by" in last


def test_the_devices_of_a_wave_that_are_successful_are_counted(handed):
    whole, plan = handed({"update": "DE/A"})
    assert "Of 3 devices" not in (whole / "plan.md").read_text()
    wave = waves_of(prepare(plan))[0]
    measured = measures_of_waves([wave])[f"{wave.name} successful"]
    assert measured(play_once(prepare(plan), 5, 0)) == 3


@pytest.mark.parametrize(("day", "hour"), [("2027-03-28", "01:45"), ("2026-10-25", "01:45")])
def test_when_the_clocks_change_every_file_says_when_each_wave_starts(handed, day, hour):
    """In spring the second wave starts after the gap, in autumn in the first of two equal hours."""
    from fwsim.planning.levers import Levers, turned

    waves = {"zone": "Europe/Berlin", "start": f"{day} 00:00", "horizon": "1 d"}
    _, plan = handed({"update": "DE", "subordinate_units": True, "once": f"{day} {hour}"}, **waves)
    apart = 15 * 60_000
    split = turned(plan, Levers(waves=(("DE/A",), ("DE/B",)), apart=apart))
    folder, split = handed(*split.as_data()["commands"], folder="split", **waves)
    first, second = (wave.at for wave in waves_of(prepare(split)))
    assert second - first == apart
    told = "03:00" if day == "2027-03-28" else "02:00"
    written = max(folder.glob("*.cmd")).read_text()
    assert f"-once -at {day[8:]}.{day[5:7]}.{day[:4]} {told}:00" in written
    assert f"{told} CEST (Europe/Berlin)" in written or day == "2027-03-28"
    assert f"once: '{day} {told}:00'" in (folder / "scenario.yaml").read_text()
    book = icalendar.Calendar.from_ical((folder / "plan.ics").read_bytes())
    starts = [entry.decoded("dtstart") for entry in book.walk("VEVENT")]
    rollout = prepare(split)
    assert starts == [rollout.local_time(at).astimezone(UTC) for at in (first, second)]
    assert is_same_rollout(split, commanded(fwsim.load(folder / "scenario.yaml"), [folder]))
