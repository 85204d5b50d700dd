"""What holds in every rollout (facts, section 15), over random scenarios."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import OUTCOMES, SILENT, UPDATING, State
from fwsim.commands.lifecycle_table import TRANSITIONS
from fwsim.commands.status_text import StatusField
from fwsim.engine import Engine
from fwsim.results.output.result import Result
from fwsim.simulation.job import UnseenJob
from tests.simulation.random_scenarios import DATA, scenarios
from tests.tiers import at_length

IDF_SIZE = 20_000
MISSED = {State.SKIPPED, State.UNREACHED, State.REJECTED}


class Line(NamedTuple):
    time: int
    state: State
    detail: Detail
    amount: int


def jobs_of(result: fwsim.Result) -> dict[tuple[int, int], list[Line]]:
    """Return the log of every device under every run."""
    columns, found = result.columns, {}
    rows = zip(
        *(
            getattr(columns, name).tolist()
            for name in ("device", "run", "time", "state", "detail", "amount")
        ),
        strict=True,
    )
    for device, run, time, state, detail, amount in rows:
        line = Line(time, State(state), Detail(detail), amount)
        found.setdefault((device, run), []).append(line)
    return found


def reachable() -> set[tuple[State, State]]:
    """Return the pairs of states that can follow each other in a log, silent ones left out."""
    steps = {(row.state, row.to) for row in TRANSITIONS}
    pairs = set()
    for first in State:
        seen, front = set(), [first]
        while front:
            here = front.pop()
            for a, b in steps:
                if a is here and b not in seen:
                    seen.add(b)
                    # a deferment forced by lost power is not reported
                    if b in SILENT or b in {State.DEFERRED, a}:
                        front.append(b)
        pairs |= {(first, to) for to in seen}
    return pairs


REACHABLE = reachable()


def check_lines(result: fwsim.Result, data: dict[str, Any]) -> None:
    assert (result.columns.time[1:] >= result.columns.time[:-1]).all()
    for lines in jobs_of(result).values():
        assert lines[0].state in {State.PROBING, State.CHECKING, State.NOTIFYING, State.REJECTED}
        for a, b in pairwise(lines):
            assert (a.state, b.state) in REACHABLE, lines
        ended = [line for line in lines if line.state in OUTCOMES]
        assert len(ended) <= 1
        if ended:
            after = {line.state for line in lines[lines.index(ended[0]) + 1 :]}
            assert after <= {State.HALTING, State.HALTED}


def check_deferments(result: fwsim.Result, data: dict[str, Any]) -> None:
    for (_, run), lines in jobs_of(result).items():
        command, label = result.columns.runs[run].command, result.columns.runs[run].label
        allowed = data["firmware"]["reminder"]["deferments"]
        allowed = 1 if label.startswith("Job") else allowed
        if command.status_field is not StatusField.UPDATE:
            assert {State.NOTIFYING, State.DEFERRED}.isdisjoint(line.state for line in lines)
            continue
        deferred = [line for line in lines if line.state is State.DEFERRED]
        assert len(deferred) <= allowed
        assert not deferred or command.inform_user is not None
        for a, b in pairwise(lines):
            if b.state is State.DEFERRED:
                assert a.state is State.NOTIFYING
                assert a.amount >= 1
            if b.state is State.CANCELLED:
                assert a.state is State.NOTIFYING
                assert command.user_can_cancel
            if a.state is State.NOTIFYING:
                assert 0 <= a.amount <= allowed


def check_seconds(result: fwsim.Result, data: dict[str, Any]) -> None:
    if data["power"]["default"]["mean_time_between_losses"]:
        return
    for (_, run), lines in jobs_of(result).items():
        seconds = getattr(result.columns.runs[run].command, "inform_user", None)
        for a, b in pairwise(lines):
            if a.state is State.NOTIFYING and seconds:
                assert b.time - a.time <= 1000 * seconds


def check_forced(result: fwsim.Result, data: dict[str, Any]) -> None:
    rollout = result.rollout
    for (_, run), lines in jobs_of(result).items():
        at = getattr(result.columns.runs[run].command, "force_at", None)
        if at is None:
            continue
        force_at = rollout.milliseconds_of(at)
        for a, b in pairwise(lines):
            if a.state in {State.NOTIFYING, State.DEFERRED}:
                assert a.time < force_at
                if not data["power"]["default"]["mean_time_between_losses"]:
                    assert b.time <= force_at


def check_needless(result: fwsim.Result, data: dict[str, Any]) -> None:
    fetched = result.devices.bytes.to_numpy()
    asked_after_check = data["assumptions"]["idf_check_order"] == "after"
    for lines in jobs_of(result).values():
        states = [line.state for line in lines]
        if State.NOT_NEEDED in states:
            assert asked_after_check or State.NOTIFYING not in states
            assert State.TRANSFER not in states
    for device in range(len(fetched)):
        mine = [lines for (d, _), lines in jobs_of(result).items() if d == device]
        if not any(line.state is State.TRANSFER for lines in mine for line in lines):
            checks = sum(line.state is State.CHECKING for lines in mine for line in lines)
            assert fetched[device] == checks * IDF_SIZE


def check_stamps(result: fwsim.Result, data: dict[str, Any]) -> None:
    for (device, run), lines in jobs_of(result).items():
        states = [line.state for line in lines]
        if result.columns.runs[run].command.status_field is not StatusField.UPDATE:
            continue
        if result.rollout.fleet.flash[device] >= 4_000_000_000:
            for a, b in pairwise(states):
                assert b is not State.INSTALL or a in {State.VERIFY_PACKAGES, State.PROVIDING}
        else:
            assert State.VERIFY_PACKAGES not in states
        if State.SUCCESS in states:
            assert states[: states.index(State.SUCCESS)].count(State.REBOOT) == 1


def check_switched_off_again(result: fwsim.Result, data: dict[str, Any]) -> None:
    if len(result.columns.runs) > 1 or data["power"]["default"]["mean_time_between_losses"]:
        return
    epilogue = {State.SUCCESS, State.FAILED, State.NOT_NEEDED, State.CANCELLED}
    for lines in jobs_of(result).values():
        states = {line.state for line in lines}
        if State.WAKING in states and states & epilogue and result.ended < result.rollout.horizon:
            assert lines[-1].state is State.HALTED
        if data["power"]["default"]["on"] == "always" and not data["scheduler"]:
            assert State.HALTING not in states


def check_bytes(result: fwsim.Result, data: dict[str, Any]) -> None:
    """What the links carried is what the devices fetched, if no transfer is broken off."""
    known = result.devices.bytes.sum() - IDF_SIZE * int(
        (result.columns.state == State.CHECKING).sum()
    )
    carried = int(result.load.size.sum())
    if result.ended == result.rollout.horizon:
        return
    if data["firmware"]["proxy"]["type"] == "dynamic":
        check_proxy_bytes(result, data, carried)
        return
    assert carried >= known
    if not data["power"]["default"]["mean_time_between_losses"] and not data["scheduler"]:
        assert carried == known


def check_proxy_bytes(result: fwsim.Result, data: dict[str, Any], carried: int) -> None:
    """One package set a subnet and run, where every device could provide and none was lost."""
    units = data["fleet"]["units"].values()
    sure = (
        all(unit["flash"] == "8 GB" for unit in units)
        and data["power"]["default"]["on"] == "always"
        and not data["power"]["default"]["mean_time_between_losses"]
        and not any("delivery" in command for command in data["commands"])
        and not any("delivery" in note for note in data["notifications"])
        and not data["scheduler"]
        and not data["outages"]
    )
    if sure:
        runs = len(result.columns.runs)
        assert carried <= 80_000_000 * len(data["fleet"]["units"]) * runs


def server_at(result: fwsim.Result, data: dict[str, Any], time: int) -> str:
    """Return the server's name in the configuration of a time."""
    name = "scout.example.net"
    for change in data["changes"]:
        hour, minute = (int(part) for part in change["at"][-5:].split(":"))
        if ((hour - 11) * 60 + minute) * 60_000 <= time:
            name = change["firmware"]["server"]
    return name


def check_urls(result: fwsim.Result, data: dict[str, Any]) -> None:
    """A command's URL is that of its run; a device that starts by itself uses what it loaded."""
    for (_, run), lines in jobs_of(result).items():
        record = result.columns.runs[run]
        urls = [
            result.rollout.configuration.urls[line.amount]
            for line in lines
            if line.state is State.CHECKING
        ]
        assert len(set(urls)) <= 1
        if not urls:
            continue
        if run < len(result.rollout.runs):
            expected = {server_at(result, data, record.at)}
        elif record.label.startswith("notification"):
            expected = {server_at(result, data, lines[0].time)}
        else:
            times = [0, *(line.time for line in lines)]
            expected = {server_at(result, data, t) for t in range(0, max(times) + 1, 60_000)}
        assert urls[0].split("/")[2] in expected


def check_providers(result: fwsim.Result, data: dict[str, Any]) -> None:
    """A provider that was not lost installs after all its neighbours have their packages."""
    if (
        data["power"]["default"]["mean_time_between_losses"]
        or data["power"]["default"]["on"] != "always"
        or data["scheduler"]
        or len(result.columns.runs) > 1
    ):
        return
    units = result.rollout.fleet.unit
    provided, received = {}, {}
    for (device, _), lines in jobs_of(result).items():
        states = {line.state: line.time for line in lines}
        site = units[device]
        if State.PROVIDING in states and State.INSTALL in states:
            provided[site] = states[State.INSTALL]
        elif State.VERIFY_PACKAGES in states:
            received[site] = max(received.get(site, 0), states[State.VERIFY_PACKAGES])
    for site, installed in provided.items():
        assert installed >= received.get(site, 0)


def check_nothing_is_stored(result: fwsim.Result, data: dict[str, Any]) -> None:
    """Who was skipped or not reached hears nothing more of this command."""
    for lines in jobs_of(result).values():
        missed = [i for i, line in enumerate(lines) if line.state in MISSED]
        assert not missed or missed == [len(lines) - 1]


def check_one_job_at_a_time(result: fwsim.Result, data: dict[str, Any]) -> None:
    """While one job works on a device, no line of another says that it works, too."""
    if (
        data["power"]["default"]["mean_time_between_losses"]
        or not data["assumptions"]["shutdown_waits"]
    ):
        return
    spans: dict[int, list[tuple[int, int]]] = {}
    for (device, _), lines in jobs_of(result).items():
        for a, b in pairwise(lines):
            if a.state in UPDATING:
                spans.setdefault(device, []).append((a.time, b.time))
    for mine in spans.values():
        for (_, end), (start, _) in pairwise(sorted(mine)):
            assert start >= end


TOLD_BY_DEVICE = UPDATING | {
    State.NOTIFYING,
    State.DEFERRED,
    State.SUCCESS,
    State.FAILED,
    State.NOT_NEEDED,
    State.CANCELLED,
}
write_log = UnseenJob._write_log


def checked_write_log(job: UnseenJob, reason: Detail) -> None:
    """Write a line; what only the device can tell comes from one that is on, and about one job."""
    if job.state in TOLD_BY_DEVICE:
        device = job.device
        assert device.answers, (job.state, device.number)
        if job.state in UPDATING:
            assert [other for other in device.jobs if other.state in UPDATING] == [job]
    write_log(job, reason)


def played(data) -> list[Result]:
    """Play on both clocks; on SimPy's every line is looked at when it is written."""
    scenario = fwsim.Scenario.model_validate(data).seen_from(DATA)
    with mock.patch.object(UnseenJob, "_write_log", autospec=True) as written:
        written.side_effect = checked_write_log
        of_record = fwsim.simulate(scenario, engine=Engine.SIMPY)
    assert written.call_count == len(of_record.columns)
    return [of_record, fwsim.simulate(scenario, engine=Engine.COMPILED)]


def check_all(data):
    for result in played(data):
        check_result(result, data)


def check_result(result, data):
    for check in (
        check_lines,
        check_deferments,
        check_seconds,
        check_needless,
        check_stamps,
        check_forced,
        check_switched_off_again,
        check_bytes,
        check_urls,
        check_providers,
        check_nothing_is_stored,
        check_one_job_at_a_time,
    ):
        check(result, data)


@settings(max_examples=8)
@given(scenarios())
def test_the_invariants_hold_in_every_rollout(data):
    check_all(data)


@at_length(scenarios())
def test_the_invariants_hold_in_thousands_of_rollouts(data):
    check_all(data)


def check_reading_back(data):
    scenario = fwsim.Scenario.model_validate(data).seen_from(DATA)
    assert fwsim.loads(fwsim.dumps(scenario), folder=DATA) == scenario


@settings(max_examples=10)
@given(scenarios())
def test_a_scenario_reads_back_from_its_file_as_it_was(data):
    check_reading_back(data)


@at_length(scenarios())
def test_thousands_of_scenarios_read_back_as_they_were(data):
    check_reading_back(data)


def check_a_device_appended(data, more):
    """With links so wide that devices do not meet, the others' logs stay as they are."""
    data["network"] = {"repository": {"uplink": "100 Gbit/s", "connections": 1000}}
    data["network"]["sites"] = {"default": {"link": "10 Gbit/s"}}
    data["assumptions"]["dispatch_workers"] = 100
    data["firmware"]["proxy"] = {"type": "none"}
    data["firmware"]["new_version"] = {}
    data["notifications"] = []
    data["scheduler"] = None
    data["outages"] = []
    data["changes"] = []
    for command in data["commands"]:
        command["devices_wait"] = "0 s"
    before = fwsim.simulate(fwsim.Scenario.model_validate(data))
    data["fleet"]["units"]["DE/Z"] = {"devices": more, "installed": "old.idf"}
    after = jobs_of(fwsim.simulate(fwsim.Scenario.model_validate(data)))
    for job, lines in jobs_of(before).items():
        assert [line for line in after[job] if line.time <= before.ended] == lines


@settings(max_examples=10)
@given(scenarios(), st.integers(1, 4))
def test_a_device_appended_to_the_fleet_changes_nobody_elses_luck(data, more):
    check_a_device_appended(data, more)


@at_length(scenarios(), st.integers(1, 4))
def test_devices_appended_to_thousands_of_fleets_change_nobody_elses_luck(data, more):
    check_a_device_appended(data, more)


@pytest.mark.parametrize("hold", ["always", "never"])
def test_a_notice_without_end_is_left_only_by_a_user(play, hold):
    result = play(
        {"inform_user": "until answered"},
        people={"default": {"present": hold, "answer": {"now": "100 %"}}},
    )
    assert (State.SUCCESS in result.columns.state) == (hold == "always")
