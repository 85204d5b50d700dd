"""Logs so far: every saved form, other logs, what does not fit the scenario, what is hostile."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.problems import InputError
from fwsim.run import prepare
from tests.learning.under_way import office

FIELDS = ("time", "device", "state", "detail")


@pytest.fixture(scope="module")
def log_csv(tmp_path_factory):
    path = tmp_path_factory.mktemp("so-far") / "status-log.csv"
    office.save(path)
    return path


def changed(log_csv, tmp_path, change):
    """Write the log with its rows changed; return where."""
    with log_csv.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    path = tmp_path / "status-log.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *change(header, rows)])
    return path


def told(path, at="2021-09-24 17:00"):
    return [problem.message for problem in read_so_far(path, office.rollout(), at).contradictions]


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_saved_log_is_read_in_every_form_and_cut_at_the_time(form, tmp_path):
    path = tmp_path / f"status-log.{form}"
    office.save(path)
    seen = read_so_far(path, office.rollout(), "2021-09-24 16:00")
    known = read_so_far(office.real_log(), office.rollout(), "2021-09-24 16:00")
    assert seen.contradictions == ()
    assert seen.until == known.until == 2 * 3600 * 1000
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(seen.past.log, field), getattr(known.past.log, field))
    by_folder = read_so_far(tmp_path, office.rollout(), "2021-09-24 16:00")
    assert len(by_folder.past.log) == len(known.past.log)


def test_without_a_time_the_log_counts_up_to_its_last_line(log_csv):
    seen = read_so_far(log_csv, office.rollout())
    assert seen.until == int(office.real_log().time[-1])


def test_an_own_log_fits_its_scenario(log_csv):
    assert told(log_csv, "2021-09-24 22:00") == []


def test_unknown_devices_and_commands_are_told_and_left_out(log_csv, tmp_path):
    def change(header, rows):
        device, command = header.index("device"), header.index("command")
        strange = [*rows[3]]
        strange[device] = "DE/Nowhere-0001"
        other = [*rows[4]]
        other[command] = "7"
        return [*rows[:5], strange, other, *rows[5:]]

    path = changed(log_csv, tmp_path, change)
    seen = read_so_far(path, office.rollout(), "2021-09-24 17:00")
    texts = [problem.message for problem in seen.contradictions]
    assert any("'DE/Nowhere-0001' is none of this scenario" in text for text in texts)
    assert any("command '7' is none of this scenario" in text for text in texts)
    assert [problem.line for problem in seen.contradictions] == [7, 8]
    plain = read_so_far(log_csv, office.rollout(), "2021-09-24 17:00")
    assert len(seen.past.log) == len(plain.past.log)


def test_lines_that_are_not_in_order_are_put_in_order_and_told(log_csv, tmp_path):
    path = changed(log_csv, tmp_path, lambda _, rows: rows[::-1])
    seen = read_so_far(path, office.rollout(), "2021-09-24 17:00")
    assert np.all(np.diff(seen.past.log.time) >= 0)
    assert any("put in order of time" in problem.message for problem in seen.contradictions)


def test_a_status_to_which_no_rule_leads_is_told_by_what_stood_before(log_csv, tmp_path):
    def change(header, rows):
        state, device = header.index("state"), header.index("device")
        name = rows[0][device]
        mine = [row for row in rows if row[device] == name and row[state] != "PROBING"]
        first = [*mine[0]]
        first[state], first[header.index("detail")] = "INSTALL", ""
        return [first if row is mine[0] else row for row in rows]

    texts = told(changed(log_csv, tmp_path, change))
    assert any(
        text.startswith("1 line goes from PROBING to INSTALL, which no rule allows")
        for text in texts
    )


def test_a_command_of_which_the_log_knows_nothing_is_told(log_csv, tmp_path):
    path = changed(log_csv, tmp_path, lambda _, __: [])
    assert told(path) == [
        "command 1 was due at 2021-09-24 15:00 but is not in the log; taken as not sent"
    ]


def test_devices_of_a_command_that_the_log_does_not_name_are_told(log_csv, tmp_path):
    def change(header, rows):
        device = header.index("device")
        return [row for row in rows if not row[device].endswith(("2", "5"))]

    path = changed(log_csv, tmp_path, change)
    named = ", ".join(n for n in office.rollout().fleet.shown_names if n.endswith(("2", "5")))
    assert told(path) == [
        f"2 of 10 devices of command 1 are not in the log ({named}); taken as not commanded"
    ]


def test_a_log_that_does_not_tell_who_was_probed_may_leave_devices_out(tmp_path):
    path = tmp_path / "events.csv"
    name = office.rollout().fleet.shown_names[0]
    path.write_text(f"device,time,status\n{name},2021-09-24 16:00,done\n", encoding="utf-8")
    assert told(path) == []


def test_lines_after_the_end_of_a_job_are_left_out_and_told(log_csv, tmp_path):
    def change(header, rows):
        state = header.index("state")
        done = next(row for row in rows if row[state] == "SUCCESS")
        again = [*done]
        again[state] = "INSTALL"
        return [*rows[: rows.index(done) + 1], again, *rows[rows.index(done) + 1 :]]

    texts = told(changed(log_csv, tmp_path, change), "2021-09-24 22:00")
    assert any(text.startswith("1 line comes after its job had ended") for text in texts)


def test_a_command_that_is_given_again_takes_no_job_back(log_csv, tmp_path):
    """A run stood still at the second PROBING, and nobody of them was ever successful."""

    def change(header, rows):
        state, time = header.index("state"), header.index("time")
        again = [[*row] for row in rows if row[state] == "PROBING"]
        for row in again:
            row[time] = "2021-09-24T15:59:59.500+02:00"
        early = [row for row in rows if row[time] < again[0][time]]
        return [*early, *again, *rows[len(early) :]]

    path, at = changed(log_csv, tmp_path, change), "2021-09-24 16:00"
    plain, again = (read_so_far(one, office.rollout(), at) for one in (log_csv, path))
    texts = [problem.message for problem in again.contradictions]
    assert any(" commanded again while their jobs were still under way (" in text for text in texts)
    np.testing.assert_array_equal(again.past.log.time, plain.past.log.time)
    np.testing.assert_array_equal(again.past.log.state, plain.past.log.state)


def test_a_log_of_another_scenario_is_refused(log_csv, tmp_path):
    def change(header, rows):
        place = header.index("device")
        return [[*row[:place], f"X{n}", *row[place + 1 :]] for n, row in enumerate(rows)]

    with pytest.raises(InputError, match=r"\d+ of \d+ lines are not of this scenario"):
        read_so_far(changed(log_csv, tmp_path, change), office.rollout(), "2021-09-24 17:00")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe\x00",
        b"time,device,command,state,detail,amount\n=cmd|'/C calc'!A0,\x1b[2J,1,SUCCESS,,0\n",
        b"time,device\n" + b"9" * 5000 + b",a\n",
        b"%PDF-1.4",
        b'{"time": {}}\n',
    ],
)
def test_a_hostile_log_is_refused_in_words(content, tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_so_far(path, office.rollout(), "2021-09-24 17:00")
    assert "\x1b" not in str(refused.value)


def test_a_line_that_is_being_written_is_left_out(log_csv, tmp_path):
    text = log_csv.read_text(encoding="utf-8")
    path = tmp_path / "status-log.csv"
    path.write_text(text[: text.rindex(",", 0, -4)], encoding="utf-8")
    seen = read_so_far(path, office.rollout())
    assert len(seen.past.log) >= len(office.real_log()) - 1


def test_a_log_from_elsewhere_tells_only_the_states_it_has(tmp_path):
    log, names = office.real_log(), office.rollout().fleet.shown_names
    words = {State.TRANSFER: "fetching", State.SUCCESS: "done", State.FAILED: "failed"}
    lines = ["device,time,status"]
    begun = office.rollout().start.timestamp()
    for time, device, state in zip(log.time, log.device, log.state, strict=True):
        if State(int(state)) in words:
            at = datetime.fromtimestamp(begun + int(time) / 1000, UTC)
            lines.append(f"{names[device]},{at:%Y-%m-%dT%H:%M:%SZ},{words[State(int(state))]}")
    path = tmp_path / "events.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    seen = read_so_far(path, office.rollout(), "2021-09-24 17:00")
    assert not seen.is_own
    assert State.TRANSFER in seen.past.tells
    assert State.PROBING not in seen.past.tells
    assert State.NOTIFYING not in seen.past.tells
    assert {State.SUCCESS, State.FAILED, State.NOT_NEEDED} <= seen.past.tells
    early = log.time <= seen.until
    assert len(seen.past.log) == int(np.isin(log.state[early], [int(s) for s in words]).sum())


def test_a_log_of_another_time_is_told_by_its_times(log_csv, tmp_path):
    def change(header, rows):
        time = header.index("time")
        return [
            [*row[:time], row[time].replace("2021-09", "2021-08"), *row[time + 1 :]] for row in rows
        ]

    own = changed(log_csv, tmp_path, change)
    other = tmp_path / "events.csv"
    other.write_text(
        f"device,time,status\n{office.rollout().fleet.names[0]},2021-08-24T16:00Z,done\n"
    )
    for path in (own, other):
        with pytest.raises(InputError, match="does not cover this rollout, which is from 2021-09"):
            read_so_far(path, office.rollout())


def test_a_log_of_later_tells_nothing_whatever_time_is_stated(log_csv, tmp_path):
    def change(header, rows):
        time = header.index("time")
        return [
            [*row[:time], row[time].replace("2021-09", "2021-10"), *row[time + 1 :]] for row in rows
        ]

    own = changed(log_csv, tmp_path, change)
    other = tmp_path / "events.csv"
    other.write_text(
        f"device,time,status\n{office.rollout().fleet.names[0]},2021-10-24T16:00Z,done\n"
    )
    for path in (own, other):
        with pytest.raises(InputError, match="does not cover this rollout"):
            read_so_far(path, office.rollout(), "2021-09-24 18:00")


def test_a_log_that_begins_only_after_the_stated_time_is_said_to_if_something_was_due(tmp_path):
    """Whole hours late: a clock of another zone, or a command that was clicked later."""
    rollout = prepare(fwsim.loads(OF_AN_HOUR))
    own = "time,device,command,status,state,detail,amount", "A-1,1,,%s,,0", "PROBING"
    for head, row, first in (own, ("time,device,status", "A-1,%s", "asked")):
        states = (first, "fetching", "done") if first == "asked" else (first,)
        lines = [f"2024-01-01T10:0{n}:00.000+00:00,{row % each}" for n, each in enumerate(states)]
        path = tmp_path / "log.csv"
        path.write_text("\n".join([head, *lines, ""]))
        told = [p.message for p in read_so_far(path, rollout, "2024-01-01 09:10").contradictions]
        assert told[-1].startswith("the first line is of 2024-01-01 10:00: the log tells")
        for clock in ("08:30", "10:03"):
            found = read_so_far(path, rollout, f"2024-01-01 {clock}")
            assert "the first line" not in str(found.contradictions)


@pytest.mark.parametrize(
    ("windows", "first"),
    [("", "09:04"), ("windows: {times: daily 10:00-12:00}\n", "10:04")],
)
def test_a_log_that_begins_soon_after_its_command_can_is_no_late_one(tmp_path, windows, first):
    """A log that tells only notices and downloads has its first line when the first is there."""
    path = tmp_path / "log.csv"
    path.write_text(f"time,device,status\n2024-01-01T{first}:00+00:00,A-1,fetching\n")
    found = read_so_far(path, prepare(fwsim.loads(OF_AN_HOUR + windows)), "2024-01-01 09:02")
    assert "the first line" not in str(found.contradictions)


OF_AN_HOUR = """
zone: UTC
start: 2024-01-01 08:00
horizon: 8 h
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {A: {devices: 1}}}
commands: [{update: A, once: 2024-01-01 09:00}]
"""


def test_lines_after_the_horizon_are_told_of_every_log(tmp_path):
    path, name = tmp_path / "events.csv", office.rollout().fleet.names[0]
    days = (f"{name},2021-{day}T14:00Z,asked" for day in ("09-24", "10-24"))
    path.write_text("\n".join(["device,time,status", *days, ""]))
    assert "1 line is from after the scenario's horizon; left out" in told(path, None)


def test_a_log_in_the_time_of_another_zone_is_refused_and_the_zone_hinted_at(tmp_path):
    log, names = office.real_log(), office.rollout().fleet.shown_names
    words = {State.TRANSFER: "fetching", State.REBOOT: "restarting", State.SUCCESS: "done"}
    begun = office.rollout().start.timestamp()
    lines = ["device,time,status"]
    for time, device, state in zip(log.time, log.device, log.state, strict=True):
        if State(int(state)) in words:
            at = datetime.fromtimestamp(begun + int(time) / 1000, UTC)
            lines.append(f"{names[device]},{at:%Y-%m-%d %H:%M:%S},{words[State(int(state))]}")
    path = tmp_path / "events.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=r"do not fit this scenario.* if they were 2 hours later"):
        read_so_far(path, office.rollout(), "2021-09-24 16:00")


def test_an_own_log_that_is_mostly_left_out_is_refused():
    rollout = office.rollout()
    early = replace(office.real_log(), time=office.real_log().time - 2 * 3600 * 1000)
    with pytest.raises(InputError, match="do not fit this scenario"):
        read_so_far(early, rollout, "2021-09-24 15:00")


def test_what_an_export_still_tells_of_rollouts_before_speaks_against_nothing(tmp_path):
    names = office.rollout().fleet.shown_names
    old = "".join(f"{name},2021-06-24 16:00,done\n" for name in names[1:])
    path = tmp_path / "events.csv"
    path.write_text(f"device,time,status\n{old}{names[0]},2021-09-24 16:00,done\n", "utf-8")
    assert told(path) == ["9 lines are from before the scenario's start; left out"]


def events_of(tmp_path, names):
    path = tmp_path / "events.csv"
    lines = "".join(f"{name},2021-09-24 15:{10 + n},fetching\n" for n, name in enumerate(names))
    path.write_text(f"device,time,status\n{lines}", "utf-8")
    return path


def test_a_log_mostly_of_devices_that_the_scenario_lacks_is_refused_and_some_are_named(tmp_path):
    own = office.rollout().fleet.shown_names
    strangers = [name.replace("Branch", "Brunch") for name in own]
    with pytest.raises(InputError, match="6 of 9 lines do not fit this scenario") as caught:
        read_so_far(events_of(tmp_path, [*own[:3], *strangers[:6]]), office.rollout())
    near = f"such as '{strangers[0]}' (the nearest there is '{own[0]}'), '{strangers[1]}'"
    assert near in str(caught.value)


def test_a_log_of_a_whole_console_with_most_of_the_scenarios_devices_is_read(tmp_path):
    own = office.rollout().fleet.shown_names
    path = events_of(tmp_path, [*own, *(f"X{n}" for n in range(20))])
    assert told(path, "2021-09-24 16:00")[0] == (
        "20 devices of the log are not in the scenario, such as 'X0', 'X1', 'X2' …; left out"
    )


WAVES = """
zone: UTC
start: 2024-01-01 08:00
horizon: 2 d
image: {name: n.idf, packages: [{name: a, size: 32 MB}]}
fleet: {units: {A: {devices: 4}, B: {devices: 40}}}
commands: [{update: A, once: 2024-01-01 09:00}, {update: B, once: 2024-01-01 22:00}]
"""


def test_early_in_a_rollout_a_whole_console_shows_those_that_had_their_turn(tmp_path):
    rollout = prepare(fwsim.loads(WAVES))
    own = rollout.fleet.shown_names[:4]
    lines = [f"{name},2024-01-01 09:30,fetching" for name in (*own, *map("X{}".format, range(20)))]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(["device,time,status", *lines]), encoding="utf-8")
    found = read_so_far(path, rollout, "2024-01-01 10:00")
    assert sorted(found.past.log.device.tolist()) == [0, 1, 2, 3]
    path.write_text("\n".join(["device,time,status", lines[0], *lines[4:]]), encoding="utf-8")
    with pytest.raises(InputError, match="20 of 21 lines do not fit this scenario"):
        read_so_far(path, rollout, "2024-01-01 10:00")


def test_strangers_whose_log_ends_before_the_command_are_strangers_by_the_time_that_is_given(
    tmp_path,
):
    rollout = prepare(fwsim.loads(WAVES))
    lines = [f"X{number},2024-01-01 08:30,fetching" for number in range(5)]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(["device,time,status", *lines]), encoding="utf-8")
    assert not len(read_so_far(path, rollout, "2024-01-01 08:45").past.log)  # nobody's turn yet
    with pytest.raises(InputError, match="5 of 5 lines do not fit this scenario"):
        read_so_far(path, rollout, "2024-01-01 10:00")


def test_how_devices_failed_in_rollouts_before_is_neither_told_nor_learnt(tmp_path):
    rollout = prepare(fwsim.loads(WAVES + "faults: {transfer: {about: 5 %, worth: 40}}\n"))
    names = rollout.fleet.shown_names
    old = [f"{name},2023-12-30 16:00,failed" for name in names[2:]]
    own = [f"{name},2024-01-01 09:30,failed" for name in names[:2]]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(["device,time,status", *old, *own, ""]), encoding="utf-8")
    found = read_so_far(path, rollout, "2024-01-01 10:00")
    assert len(found.observed) == len(found.past.log) == 2
    told = [problem.message for problem in found.contradictions]
    assert sum(text.startswith("2 devices failed, and the log does not tell") for text in told) == 1


def test_devices_are_known_by_their_names_in_any_case(tmp_path):
    own = office.rollout().fleet.shown_names
    names = [own[0], own[1].lower(), own[2].upper(), own[1], own[3].swapcase()]
    found = read_so_far(events_of(tmp_path, names), office.rollout())
    assert sorted(found.past.log.device.tolist()) == [0, 1, 1, 2, 3]
    (said,) = (str(problem) for problem in found.contradictions if "other letters" in str(problem))
    assert f"3 devices go by names in other letters, such as '{own[1].lower()}'" in said


def test_devices_of_fwsims_own_log_are_known_by_their_names_in_any_case(log_csv, tmp_path):
    def change(header, rows):
        device = header.index("device")
        return [[*row[:device], row[device].swapcase(), *row[device + 1 :]] for row in rows]

    path = changed(log_csv, tmp_path, change)
    seen, known = (read_so_far(one, office.rollout()) for one in (path, log_csv))
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(seen.past.log, field), getattr(known.past.log, field))
    (said,) = seen.contradictions
    assert "devices go by names in other letters, such as " in said.message
    assert said.severity == "warning"


def test_an_address_in_small_letters_is_said_to_be_the_address_in_capitals(tmp_path):
    fleet = "OU;Name;MAC address\nA;A-1;00E0C500000A\nA;A-2;00E0C500000B\nB;B-1;00E0C500000C\n"
    (tmp_path / "fleet.csv").write_text(fleet, encoding="utf-8")
    units = WAVES[WAVES.index("{units:") : WAVES.index("\ncommands:")]
    listed = WAVES.replace(units, "{inventory: fleet.csv}")
    rollout = prepare(fwsim.loads(listed, folder=tmp_path))
    lines = [f"00e0c500000{end},2024-01-01 09:30,fetching" for end in "ab"]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(["device,time,status", *lines]), encoding="utf-8")
    found = read_so_far(path, rollout, "2024-01-01 10:00")
    (said,) = (str(problem) for problem in found.contradictions if "other letters" in str(problem))
    assert "such as '00e0c500000a' for '00E0C500000A'" in said


def test_what_is_wrong_in_the_log_of_a_folder_names_the_log(log_csv, tmp_path):
    text = log_csv.read_text(encoding="utf-8")
    path = tmp_path / "status-log.csv"
    path.write_text(text.replace("Branch-07,", "Elsewhere,"), encoding="utf-8")
    found = read_so_far(tmp_path, office.rollout(), "2021-09-24 16:00").contradictions
    assert found
    assert {problem.source for problem in found} == {str(path)}


def test_what_came_and_went_between_two_looks_is_no_contradiction(tmp_path):
    rows = [f"{at};Branches-01-0{n};{word}" for at, word in LOOKS for n in (1, 2)]
    path = tmp_path / "looks.csv"
    path.write_text("\n".join(["Time;Device;Update State", *rows, ""]), encoding="utf-8")
    rollout = prepare(fwsim.load("scenarios/pilot-of-thirty.yaml"))
    assert not read_so_far(path, rollout).contradictions


LOOKS = (
    ("2021-09-24 16:00", "Deferred"),
    ("2021-09-24 17:00", "Update in progress (Installation started – 2021-09-24 16:58:00)"),
    ("2021-09-24 18:00", "Successful"),
)
