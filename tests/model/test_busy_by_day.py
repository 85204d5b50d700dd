"""What others take of a line may be drawn for each line and day."""

from __future__ import annotations

import json

import numpy as np
import pytest

import fwsim
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.problems import InputError
from fwsim.run import play_once, prepare
from tests.compiled.side_by_side import assert_alike, both
from tests.conftest import merged

HOUR = 3_600_000
DAY = {"about": "50 %", "worth": 12, "each": "day"}
BASE = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 00:00",
    "horizon": "20 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
    "fleet": {"units": {"DE/*": {"devices": 2, "sites": 3, "installed": "old.idf"}}},
    "network": {
        "sites": {"default": {"link": "10 Mbit/s", "busy": {"daily 08:00-18:00": DAY}}},
    },
    "commands": [{"update": "DE", "subordinate_units": True, "once": "2018-08-20 08:30"}],
    "doubt": "stated",
    "assumptions": {"between_rollouts": 0},
}


def rollout(**changes):
    return prepare(fwsim.Scenario.model_validate(merged(BASE, changes)))


def by_day(drawn, site: int = 0) -> list[int]:
    """Return what is left of a site's line at noon of each day, bytes per second."""
    steps = np.array(drawn.link_steps(drawn.sites()[site]))
    noon = np.arange(20) * 24 * HOUR + 12 * HOUR
    return steps[np.searchsorted(steps[:, 0], noon, "right") - 1, 1].tolist()


def test_every_day_and_every_site_draws_its_own_around_what_is_stated():
    ready = doubted(rollout())
    days = [by_day(ready.drawn(Chances(1, run)), site) for run in range(40) for site in range(3)]
    assert len({rate for day in days for rate in day}) > 0.98 * 40 * 3 * 20  # in whole bytes
    assert np.mean(days) == pytest.approx(0.5 * 1_250_000, rel=0.02)
    assert np.std(days) == pytest.approx(np.sqrt(0.25 / 13) * 1_250_000, rel=0.05)


def test_at_night_the_line_is_free():
    drawn = doubted(rollout()).drawn(Chances(1, 0))
    steps = drawn.link_steps(drawn.sites()[0])
    assert {rate for at, rate in steps if at % (24 * HOUR) == 18 * HOUR} == {1_250_000}


def test_a_longer_horizon_and_other_sites_change_no_day():
    first = doubted(rollout()).drawn(Chances(1, 0))
    more = {"fleet": {"units": {"DE/*": {"sites": 5}}}, "horizon": "40 d"}
    assert by_day(doubted(rollout(**more)).drawn(Chances(1, 0))) == by_day(first)


def test_a_stretch_over_midnight_has_two_days():
    night = {"sites": {"default": {"busy": {"daily 22:00-04:00": DAY}}}}
    plain = merged(BASE, {"network": night})
    del plain["network"]["sites"]["default"]["busy"]["daily 08:00-18:00"]
    drawn = doubted(prepare(fwsim.Scenario.model_validate(plain))).drawn(Chances(1, 0))
    changes = {at % (24 * HOUR) for at, _ in drawn.link_steps(drawn.sites()[0])}
    assert changes == {0, 4 * HOUR, 22 * HOUR}


def test_without_doubt_what_is_stated_holds_on_every_day():
    assert set(by_day(doubted(rollout(doubt="none")).drawn(Chances(1, 0)))) == {625_000}


def test_a_hubs_days_are_drawn_too_and_both_clocks_see_the_same():
    hubs = {"All": {"link": "8 Mbit/s", "busy": {"daily 08:00-18:00": DAY}, "sites": ["DE/*"]}}
    ready = rollout(network={"hubs": hubs})
    assert len(doubted(ready).doubts) == 2
    assert_alike(*both(ready, 3))


def test_days_are_for_busy_alone():
    data = merged(BASE, {"network": {"sites": {"default": {"line_factor": DAY}}}})
    with pytest.raises(InputError, match="each: day goes with busy"):
        fwsim.loads(json.dumps(data))


def test_it_is_written_back_as_it_was_read():
    scenario = fwsim.Scenario.model_validate(BASE)
    written = scenario.model_dump(mode="json", exclude_defaults=True)
    again = fwsim.Scenario.model_validate(written)
    busy = written["network"]["sites"]["default"]["busy"]
    assert busy == {"daily 08:00-18:00": {"about": "50 %", "worth": 12, "each": "day"}}
    assert play_once(prepare(again), 1, 0).ended == play_once(prepare(scenario), 1, 0).ended
