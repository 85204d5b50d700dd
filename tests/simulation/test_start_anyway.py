"""`force_at`: from a time on nobody is asked, and whoever still waits is started."""

from __future__ import annotations

import pytest

REMINDER = {"reminder": {"deferments": 2, "delays": ["30 min", "1 h"]}}
AT_1010_SECONDS = {"inform_user": "until answered", "force_at": "2018-08-20 11:16:50"}
NOBODY = {"default": {"present": "never"}}


def people(**answer: str) -> dict:
    shares = {"now": "0 %", "defer": "0 %", "cancel": "0 %", "after": "20 s", **answer}
    return {"default": {"present": "always", "answer": shares}}


def test_whoever_ignores_the_notice_is_started_then(play, told):
    lines = told(play(AT_1010_SECONDS, people=people()))
    assert lines[1:5] == ["0 CHECKING", "2 NOTIFYING", "1010 VERIFY_IDF", "1010 TRANSFER"]
    assert lines[-1].endswith("SUCCESS")


def test_where_nobody_sits_it_starts_all_the_same(play, told):
    assert told(play(AT_1010_SECONDS, people=NOBODY))[3] == "1010 VERIFY_IDF"


def test_a_deferment_ends_then(play, told):
    result = play(
        AT_1010_SECONDS,
        people=people(defer="100 %"),
        firmware=REMINDER,
        chances={"delay_pick": 0.1},
    )
    assert told(result)[1:6] == [
        "0 CHECKING",
        "2 NOTIFYING",
        "22 DEFERRED",
        "1010 CHECKING",
        "1012 VERIFY_IDF",
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("both", ["0 CHECKING", "2 NOTIFYING", "22 DEFERRED", "1010 CHECKING", "1012 VERIFY_IDF"]),
        ("before", ["0 CHECKING", "2 NOTIFYING", "22 DEFERRED", "1010 VERIFY_IDF"]),
        ("after", ["0 NOTIFYING", "20 DEFERRED", "1010 CHECKING", "1012 VERIFY_IDF"]),
    ],
)
def test_the_image_is_checked_again_as_after_any_deferment(play, told, order, expected):
    result = play(
        AT_1010_SECONDS,
        people=people(defer="100 %"),
        firmware=REMINDER,
        chances={"delay_pick": 0.1},
        assumptions={"idf_check_order": order},
    )
    assert told(result)[1 : 1 + len(expected)] == expected


def test_a_cancel_before_stays_a_cancel(play, told):
    update = AT_1010_SECONDS | {"user_can_cancel": True}
    lines = told(play(update, people=people(cancel="100 %")))
    assert lines[-1] == "22 CANCELLED cancelled by user"


@pytest.mark.parametrize(("after", "last"), [("1008 s", "CANCELLED"), ("1009 s", "SUCCESS")])
def test_a_click_in_that_very_millisecond_counts_and_later_ones_do_not(play, told, after, last):
    update = AT_1010_SECONDS | {"user_can_cancel": True}
    lines = told(play(update, people=people(cancel="100 %", after=after)))
    assert last in lines[-1]


def test_the_seconds_of_the_notice_start_it_sooner(play, told):
    update = AT_1010_SECONDS | {"inform_user": "5 min"}
    assert told(play(update, people=people()))[3] == "302 VERIFY_IDF"


@pytest.mark.parametrize("order", ["both", "before", "after"])
def test_a_notice_that_would_come_later_is_not_shown(play, told, order):
    """The device comes on an hour after the command, half an hour after the time."""
    result = play(
        {"inform_user": "until answered", "force_at": "2018-08-20 11:30"},
        people=people(),
        assumptions={"idf_check_order": order, "wake_timeout": "3 h", "wake_up_sites": "0 %"},
        power={"default": {"on": "daily 12:00-20:00"}},
    )
    states = [line.split()[1] for line in told(result)]
    assert "NOTIFYING" not in states
    assert "SUCCESS" in states


def test_a_notice_due_at_that_very_time_is_not_shown(play, told):
    update = {"inform_user": "until answered", "force_at": "2018-08-20 11:00:02"}
    assert told(play(update, people=people()))[1:3] == ["0 CHECKING", "2 VERIFY_IDF"]


def test_who_was_without_power_then_starts_when_it_is_back(play, told):
    result = play(
        AT_1010_SECONDS,
        people=people(defer="100 %"),
        firmware=REMINDER,
        power={"default": {"mean_time_between_losses": "1 h"}},
        assumptions={"defer_survives_power_loss": True, "outage": "2 h", "boot_time": "0 s"},
        chances={"power_loss": 0.1, "delay_pick": 0.1},
    )
    lines = told(result)
    back = 379.298 + 7200  # the loss that the chance stands for, and two hours without power
    assert lines[3:6] == ["22 DEFERRED", f"{back:g} CHECKING", f"{back + 2:g} VERIFY_IDF"]


def test_a_stored_update_starts_anyway_too(play, told):
    result = play(
        commands=[],
        notifications=[{"update": "DE", **AT_1010_SECONDS}],
        power={"default": {"on": "daily 11:05-20:00"}},
        people=people(),
    )
    lines = told(result)
    assert lines[-1].endswith("SUCCESS")
    assert next(line for line in lines if "VERIFY_IDF" in line).startswith("1010 ")


@pytest.mark.parametrize(("doubled_hour", "at"), [("first", 5400), ("second", 9000)])
def test_a_time_that_the_clock_shows_twice_is_the_one_a_command_means(play, told, doubled_hour, at):
    result = play(
        {"inform_user": "until answered", "force_at": "2018-10-28 02:30"},
        zone="Europe/Berlin",
        start="2018-10-28 01:00",
        people=people(),
        assumptions={"doubled_hour": doubled_hour},
    )
    assert told(result)[3] == f"{at} VERIFY_IDF"
