"""Logs of another date, or of a command that began later: nothing is learnt of the difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.learning.begun import DAY, begun_apart, by_line, whole_days
from fwsim.learning.journeys import journeys_of
from fwsim.learning.learn import learn
from fwsim.observations.observed import LONG_AGO, Observed, What
from fwsim.run import prepare
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in

MINUTE = 60_000
TEXT = """
name: Two offices
zone: Europe/Berlin
start: 2026-06-01 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 20 MB}]}
fleet: {units: {Bonn: {devices: 40, power: always}, Köln: {devices: 40}}}
network: {sites: {default: {link: 100 Mbit/s}}}
people: {default: {present: always, answer: {now: 40 %, defer: 20 %}}}
power: {always: {on: always}, default: {on: mon-fri 07:00-16:00, left_on: 40 %, unreported: 5 %}}
commands:
  - {update: Bonn, once: 2026-06-01 16:00, inform_user: 30 min, force_at: 2026-06-01 16:20}
  - {update: Köln, once: 2026-06-01 23:00}
doubt: none
"""
SCENARIO = loads(TEXT)
ROLLOUT = prepare(SCENARIO)
LATE = [7 * DAY, -7 * DAY, 10 * MINUTE, -2 * MINUTE, 10_000]


@pytest.fixture(scope="module")
def observed() -> Observed:
    return observed_in(fwsim.simulate(SCENARIO, seed=3))


def moved(observed: Observed, by: int, *, commands: tuple[int, ...] = (0, 1)) -> Observed:
    """Return a log of which everything under some commands came later."""
    later = np.where(np.isin(observed.command, commands), by, 0)
    return replace(
        observed,
        earliest=observed.earliest + later,
        latest=observed.latest + later,
        until=observed.until + by,
    )


def beliefs(*logs: Observed, scenario: fwsim.Scenario = SCENARIO) -> dict[str, object]:
    """Return what is learnt of each input."""
    return {one.name: one.value for one in learn(scenario, list(logs), rows=50).inputs}


@pytest.mark.parametrize("by", LATE)
def test_how_much_later_commands_began_is_found_by_whom_they_came_to_first(observed, by):
    journeys = journeys_of([observed, moved(observed, by)], ROLLOUT)
    assert begun_apart(journeys, ROLLOUT).tolist() == [[0, 0], [by, by]]


@pytest.mark.parametrize("by", LATE[:3])
def test_a_log_of_another_date_tells_of_the_server_what_one_of_its_own_date_tells(observed, by):
    right, found = beliefs(observed), beliefs(moved(observed, by))
    for name in ("send_time", "ping_timeout", "boot_time"):
        assert right[f"assumptions.{name}"] is not None
        assert found[f"assumptions.{name}"] == right[f"assumptions.{name}"]


def test_logs_of_several_dates_are_each_held_against_their_own(observed):
    found = beliefs(observed, moved(observed, 7 * DAY), moved(observed, 14 * DAY))
    assert found["assumptions.send_time"] == "50 ms"


def test_one_command_that_began_later_is_not_what_the_server_took(observed):
    found = beliefs(moved(observed, 10 * MINUTE, commands=(0,)))
    assert found["assumptions.send_time"] == "50 ms"


@pytest.mark.parametrize("by", LATE[:2])
def test_forced_starts_are_no_clicks_in_the_log_of_another_date(observed, by):
    assert (
        beliefs(moved(observed, by))["people.default.answer"]
        == (beliefs(observed)["people.default.answer"])
    )


def test_forced_starts_at_a_time_of_the_day_are_no_clicks_though_the_command_began_later():
    clicked = loads(TEXT.replace("once: 2026-06-01 16:00", "once: 2026-06-01 16:10"))
    log = observed_in(fwsim.simulate(clicked, seed=3))
    found, right = beliefs(log), beliefs(log, scenario=clicked)
    assert found["people.default.answer"] == right["people.default.answer"]


def test_lines_left_of_a_rollout_before_make_no_command_early(observed):
    old = np.arange(len(observed)) % 10 == 0
    early = np.where(old, observed.earliest - 30 * DAY, observed.earliest)
    log = replace(observed, earliest=early, latest=np.where(old, early, observed.latest))
    assert not begun_apart(journeys_of([log], ROLLOUT), ROLLOUT).any()


def test_who_was_off_before_makes_no_command_early(observed):
    off = (observed.what == What.OFF) & (observed.command == 1)
    assert off.sum() > 5
    early = observed.earliest - np.where(off, 10 * MINUTE, 0)
    log = replace(observed, earliest=early, latest=early)
    assert not begun_apart(journeys_of([log], ROLLOUT), ROLLOUT).any()


def test_what_a_look_shows_may_have_been_so_since_the_command_began(observed):
    look = observed.latest + 10 * MINUTE
    log = replace(observed, earliest=np.full(len(observed), LONG_AGO), latest=look)
    assert not begun_apart(journeys_of([log], ROLLOUT), ROLLOUT).any()


def test_tries_of_assignments_are_as_many_days_later_as_their_log(observed):
    apart = np.array([[0, 0], [0, 7 * DAY + MINUTE]])
    assert whole_days(apart).tolist() == [0, 7 * DAY]
    journeys = journeys_of([observed, observed], ROLLOUT)
    none = replace(journeys, run=np.full(len(journeys), -1))
    assert set(by_line(none, apart)[journeys.rollout == 1].tolist()) == {7 * DAY}


QUEUE = """\
name: t
zone: Europe/Berlin
start: 2026-06-01 08:00
horizon: 1 d
image: {name: new.idf, packages: [{name: os, size: 100 MB}]}
fleet:
  units:
    ALL/A: {devices: 300, installed: old.idf, power: off}
    ALL/B: {devices: 100, installed: old.idf}
network: {sites: {default: {link: 1 Gbit/s}}}
power: {default: {on: always}, off: {on: "mon-fri 08:00-09:00", unreported: 100 %}}
commands: [{update: ALL, subordinate_units: true, only_switched_on: true, once: "2026-06-01 12:00"}]
doubt: none
"""
PINGS = QUEUE.replace("only_switched_on: true", "only_switched_on: true, check_reachability: true")


def by_parts_of_a_log(text: str, clicked: str = "12:00") -> list[list[int]]:
    """Return how much later a command began by its reached devices, and by one of them."""
    rollout = prepare(loads(text))
    log = observed_in(fwsim.simulate(loads(text.replace("12:00", clicked)), seed=7))
    reached = ~np.isin(log.what, [int(What.UNREACHED), int(What.OFF)])
    one = np.array([name.endswith("B-050") for name in log.device.values])[log.device.codes]
    parts = [log.where(reached), log.where(reached & one)]
    return [begun_apart(journeys_of([part], rollout), rollout)[0].tolist() for part in parts]


@pytest.mark.parametrize("text", [QUEUE, PINGS], ids=["time-outs", "pings"])
def test_who_stood_in_line_behind_many_that_were_off_makes_no_command_late(text):
    assert by_parts_of_a_log(text) == [[0], [0]]


@pytest.mark.parametrize("text", [QUEUE, PINGS], ids=["time-outs", "pings"])
def test_what_the_line_does_not_explain_is_how_much_later_the_command_began(text):
    found = np.array(by_parts_of_a_log(text, "12:40"))
    assert (np.abs(found - 40 * MINUTE) < 1_000).all()


ASKS_FEW = """\
name: t
zone: Europe/Berlin
start: 2026-06-01 06:00
horizon: 1 d
image: {name: new.idf, packages: [{name: os, size: 300 MB}]}
fleet: {units: {ALL/A: {devices: 30, installed: old.idf}, ALL/B: {devices: 10, installed: old.idf}}}
network: {sites: {default: {link: 200 Mbit/s}}}
power: {default: {on: always}}
people: {default: {answer: {now: 90 %, after: 1 min}}}
commands: [{update: ALL, subordinate_units: true, inform_user: 10 min, once: "2026-06-01 10:00"}]
doubt: none
"""


@pytest.mark.parametrize(("clicked", "later"), [("10:00", 0), ("11:00", 60)])
@pytest.mark.parametrize("is_labelled", [True, False])
def test_a_command_has_begun_when_anything_of_it_is_seen(clicked, later, is_labelled):
    """Questions are told of some devices only, and these came ten minutes after the others."""
    rollout = prepare(loads(ASKS_FEW))
    log = observed_in(fwsim.simulate(loads(ASKS_FEW.replace("10:00", clicked)), seed=7))
    late = np.array(["B-0" in name for name in log.device.values])[log.device.codes]
    by = np.where(late, 10 * MINUTE, 0)
    log = replace(log, earliest=log.earliest + by, latest=log.latest + by)
    told = (What.FETCHING, What.WRITING, What.DONE)
    log = log.where(
        np.isin(log.what, [int(what) for what in told]) | (log.what == What.ASKED) & late
    )
    if not is_labelled:
        log = replace(log, command=np.full(len(log), -1, np.int32), commands=())
    journeys = journeys_of([log], rollout)
    run = np.zeros(len(journeys), np.int64)
    found = int(begun_apart(journeys, rollout, run)[0, 0])
    assert abs(found - later * MINUTE) < 2 * MINUTE
    assert found == 0 or later


LONG_PINGS = """\
name: t
zone: Europe/Berlin
start: 2026-06-01 08:00
horizon: 4 h
image: {name: new.idf, packages: [{name: os, size: 100 MB}]}
fleet: {units: {DE: {devices: 20, installed: old.idf}}}
network: {sites: {default: {link: 100 Mbit/s}}}
power: {default: {on: always}}
commands: [{update: DE, once: "2026-06-01 09:00"}]
assumptions: {ping_timeout: 20 s, send_time: 6 s}
doubt: none
"""
WOKEN = LONG_PINGS.replace("on: always", "on: never")
SECOND = LONG_PINGS.replace("}]\n", '}, {delivery: DE, once: "2026-06-01 09:00:40"}]\n')
CUT_OFF = SECOND + "outages: [{site: DE, start: 2026-06-01 09:00:30, end: 2026-06-01 10:00}]\n"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (WOKEN, Detail.NONE),
        (CUT_OFF, Detail.BUSY_AND_SILENT),
        (SECOND, Detail.BUSY),
    ],
    ids=["woken", "busy and silent", "rejected"],
)
def test_what_a_worker_took_with_a_device_is_not_how_much_later_a_command_began(text, detail):
    rollout = prepare(loads(text))
    log = observed_in(fwsim.simulate(loads(text), seed=7))
    assert DETAIL_TEXTS[detail] in log.detail.values
    assert not begun_apart(journeys_of([log], rollout), rollout).any()
