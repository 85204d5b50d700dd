"""When what is overdue comes: as long again in the median, and how much later at worst."""

from math import sqrt

import pytest

from fwsim.commands.overdue import LONGEST_DELAY, check_in_overdue, event_overdue

MINUTE = 60_000
BOTH = pytest.mark.parametrize("comes", [check_in_overdue, event_overdue])


@BOTH
def test_what_is_overdue_takes_as_long_again_in_the_median(comes):
    assert abs(comes(MINUTE, 0.5) - MINUTE) <= 1


@BOTH
def test_what_has_just_become_due_comes_at_once(comes):
    assert comes(0, 0.9) == 1


@BOTH
def test_no_luck_makes_it_later_than_can_be_counted(comes):
    latest = comes(MINUTE, 1 - 2.0**-53)
    assert latest == MINUTE * LONGEST_DELAY + 1


def test_a_device_that_nobody_has_heard_of_may_well_be_gone():
    assert check_in_overdue(MINUTE, 0.75) == 3 * MINUTE + 1
    assert check_in_overdue(MINUTE, 0.95) == pytest.approx(19 * MINUTE, abs=2)


@pytest.mark.parametrize("chance", [1e-12, 0.1, 0.75, 0.95, 0.999, 1 - 1e-9])
def test_a_device_at_work_gets_on_with_it(chance):
    times = (1 / sqrt(1 - chance) - 1) / (sqrt(2) - 1)
    assert event_overdue(MINUTE, chance) == pytest.approx(1 + times * MINUTE, rel=1e-9, abs=2)
