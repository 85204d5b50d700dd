"""Changed settings reach a device at its next start; only the URL is the server's of the moment."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from tests.simulation.random_scenarios import DATA

NO_RESTART = {"default": {"on": "always"}}
RESTARTS = {"default": {"on": "mon-fri 08:00-11:40, mon-fri 11:45-20:00"}}
IS_RESTARTED = pytest.mark.parametrize("is_restarted", [False, True])


def changed(play, firmware: dict, *, is_restarted: bool, update: dict | None = None, **others):
    """Play an update at noon under settings of half past eleven."""
    return play(
        {"once": "2018-08-20 12:00", **(update or {})},
        changes=[{"at": "2018-08-20 11:30", "firmware": firmware}],
        power=RESTARTS if is_restarted else NO_RESTART,
        **others,
    )


@IS_RESTARTED
@pytest.mark.parametrize(
    ("checks", "image"),
    [("idf", {"signed": False}), ("packages", {"packages_signed": False})],
)
def test_a_device_checks_signatures_from_its_next_start_on(play, checks, image, is_restarted):
    result = changed(play, {"security": {checks: True}}, is_restarted=is_restarted, image=image)
    assert result.log.state.iloc[-1] == ("FAILED" if is_restarted else "SUCCESS")


PACKAGES_TOO = {"security": {"packages": True}}


@pytest.mark.parametrize(
    "where",
    [
        {"fleet": {"units": {"DE": {"devices": 1, "firmware": PACKAGES_TOO}}}},
        {"changes": [{"at": "2018-08-20 11:30", "firmware": PACKAGES_TOO}], "power": RESTARTS},
    ],
    ids=["unit", "change"],
)
def test_a_check_that_is_left_out_is_inherited(play, where):
    options = {"once": "2018-08-20 12:00"}
    image, security = {"signed": False}, {"security": {"idf": True}}
    result = play(options, image=image, firmware=security, **where)
    assert result.log.state.iloc[-1] == "FAILED"
    own = {"units": {"DE": {"devices": 1, "firmware": {"security": {"idf": False}}}}}
    unchecked = play(options, image=image, firmware=security, fleet=own)
    assert unchecked.log.state.iloc[-1] == "SUCCESS"


def test_who_checks_for_a_new_version_asks_as_the_ou_above_says(play):
    unit = {"devices": 1, "firmware": {"new_version": {"at_start": True}}}
    result = play(
        commands=[],
        fleet={"units": {"DE": unit}},
        firmware={"new_version": {"confirm": True}},
        power={"default": {"on": "mon-fri 12:00-20:00"}},
    )
    assert "NOTIFYING" in result.log.state.tolist()


@IS_RESTARTED
def test_a_user_may_defer_from_the_next_start_on(play, is_restarted):
    result = changed(
        play,
        {"reminder": {"deferments": 1, "delays": ["1 h"]}},
        is_restarted=is_restarted,
        update={"inform_user": "5 min"},
        people={"default": {"answer": {"now": 0.0, "defer": 1.0, "cancel": 0.0}}},
    )
    assert ("DEFERRED" in result.log.state.tolist()) == is_restarted


@pytest.mark.parametrize(
    ("reminder", "next_notice"),
    [({"deferments": 0}, 0), ({"deferments": 3, "delays": ["2 h"]}, 2)],
)
def test_an_open_notice_offers_what_it_showed_until_it_ends(
    scenario, engine, told, reminder, next_notice
):
    """Though its device synchronises meanwhile; the next notice offers what is new."""
    asked = scenario(
        {"once": "2018-08-20 12:00", "inform_user": "30 min"},
        firmware={"reminder": {"deferments": 2, "delays": ["1 h"]}},
        changes=[{"at": "2018-08-20 12:02", "firmware": {"reminder": reminder}}],
        scheduler="synchronise.ini",
        people={"default": {"present": "always", "answer": {"defer": "100 %", "after": "10 min"}}},
        power=NO_RESTART,
    )
    result = fwsim.simulate(asked.seen_from(DATA), engine=engine)
    assert told(result)[2:6] == [
        "3602 NOTIFYING",
        "4202 DEFERRED",
        "7802 CHECKING",
        "7804 NOTIFYING",
    ]
    notices = result.columns.in_state(State.NOTIFYING)
    assert result.columns.amount[notices].tolist()[:2] == [2, next_notice]


@IS_RESTARTED
def test_a_device_turns_to_a_proxy_from_its_next_start_on(play, is_restarted):
    result = changed(
        play,
        {"proxy": {"type": "dynamic"}},
        is_restarted=is_restarted,
        fleet={"units": {"DE": {"devices": 3}}},
    )
    assert result.load.size.sum() == (100_000_000 if is_restarted else 300_000_000)


@IS_RESTARTED
def test_the_url_is_the_servers_at_once(play, is_restarted):
    result = changed(play, {"server": "new.example.net"}, is_restarted=is_restarted)
    first = result.log[result.log.state == "CHECKING"].detail.iloc[0]
    assert first.startswith("https://new.example.net/")
