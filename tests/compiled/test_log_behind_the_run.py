"""A log lacks what a run would have had already: it comes later, not all at once; both clocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.model.past import UNTOLD, cut
from fwsim.run import play_once
from tests.compiled.side_by_side import assert_alike, both
from tests.compiled.test_two_clocks_with_a_past import ONE_OFFICE, prepared

ASKED = ONE_OFFICE | {
    "people": {"default": {"present": "always", "answer": {"now": "60 %", "defer": "0 %"}}},
    "commands": [{"update": "DE", "inform_user": "30 min", "once": "2021-09-24 08:30"}],
}


def answering(median: str, p95: str):
    """Return sixty devices whose users click *now*, after a time of such a law."""
    after = {"lognormal": {"median": median, "p95": p95}}
    people = {"present": "always", "answer": {"now": "100 %", "defer": "0 %", "after": after}}
    return ONE_OFFICE | {
        "fleet": {"units": {"DE": {"devices": 60, "site": "Main"}}},
        "network": {"sites": {name: {"link": "1 Gbit/s"} for name in ("default", "Main")}},
        "people": {"default": people},
        "commands": [{"update": "DE", "inform_user": "until answered", "once": "2021-09-24 08:30"}],
    }


@pytest.mark.parametrize(
    "told",
    [{State.TRANSFER}, {State.TRANSFER, State.QUEUEING}, {State.QUEUEING}, {State.VERIFY_PACKAGES}],
    ids=lambda told: ", ".join(sorted(state.name for state in told)),
)
def test_who_has_not_been_told_to_fetch_does_so_later(told):
    """Without a signature to check there is no wait before the transfer that could last longer."""
    rollout = prepared(ASKED)
    log = play_once(rollout, 1, 0).log
    until = int(log.time[log.in_state(State.TRANSFER)][3]) + 1
    past = cut(log, until, len(rollout.fleet), frozenset(told) | OUTCOMES)
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    assert second.log.in_state(State.SUCCESS).sum() == len(rollout.fleet)


def behind(told):
    """Return a rollout, and the past of one slower than believed that tells so much of it."""
    rollout, believed = prepared(answering("2 h", "6 h")), prepared(answering("20 s", "40 s"))
    log = play_once(rollout, 1, 0).log
    until = int(np.sort(log.time[log.in_state(State.SUCCESS)])[19])
    return believed, cut(log, until, len(rollout.fleet), frozenset(told) | OUTCOMES)


def due_since(past):
    """Return how long it has been overdue: it was believed to be done within two minutes."""
    return past.until - 32 * 60_000


@pytest.mark.parametrize(
    "told",
    [{State.INSTALL}, {State.TRANSFER}, {State.CHECKING, State.REBOOT}],
    ids=lambda told: ", ".join(sorted(state.name for state in told)),
)
def test_what_is_overdue_by_the_log_does_not_come_all_at_once(told):
    """It comes by as long again as it has been due in half of the cases."""
    believed, past = behind(told)
    first, second = both(believed, 2, past=past)
    assert_alike(first, second)
    later = second.log.time[second.log.in_state(State.SUCCESS)] - past.until
    later = later[later > 0]
    assert (later <= 60_000).sum() <= 3
    assert 8 <= (later <= due_since(past)).sum() <= 32  # of 40; binomial, one in a million beyond


def test_what_is_overdue_at_a_site_comes_together_where_only_ends_are_told():
    """It, too, comes by as long again as it has been due in half of the runs."""
    believed, past = behind(set())
    assert_alike(*both(believed, 2, past=past))
    soon = 0
    for number in range(24):
        log = play_once(believed, 2, number, past=past).log
        later = np.sort(log.time[log.in_state(State.SUCCESS)])[20:] - past.until
        assert len(later) in {0, 40}  # all of them may be later than the horizon
        soon += int(len(later) > 0 and later[-1] <= due_since(past))
        assert not len(later) or later[-1] - later[0] < 0.2 * later[-1]
    assert 1 <= soon <= 23  # of 24; binomial, one in a million beyond


def test_who_is_still_deferred_by_a_log_without_delays_has_picked_a_longer_one():
    people = {"present": "always", "answer": {"now": "0 %", "defer": "100 %", "after": "1 min"}}
    data = answering("20 s", "40 s") | {
        "firmware": {"reminder": {"deferments": 3, "delays": ["15 min", "1 h", "4 h"]}},
        "people": {"default": people},
    }
    rollout = prepared(data)
    log = play_once(rollout, 1, 0).log
    until = int(log.time[log.in_state(State.DEFERRED)][0]) + 20 * 60_000
    past = cut(
        log, until, len(rollout.fleet), frozenset({State.NOTIFYING, State.DEFERRED}) | OUTCOMES
    )
    untold = replace(past, log=replace(past.log, amount=np.full(len(past.log), UNTOLD)))
    still = past.log.device[past.last_lines][past.log.state[past.last_lines] == State.DEFERRED]
    waits = np.setdiff1d(still, past.log.device[past.log.time > until - 15 * 60_000])
    assert len(waits) > 20
    first, second = both(rollout, 2, past=untold)
    assert_alike(first, second)
    notices = second.log.in_state(State.NOTIFYING) & np.isin(second.log.device, waits)
    first_later = {}
    for at, device in zip(second.log.time[notices], second.log.device[notices], strict=True):
        if at > until:
            first_later.setdefault(int(device), int(at - until))
    later = np.array(list(first_later.values()))
    assert ((later > 39 * 60_000) & (later < 42 * 60_000) | (later > 219 * 60_000)).all()
    assert 3 <= (later < 42 * 60_000).sum() <= len(waits) - 3  # as likely as the four hours
