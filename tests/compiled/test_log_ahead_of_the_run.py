"""A log tells of devices that are further than the run has them, on both clocks.

What such a device has found, fetched and written is found, fetched and written in the run too.
"""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.engine import Engine
from fwsim.model.past import EVERY_STATE, Past, cut
from fwsim.model.status_log import LogColumns
from fwsim.run import play_once
from tests.compiled.random_rollouts import rollouts, rollouts_with_check_ins
from tests.compiled.side_by_side import assert_alike, both
from tests.compiled.test_check_ins_with_a_past import held
from tests.compiled.test_two_clocks_with_a_past import FAULTY, lines, prepared
from tests.tiers import at_length

AGAIN = {"update": "DE", "subordinate_units": True, "once": "2021-09-24 14:30"}
"""A second command, which finds who has the image already."""

FAST = deepcopy(FAULTY) | {"faults": {}, "commands": [*FAULTY["commands"], AGAIN]}
FAST["fleet"]["units"]["DE/B"].pop("device_rate")
FAST["network"] = {"sites": {name: {"link": "2 Gbit/s"} for name in ("default", "Main")}}
"""Package by package (B) and all at once (A), all of it over in minutes."""

SITES = {name: {"link": "4 Mbit/s"} for name in ("default", "Main")}
SLOW = {"sites": SITES, "repository": {"connections": 3}}
BELIEFS = {
    "few connections on a slow line": {"network": SLOW},
    "many connections on a slow line": {"network": {"sites": SITES}},
    "faults": {
        "faults": {"idf": "50 %", "transfer": "50 %", "package": "20 %", "installation": "20 %"}
    },
    "a line that is cut": {
        "network": SLOW,
        "outages": [{"site": "Main", "start": "2021-09-24 09:00", "end": "2021-09-24 12:00"}],
    },
    "slow to find the image": {"network": SLOW, "assumptions": {"idf_fetch_time": "1 h"}},
}
BYTES_OF_ALL = 120 * 100_000_000


def told_by(log: LogColumns, until: int, devices: int, told: set[State] | None) -> Past:
    """Return a log up to a time, of some states and the outcomes only."""
    states = None if told is None else frozenset(told | set(OUTCOMES))
    return cut(log, until, devices) if states is None else cut(log, until, devices, states)


def fetches_again(log: LogColumns) -> set[int]:
    """Return the devices that fetch something under the second command."""
    again = np.array([run.label for run in log.runs]) != log.runs[log.run[0]].label
    return set(log.device[again[log.run] & log.in_state(State.TRANSFER)].tolist())


@pytest.mark.parametrize("belief", BELIEFS, ids=str)
@pytest.mark.parametrize(
    "told",
    [None, {State.TRANSFER}, {State.VERIFY_PACKAGES}, {State.QUEUEING, State.INSTALL}, set()],
    ids=lambda told: "all" if told is None else ", ".join(s.name for s in told) or "ends alone",
)
def test_who_is_done_by_the_log_has_fetched_the_update_once_and_has_it(belief, told):
    rollout, believed = prepared(FAST), prepared(FAST | BELIEFS[belief])
    log = play_once(rollout, 1, 0).log
    until = int(log.time[log.in_state(State.SUCCESS)][-1])
    first, second = both(believed, 2, past=told_by(log, until, len(rollout.fleet), told))
    assert_alike(first, second)
    assert not fetches_again(second.log)
    assert second.load.size.sum() == BYTES_OF_ALL


@pytest.mark.parametrize("belief", BELIEFS, ids=str)
def test_who_is_done_by_half_a_log_has_the_image_at_the_next_command(belief):
    rollout, believed = prepared(FAST), prepared(FAST | BELIEFS[belief])
    log = play_once(rollout, 1, 0).log
    ends = np.flatnonzero(log.in_state(State.SUCCESS))
    until = int(log.time[ends[len(ends) // 2]])
    first, second = both(believed, 2, past=cut(log, until, len(rollout.fleet)))
    assert_alike(first, second)
    done = log.device[ends[log.time[ends] <= until]]
    assert not fetches_again(second.log) & set(done.tolist())


INSISTENT = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "12 h",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "1 MB"}]},
    "firmware": {"reminder": {"deferments": 2, "delays": ["15 min"]}},
    "fleet": {"units": {"DE": {"devices": 5}}},
    "power": {"default": {"on": "always"}},
    "people": {"default": {"present": "always", "answer": {"defer": "100 %"}}},
    "commands": [
        {"update": "DE", "inform_user": "until answered", "once": f"2021-09-24 {at}"}
        for at in ("08:30", "10:30")
    ],
    "assumptions": {"missing_button": "ignored"},
    "doubt": "none",
    "seed": 1,
}


def test_a_user_defers_by_the_log_though_the_belief_has_no_deferment_left():
    rollout = prepared(INSISTENT)
    assumed = {**INSISTENT["assumptions"], "defer_counter_scope": "idf"}
    believed = prepared(INSISTENT | {"assumptions": assumed})
    log = play_once(rollout, 1, 0).log
    until = int(log.time[log.in_state(State.DEFERRED)][-1])
    past = cut(log, until, len(rollout.fleet))
    first, second = both(believed, 2, past=past)
    assert_alike(first, second)
    assert lines(first.log, until) == lines(past.log, until)
    last = log.time[log.in_state(State.DEFERRED)]
    assert (last > 2.5 * 3_600_000).sum() == 10


ON_THE_WAY = EVERY_STATE - OUTCOMES
TELLING = st.just(ON_THE_WAY) | st.frozensets(st.sampled_from(sorted(ON_THE_WAY)))
"""States that a log tells beside the outcomes."""
OTHERWISE = ("network", "faults", "outages", "power", "people", "assumptions")
"""Sections in which the beliefs differ from the truth."""


def another_belief_has_the_same_past(truth, belief, share, telling):
    """Both clocks keep to a log of any states, whatever else the scenario believes."""
    rollout = prepared(truth)
    log = play_once(rollout, truth["seed"], 0, engine=Engine.COMPILED).log
    until = int(log.time[int(share * (len(log) - 1))]) if len(log) else 0
    past = cut(log, until, len(rollout.fleet), telling | OUTCOMES)
    believed = prepared(truth | {name: belief[name] for name in OTHERWISE})
    first, second = both(believed, belief["seed"], past=past)
    assert_alike(first, second)
    told = [line for line in lines(first.log, until) if State(line[3]) in past.tells]
    assert told == lines(past.log, until)


@settings(max_examples=5)
@given(rollouts(), rollouts(), st.floats(0, 1), TELLING)
def test_a_log_of_any_states_is_the_past_of_every_belief(truth, belief, share, telling):
    another_belief_has_the_same_past(truth, belief, share, telling)


@at_length(rollouts(), rollouts(), st.floats(0, 1), TELLING)
def test_thousands_of_logs_of_any_states_are_the_past_of_every_belief(
    truth, belief, share, telling
):
    another_belief_has_the_same_past(truth, belief, share, telling)


@at_length(rollouts_with_check_ins(), rollouts(), st.floats(0, 1), share=0.5)
def test_thousands_of_logs_of_check_ins_are_the_past_of_every_belief(truth, belief, share):
    another_belief_has_the_same_past(truth, belief, share, ON_THE_WAY)


@at_length(held(rollouts()), rollouts(), st.floats(0, 1), TELLING, share=0.5)
def test_thousands_of_logs_of_windows_are_the_past_of_every_belief(truth, belief, share, telling):
    another_belief_has_the_same_past(truth, belief, share, telling)
