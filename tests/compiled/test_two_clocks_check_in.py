"""The clocks agree where devices come by themselves."""

from __future__ import annotations

from hypothesis import given, settings

from tests.compiled.random_rollouts import rollouts_with_check_ins
from tests.compiled.test_two_clocks import UNTIL, play_both
from tests.tiers import at_length


@settings(max_examples=8)
@given(rollouts_with_check_ins(), UNTIL)
def test_devices_that_check_in_play_alike(data, until):
    play_both(data, until)


@at_length(rollouts_with_check_ins(), UNTIL)
def test_thousands_of_scenarios_with_check_ins_play_alike(data, until):
    play_both(data, until)
