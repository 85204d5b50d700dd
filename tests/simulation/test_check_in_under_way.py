"""Devices that come by themselves, of which a log tells by when some have come."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.commands.check_in import drawn_anew
from fwsim.commands.lifecycle import State
from fwsim.model.past import cut
from fwsim.problems import InputError
from fwsim.run import play_once, prepare, warnings_of
from fwsim.simulation.presence import Presence
from tests.compiled.side_by_side import assert_alike, both
from tests.simulation.check_ins import HOUR, MINUTE
from tests.simulation.random_scenarios import DATA

DEVICES = 1000
BASE = {
    "zone": "UTC",
    "start": "2018-08-20 00:00",
    "horizon": "3 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "1 MB"}]},
    "network": {"sites": {"default": {"link": "10 Gbit/s"}}},
    "fleet": {"units": {"DE": {"devices": DEVICES, "installed": "old.idf"}}},
    "power": {"default": {"on": "always"}},
    "doubt": "none",
}
NIGHT = {"times": "mon 22:00-24:00, tue 00:00-06:00", "run_time": "1 min"}


def beginnings(log):
    """Return when each device began first, hours; those that never do are left out."""
    lines = np.flatnonzero(log.in_state(State.CHECKING))
    _, first = np.unique(log.device[lines], return_index=True)
    return log.time[lines][first] / HOUR


def true_and_forecast(until, power="always", **assignment):
    """Return when devices begin after a moment: in truth, and by another luck from there on."""
    data = BASE | {"assignments": [{"update": "DE", **assignment}]}
    if power != "always":
        data = data | {"power": {"default": {"on": power, "jitter": "1 h"}}}
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    log = play_once(rollout, 1, 0).log
    past = cut(log, round(until * HOUR), DEVICES)
    other = play_once(rollout, 2, 0, past=past)
    late = [beginnings(each) for each in (log, other.log)]
    return tuple(times[times > until] for times in late)


CASES = {
    "every six hours": (2, {"check_in": {"every": "6 h", "at_start": False}}),
    "with jitter": (2, {"check_in": {"every": "6 h", "jitter": "2 h", "at_start": False}}),
    "within hours": (
        3,
        {"check_in": {"every": "6 h", "at_start": False, "within": "daily 01:00-05:00"}},
    ),
    "at check-ins in a window": (
        22.5,
        {
            "check_in": {"every": "6 h", "at_start": False},
            "windows": NIGHT | {"starts": "at_check_in"},
        },
    ),
    "at the opening of a window": (
        23,
        {"check_in": {"every": "30 h", "at_start": False}, "windows": NIGHT},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_has_not_come_yet_comes_as_who_has_not_come_in_truth(case):
    """Check-ins that find nothing leave no line; only those that would have begun are ruled out.

    A fixed seed; the largest distance of two samples of 200 or more stays below 2.8 √(2/n) but
    once in three million (Kolmogorov, Smirnov).
    """
    until, assignment = CASES[case]
    truth, forecast = true_and_forecast(until, **assignment)
    assert len(truth) == len(forecast) > 200
    both_times = np.sort(np.concatenate([truth, forecast]))
    shares = [
        np.searchsorted(np.sort(x), both_times, side="right") / len(x) for x in (truth, forecast)
    ]
    assert np.abs(shares[0] - shares[1]).max() < 2.8 * np.sqrt(2 / len(truth))


def test_who_should_be_there_and_is_not_comes_neither_at_once_nor_never():
    """Switched on in the hour about eight; of those not seen by eight half are there soon after."""
    truth, forecast = true_and_forecast(8, "mon-fri 08:00-18:00", check_in={"every": "30 min"})
    assert len(truth) == len(forecast)
    assert abs(np.median(forecast) - np.median(truth)) < 0.2
    assert (forecast <= 8 + 1 / 60).mean() < 0.1


def test_who_was_told_and_has_not_begun_is_kept_by_something_nobody_knows():
    """Told at 02:00 and off by the log, though its habit says on: half come by 04:00."""
    told = {"every": "0 s", "at_start": False, "told": {"each": "0 s"}}
    data = BASE | {"assignments": [{"update": "DE", "set": "2018-08-20 02:00", "check_in": told}]}
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    assert not warnings_of(rollout)
    log = play_once(rollout, 1, 0).log
    assert (beginnings(log) == 2).all()
    past = cut(log.where(log.in_state(State.ASSIGNED)), 3 * HOUR, DEVICES)
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    times = beginnings(first.log)
    assert times.min() > 3
    assert abs((times <= 4).sum() - DEVICES / 2) < 5 * np.sqrt(DEVICES / 4)


def test_a_transfer_that_broke_by_the_log_is_taken_up_from_the_bytes_that_were_there():
    resumed = {"every": "1 h", "at_start": False}
    data = BASE | {
        "fleet": {"units": {"DE": {"devices": 40, "installed": "old.idf", "flash": "8 GB"}}},
        "network": {"sites": {"default": {"link": "20 Mbit/s"}}},
        "faults": {"transfer": "60 %"},
        "assignments": [
            {"update": "DE", "check_in": resumed, "resume": {"times": 9, "wait": "1 min"}}
        ],
    }
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    log = play_once(rollout, 1, 0).log
    past = cut(log, 40 * MINUTE, 40)
    first, second = both(rollout, 2, past=past)
    assert_alike(first, second)
    assert max(first.log.runs[run].label for run in np.unique(past.log.run).tolist()) > (
        "assignment 1/1"
    )
    for record in (first, second):
        fetched = np.zeros(40, np.int64)
        ends = record.log.in_state(State.FAILED, State.SUCCESS)
        np.add.at(fetched, record.log.device[ends], record.log.amount[ends])
        done = np.unique(record.log.device[record.log.in_state(State.SUCCESS)])
        assert set(fetched[done].tolist()) == {1_000_000}


def test_a_log_that_tells_only_ends_cannot_go_on_with_assignments():
    rollout = prepare(
        fwsim.Scenario.model_validate(BASE | {"assignments": [{"update": "DE"}]}).seen_from(DATA)
    )
    log = play_once(rollout, 1, 0).log
    past = cut(log, HOUR, DEVICES, frozenset({State.SUCCESS}))
    with pytest.raises(InputError, match="only from its own log"):
        play_once(rollout, 2, 0, past=past)


@pytest.mark.parametrize(
    ("left", "chance", "waits"), [(1, 0.5, 1), (100, 0.001, 1), (100, 0.999, 99)]
)
def test_a_moment_drawn_anew_lies_in_what_is_left(left, chance, waits):
    assert drawn_anew(left, chance) == waits


def test_presence_tells_since_when_and_for_how_long():
    hours = Presence([(10, 20), (30, 40)])
    assert hours.began(35) == 30
    assert hours.between(0, 50) == 20
    assert hours.between(15, 32) == 7
    assert hours.between(20, 30) == 0
    assert Presence([]).between(0, 10) == 0
