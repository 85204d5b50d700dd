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
