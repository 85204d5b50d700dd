"""Both clocks keep to what a log tells, and go on alike from there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.model.past import UNTOLD, Past, cut
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.run import play_once, prepare
from tests.compiled.random_rollouts import rollouts
from tests.compiled.side_by_side import COLUMNS, assert_alike, both
from tests.scenario.random_beliefs import rollouts_in_doubt
from tests.shipped import shipped
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length

MOMENTS = st.floats(0, 1)
ROOT = Path(__file__).parents[2]
SHIPPED = ("branch-offices", "power-loss", "boot-storm", "ways-proxy", "device-scheduler")


def prepared(data) -> Rollout:
    return prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))


def cut_at(rollout: Rollout, log: LogColumns, share: float) -> Past:
    """Cut a log after a share of its lines."""
    until = int(log.time[int(share * (len(log) - 1))]) if len(log) else 0
    return cut(log, until, len(rollout.fleet))


def lines(log: LogColumns, until: int):
    """Return what a log tells up to a moment, the lines of a millisecond in any order.

    Where an address stands in the list of all addresses hangs on who asked first.
    """
    rows = zip(*(getattr(log, name).tolist() for name in COLUMNS), strict=True)
    return sorted(
        (at, device, log.runs[run].label, state, detail, 0 if state == 6 else amount)
        for at, device, run, state, detail, amount in rows
        if at <= until
    )


def run_goes_on_as_it_did(data, share):
    """Cut anywhere and kept to its own log, a run is the same run."""
    rollout = prepared(data)
    log = play_once(rollout, data["seed"], 0, engine=Engine.COMPILED).log
    first, second = both(rollout, data["seed"], past=cut_at(rollout, log, share))
    assert_alike(first, second)
    for name in COLUMNS:
        assert getattr(first.log, name).tolist() == getattr(log, name).tolist(), name
    return first


def other_luck_has_the_same_past(data, share):
    """Whatever luck and world go on from it, what the log tells has happened, and nothing else."""
    rollout = prepared(data)
    log = play_once(rollout, data["seed"], 0, engine=Engine.COMPILED).log
    past = cut_at(rollout, log, share)
    first, second = both(rollout, data["seed"] + 1, past=past, world=3)
    assert_alike(first, second)
    assert lines(first.log, past.until) == lines(log, past.until)


BEHIND_A_CUT_LINE = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "8 h",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "50 MB"}]},
    "fleet": {"units": {"DE": {"devices": 2, "site": "Main"}}},
    "network": {"sites": {"default": {"link": "10 Mbit/s"}, "Main": {"link": "10 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "outages": [{"site": "Main", "start": "2021-09-24 09:00", "end": "2021-09-24 10:00"}],
    "commands": [
        {"update": "DE", "only_switched_on": False, "once": "2021-09-24 09:30"},
        {"update": "DE", "once": "2021-09-24 11:00"},
    ],
    "doubt": "none",
    "seed": 1,
}


def test_a_device_that_is_not_heard_because_its_line_is_cut_is_not_off():
    run_goes_on_as_it_did(BEHIND_A_CUT_LINE, 0.35)


@pytest.mark.parametrize("share", [0.2, 0.26])
def test_a_device_that_was_on_behind_a_cut_line_is_not_off_when_it_is_given_up(share):
    """The line is back before; who was on all the while does not report for that."""
    back = {"site": "Main", "start": "2021-09-24 09:00", "end": "2021-09-24 09:31"}
    log = run_goes_on_as_it_did(BEHIND_A_CUT_LINE | {"outages": [back]}, share).log
    assert [(log.state == state).sum() for state in (State.UNREACHED, State.SUCCESS)] == [2, 2]


ONE_OFFICE = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "12 h",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "60 MB"}]},
    "fleet": {"units": {"DE": {"devices": 12, "site": "Main"}}},
    "network": {"sites": {"default": {"link": "4 Mbit/s"}, "Main": {"link": "4 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "people": {"default": {"present": "always"}},
    "commands": [{"update": "DE", "once": "2021-09-24 08:30"}],
    "doubt": "none",
    "seed": 1,
}
ENDS = {State.SUCCESS, State.FAILED, State.NOT_NEEDED}
OVER = {*ENDS, State.CANCELLED, State.SUPERSEDED, State.REJECTED}


@pytest.mark.parametrize(
    "told",
    [
        {State.TRANSFER, State.VERIFY_PACKAGES},
        {State.VERIFY_PACKAGES},
        {State.TRANSFER, State.INSTALL},
        {State.TRANSFER},
        {State.NOTIFYING, State.INSTALL, State.REBOOT},
        set(),
    ],
    ids=lambda told: ", ".join(sorted(state.name for state in told)) or "ends alone",
)
@pytest.mark.parametrize("share", [0.5, 0.6, 0.8])
def test_no_device_stands_still_after_a_log_that_tells_few_states(told, share):
    rollout = prepared(ONE_OFFICE)
    log = play_once(rollout, 1, 0).log
    until = int(log.time[int(share * (len(log) - 1))])
    past = cut(log, until, len(rollout.fleet), frozenset(told | ENDS))
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    last = dict(zip(second.log.device, second.log.state, strict=True))
    assert {State(state) for state in last.values()} <= OVER


@pytest.mark.parametrize("told", [set(), {State.TRANSFER}, {State.TRANSFER, State.REBOOT}])
def test_who_is_done_by_a_log_of_few_states_has_the_image_at_the_next_command(told):
    later = {"update": "DE", "once": "2021-09-24 18:00"}
    rollout = prepared(ONE_OFFICE | {"commands": [*ONE_OFFICE["commands"], later]})
    log = play_once(rollout, 1, 0).log
    past = cut(log, int(log.time[len(log) // 2]), len(rollout.fleet), frozenset(told | ENDS))
    assert State.TRANSFER not in past.tells_end_of
    done = past.log.device[past.log.in_state(State.SUCCESS)]
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    needs_none = second.log.device[second.log.in_state(State.NOT_NEEDED)]
    assert set(done.tolist()) <= set(needs_none.tolist())


@pytest.mark.parametrize("told", [set(), {State.TRANSFER}, {State.NOTIFYING}])
def test_nobody_cancels_whose_end_the_log_tells_though_it_tells_no_cancels(told):
    asked = {"update": "DE", "inform_user": "5 min", "user_can_cancel": True}
    answers = {"default": {"present": "always", "answer": {"now": "50 %", "cancel": "50 %"}}}
    when = {"once": "2021-09-24 08:30"}
    rollout = prepared(ONE_OFFICE | {"commands": [asked | when], "people": answers})
    log = play_once(rollout, 1, 0).log
    assert State.CANCELLED in log.state
    past = cut(log, int(log.time[-1]), len(rollout.fleet), frozenset(told | ENDS))
    for seed in (2, 3):
        first, second = both(rollout, seed, past=past)
        assert_alike(first, second)
        ends = past.log.where(past.log.in_state(*ENDS))
        last = dict(zip(first.log.device.tolist(), first.log.state.tolist(), strict=True))
        assert len(ends) > 3
        assert [last[device] for device in ends.device.tolist()] == ends.state.tolist()


@pytest.mark.parametrize("told", [{State.INSTALL}, {State.INSTALL, State.REBOOT}, set()])
def test_who_failed_for_no_reason_that_is_told_does_not_have_the_image(told):
    later = {"update": "DE", "once": "2021-09-24 18:00"}
    faults = {"faults": {"installation": "50 %"}, "commands": [*ONE_OFFICE["commands"], later]}
    rollout = prepared(ONE_OFFICE | faults)
    log = play_once(rollout, 1, 0).log
    log = replace(log, detail=np.zeros_like(log.detail))
    until = rollout.runs[1].at - 60_000
    past = cut(log, until, len(rollout.fleet), frozenset(told | ENDS))
    failed = past.log.device[past.log.in_state(State.FAILED)]
    assert len(failed) > 2
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    assert not set(failed.tolist()) & set(first.log.device[first.log.in_state(State.NOT_NEEDED)])


@pytest.mark.parametrize("share", [0.3, 0.5, 0.6, 0.7])
def test_a_deferment_sleeps_with_its_device_where_the_log_ends(share):
    habits = {"on": "mon-fri 08:00-12:00", "suspends": "100 %", "jitter": "0 s", "left_on": "0 %"}
    first = {"update": "DE", "inform_user": "10 min", "once": "2021-09-24 11:00"}
    changes = {
        "power": {"default": habits},
        "people": {"default": {"present": "always", "answer": {"defer": "90 %", "now": "10 %"}}},
        "firmware": {"reminder": {"deferments": 1, "delays": ["4 h"]}},
        "commands": [first, {"update": "DE", "once": "2021-09-24 12:00"}],
    }
    run_goes_on_as_it_did(ONE_OFFICE | changes, share)


DEFERS = ONE_OFFICE | {
    "people": {"default": {"present": "always", "answer": {"defer": "100 %"}}},
    "firmware": {"reminder": {"deferments": 2, "delays": ["1 h", "2 h"]}},
    "commands": [{"update": "DE", "inform_user": "40 min", "once": "2021-09-24 12:02"}],
}
"""All users put the update off, some after the devices synchronise at 12:05."""
LOADED_MEANWHILE = [{"deferments": 0}, {"deferments": 3, "delays": ["15 min", "4 h", "8 h"]}]


@pytest.mark.parametrize("reminder", LOADED_MEANWHILE, ids=["nobody defers", "other delays"])
@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 1.0])
def test_a_notice_offers_what_it_showed_though_its_device_loads_another_reminder(share, reminder):
    changes = [{"at": "2021-09-24 12:03", "firmware": {"reminder": reminder}}]
    data = DEFERS | {"changes": changes, "scheduler": "synchronise.ini"}
    log = run_goes_on_as_it_did(data, share).log
    deferred = log.in_state(State.DEFERRED)
    assert set(log.amount[deferred].tolist()[:12]) == {3_600_000, 7_200_000}


@pytest.mark.parametrize("is_amount_told", [True, False])
@pytest.mark.parametrize("told", [set(State), {State.DEFERRED} | ENDS, {State.DEFERRED}])
@pytest.mark.parametrize("share", [0.4, 0.6])
def test_a_log_tells_deferments_where_the_scenario_offers_none(told, is_amount_told, share):
    log = play_once(prepared(DEFERS), 1, 0).log
    if not is_amount_told:
        log = replace(log, amount=np.where(log.in_state(State.DEFERRED), UNTOLD, log.amount))
    until = int(log.time[int(share * (len(log) - 1))])
    rollout = prepared(DEFERS | {"firmware": {}})
    past = cut(log, until, len(rollout.fleet), frozenset(told))
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    deferred = [log.where(log.in_state(State.DEFERRED)) for log in (past.log, first.log)]
    assert len(deferred[0]) > 3
    for name in ("time", "device"):
        assert getattr(deferred[1], name).tolist() == getattr(deferred[0], name).tolist()


@pytest.mark.parametrize("told", [{State.DEFERRED}, {State.DEFERRED} | ENDS])
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_log_tells_deferments_and_no_notices_of_devices_that_load_another_reminder(told, seed):
    changes = [{"at": "2021-09-24 12:03", "firmware": {"reminder": LOADED_MEANWHILE[1]}}]
    rollout = prepared(DEFERS | {"changes": changes, "scheduler": "synchronise.ini"})
    log = play_once(rollout, 1, 0).log
    log = replace(log, amount=np.where(log.in_state(State.DEFERRED), UNTOLD, log.amount))
    for share in (0.4, 0.6, 0.8):
        past = cut_at(rollout, log, share)
        past = cut(log, past.until, len(rollout.fleet), frozenset(told))
        assert_alike(*both(rollout, seed, past=past))


ASKED_AGAIN = ONE_OFFICE | {
    "power": {"default": {"on": "always", "mean_time_between_losses": "20 min"}},
    "people": {"default": {"present": "always", "answer": {"now": "20 %"}, "persistence": "100 %"}},
    "commands": [
        {
            "update": "DE",
            "inform_user": "until answered",
            "once": "2021-09-24 08:30",
            "force_at": "2021-09-24 12:00",
        }
    ],
}
"""Power losses end the notices of those who never answer; then they are asked again."""


@pytest.mark.parametrize("order", ["before", "both"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_a_power_loss_at_a_notice_is_no_answer(order, share):
    data = ASKED_AGAIN | {"assumptions": {"idf_check_order": order}}
    assert (run_goes_on_as_it_did(data, share).log.state == State.NOTIFYING).sum() > 20


@pytest.mark.parametrize("silent", [set(), {State.VERIFY_IDF}], ids=["all told", "agreed untold"])
def test_who_checks_again_after_a_power_loss_is_asked_again_whatever_luck_goes_on(silent):
    rollout = prepared(ASKED_AGAIN | {"assumptions": {"idf_check_order": "both"}})
    log = play_once(rollout, 1, 0, engine=Engine.COMPILED).log
    again = np.flatnonzero(log.in_state(State.CHECKING) & (log.time > 32 * 60_000))
    for line in again[:4].tolist():
        device, until = int(log.device[line]), int(log.time[line]) + 1
        past = cut(log, until, len(rollout.fleet), frozenset(State) - silent)
        for seed in (2, 3, 4):
            first, second = both(rollout, seed, past=past)
            assert_alike(first, second)
            later = (first.log.device == device) & (first.log.time > until)
            assert first.log.state[later][0] in {State.NOTIFYING, State.CHECKING}


@pytest.mark.parametrize("wait", ["0 s", "1 min"])
@pytest.mark.parametrize("told", [State.PROBING, State.CHECKING])
def test_who_is_sent_the_command_only_after_its_turn_has_its_turn_then(wait, told):
    paced = {"update": "DE", "devices_wait": wait, "once": "2021-09-24 08:30"}
    rollout = prepared(ONE_OFFICE | {"commands": [paced]})
    log = play_once(rollout, 1, 0).log
    is_sent = log.in_state(State.PROBING)
    later = np.where(log.device % 2, 20 * 60_000, 0) + log.time
    order = np.argsort(later, kind="stable")
    log = replace(log.where(order), time=later[order])
    sent = np.flatnonzero(log.in_state(told) & (log.device % 2 == 1))[0]
    past = cut(log, int(log.time[sent]), len(rollout.fleet))
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    assert lines(first.log, past.until) == lines(log, past.until)
    last = dict(zip(second.log.device, second.log.state, strict=True))
    assert {State(state) for state in last.values()} <= OVER
    assert is_sent.sum() == second.log.in_state(State.PROBING).sum()


@pytest.mark.parametrize("by_package", [True, False], ids=["one by one", "all at once"])
def test_an_installation_that_formats_first_has_written_for_less_time(by_package):
    size = {"flash": "4 GB"} if by_package else {"flash": "16 GB"}
    packages = [{"name": "a", "size": "40 MB"}, {"name": "b", "size": "20 MB"}]
    changes = {
        "image": {"name": "new.idf", "packages": packages},
        "fleet": {"units": {"DE": {"devices": 12, "site": "Main"} | size}},
        "commands": [{"update": "DE", "format_system_partition": True, "once": "2021-09-24 08:30"}],
        "assumptions": {"format_time": "40 s"},
    }
    log = play_once(prepared(ONE_OFFICE | changes), 1, 0).log
    written = np.flatnonzero(log.in_state(State.REBOOT))
    for some in (0, 3, 6):  # devices have written, others not yet
        run_goes_on_as_it_did(ONE_OFFICE | changes, (written[some] + 0.5) / (len(log) - 1))


FAULTY = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "8 h",
    "image": {
        "name": "new.idf",
        "packages": [{"name": "a", "size": "60 MB"}, {"name": "b", "size": "40 MB"}],
    },
    "fleet": {
        "units": {
            "DE/A": {"devices": 60, "site": "Main", "flash": "2 GB"},
            "DE/B": {"devices": 60, "site": "Main", "device_rate": "0.8 Mbit/s"},
        }
    },
    "network": {"sites": {"default": {"link": "40 Mbit/s"}, "Main": {"link": "40 Mbit/s"}}},
    "faults": {"transfer": "60 %", "package": "20 %"},
    "power": {"default": {"on": "always"}},
    "commands": [{"update": "DE", "subordinate_units": True, "once": "2021-09-24 09:00"}],
    "doubt": "none",
    "seed": 1,
}
"""Package by package and all at once, fast and slow, most of them to fail."""


@pytest.mark.parametrize("minutes", [62, 68, 80])
def test_transfers_that_will_fail_do_so_where_they_did_and_no_sooner(minutes):
    rollout = prepared(FAULTY)
    log = play_once(rollout, 1, 0, engine=Engine.COMPILED).log
    past = cut(log, minutes * 60_000, len(rollout.fleet))
    first, second = both(rollout, 1, past=past)
    assert_alike(first, second)
    assert lines(first.log, 10**9) == lines(log, 10**9)
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    soon = (first.log.time > past.until) & (first.log.time <= past.until + 1_000)
    assert (soon & (first.log.state == State.FAILED)).sum() <= 3


@pytest.mark.parametrize("after", [State.VERIFY_PACKAGES, State.INSTALL], ids=lambda s: s.name)
@pytest.mark.parametrize("share", [0.5, 1])
def test_what_a_log_brings_in_past_a_break_has_come_whole(after, share):
    """And only once, package by package: the bytes that all devices need have crossed the line."""
    rollout = prepared(FAULTY)
    whole = play_once(prepared(FAULTY | {"faults": {}}), 1, 0)
    begun = np.sort(whole.log.time[whole.log.in_state(State.INSTALL)])
    until = int(begun[int(share * (len(begun) - 1))]) + 1
    past = cut(whole.log, until, len(rollout.fleet), frozenset({State.TRANSFER, after, *ENDS}))
    first, second = both(rollout, 1, past=past)
    assert_alike(first, second)
    assert first.load.size.sum() == whole.load.size.sum()


def test_an_update_that_a_log_takes_from_its_transfer_to_success_is_installed():
    later = {"update": "DE", "subordinate_units": True, "once": "2021-09-24 13:00"}
    data = FAULTY | {"faults": {}, "commands": [*FAULTY["commands"], later]}
    rollout = prepared(data)
    log = play_once(rollout, 1, 0).log
    between = frozenset({State.VERIFY_PACKAGES, State.INSTALL, State.REBOOT})
    until = int(log.time[log.in_state(State.SUCCESS)][70])
    told = cut(log, until, len(rollout.fleet))
    skipping = told.log.device % 2 == 0
    kept = ~(skipping & np.isin(told.log.state, [int(state) for state in between]))
    past = Past(until, told.log.where(np.flatnonzero(kept)), len(rollout.fleet), told.tells)
    done = np.unique(past.log.device[past.log.in_state(State.SUCCESS)])
    assert (done % 2 == 0).sum() > 10
    first, second = both(rollout, 1, past=past)
    assert_alike(first, second)
    needs_none = second.log.device[second.log.in_state(State.NOT_NEEDED)]
    assert set(done.tolist()) <= set(needs_none.tolist())


ENDS = frozenset({State.SUCCESS, State.FAILED, State.NOT_NEEDED})


def test_between_the_ends_that_a_log_tells_devices_go_their_way():
    """Who is not through yet is under way, and does not begin at the end of the log."""
    rollout = prepared(FAULTY | {"faults": {}})
    log = play_once(rollout, 1, 0, engine=Engine.COMPILED).log
    past = cut(log, 75 * 60_000, len(rollout.fleet), ENDS)
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    before = first.log.time <= past.until
    began = np.unique(first.log.device[before & (first.log.state == State.TRANSFER)])
    assert len(began) == len(rollout.fleet)
    soon = (first.log.time > past.until) & (first.log.time <= past.until + 10)
    assert soon.sum() <= 2


@settings(max_examples=5)
@given(rollouts(), MOMENTS)
def test_a_run_kept_to_its_own_log_is_the_same_run(data, share):
    run_goes_on_as_it_did(data, share)


@settings(max_examples=5)
@given(rollouts_in_doubt(), MOMENTS)
def test_a_log_is_the_past_of_every_luck_and_world(data, share):
    other_luck_has_the_same_past(data, share)


@at_length(rollouts(), MOMENTS)
def test_thousands_of_runs_kept_to_their_own_logs_are_the_same_runs(data, share):
    run_goes_on_as_it_did(data, share)


@at_length(rollouts_in_doubt(), MOMENTS)
def test_thousands_of_logs_are_the_past_of_every_luck_and_world(data, share):
    other_luck_has_the_same_past(data, share)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("share", [0.3, 1])
def test_shipped_scenarios_go_on_from_a_log(name, share):
    rollout = shipped(ROOT / f"scenarios/{name}.yaml")
    log = play_once(rollout, 5, 0).log
    past = cut_at(rollout, log, share)
    for seed, world in ((5, None), (6, 1)):
        record = play_once(rollout, seed, 0, past=past, world=world)
        assert lines(record.log, past.until) == lines(log, past.until)


def test_a_past_has_its_lines_in_order_and_none_from_later():
    rollout = prepare(fwsim.load("scenarios/power-loss.yaml"))
    log = play_once(rollout, 5, 0).log
    with pytest.raises(ValueError, match="in order of time, and none after its end"):
        Past(int(log.time[-1]) - 1, log, len(rollout.fleet))


def test_a_device_that_a_log_finds_on_wakes_and_sleeps_again_as_any_other():
    """It tells no wake-up: the log brings the device on, and off again, which means asleep."""
    woken = ONE_OFFICE | {
        "fleet": {"units": {"DE": {"devices": 1, "installed": "old.idf", "site": "Main"}}},
        "network": {"sites": {"Main": {"link": "10 Mbit/s"}}},
        "power": {"default": {"on": "daily 08:00-08:30", "suspends": "100 %"}},
        "assumptions": {"wake_up_sites": "100 %"},
        "commands": [
            {"update": "DE", "once": "2021-09-24 12:00"},
            {"update": "DE", "once": "2021-09-24 14:00"},
        ],
    }
    log = play_once(prepared(woken), 1, 0).log
    until = int(log.time[log.in_state(State.HALTED)][0])
    tells = frozenset(State) - {State.PROBING, State.WAKING}
    rollout = prepared(woken)
    first, second = both(rollout, 1, past=cut(log, until, 1, tells))
    assert_alike(first, second)
    checks = first.log.time[first.log.in_state(State.CHECKING)]
    assert checks[1] - 6 * 3_600_000 == 1_000 + 5_000  # a ping, and it resumes
