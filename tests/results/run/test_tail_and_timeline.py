"""Where devices stood over time, and where the last ones spent it."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.commands.command import UpdateCommand
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.experiments.experiment import Experiment
from fwsim.measures.amounts import shown_duration
from fwsim.model.device_jobs import EVERYBODY
from fwsim.model.status_log import CommandRun, StatusLog
from fwsim.notebook.devices.story import story_of
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.outcomes import outcome_counts
from fwsim.results.run.record import FieldRecord
from fwsim.results.run.stages import STAGE_OF_STATE, STAGES, STAGES_UNDER_WAY, Stage, Wait
from fwsim.results.run.tail import Attempts, time_spent
from fwsim.results.run.timeline import MOST_STEPS, step_of, timeline_of
from fwsim.results.statistics.sentences import tail_in_words

MINUTE = 60_000
DEFERS = {
    "people": {"default": {"answer": {"now": "0 %", "defer": "100 %", "cancel": "0 %"}}},
    "firmware": {"reminder": {"deferments": 1, "delays": ["1 h"]}},
}


def test_the_time_until_success_is_split_without_a_rest(play):
    updates = play({"inform_user": "5 min", "once": "2018-08-20 11:30"}, **DEFERS).record.updates
    spent = time_spent(updates)
    total = updates.success_time[0] - updates.first_command
    assert spent.by_last.sum() == spent.by_all.sum() == total
    by_stage = dict(zip(STAGES_UNDER_WAY, spent.by_last.tolist(), strict=True))
    assert by_stage[Stage.DEFERRED] == 60 * MINUTE
    assert by_stage[Stage.TRANSFER] == 11_000
    assert by_stage[Stage.INSTALLATION] == 10_000
    assert by_stage[Stage.RESTART] == 60_000


def test_the_tail_is_the_last_twentieth(play):
    fleet = {"units": {"DE": {"devices": 40}}}
    spent = time_spent(play(fleet=fleet).record.updates)
    assert (spent.devices, spent.last) == (40, 2)


NO_ANSWER = {"answer": {"now": "0 %", "defer": "0 %", "cancel": "100 %"}}
FIRST_NIGHT = {
    Wait.SKIPPED: ({"only_switched_on": True}, {"power": {"default": {"on": "mon 11:30-18:00"}}}),
    Wait.CANCELLED: (
        {"inform_user": "5 min", "user_can_cancel": True},
        {"people": {"default": NO_ANSWER}},
    ),
    Wait.NOT_SWITCHED_ON: (
        {},
        {"power": {"default": {"on": "mon 11:50-18:00"}}, "assumptions": {"wake_up_sites": "0 %"}},
    ),
    Wait.LATER: (
        {"update": "DE/Other"},
        {"fleet": {"units": {"DE/Other": {"devices": 1, "installed": "new.idf"}}}},
    ),
}


@pytest.mark.parametrize("why", FIRST_NIGHT)
def test_the_time_until_the_next_command_has_the_reason_of_the_one_before(play, why):
    first, changes = FIRST_NIGHT[why]
    commands = [{"update": "DE", **first}, {"update": "DE", "once": "2018-08-20 12:00"}]
    spent = time_spent(play(commands=commands, **changes).record.updates)
    by_way = dict(zip(STAGES_UNDER_WAY, spent.by_all.tolist(), strict=True))
    before = (Stage.DISPATCH, Stage.WAKING, Stage.CHECKING, Stage.ASKED)
    waits = sum(by_way[wait] for wait in Wait)
    assert waits == by_way[why] > 50 * MINUTE
    assert 0 <= by_way[why] + sum(by_way[w] for w in before) - 60 * MINUTE < 5000
    assert by_way[Stage.DISPATCH] < MINUTE


def a_log(*lines, at=(0, 1000, 2000)):
    """Return the record of one device: time, number of the command, state, reason a line."""
    log = StatusLog(
        [CommandRun(UpdateCommand(target=EVERYBODY), t, str(n)) for n, t in enumerate(at)]
    )
    for time, run, state, *detail in lines:
        log.write(time, 0, run, state, *detail)
    return FieldRecord(log.columns(), 0)


def done(run, begin):
    """Return the lines of an update that takes 30 from its command on."""
    return [
        (begin, run, State.PROBING),
        (begin + 5, run, State.CHECKING),
        (begin + 10, run, State.TRANSFER),
        (begin + 30, run, State.SUCCESS),
    ]


USUAL = {Stage.DISPATCH: 5, Stage.CHECKING: 5, Stage.TRANSFER: 20}
LOGS = {
    "its turn comes late": (done(0, 100), {**USUAL, Stage.DISPATCH: 105}),
    "commanded later, and its turn comes late": (
        done(1, 1200),
        {**USUAL, Wait.LATER: 1000, Stage.DISPATCH: 205},
    ),
    "busy with a delivery": (
        [(3, 0, State.PROBING), (4, 0, State.REJECTED, Detail.BUSY), *done(1, 1000)],
        {**USUAL, Stage.DISPATCH: 9, Wait.BUSY: 996},
    ),
    "a connection timed out, then nothing to do": (
        [
            (0, 0, State.PROBING),
            (10, 0, State.UNREACHED, Detail.CONNECTION_TIMED_OUT),
            (1000, 1, State.PROBING),
            (1001, 1, State.CHECKING),
            (1003, 1, State.NOT_NEEDED),
            *done(2, 2000),
        ],
        {
            **USUAL,
            Stage.DISPATCH: 16,
            Stage.CHECKING: 7,
            Wait.TIMED_OUT: 990,
            Wait.NOT_NECESSARY: 997,
        },
    ),
    "failed, in three ways": (
        [
            (0, 0, State.PROBING),
            (1, 0, State.TRANSFER),
            (101, 0, State.FAILED, Detail.TRANSFER_FAILED),
            (1000, 1, State.PROBING),
            (1000, 1, State.INSTALL),
            (1100, 1, State.FAILED, Detail.INSTALLATION_FAILED),
            *done(2, 2000),
        ],
        {
            **USUAL,
            Stage.DISPATCH: 6,
            Stage.TRANSFER: 120,
            Wait.TRANSFER_FAILED: 899,
            Stage.INSTALLATION: 100,
            Wait.INSTALLATION_FAILED: 900,
        },
    ),
    "no image is offered yet": (
        [
            (0, 0, State.PROBING),
            (0, 0, State.CHECKING),
            (9, 0, State.FAILED, Detail.IDF_NOT_AVAILABLE),
            *done(1, 1000),
        ],
        {**USUAL, Stage.CHECKING: 14, Wait.FAILED: 991},
    ),
    "power lost, found out when it is on again": (
        [
            (0, 0, State.PROBING),
            (1, 0, State.CHECKING),
            (2, 0, State.TRANSFER),
            (802, 0, State.FAILED, Detail.POWER_LOST_IN_TRANSFER),
            *done(1, 1000),
        ],
        {**USUAL, Stage.DISPATCH: 6, Stage.CHECKING: 6, Wait.CUT_OFF: 800, Wait.POWER_LOST: 198},
    ),
    "nothing heard of any more": (
        [(0, 0, State.PROBING), (1, 0, State.TRANSFER), *done(1, 1000)],
        {**USUAL, Stage.DISPATCH: 6, Stage.TRANSFER: 1019},
    ),
    "taken over by a newer command": (
        [
            (0, 0, State.PROBING),
            (1, 0, State.NOTIFYING),
            (1000, 1, State.PROBING),
            (1002, 0, State.SUPERSEDED, Detail.SUPERSEDED),
            (1002, 1, State.CHECKING),
            (1010, 1, State.TRANSFER),
            (1030, 1, State.SUCCESS),
        ],
        {Stage.DISPATCH: 1, Stage.ASKED: 1001, Stage.CHECKING: 8, Stage.TRANSFER: 20},
    ),
    "another command is rejected meanwhile": (
        [
            (0, 0, State.PROBING),
            (1, 0, State.DEFERRED),
            (1000, 1, State.PROBING),
            (1001, 1, State.REJECTED, Detail.BUSY),
            (1500, 0, State.TRANSFER),
            (1600, 0, State.SUCCESS),
        ],
        {Stage.DISPATCH: 1, Stage.DEFERRED: 1499, Stage.TRANSFER: 100},
    ),
    "successful, then not necessary": (
        [
            *done(0, 0),
            (1000, 1, State.PROBING),
            (1001, 1, State.CHECKING),
            (1002, 1, State.NOT_NEEDED),
        ],
        USUAL,
    ),
    "successful, then another update fails": (
        [
            *done(0, 0),
            (1000, 1, State.PROBING),
            (1001, 1, State.TRANSFER),
            (1400, 1, State.FAILED, Detail.TRANSFER_FAILED),
        ],
        {},
    ),
    "successful, then another is skipped": (
        [*done(0, 0), (1000, 1, State.PROBING), (1001, 1, State.SKIPPED)],
        USUAL,
    ),
    "successful, then with another image": (
        [*done(0, 0), *done(1, 1000)],
        {Stage.DISPATCH: 10, Stage.CHECKING: 10, Stage.TRANSFER: 40, Wait.LATER: 970},
    ),
    "starts by itself after a wake-up in vain": (
        [
            (0, 0, State.PROBING),
            (60, 0, State.UNREACHED, Detail.NOT_SWITCHED_ON),
            (1300, 1, State.CHECKING),
            (1310, 1, State.TRANSFER),
            (1330, 1, State.SUCCESS),
        ],
        {
            Stage.DISPATCH: 60,
            Wait.NOT_SWITCHED_ON: 940,
            Wait.OWN_START: 300,
            Stage.CHECKING: 10,
            Stage.TRANSFER: 20,
        },
    ),
    "starts by itself": (
        [(1300, 1, State.CHECKING), (1310, 1, State.TRANSFER), (1330, 1, State.SUCCESS)],
        {Wait.OWN_START: 1300, Stage.CHECKING: 10, Stage.TRANSFER: 20},
    ),
    "waiting for a check-in, for neighbours and to restart": (
        [
            (100, 0, State.ASSIGNED),
            (1000, 0, State.CHECKING),
            (1010, 0, State.TRANSFER),
            (1030, 0, State.PROVIDING),
            (1100, 0, State.INSTALL),
            (1120, 0, State.RESTART_PENDING),
            (2000, 0, State.REBOOT),
            (2060, 0, State.SUCCESS),
        ],
        {
            Wait.OWN_START: 100,
            Stage.CHECK_IN: 900,
            Stage.CHECKING: 10,
            Stage.TRANSFER: 20,
            Stage.SERVING: 70,
            Stage.INSTALLATION: 20,
            Stage.TO_RESTART: 880,
            Stage.RESTART: 60,
        },
    ),
}


@pytest.mark.parametrize("story", LOGS)
def test_how_a_device_spent_its_time_command_by_command(story):
    lines, expected = LOGS[story]
    updates = a_log(*lines)
    spent = time_spent(updates)
    found = {way: ms for way, ms in zip(STAGES_UNDER_WAY, spent.by_all.tolist(), strict=True) if ms}
    assert found == expected
    success = updates.success_time[0]
    assert sum(found.values()) == (success if success < NOT_YET else 0)


def test_the_sentence_names_the_wait_and_its_reason(scenario):
    commands = [
        {"update": "DE", "inform_user": "5 min", "user_can_cancel": True},
        {"update": "DE", "once": "2018-08-21 11:00"},
    ]
    people = {"default": {"answer": {"now": "90 %", "defer": "0 %", "cancel": "10 %"}}}
    model = scenario(commands=commands, people=people, fleet={"units": {"DE": {"devices": 40}}})
    answer = Experiment(model).run(3, workers=1)
    assert "waiting for the next command after a cancel (all: " in tail_in_words(answer)
    ways = answer.time_spent()["stage"].tolist()
    assert ways[-1] == Wait.CANCELLED.value
    assert Wait.BUSY.value not in ways


def test_who_waits_for_a_window_is_not_told_to_wait_for_its_turn_alone(scenario):
    people = {"default": {"answer": {"now": "90 %", "defer": "0 %", "cancel": "10 %"}}}
    commands = [
        {"update": "DE", "inform_user": "5 min", "user_can_cancel": True},
        {"update": "DE", "once": "2018-08-20 15:00"},
    ]
    fleet = {"units": {"DE": {"devices": 40}}}
    held = {"times": "11:00-12:00"}  # the second command waits until the next day
    model = scenario(commands=commands, people=people, fleet=fleet, windows=held)
    answer = Experiment(model).run(3, workers=1)
    turn = "waiting for its turn or for a window"
    assert f"{turn} (all: " in tail_in_words(answer)
    assert answer.time_spent()["stage"].tolist()[0] == turn
    run = fwsim.simulate(model)
    told = [text for device in range(40) for _, text in story_of(run, device)]
    assert any(text.startswith(f"{turn} for ") for text in told)
    assert not any(text.startswith("waiting for its turn for ") for text in told)


def test_where_nobody_was_successful_nobody_is_late(scenario):
    answer = Experiment(scenario(faults={"installation": "100 %"})).run(2, workers=1)
    assert tail_in_words(answer) == "No device was successful in any run."
    nobody = scenario(commands=[{"update": {"group": "Memory = 4"}}])
    assert tail_in_words(Experiment(nobody).run(2, workers=1)) == ""  # the headline says why


def test_where_nobody_needs_the_update_nothing_is_said_of_who_is_late(scenario):
    up_to_date = scenario(fleet={"units": {"DE": {"devices": 2, "installed": "new.idf"}}})
    answer = Experiment(up_to_date).run(2, workers=1)
    assert "no targeted device needs the update" in answer.headline
    assert tail_in_words(answer) == ""


def test_nobody_successful_has_no_tail(play):
    spent = time_spent(play(faults={"installation": "100 %"}).record.updates)
    assert (spent.devices, spent.by_last.sum()) == (0, 0)


@pytest.mark.parametrize(
    "name",
    [
        "branch-offices",
        "busy-and-superseded",
        "every-friday",
        "notification",
        "ways-proxy",
        "power-loss",
    ],
)
def test_every_targeted_device_is_in_one_place_and_ends_where_the_outcomes_say(scenarios, name):
    import fwsim

    record = fwsim.simulate(scenarios / f"{name}.yaml").record
    stages = timeline_of(record).stages
    begin = -(-record.updates.first_command // timeline_of(record).step)
    assert (stages >= 0).all()
    assert (stages[:, begin:].sum(axis=0) == len(record.updates.targeted)).all()
    ends = np.bincount(STAGE_OF_STATE[record.updates.outcome_state], minlength=len(STAGES))
    assert stages[:, -1].tolist() == ends.tolist()
    assert sum(count.devices for count in outcome_counts(record.updates)) == stages[:, -1].sum()
    updates = record.updates
    done = np.flatnonzero(updates.success_time < NOT_YET)
    if len(done):
        attempts = Attempts(updates, updates.targeted[done])
        spent = sum(np.bincount(row, lasted, len(done)) for row, _, lasted in attempts.stretches())
        assert spent.tolist() == (updates.success_time[done] - updates.first_command).tolist()


def test_bytes_and_notices_are_all_on_the_time_line(scenarios):
    import fwsim

    record = fwsim.simulate(scenarios / "branch-offices.yaml").record
    line = timeline_of(record)
    assert line.repository.sum() == line.site_hours[2].sum() == record.load.size.sum()
    assert line.prompts.sum() == 2431


@pytest.mark.parametrize("horizon", [1, MINUTE, 24 * 60 * MINUTE, 400 * 24 * 60 * MINUTE])
def test_the_grid_follows_from_the_horizon_and_stays_small(horizon):
    assert horizon / step_of(horizon) <= MOST_STEPS


def test_what_did_not_cross_the_line_came_from_a_proxy(scenarios):
    import fwsim

    record = fwsim.simulate(scenarios / "dynamic-proxy.yaml").record
    fetched = record.jobs.fetched(record.log).sum()
    assert record.sent.size.sum() == fetched - record.load.size.sum()
    assert timeline_of(record).providers.sum() == pytest.approx(record.sent.size.sum())
    assert not len(fwsim.simulate(scenarios / "outage.yaml").record.sent.size)


def test_one_device_is_not_told_to_be_as_the_others(scenario):
    answer = Experiment(scenario(fleet={"units": {"DE": {"devices": 1}}})).run(2, workers=1)
    assert tail_in_words(answer) == ""


def test_where_the_last_are_as_the_others_it_is_told_what_took_most_time(scenario):
    """The sentence stands among causes, too: that they are alike would be none."""
    answer = Experiment(scenario(fleet={"units": {"DE": {"devices": 40}}})).run(2, workers=1)
    stage, minutes, *_ = max(answer.minutes_by_stage(), key=lambda row: row[1])
    told = tail_in_words(answer)
    assert f"as the others did, most of it on {stage}: " in told
    assert told.endswith(f"{shown_duration(minutes * 60_000)} on average.")
