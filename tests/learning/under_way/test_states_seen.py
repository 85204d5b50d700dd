"""Which states a log tells that is not fwsim's own, as far as it shows by now."""

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.observations.reading import read_observed
from fwsim.problems import InputError
from fwsim.run import prepare

SCENARIO = """
zone: UTC
start: 2021-09-24 13:00
image: {name: a.idf, packages: [{name: all, size: 60 MB}]}
fleet: {units: {Bonn: {devices: 3, site: Bonn}}}
network: {sites: {default: {link: 8 Mbit/s}, Bonn: {link: 8 Mbit/s}}}
commands: [{update: Bonn, once: 2021-09-24 13:15}]
doubt: none
"""
TRANSFER_TO_REBOOT = (State.TRANSFER, State.VERIFY_PACKAGES, State.INSTALL, State.REBOOT)
ENDS = {State.SUCCESS, State.FAILED, State.NOT_NEEDED}


@pytest.fixture(scope="module")
def rollout():
    return prepare(fwsim.loads(SCENARIO))


def told_by(rollout, tmp_path, *rows):
    names = rollout.fleet.names
    path = tmp_path / "status.csv"
    lines = [
        f"{names[device]},2021-09-24T13:{minute:02d}:00Z,{status},"
        for minute, (device, status) in enumerate(rows, 16)
    ]
    path.write_text("\n".join(["device,time,status,detail", *lines, ""]), encoding="utf-8")
    return read_so_far(read_observed(path), rollout).past.tells


def test_every_log_tells_who_is_done(rollout, tmp_path):
    assert told_by(rollout, tmp_path, (0, "asked")) == {State.NOTIFYING, *ENDS}


def test_until_a_device_has_gone_on_the_end_of_a_transfer_is_still_to_be_told(rollout, tmp_path):
    told = told_by(rollout, tmp_path, (0, "fetching"), (1, "fetching"))
    assert told == {State.TRANSFER, State.VERIFY_PACKAGES, *ENDS}


def test_a_log_in_which_one_was_done_straight_after_its_transfer_tells_no_more(rollout, tmp_path):
    told = told_by(rollout, tmp_path, (0, "fetching"), (1, "fetching"), (0, "done"))
    assert told == {State.TRANSFER, *ENDS}


def test_an_installation_that_nobody_has_ended_is_still_to_be_told(rollout, tmp_path):
    told = told_by(rollout, tmp_path, (0, "fetching"), (0, "writing"))
    assert told == {State.TRANSFER, State.INSTALL, State.REBOOT, *ENDS}


def test_a_transfer_that_failed_has_not_shown_what_comes_after_one(rollout, tmp_path):
    told = told_by(rollout, tmp_path, (0, "fetching"), (1, "fetching"), (0, "failed"))
    assert State.VERIFY_PACKAGES in told


@pytest.fixture(scope="module")
def office():
    return prepare(fwsim.loads(SCENARIO.replace("devices: 3", "devices: 16")))


@pytest.mark.parametrize(
    ("rows", "stray", "told"),
    [
        (["fetching", "done"], "writing", {State.TRANSFER}),
        (["fetching", "done"], "checking", {State.TRANSFER}),
        (["fetching", "done"], "restarting", {State.TRANSFER}),
        (["done"], "fetching", set()),
        # The first that has got so far.
        (["fetching"], "writing", set(TRANSFER_TO_REBOOT)),
    ],
)
def test_one_stray_line_of_a_state_makes_no_log_that_tells_it(office, tmp_path, rows, stray, told):
    lines = [(device, state) for state in rows for device in range(1, 16)]
    assert told_by(office, tmp_path, *lines, (0, stray)) == told | ENDS


def test_a_log_that_lacks_some_lines_of_a_state_tells_it_all_the_same(office, tmp_path):
    lines = [(device, state) for state in ("fetching", "done") for device in range(1, 16)]
    assert told_by(office, tmp_path, *lines[5:]) == {State.TRANSFER, *ENDS}


def test_what_devices_came_to_before_their_command_says_nothing_of_what_a_log_tells(
    office, tmp_path
):
    names = office.fleet.names
    lines = [f"{name},2021-08-01T13:10:00Z,done" for name in names]
    lines.append(f"{names[0]},2021-09-24T13:10:00Z,done")
    lines.append(f"{names[0]},2021-09-24T13:20:00Z,fetching")
    path = tmp_path / "status.csv"
    path.write_text("\n".join(["device,time,status", *lines, ""]), encoding="utf-8")
    assert State.TRANSFER in read_so_far(path, office, "2021-09-24 13:30").past.tells


def test_lines_of_a_state_that_a_log_does_not_tell_are_said_to_be_left_out(office, tmp_path):
    names = office.fleet.names
    states = (("20", "fetching"), ("40", "done"))
    lines = [f"{name},2021-09-24T13:{at}:00Z,{state}" for name in names for at, state in states]
    lines[1] = f"{names[0]},2021-09-24T13:30:00Z,writing"
    path = tmp_path / "status.csv"
    path.write_text("\n".join(["device,time,status", *lines, ""]), encoding="utf-8")
    found = read_so_far(path, office)
    assert not (found.past.log.state == State.INSTALL).any()
    assert [problem.message for problem in found.contradictions] == [
        "1 line is of a state that the log shows for hardly any of the devices that have passed "
        "it; left out"
    ]


def look_at(tmp_path, hour, *states):
    path = tmp_path / f"states-2021-09-24T{hour}.csv"
    rows = [f"Bonn-{number},{state}" for number, state in enumerate(states, 1)]
    path.write_text("\n".join(["Device,Update State", *rows, ""]), encoding="utf-8")
    return path


def test_what_a_first_look_shows_came_after_the_command(rollout, tmp_path):
    seen = read_so_far(look_at(tmp_path, "13-35", "Deferred", "Deferred", ""), rollout)
    assert seen.contradictions == ()
    assert seen.past.log.time.tolist() == [25 * 60_000, 25 * 60_000]


def test_a_log_that_cannot_tell_what_was_sent_is_not_said_to_tell_that_nothing_was(
    rollout, tmp_path
):
    for hour, begins in (("13-10", "Nothing had been sent by"), ("13-16", "0.0 % at")):
        path = look_at(tmp_path, hour, "", "", "")
        found = fwsim.forecast(rollout, path, runs=1, workers=1)
        assert next(iter(found.sentences())).startswith(begins)


def test_what_devices_start_by_themselves_is_found_by_its_label(tmp_path):
    by_itself = SCENARIO.replace("commands: [{update: Bonn, once: 2021-09-24 13:15}]", "")
    rollout = prepare(fwsim.loads(by_itself + "notifications: [{update: Bonn}]\n"))
    path = tmp_path / "status.csv"

    def seen(label):
        row = f"{rollout.fleet.names[0]},2021-09-24T13:20:00Z,done"
        path.write_text(f"device,time,status,command\n{row},{label}\n", encoding="utf-8")
        return read_so_far(path, rollout)

    assert seen("notification 1").past.started == [("notification 1", 0)]
    unknown = seen("notification 2")
    assert not len(unknown.past.log)
    assert "1 line is of a command that is not in the scenario" in str(unknown.contradictions[0])
    with pytest.raises(InputError, match="notifications: devices start updates by themselves here"):
        seen("")
