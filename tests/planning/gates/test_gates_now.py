"""What policies say at a moment of a real rollout: by the counts of its log so far."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.so_far import SoFar, read_so_far
from fwsim.observations.own_columns import observed_in
from fwsim.planning.gates.now import Says, verdicts
from fwsim.run import play_once, prepare

POLICIES = """\
stages:
  groups: 2
  policies:
    - {name: all}
    - {name: half, hawkbit: {success: 50 %, error: 30 %}}
    - {name: strict, hawkbit: {success: 100 %, error: 1 %}}
    - {name: slow, gate: {success: 50 %, wait: 2 h}}
    - {name: pausing, hawkbit: {success: 50 %, error: 30 %, pauses: true}}
    - {name: aws, aws: {abort: [{failure: FAILED, threshold: 10 %, minimum: 5}]}}
    - {name: patient, aws: {abort: [{failure: FAILED, threshold: 10 %, minimum: 30}]}}
    - name: several
      aws: {abort: [{failure: FAILED, threshold: 20 %}, {failure: REJECTED, threshold: 1 %}]}
"""
SCENARIO = """\
name: An office
zone: Europe/Berlin
start: 2021-09-24 14:00
horizon: 6 h
image: {name: new.idf, packages: [{name: baseos, size: 100 MB}]}
fleet: {units: {DE/Office: {devices: 20, installed: old.idf}}}
faults: {installation: 20 %}
doubt: none
commands: [{update: DE/Office, once: 2021-09-24 15:00}]
"""


@cache
def rollout():
    return prepare(fwsim.loads(SCENARIO + POLICIES))


@cache
def log():
    return play_once(rollout(), 1, 0).log


def seen(until: int) -> SoFar:
    past = log().where(log().time <= until)
    return read_so_far(past, rollout(), at=rollout().local_time(until))


def said(until: int) -> dict[str, tuple[Says, str]]:
    stages = rollout().scenario.stages
    return {one.policy: (one.says, one.why) for one in verdicts(rollout(), seen(until), stages)}


def time_of(state: State, number: int) -> int:
    return int(sorted(log().time[log().state == state].tolist())[number - 1])


def test_before_anything_was_sent_every_rule_waits():
    found = said(30 * 60_000)
    assert {says for says, _ in found.values()} == {Says.WAIT}


def test_a_gate_opens_with_the_last_device_it_needs():
    tenth = time_of(State.SUCCESS, 10)
    assert said(tenth - 1)["half"] == (
        Says.WAIT,
        "9 of 20 devices of command 1 have it, 10 are needed: 1 more",
    )
    assert said(tenth)["half"] == (
        Says.GO_ON,
        "10 of 20 devices of command 1 have it, 10 were needed",
    )
    assert said(tenth)["pausing"][0] is Says.ASK
    assert said(tenth)["slow"] == (
        Says.WAIT,
        "10 of 20 devices of command 1 have it, and 2 h 00 min are still to be waited",
    )


ENDED = """\
fleet: {units: {DE/Office: {devices: 20, installed: old.idf, people: office}}}
people: {office: {present: always, answer: {now: 40 %, cancel: 60 %, defer: 0 %}}}
doubt: none
commands:
  - {update: DE/Office, once: 2021-09-24 15:00, inform_user: 5 min, user_can_cancel: true}
stages:
  policies:
    - {name: ends, hawkbit: {success: 80 %}}
    - {name: stays, gate: {success: 80 %, wait: 0 s}}
    - {name: passed, gate: {success: 0 %, wait: 0 s}}
"""


def test_of_a_group_that_is_over_the_reason_is_not_that_enough_have_it():
    """Sixteen are needed; the fifth to cancel puts them out of reach."""
    rollout = prepare(fwsim.loads(SCENARIO[: SCENARIO.index("fleet:")] + ENDED))
    log = play_once(rollout, 1, 0).log
    cancels = sorted(log.time[log.state == State.CANCELLED].tolist())
    assert len(cancels) == 13

    def said(until: int) -> dict[str, tuple[Says, str]]:
        past = read_so_far(log.where(log.time <= until), rollout, at=rollout.local_time(until))
        found = verdicts(rollout, past, rollout.scenario.stages)
        return {one.policy: (one.says, one.why) for one in found}

    have_it = "0 of 20 devices of command 1 have it, "
    needed = (Says.WAIT, have_it + "16 are needed: 16 more")
    assert said(cancels[3])["ends"] == said(cancels[3])["stays"] == needed
    out_of_reach = have_it + "the 16 needed are out of reach"
    assert said(cancels[4])["ends"] == (
        Says.WAIT,
        f"{out_of_reach}; it goes on once all have ended: 15 more",
    )
    assert said(cancels[4])["stays"] == (Says.WAIT, f"{out_of_reach}: 5 ended without it")
    assert said(6 * 3_600_000)["ends"] == (
        Says.GO_ON,
        "7 of 20 devices of command 1 have it, and none is still under way",
    )
    assert said(6 * 3_600_000)["passed"][1].endswith("0 were needed")


def test_whose_turn_has_not_come_is_not_notified(tmp_path):
    """Nor where another system's log does not tell who was probed."""
    text = SCENARIO.replace("15:00}]", "15:00, devices_wait: 5 min}]")
    rollout = prepare(fwsim.loads(text + POLICIES))
    path = tmp_path / "done.csv"
    name = rollout.fleet.shown_names[2]
    path.write_text(f"device,state,time\n{name},done,2021-09-24 15:20\n", encoding="utf-8")
    for log in (play_once(rollout, 1, 0).log, path):
        for at, notified in (("15:29", 6), ("17:00", 20)):
            seen = read_so_far(log, rollout, at=f"2021-09-24 {at}")
            found = verdicts(rollout, seen, rollout.scenario.stages)
            why = next(one.why for one in found if one.policy == "aws")
            assert f"of {notified} notified" in why


def test_a_gate_pauses_with_the_first_failure_too_many():
    first = time_of(State.FAILED, 1)
    assert said(first - 1)["strict"][0] is Says.WAIT
    assert said(first)["strict"] == (
        Says.PAUSE,
        "1 of 20 devices of command 1 failed, more than 0",
    )


def test_an_abort_rule_trips_at_its_share_of_the_devices_notified():
    second = time_of(State.FAILED, 2)
    assert said(second - 1)["aws"][0] is Says.GO_ON
    says, why = said(second)["aws"]
    assert says is Says.CANCEL
    assert why == "FAILED 2 of 20 notified (10.0 %), it cancels from 10.0 %"


def test_a_rule_to_abort_that_waits_for_more_devices_says_for_how_many():
    assert said(time_of(State.FAILED, 2))["patient"] == (
        Says.GO_ON,
        "FAILED 2 of 20 notified (10.0 %), it cancels from 10.0 %, but not before 30 are notified",
    )


def test_of_several_rules_to_abort_the_one_nearest_to_tripping_is_told():
    says, why = said(time_of(State.FAILED, 2))["several"]
    assert says is Says.GO_ON
    assert why.startswith("FAILED 2 of 20 notified")


def told_elsewhere(tmp_path, devices: range) -> dict[str, tuple[Says, str]]:
    """Return what is said when another system's log knows of these devices, all of them done."""
    names = rollout().fleet.shown_names
    lines = [f"{names[device]},done,2021-09-24 15:{10 + device}" for device in devices]
    path = tmp_path / "done.csv"
    path.write_text("\n".join(["device,state,time", *lines]), encoding="utf-8")
    seen = read_so_far(path, rollout(), at="2021-09-24 15:40")
    stages = rollout().scenario.stages
    return {one.policy: (one.says, one.why) for one in verdicts(rollout(), seen, stages)}


def test_a_log_from_elsewhere_leaves_out_nobody_who_was_commanded(tmp_path):
    found = told_elsewhere(tmp_path, range(3))
    needed = "3 of 20 devices of command 1 have it, 10 are needed: 7 more"
    assert found["half"] == (Says.WAIT, needed)
    assert found["aws"][1].startswith("FAILED 0 of 20 notified")


def test_a_log_from_elsewhere_opens_the_gate_with_the_last_device_it_needs(tmp_path):
    assert told_elsewhere(tmp_path, range(9))["half"][0] is Says.WAIT
    assert told_elsewhere(tmp_path, range(10))["half"][0] is Says.GO_ON


AGAIN = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 1 d
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE: {devices: 10, installed: old.idf}}}
faults: {installation: 100 %}
doubt: none
commands: [{update: DE}, {update: DE, once: 2018-08-20 09:00}]
"""


@pytest.mark.parametrize("at", ["2018-08-20 08:58", "2018-08-20 09:01", "2018-08-20 12:00"])
def test_a_second_command_takes_back_no_failure_of_the_first(at):
    twice = prepare(fwsim.loads(AGAIN + POLICIES))
    seen = read_so_far(play_once(twice, 1, 0).log, twice, at=at)
    found = {one.policy: one for one in verdicts(twice, seen, twice.scenario.stages)}
    assert found["half"].says is Says.PAUSE
    assert found["half"].why == "10 of 10 devices of command 1 failed, more than 3"
    assert found["aws"].says is Says.CANCEL
    assert found["aws"].why.startswith("FAILED 10 of 10 notified (100.0 %)")


def test_where_no_command_is_told_it_is_one_that_the_device_was_sent(tmp_path):
    """A later wave to others is not it."""
    text = SCENARIO.replace("DE/Office: {devices", "DE/Branch: {devices: 10}, DE/Office: {devices")
    text = text.replace("15:00}]", "15:00}, {update: DE/Branch, once: 2021-09-24 15:05}]")
    waves = prepare(fwsim.loads(text + POLICIES))
    names = [name for name in waves.fleet.shown_names if name.startswith("Office")]
    path = tmp_path / "done.csv"
    lines = [f"{name},failed,2021-09-24 15:10" for name in names]
    path.write_text("\n".join(["device,state,time", *lines]), encoding="utf-8")
    seen = read_so_far(path, waves, at="2021-09-24 15:20")
    found = {one.policy: one for one in verdicts(waves, seen, waves.scenario.stages)}
    (told,) = seen.contradictions
    assert "command 2 was due at 2021-09-24 15:05 but is not in the log yet" in str(told)
    assert found["half"].why == "20 of 20 devices of command 1 failed, more than 6"


@pytest.mark.parametrize("own", [True, False], ids=["own", "of few states"])
def test_a_rule_looks_at_the_group_that_was_sent_last_though_it_was_due_first(own):
    """Command 1 was clicked after command 2; it is not done yet, and the other is."""
    text = SCENARIO.replace("DE/Office: {devices", "DE/Branch: {devices: 10}, DE/Office: {devices")
    text = text.replace("faults: {installation: 20 %}\n", "")
    text = text.replace("15:00}]", "15:00}, {update: DE/Branch, once: 2021-09-24 15:05}]")
    planned = prepare(fwsim.loads(text + POLICIES))
    run = play_once(prepare(fwsim.loads(text.replace("15:00}", "17:00}"))), 1, 0)
    log: object = observed_in(run.log, run.rollout, int(run.log.time[-1]))
    if own:
        at = {one.label: place for place, one in enumerate(planned.runs)}
        places = np.array([at[one.label] for one in run.log.runs], np.int32)
        log = replace(run.log, run=places[run.log.run], runs=planned.runs)
    seen = read_so_far(log, planned, at="2021-09-24 17:01")
    assert list(seen.later) == ["1"]
    found = {one.policy: one for one in verdicts(planned, seen, planned.scenario.stages)}
    assert "of command 1" in found["half"].why
    assert found["half"].says is Says.WAIT


def test_who_looks_at_nothing_goes_on():
    assert said(time_of(State.FAILED, 2))["all"] == (Says.GO_ON, "it looks at no results")


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    from tests.cli.command_line import fwsim as command

    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO + POLICIES, encoding="utf-8")
    none = tmp_path / "none.csv"
    ended = command("stages", path, "--so-far", none, "--at", "noon", "--seed", 3)
    for told in ("--seed: error: is for", "no such file", "--at: error: 'noon' is not a"):
        assert told in ended.text


def test_what_a_rule_says_is_german_where_german_is_spoken(tmp_path):
    from tests.cli.command_line import fwsim as command

    path, done = tmp_path / "s.yaml", tmp_path / "done.csv"
    path.write_text(SCENARIO + POLICIES, encoding="utf-8")
    name = rollout().fleet.shown_names[0]
    done.write_text(f"device,state,time\n{name},done,2021-09-24 15:10\n", encoding="utf-8")
    text = command("--lang", "de", "stages", path, "--so-far", done).text
    assert "warten" in text
    assert "go on" not in text


def test_of_devices_that_later_exports_do_not_show_it_is_told_that_they_may_have_ended(tmp_path):
    from tests.cli.command_line import fwsim as command

    path, looks = tmp_path / "s.yaml", tmp_path / "looks.csv"
    path.write_text(SCENARIO + POLICIES, encoding="utf-8")
    rows = [f"{name},2021-09-24 16:00,Update in progress" for name in rollout().fleet.shown_names]
    rows += [row.replace("16:00", "17:00") for row in rows[5:]]
    looks.write_text("\n".join(["Device,Time,Update State", *rows, ""]), encoding="utf-8")
    told = "5 devices were under way when an export last showed them"
    text = command("stages", path, "--so-far", looks).text
    assert told in " ".join(text.split())
    assert told not in command("stages", path, "--so-far", looks, "--at", "2021-09-24 16:30").text
    looks.write_text(f"Device,Time,Update State\n{rows[0].split(',')[0]},2021-09-24 16:00,\n")
    assert "under way when" not in command("stages", path, "--so-far", looks).text


def test_that_later_updates_are_not_tried_is_not_told_where_nothing_is(tmp_path):
    from tests.cli.command_line import fwsim as command

    path, done = tmp_path / "s.yaml", tmp_path / "done.csv"
    text = SCENARIO.replace("DE/Office: {devices", "DE/Branch: {devices: 10}, DE/Office: {devices")
    text = text.replace("15:00}]", "15:00}, {update: DE/Branch, once: 2021-09-24 15:05}]")
    path.write_text(text + POLICIES, encoding="utf-8")
    name = rollout().fleet.shown_names[0]
    done.write_text(f"device,state,time\n{name},done,2021-09-24 15:10\n", encoding="utf-8")
    ended = command("stages", path, "--so-far", done)
    assert ended.code == 0
    assert "only the first update" not in ended.text


@pytest.mark.parametrize("option", ["--replications", "--seed"])
def test_options_of_runs_are_refused_beside_a_log(option, tmp_path):
    from tests.cli.command_line import fwsim as command

    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO + POLICIES, encoding="utf-8")
    ended = command("stages", path, "--so-far", path, option, 3)
    assert ended.code == 2
    assert f"{option}: error: is for runs" in ended.text
