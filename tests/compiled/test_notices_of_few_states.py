"""A log tells who was asked and who deferred, but not who agreed; both clocks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.model.past import UNTOLD, Past, cut
from fwsim.run import play_once
from tests.compiled.side_by_side import assert_alike, both
from tests.compiled.test_two_clocks_with_a_past import prepared

MINUTE = 60_000
DEVICES = 30
ASKED = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "8 h",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "10 MB"}]},
    "firmware": {"reminder": {"deferments": 2, "delays": ["30 min"]}},
    "fleet": {"units": {"DE": {"devices": DEVICES}}},
    "network": {"sites": {"default": {"link": "1 Gbit/s"}}},
    "power": {"default": {"on": "always"}},
    "people": {"default": {"present": "always", "answer": {"now": "100 %", "after": "20 s"}}},
    "commands": [
        {
            "update": "DE",
            "inform_user": "5 min",
            "user_can_cancel": True,
            "once": "2021-09-24 09:00",
        }
    ],
    "doubt": "none",
    "seed": 1,
}
SENT = 60 * MINUTE


def answering(**answer: str):
    """Return the scenario with users who answer so."""
    data = deepcopy(ASKED)
    data["people"]["default"]["answer"] = answer
    return data


def of_few_states(log, until: int, *told: State) -> Past:
    """Return a log up to a time as one of another tool: some states, and no amounts."""
    past = cut(log, until, DEVICES, frozenset(told) | OUTCOMES)
    return replace(past, log=replace(past.log, amount=np.full(len(past.log), UNTOLD)))


LOGS = [
    {State.NOTIFYING, State.DEFERRED},
    {State.NOTIFYING, State.DEFERRED, State.TRANSFER},
    {State.CHECKING, State.DEFERRED},
    {State.DEFERRED},
    {State.DEFERRED, State.QUEUEING, State.INSTALL},
]


def named(told) -> str:
    return ", ".join(sorted(state.name for state in told))


@pytest.mark.parametrize("told", LOGS, ids=named)
@pytest.mark.parametrize("believed", ["now", "defer", "cancel"])
def test_who_has_deferred_by_a_log_of_few_states_is_asked_again(told, believed):
    log = play_once(prepared(answering(defer="100 %", after="30 s")), 1, 0).log
    past = of_few_states(log, SENT + 5 * MINUTE, *told)
    rollout = prepared(answering(**{believed: "100 %", "after": "20 s"}))
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    later = second.log.in_state(State.NOTIFYING) & (second.log.time > past.until)
    again = second.log.where(later)
    assert set(again.device[again.time < SENT + 35 * MINUTE].tolist()) == set(range(DEVICES))
    assert (again.amount[:DEVICES] == 1).all()  # one of two deferments is left


@pytest.mark.parametrize("told", LOGS, ids=named)
def test_who_cancelled_by_a_log_of_few_states_has_fetched_nothing(told):
    log = play_once(prepared(answering(cancel="100 %", after="60 s")), 1, 0).log
    past = of_few_states(log, SENT + 5 * MINUTE, *told)
    first, second = both(prepared(ASKED), 2, past=past)
    assert_alike(first, second)
    assert second.log.in_state(State.CANCELLED).sum() == DEVICES
    assert not second.load.size.sum()


@pytest.mark.parametrize("told", LOGS, ids=named)
def test_who_is_done_by_a_log_that_tells_deferments_has_not_deferred(told):
    log = play_once(prepared(ASKED), 1, 0).log
    past = of_few_states(log, SENT + 30 * MINUTE, *told)
    first, second = both(prepared(answering(defer="100 %", after="20 s")), 2, past=past)
    assert_alike(first, second)
    assert not second.log.in_state(State.DEFERRED).any()
    began = second.log.time[second.log.in_state(State.VERIFY_IDF)]
    assert len(began) == DEVICES
    assert (began < SENT + 30 * MINUTE).all()


def test_nobody_is_asked_twice_by_a_log_without_deferments_who_has_not_deferred():
    log = play_once(prepared(answering(defer="100 %", after="30 s")), 1, 0).log
    past = of_few_states(log, SENT + 40 * MINUTE, State.NOTIFYING)
    first, second = both(prepared(ASKED), 2, past=past)
    assert_alike(first, second)
    deferred = second.log.in_state(State.DEFERRED) & (second.log.time <= past.until)
    assert deferred.sum() == DEVICES


def test_a_shutdown_starts_no_update_whose_user_defers_later_by_the_log():
    log = play_once(prepared(answering(defer="100 %", after="4 min")), 1, 0).log
    past = of_few_states(log, SENT + 5 * MINUTE, State.NOTIFYING, State.DEFERRED)
    data = deepcopy(ASKED) | {"power": {"default": {"on": "08:00-09:02"}}}
    first, second = both(prepared(data), 2, past=past)
    assert_alike(first, second)
    began = second.log.time[second.log.in_state(State.VERIFY_IDF)]
    assert (began > SENT + 4 * MINUTE).all()


@pytest.mark.parametrize("told", [set(), {State.NOTIFYING}], ids=named)
def test_who_may_have_agreed_unseen_is_not_kept_at_the_notice(told):
    """A log that tells deferments and ends says nothing of who fetches."""
    log = play_once(prepared(ASKED), 1, 0).log
    past = of_few_states(log, SENT + 2 * MINUTE, State.DEFERRED, *told)
    slow = deepcopy(ASKED) | {"network": {"sites": {"default": {"link": "4 Mbit/s"}}}}
    first, second = both(prepared(slow), 2, past=past)
    assert_alike(first, second)
    began = second.log.time[second.log.in_state(State.VERIFY_IDF)]
    assert len(began) == DEVICES
    assert (began < SENT + MINUTE).all()


@pytest.mark.parametrize("told", [State.TRANSFER, State.QUEUEING], ids=str)
def test_who_let_the_notice_run_out_by_a_log_of_few_states_has_done_so(told):
    truth = answering(now="0 %", defer="0 %")
    truth["network"]["repository"] = {"connections": 5}
    truth["firmware"]["security"] = {"idf": True}
    rollout = prepared(truth)
    log = play_once(rollout, 1, 0).log
    past = of_few_states(log, SENT + 20 * MINUTE, State.NOTIFYING, told, State.INSTALL)
    believed = prepared(truth | {"people": ASKED["people"]})
    first, second = both(believed, 2, past=past)
    assert_alike(first, second)
    asked = second.log.time[second.log.in_state(State.NOTIFYING)]
    began = second.log.time[second.log.in_state(State.VERIFY_IDF)]
    assert (np.sort(began)[5:] - np.sort(asked)[5:] == 5 * MINUTE).sum() >= DEVICES - 10
