"""A story that starts after hours begins with what the evening before has left behind."""

from __future__ import annotations

import pytest

from fwsim.commands.lifecycle import State

FRIDAY = {"start": "2018-08-24 21:00", "horizon": "2 d"}
UNASKED = {"inform_user": None, "once": "2018-08-24 22:00"}
OFFICE = "mon-fri 07:00-19:00"


@pytest.fixture
def evening(play):
    """Update 400 devices at ten in the evening; return the run."""

    def run(update=None, wake_up="0 %", **power):
        return play(
            {**UNASKED, **(update or {})},
            **FRIDAY,
            fleet={"units": {"DE": {"devices": 400, "installed": "old.idf"}}},
            network={"sites": {"default": {"wake_up": wake_up}}},
            power={"default": {"on": OFFICE, **power}},
        )

    return run


def count(result, state: State) -> int:
    return int((result.columns.state == state).sum())


def test_who_was_left_on_the_evening_before_is_on(evening):
    result = evening({"only_switched_on": True}, left_on="30 %")
    assert count(result, State.SUCCESS) == pytest.approx(120, abs=45)
    assert count(result, State.SUCCESS) == count(evening(left_on="30 %"), State.SUCCESS)


def test_who_went_off_unreported_is_taken_for_on(evening):
    result = evening({"only_switched_on": True}, left_on="30 %", unreported="50 %")
    assert count(result, State.SUCCESS) == pytest.approx(120, abs=45)
    taken = count(result, State.UNREACHED)
    assert taken == pytest.approx(140, abs=50)


def test_nobody_is_on_where_nobody_is_left_on(evening):
    assert count(evening({"only_switched_on": True}), State.SUCCESS) == 0


def test_who_was_suspended_resumes(play, told):
    result = play(
        UNASKED,
        **FRIDAY,
        power={"default": {"on": OFFICE, "suspends": "100 %"}},
        assumptions={"boot_time": "200 s", "resume_time": "5 s", "wake_up_devices": "100 %"},
        network={"sites": {"default": {"wake_up": "100 %"}}},
    )
    checking = next(line for line in told(result) if line.endswith("CHECKING"))
    assert float(checking.split()[0]) < 3600 + 60


@pytest.mark.parametrize("start", ["2018-08-25 08:00", "2018-08-26 23:00"])
def test_all_weekend_it_is_friday_that_counts(play, start):
    result = play(
        {"only_switched_on": True, "once": "2018-08-26 23:30"},
        start=start,
        fleet={"units": {"DE": {"devices": 400, "installed": "old.idf"}}},
        power={"default": {"on": OFFICE, "left_on": "50 %"}},
    )
    assert count(result, State.SUCCESS) == pytest.approx(200, abs=50)


def test_who_goes_home_late_is_still_on_just_after_hours(play):
    result = play(
        {"only_switched_on": True, "once": "2018-08-24 19:00:10"},
        start="2018-08-24 19:00",
        fleet={"units": {"DE": {"devices": 400, "installed": "old.idf"}}},
        power={"default": {"on": OFFICE, "jitter": "1 h"}},
    )
    assert count(result, State.SUCCESS) == pytest.approx(200, abs=50)
