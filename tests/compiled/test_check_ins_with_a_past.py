"""Both clocks keep to a log of devices that check in, and of commands that windows hold back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compiled.random_rollouts import WINDOWS, rollouts, rollouts_with_check_ins
from tests.compiled.test_two_clocks_with_a_past import (
    MOMENTS,
    other_luck_has_the_same_past,
    run_goes_on_as_it_did,
)
from tests.scenario.random_beliefs import rollouts_in_doubt
from tests.tiers import at_length


@st.composite
def held(draw, rollouts):
    """Return a scenario whose commands wait for windows."""
    windows = {key: value for key, value in draw(WINDOWS).items() if key != "starts"}
    return draw(rollouts) | {"windows": windows}


def goes_on_by_itself(data, share):
    """Nothing that the log tells had to be brought about: each check-in fell where it fell."""
    assert run_goes_on_as_it_did(data | {"doubt": "none"}, share).corrected == 0


RESTARTED_WHILE_ASKED = {
    "zone": "UTC",
    "start": "2021-09-24 14:25",
    "horizon": "50 min",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "60 MB"}]},
    "fleet": {"units": {"DE": {"devices": 12, "site": "Main"}}},
    "network": {"sites": {"default": {"link": "40 Mbit/s"}, "Main": {"link": "40 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "people": {"default": {"present": "always", "answer": {"defer": "70 %", "now": "10 %"}}},
    "firmware": {"reminder": {"deferments": 1, "delays": ["4 h"]}},
    "commands": [{"update": "DE", "inform_user": "15 min", "once": "2021-09-24 14:59"}],
    "scheduler": "evening.ini",
    "seed": 1,
}
"""At 15:00 the devices restart: some show the notice, some have deferred it."""


def test_a_restart_that_the_log_tells_is_not_taken_for_an_answer():
    goes_on_by_itself(RESTARTED_WHILE_ASKED, 0.9)


CLOSED_WHILE_CONNECTING = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 11:00",
    "horizon": "7 h",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "16 MB"}]},
    "fleet": {
        "units": {
            "DE/A": {"devices": 2, "site": "near"},
            "DE/B": {"devices": 2, "site": "near", "zone": "Europe/Lisbon"},
        }
    },
    "network": {"sites": {"default": {"link": "1 Mbit/s"}, "near": {"link": "1 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "people": {"default": {"present": "always"}},
    "windows": {
        "blackouts": [{"start": "2018-08-20 12:00", "end": "2018-08-20 17:10"}],
        "run_time": "1 h",
    },
    "commands": [{"update": "DE", "subordinate_units": True, "once": "2018-08-20 11:00"}],
    "assumptions": {"dispatch_workers": 1},
    "seed": 1,
}
"""The hour before the blackout would do at eleven sharp, and no more when a device answers."""


def test_a_device_put_off_while_it_was_being_reached_holds_no_worker_until_the_log_tells_of_it():
    goes_on_by_itself(CLOSED_WHILE_CONNECTING, 1)


WITHDRAWN_WHILE_PUT_OFF = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",
    "horizon": "8 h",
    "images": {
        "new": {"name": "new.idf", "packages": [{"name": "all", "size": "60 MB"}]},
        "old": {"name": "old.idf", "packages": [{"name": "all", "size": "50 MB"}]},
    },
    "fleet": {"units": {"DE": {"devices": 6, "site": "Main"}}},
    "network": {"sites": {"default": {"link": "40 Mbit/s"}, "Main": {"link": "40 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "people": {"default": {"present": "always", "answer": {"defer": "80 %", "now": "20 %"}}},
    "firmware": {"image_file": "new.idf", "reminder": {"deferments": 1, "delays": ["4 h"]}},
    "changes": [{"at": "2018-08-20 12:00", "withdraw": "new"}],
    "commands": [{"update": "DE", "inform_user": "1 min", "once": "2018-08-20 11:10"}],
    "assumptions": {"idf_check_order": "both"},
    "faults": {"idf": "0 %"},
    "seed": 1,
}


def test_an_image_that_was_found_before_the_notice_has_not_been_missing_by_bad_luck():
    goes_on_by_itself(WITHDRAWN_WHILE_PUT_OFF, 1)


@settings(max_examples=5)
@given(rollouts_with_check_ins(), MOMENTS)
def test_a_run_with_check_ins_kept_to_its_own_log_is_the_same_run(data, share):
    goes_on_by_itself(data, share)


@settings(max_examples=5)
@given(rollouts_with_check_ins(), MOMENTS)
def test_a_log_of_check_ins_is_the_past_of_every_luck_and_world(data, share):
    other_luck_has_the_same_past(data, share)


@settings(max_examples=3)
@given(held(rollouts()), MOMENTS)
def test_a_run_held_back_by_windows_kept_to_its_own_log_is_the_same_run(data, share):
    goes_on_by_itself(data, share)


@at_length(rollouts_with_check_ins(), MOMENTS)
def test_thousands_of_runs_with_check_ins_kept_to_their_own_logs_are_the_same_runs(data, share):
    goes_on_by_itself(data, share)


@at_length(rollouts_with_check_ins(), MOMENTS)
def test_thousands_of_logs_of_check_ins_are_the_past_of_every_luck_and_world(data, share):
    other_luck_has_the_same_past(data, share)


@at_length(held(rollouts()), MOMENTS, share=0.5)
def test_thousands_of_runs_held_back_kept_to_their_own_logs_are_the_same_runs(data, share):
    goes_on_by_itself(data, share)


@at_length(held(rollouts_in_doubt()), MOMENTS, share=0.5)
def test_thousands_of_logs_of_windows_are_the_past_of_every_luck_and_world(data, share):
    other_luck_has_the_same_past(data, share)
