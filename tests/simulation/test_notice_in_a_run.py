"""What users do with the notice, and what becomes of it when the power goes."""

from __future__ import annotations

import pytest

REMINDER = {"reminder": {"deferments": 2, "delays": ["30 min", "1 h"]}}
ASKED = {"inform_user": "5 min", "user_can_cancel": True}
PATIENT = {"missing_button": "ignored"}
"""Who would defer and cannot lets the notice run out."""


def people(**answer: str) -> dict:
    shares = {"now": "0 %", "defer": "0 %", "cancel": "0 %", "after": "20 s", **answer}
    return {"default": {"present": "always", "answer": shares}}


def test_silence_starts_the_update_when_the_seconds_are_over(play, told):
    lines = told(play(ASKED, people=people()))
    assert lines[1:5] == ["0 CHECKING", "2 NOTIFYING", "302 VERIFY_IDF", "302 TRANSFER"]


def test_a_click_on_now_starts_the_update_at_once(play, told):
    assert told(play(ASKED, people=people(now="100 %")))[3] == "22 VERIFY_IDF"


def test_a_click_in_the_last_millisecond_counts(play, told):
    lines = told(play(ASKED, people=people(cancel="100 %", after="300 s")))
    assert lines[-1] == "302 CANCELLED cancelled by user"


def test_a_click_after_the_seconds_comes_too_late(play, told):
    lines = told(play(ASKED, people=people(cancel="100 %", after="301 s")))
    assert lines[-1].endswith("SUCCESS")


def test_cancel_is_final_and_reads_not_successful(play, told):
    result = play(ASKED, people=people(cancel="100 %"))
    assert told(result)[-1] == "22 CANCELLED cancelled by user"
    assert result.log.status.iloc[-1] == "Not successful – 2018-08-20 11:00:22"


def test_with_zero_seconds_an_unattended_notice_waits_for_ever(play, told):
    nobody = {"default": {"present": "never"}}
    assert told(play({"inform_user": "until answered"}, people=nobody))[-1] == "2 NOTIFYING"


def test_where_nobody_is_there_the_notice_can_be_left_out(play, told):
    lines = told(
        play(
            ASKED,
            people={"default": {"present": "never"}},
            assumptions={"unattended_policy": "skip_dialog"},
        )
    )
    assert lines[2] == "2 VERIFY_IDF"


def test_the_time_to_answer_runs_only_while_somebody_is_there(play, told):
    later = people(now="100 %") | {}
    later["default"]["present"] = "mon-fri 11:02-12:00"
    assert told(play(ASKED, people=later))[3] == "140 VERIFY_IDF"


def test_deferring_brings_the_notice_back_until_no_deferment_is_left(play, told):
    result = play(
        ASKED,
        people=people(defer="100 %"),
        firmware=REMINDER,
        chances={"delay_pick": 0.1},
        assumptions=PATIENT,
    )
    assert told(result)[1:10] == [
        "0 CHECKING",
        "2 NOTIFYING",
        "22 DEFERRED",
        "1822 CHECKING",
        "1824 NOTIFYING",
        "1844 DEFERRED",
        "3644 CHECKING",
        "3646 NOTIFYING",
        "3946 VERIFY_IDF",
    ]
    assert result.devices.times_deferred.tolist() == [2]


def test_users_pick_delays_by_their_shares(play, told):
    users = people(defer="100 %")
    users["default"]["answer"]["picks"] = {"1 h": "100 %"}
    result = play(ASKED, people=users, firmware=REMINDER, chances={"delay_pick": 0.1})
    assert told(result)[4] == "3622 CHECKING"


@pytest.mark.parametrize(
    ("change", "last"),
    [
        ({"offer": "june"}, "1824 NOT_NEEDED"),
        ({"withdraw": "september"}, "1824 FAILED image definition file not available"),
    ],
)
def test_an_image_taken_back_during_a_deferment_ends_it_without_a_question(
    play, told, change, last
):
    package = {"name": "a", "size": "1 MB"}
    result = play(
        ASKED,
        image=None,
        images={
            "june": {"name": "image.idf", "revision": 1, "packages": [package], "offered": False},
            "september": {"name": "image.idf", "revision": 2, "packages": [package]},
        },
        firmware={"image_file": "image.idf", **REMINDER},
        fleet={"units": {"DE": {"devices": 1, "installed": "june"}}},
        people=people(defer="100 %"),
        chances={"delay_pick": 0.1},
        changes=[{"at": "2018-08-20 11:10", **change}],
    )
    assert told(result)[-3:] == ["22 DEFERRED", "1822 CHECKING", last]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (
            "both",
            [
                "0 CHECKING",
                "2 NOTIFYING",
                "22 DEFERRED",
                "1822 CHECKING",
                "1824 NOTIFYING",
                "2124 VERIFY_IDF",
            ],
        ),
        (
            "before",
            ["0 CHECKING", "2 NOTIFYING", "22 DEFERRED", "1822 NOTIFYING", "2122 VERIFY_IDF"],
        ),
        (
            "after",
            ["0 NOTIFYING", "20 DEFERRED", "1820 NOTIFYING", "2120 CHECKING", "2122 VERIFY_IDF"],
        ),
    ],
)
def test_the_order_of_check_and_notice_can_be_chosen(play, told, order, expected):
    result = play(
        ASKED,
        people=people(defer="100 %"),
        firmware={"reminder": {"deferments": 1, "delays": ["30 min"]}},
        assumptions={"idf_check_order": order, **PATIENT},
    )
    assert told(result)[1 : 1 + len(expected)] == expected


def test_a_shutdown_while_deferred_updates_first_and_then_goes_off(play, told):
    result = play(
        ASKED,
        people=people(defer="100 %"),
        firmware={"reminder": {"deferments": 1, "delays": ["8 h"]}},
        power={"default": {"on": "mon-fri 08:00-12:00"}},
    )
    assert told(result)[3:] == [
        "22 DEFERRED",
        "3600 CHECKING",
        "3602 VERIFY_IDF",
        "3602 TRANSFER",
        "3610 VERIFY_PACKAGES",
        "3613 INSTALL",
        "3623 REBOOT",
        "3623 SUCCESS",
        "3623 HALTING",
        "3633 HALTED",
    ]


def test_a_shutdown_while_asked_is_taken_as_consent(play, told):
    result = play(
        {"inform_user": "until answered"},
        people={"default": {"present": "never"}},
        power={"default": {"on": "mon-fri 08:00-12:00"}},
    )
    assert told(result)[2:4] == ["2 NOTIFYING", "3600 VERIFY_IDF"]
    assert told(result)[-1] == "3631 HALTED"


def test_deferments_counted_per_image_are_shared_by_two_commands(play, told):
    two = [
        {"update": "DE", "inform_user": "1 min", "once": f"2018-08-20 {at}"}
        for at in ("11:00", "12:00")
    ]
    changes = {
        "commands": two,
        "people": people(defer="100 %"),
        "firmware": {"reminder": {"deferments": 1, "delays": ["4 h"]}},
    }
    own = told(play(**changes))
    shared = told(play(**changes, assumptions={"defer_counter_scope": "idf", **PATIENT}))
    assert "3622 DEFERRED" in own
    assert "3662 VERIFY_IDF" in shared


def test_power_lost_at_a_notice_takes_no_deferment_and_is_no_click(play):
    result = play(
        ASKED | {"inform_user": "3 h"},
        fleet={"units": {"DE": {"devices": 100}}},
        firmware=REMINDER,
        people=people(defer="40 %"),
        power={"default": {"on": "always", "mean_time_between_losses": "2 h"}},
    )
    notices = result.log[result.log["state"].isin(["NOTIFYING", "DEFERRED"])]
    is_click = notices["state"] == "DEFERRED"
    clicks = is_click.groupby(notices["device"]).cumsum()
    again = (
        ~is_click
        & notices["device"].duplicated()
        & ~is_click.groupby(notices["device"]).shift(fill_value=False)
    )
    assert again.sum() > 10  # whom a loss of power has had asked once more
    assert (notices["amount"] == 2 - clicks)[~is_click].all()
    assert result.measures.deferments == is_click.sum() > 10
