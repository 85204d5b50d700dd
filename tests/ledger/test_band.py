"""At which times a rollout's curve lay in the band of a forecast."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from fwsim.ledger.band import shares_in_band
from fwsim.ledger.kept import KeptCurve, epoch
from tests.ledger.kept_forecasts import HOUR, START, kept_forecast
from tests.ledger.test_baselines import MINUTE, seen

ENDS = START + timedelta(hours=24)
RISING = (0.0, 0.5, 1.0)


def in_band(
    minutes, *, until=ENDS, first=60, low=RISING, high=RISING, failed=0, under_way=0, **more
):
    """Return the share for a band that changes every hour, from `first` minutes on."""
    curve = KeptCurve(first=round(first * MINUTE), step=round(HOUR), low=low, mean=low, high=high)
    what = seen(np.add(minutes, epoch(START) / MINUTE), failed=failed, under_way=under_way)
    kept = kept_forecast({}, curve=curve, targeted=what.devices, **more)
    return told(shares_in_band(kept, what, until))


def told(shares):
    """Return a share that is the least and the most."""
    assert shares[0] == shares[1]
    return shares[0]


def test_a_curve_is_looked_at_while_the_band_changes():
    assert in_band([90, 150]) == 1  # at 1, 2 and 3 h
    assert in_band([90, 170]) == 1
    assert in_band([30, 150]) == pytest.approx(3 / 4)  # one half by 1 h, where none was said


def test_after_the_band_has_come_to_rest_the_curve_still_counts():
    """At 1 to 5 h: all was said by 3 h, and came by 5 h."""
    assert in_band([90, 270]) == pytest.approx(3 / 5)
    assert in_band([90, 270], until=START + timedelta(hours=4)) == pytest.approx(2 / 4)


def test_before_the_band_moves_the_curve_counts_as_well():
    """At 2 to 6 h, where nothing was said to come by 4 h."""
    assert in_band([150, 350], first=240) == pytest.approx(3 / 5)


def test_a_log_that_is_cut_counts_to_its_end():
    assert in_band([90], under_way=1, until=START + timedelta(hours=5)) == pytest.approx(2 / 5)


def test_a_log_that_is_cut_before_a_device_was_heard_of_counts_to_its_end_as_well():
    curve = KeptCurve(first=round(HOUR), step=round(HOUR), low=RISING, mean=RISING, high=RISING)
    kept = kept_forecast({}, curve=curve, targeted=2)
    what = seen(np.add([90], epoch(START) / MINUTE))
    assert told(shares_in_band(kept, what, START + timedelta(hours=5))) == pytest.approx(2 / 5)


def test_what_failed_keeps_nobody_waiting():
    assert in_band([90], failed=1, low=(0.0, 0.5), high=(0.0, 0.5)) == 1


def test_what_a_forecast_knew_is_left_out():
    assert in_band([90, 270], data_up_to=START + timedelta(hours=2)) == pytest.approx(1 / 3)


def test_times_at_which_nobody_can_tell_may_be_in_it_or_not():
    """At 1 and 2 h one half has it; at 3 h, where all was said, maybe all."""
    curve = KeptCurve(first=0, step=round(HOUR), low=RISING, mean=RISING, high=RISING)
    at = epoch(START) + HOUR * np.array([[0.5, 2.5], [0.5, 1.5], [0.5, 3.5]])
    nobody = np.zeros(0)
    what = replace(seen([1, 2]), done=at[0], sooner=(at[1], nobody), later=(at[2], nobody))
    kept = kept_forecast({}, curve=curve, targeted=2)
    assert shares_in_band(kept, what, ENDS) == (0.5, 1)  # at 0 and 1 h; at 2 and 3 h maybe
    exact = replace(what, sooner=None, later=None)
    assert told(shares_in_band(kept, exact, ENDS)) == pytest.approx(3 / 4)


def test_a_ledger_from_a_stranger_takes_no_more_than_so_many_times():
    curve = KeptCurve(first=0, step=1, low=(0.0,), mean=(0.0,), high=(1.0,))
    kept = kept_forecast({}, curve=curve, horizon=10**15, targeted=1)
    late = seen([epoch(START) / MINUTE + 10**9])
    assert told(shares_in_band(kept, late, ENDS.replace(year=9000))) == 1


def test_where_devices_that_the_log_leaves_out_could_turn_it_that_is_left_open():
    """At 1 h nothing to one half, at 2 and 3 h one half to all."""
    what, hours = seen([epoch(START) / MINUTE + 90]), round(HOUR)

    def found(high, absent):
        curve = KeptCurve(first=hours, step=hours, low=RISING, mean=RISING, high=high)
        kept = kept_forecast({}, curve=curve, targeted=2)
        return shares_in_band(kept, what, ENDS, absent=absent)

    assert told(found(RISING, 0)) == pytest.approx(2 / 3)
    assert found(RISING, 1) is None
    assert found((0.5, 0.5, 1.0), 1) == pytest.approx((1 / 3, 1))  # at 2 h maybe all
    assert found((1.0, 1.0, 1.0), 1) == pytest.approx((2 / 3, 1))  # at 3 h maybe not all
