"""What if one did something else from now on: who is taken out, what is sent, in pairs."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

import fwsim
from fwsim.cli.comparing import print_comparison
from fwsim.commands.lifecycle import State
from fwsim.experiments.experiment import Experiment
from fwsim.learning.under_way import runs_of_plan
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.model.past import cut
from fwsim.planning.what_if import plan_of, read_alternative, what_if
from fwsim.problems import InputError
from fwsim.results.statistics.answer import Answer
from fwsim.run import play_once, prepare

# A second between two devices: at half past the server is half way through.
SLOW = """\
name: A slow dispatch
zone: Europe/Berlin
start: 2021-09-24 14:00
horizon: 10 h
image: {name: new.idf, packages: [{name: baseos, size: 50 MB}]}
firmware: {reminder: {deferments: 3, delays: [1 h]}}
fleet:
  units:
    DE/North: {devices: 10, installed: old.idf}
    DE/South: {devices: 10, installed: old.idf}
people: {default: {answer: {now: 20 %, defer: 70 %, cancel: 0 %}}}
commands:
  - {update: DE, subordinate_units: true, inform_user: 5 min, devices_wait: 3 min,
     once: 2021-09-24 15:00}
  - {update: DE, subordinate_units: true, once: 2021-09-24 22:00}
"""


@pytest.fixture(scope="module")
def half_way():
    rollout = prepare(fwsim.loads(SLOW))
    log = play_once(rollout, 50, 2, world=2).log
    return fwsim.forecast(rollout, log, at="2021-09-24 15:30", runs=6, workers=1)


def alternative(tmp_path, text):
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")
    return read_alternative(path)


def waiting(found):
    """Return how many devices had not been sent the command yet."""
    log = found.so_far.past.log
    heard = log.device[log.state != State.PROBING]
    return 20 - len(np.unique(heard))


def logs_of(plan, runs=3):
    logs = []

    def keep(record):
        logs.append(record.log)
        return 0.0

    Experiment(plan.rollout, custom={"keep": keep}).run(runs, past=plan.past, workers=1)
    return logs


def test_stop_takes_out_who_was_not_sent_the_command_and_nobody_else(half_way, tmp_path):
    plan = plan_of(half_way, alternative(tmp_path, "stop: true\n"))
    until = half_way.until
    assert waiting(half_way) > 5
    for log in logs_of(plan):
        later = log.where(log.time > until)
        assert not (later.state == State.PROBING).any()
        before = log.where(log.time <= until)
        out = np.unique(before.device[before.state == State.SUPERSEDED])
        assert len(out) == waiting(half_way)
        assert not np.isin(later.device, out).any()


def test_whoever_waits_in_what_is_skipped_is_left_alone(half_way, tmp_path):
    plan = plan_of(half_way, alternative(tmp_path, "skip: [DE/South]\n"))
    south = np.arange(10, 20)
    for log in logs_of(plan):
        told = log.time <= half_way.until
        at_work = {int(d) for d in south} - set(
            log.device[told & (log.state == State.SUPERSEDED)].tolist()
        )
        later = log.device[~told & (log.state != State.SUPERSEDED)]
        assert set(later[later >= 10].tolist()) <= at_work
        assert (later < 10).any()


def test_what_is_commanded_now_takes_the_place_of_what_was_to_come(half_way, tmp_path):
    text = "stop: true\ncommands: [{update: DE, subordinate_units: true, once: 2021-09-24 20:00}]\n"
    plan = plan_of(half_way, alternative(tmp_path, text))
    assert [(run.label, run.at) for run in plan.rollout.runs] == [
        ("1", 3_600_000),
        ("3", 6 * 3_600_000),
    ]
    for log in logs_of(plan):
        labels = {log.runs[number].label for number in np.unique(log.run).tolist()}
        assert labels == {"1", "3"}


def test_what_if_is_told_of_this_rollout_and_names_what_was_played(half_way, tmp_path, capsys):
    compared = what_if(half_way, alternative(tmp_path, "stop: true\n"), workers=1)
    others = replace(compared, answers=tuple(_many(answer) for answer in compared.answers))
    print_comparison(others)
    told = " ".join(capsys.readouterr().out.split())
    assert "9 in 10 ways to go on" in told
    assert ", 9 in 10 ways to go on)" in told
    assert "its range is where this rollout lies with 90 %" in told
    assert "9 rollouts" not in told
    assert "next rollout" not in told
    going_on, other = (answer.provenance["scenario_sha256"] for answer in compared.answers)
    assert going_on != other
    again = what_if(half_way, alternative(tmp_path, "stop: true\n"), workers=1)
    assert again.answers[1].provenance["scenario_sha256"] == other


def _many(answer):
    """Return an answer with each run four times, enough for a range."""
    runs = [replace(run, number=n) for n, run in enumerate(answer.replications * 4)]
    return Answer(answer.setting, runs, provenance=answer.provenance)


def test_plans_meet_the_same_rest_of_the_rollout(half_way, tmp_path):
    compared = what_if(half_way, alternative(tmp_path, "stop: true\n"), workers=1)
    assert compared.names == ("going on", "other")
    assert compared.runs == 6
    again = what_if(half_way, alternative(tmp_path, "name: no more\nstop: true\n"), workers=1)
    assert again.names[1] == "no more"
    prompts = Measure(Kind.DEVICES_PROMPTED)
    assert again.answers[1].values(prompts) == compared.answers[1].values(prompts)
    assert all(v < 0 for v in [compared.difference(prompts).value])
    assert compared.verdict()


EVENING = """\
zone: Europe/Berlin
start: 2021-11-05 08:00
horizon: 2 d
doubt: none
image: {name: b.idf, packages: [{name: base, size: 300 MB}]}
fleet: {units: {DE/A: {devices: 2, installed: a.idf}, DE/B: {devices: 18, installed: a.idf}}}
commands: [{update: DE/A, once: 2021-11-05 09:00}, {update: DE/B, once: 2021-11-05 20:00}]
"""


def test_stopping_is_not_better_for_the_devices_it_leaves_out(tmp_path):
    rollout = prepare(fwsim.loads(EVENING))
    found = fwsim.forecast(rollout, play_once(rollout, 1, 0).log, at="2021-11-05 12:00", runs=4)
    first, *others = what_if(found, alternative(tmp_path, "stop: true\n"), workers=1).verdict()
    assert first.startswith("other targets 2 devices, going on 20; 2 and 20 of them are successful")
    assert not any("time to" in sentence for sentence in others)
    assert "devices successful: 18 devices less" in next(s for s in others if "is worse" in s)


def test_what_is_sent_at_another_time_instead_says_from_when_times_count(tmp_path):
    text = EVENING.replace("{update: DE/A, once: 2021-11-05 09:00}, ", "")
    rollout = prepare(fwsim.loads(text))
    found = fwsim.forecast(rollout, play_once(rollout, 1, 0).log, at="2021-11-05 12:00", runs=4)
    other = alternative(tmp_path, "commands: [{update: DE/B, once: 2021-11-05 14:00}]\n")
    told = what_if(found, other, workers=1).starts
    assert told.startswith(
        "What each plan is judged by is first due at 2021-11-05 20:00 and 2021-11-05 14:00."
    )


def test_a_change_of_the_reminder_is_the_servers_from_then_on(half_way, tmp_path):
    text = "changes: [{at: 2021-09-24 15:31, firmware: {reminder: {deferments: 0}}}]\n"
    plan = plan_of(half_way, alternative(tmp_path, text))
    assert len(plan.rollout.runs) == 2
    assert plan.past is half_way.so_far.past  # nobody is taken out
    settings = plan.rollout.configuration.settings(0, 8 * 3_600_000)
    assert settings.deferments == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}\n", "decides nothing"),
        ("stop: perhaps\n", "stop"),
        ("halt: true\n", "unknown key 'halt'"),
        ("- stop\n", "other.yaml"),
    ],
)
def test_a_file_that_decides_nothing_is_refused_with_its_place(text, told, tmp_path):
    with pytest.raises(InputError) as refused:
        alternative(tmp_path, text)
    assert told in str(refused.value)


def test_all_that_leads_nowhere_is_told_at_once_with_its_place(half_way, tmp_path):
    text = (
        "skip: [DE/West]\n"
        "commands: [{update: DE/North, once: 2021-09-24 15:10}, {update: DE/East, now: true}]\n"
        "changes: [{at: 2021-09-24 14:00, firmware: {reminder: {deferments: 0}}}]\n"
    )
    with pytest.raises(InputError) as refused:
        plan_of(half_way, alternative(tmp_path, text))
    told = [(problem.line, problem.message) for problem in refused.value.problems]
    assert len(told) == 4
    assert {line for line, _ in told} == {1, 2, 3}
    texts = " ".join(message for _, message in told)
    assert "2021-09-24 15:10:00 is not after 2021-09-24 15:30:00, up to which the log" in texts


@pytest.mark.parametrize(
    "text",
    [
        "skip: [{list: FILE}]",
        "commands: [{update: {list: FILE}, now: true}]",
        "commands: [{scmd: -update -to FILE -list -now}]",
    ],
)
def test_a_list_outside_is_not_read_and_one_that_is_not_there_is_told(half_way, tmp_path, text):
    (tmp_path / "passwd").write_text("root:x:0:0\n")
    for file, told in ((tmp_path / "passwd", "outside of the scenario's"), ("x.txt", "no such")):
        with pytest.raises(InputError, match=told) as refused:
            plan_of(half_way, alternative(tmp_path, text.replace("FILE", str(file))))
        (problem,) = refused.value.problems
        assert problem.line == 1
        assert "root:x" not in str(problem)


def test_what_comes_after_the_horizon_is_not_told_to_come_too_early(half_way, tmp_path):
    text = "commands: [{update: DE/North, once: 2021-09-25 15:10}]\n"
    with pytest.raises(InputError, match="does not run between 2021-09-24 15:30, up to which"):
        plan_of(half_way, alternative(tmp_path, text))


SUCCESSES = frozenset({State.SUCCESS})


@pytest.fixture(scope="module")
def from_successes():
    rollout = prepare(fwsim.loads(SLOW))
    log = play_once(rollout, 50, 2, world=2).log
    past = cut(log, 90 * 60_000, len(rollout.fleet), SUCCESSES)
    with mock.patch.object(runs_of_plan, "_MOST_RUNS", 60):
        return fwsim.forecast(rollout, past, runs=2, workers=1)


@pytest.mark.parametrize("text", ["stop: true\n", "skip: [DE/South]\n"])
def test_from_a_log_of_successes_nobody_can_be_left_out(text, tmp_path, from_successes):
    with pytest.raises(InputError, match="does not tell who has been sent a command"):
        plan_of(from_successes, alternative(tmp_path, text))


def test_from_a_dynamic_group_nobody_can_be_left_out(tmp_path):
    group = "{update: {group: Update state = Not successful}, once: 2021-09-24 22:00}"
    text = SLOW.replace("{update: DE, subordinate_units: true, once: 2021-09-24 22:00}", group)
    rollout = prepare(fwsim.loads(text))
    log = play_once(rollout, 50, 2, world=2).log
    found = fwsim.forecast(rollout, log, at="2021-09-24 15:30", runs=2, workers=1)
    with pytest.raises(InputError, match="2 goes to a dynamic client group"):
        plan_of(found, alternative(tmp_path, "skip: [DE/South]\n"))
