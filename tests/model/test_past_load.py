"""Bytes that crossed a line by the log of a rollout under way, and not yet in a run of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import SILENT, State
from fwsim.engine import Engine
from fwsim.model.minutes import Cells, by_minute
from fwsim.model.past import Past, cut
from fwsim.run import play_once, prepare, prepared
from fwsim.scenario.schema import Scenario

MINUTE = 60_000
ROUNDING = 5  # bytes a minute
A_TICK = 2500  # bytes that the faster line carries in a millisecond
SCENARIOS = Path(__file__).parents[2] / "scenarios"
LINES_IN_DOUBT = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "1 d",
    "image": {"name": "n.idf", "packages": [{"name": "a", "size": "150 MB"}]},
    "fleet": {
        "units": {
            "A": {"devices": 20, "site": "A"},
            "B": {"devices": 12, "site": "B"},
        }
    },
    "network": {
        "sites": {
            "default": {"link": "20 Mbit/s"},
            "A": {"link": "20 Mbit/s"},
            "B": {"link": "8 Mbit/s"},
        },
    },
    "faults": {"transfer": "10 %"},
    "commands": [
        {"update": "A", "once": "2021-09-24 09:00"},
        {"update": "B", "once": "2021-09-24 09:05"},
    ],
}


def rows(cells):
    return list(zip(cells.minute.tolist(), cells.site.tolist(), cells.size.tolist(), strict=True))


def cells(*given):
    minute, site, size = np.array(given).T
    return Cells(minute.astype(np.int64), site.astype(np.int64), size.astype(np.float64))


def test_what_flows_evenly_is_shared_out_by_the_time_in_each_minute():
    flow, minute, size = by_minute(
        np.array([90_000]), np.array([210_000]), np.array([1200.0]), MINUTE
    )
    assert flow.tolist() == [0, 0, 0]
    assert minute.tolist() == [60_000, 120_000, 180_000]
    assert size.tolist() == [300, 600, 300]


def test_the_same_minute_of_a_line_is_added_up_in_the_order_of_time_and_sites():
    parts = [cells((120_000, 4, 7), (60_000, 2, 5)), cells((120_000, 4, 10), (180_000, 1, 0))]
    assert rows(Cells.added_up(parts, MINUTE)) == [(60_000, 2, 5), (120_000, 4, 17)]


def test_what_is_too_much_for_a_minute_goes_where_the_line_has_room():
    full = cells((0, 0, 14), (60_000, 0, 4), (120_000, 0, 8), (0, 1, 30))
    assert rows(full.within(np.array([10.0, 50.0]))) == [
        (0, 0, 10),
        (60_000, 0, 7),
        (120_000, 0, 9),
        (0, 1, 30),
    ]


def test_what_a_run_has_fetched_and_the_log_has_not_comes_off_the_other_minutes():
    """By the log less has come, over minutes in which the run fetched nothing."""
    played = cells((0, 0, 100), (60_000, 0, 100), (120_000, 0, -150), (0, 1, 7), (60_000, 2, 9))
    totals = played.totals(3)
    minute, site, size = played.within(np.full(3, 1000.0)).rounded(totals)
    assert list(zip(minute.tolist(), site.tolist(), size.tolist(), strict=True)) == [
        (0, 0, 25),
        (60_000, 0, 25),
        (0, 1, 7),
        (60_000, 2, 9),
    ]


def test_a_line_of_which_the_log_tells_more_than_its_label_stays_as_it_is():
    full = cells((0, 0, 14), (60_000, 0, 9))
    assert rows(full.within(np.array([10.0]))) == rows(full)


@given(st.lists(st.floats(0.1, 2.0**40), min_size=1, max_size=40))
def test_no_byte_is_lost_in_rounding(sizes):
    total = np.rint(np.sum(sizes))
    given_cells = cells(*((MINUTE * n, 0, size) for n, size in enumerate(sizes)))
    minute, _, whole = given_cells.rounded(np.array([total]))
    assert whole.sum() == total
    assert (whole > 0).all()
    assert (np.diff(minute) > 0).all()


def minutes_of(run):
    load = run.load
    return {
        (minute, site): size
        for minute, site, size in zip(
            load.minute.tolist(), load.site.tolist(), load.size.tolist(), strict=True
        )
    }


@pytest.mark.parametrize("engine", Engine)
def test_when_all_is_over_every_world_tells_the_bytes_of_each_minute(engine):
    rollout = prepare(Scenario.model_validate(LINES_IN_DOUBT))
    truth = play_once(rollout, 777, 0, world=0)
    past = cut(truth.log, truth.ended, len(rollout.fleet))
    expected = minutes_of(truth)
    for world in range(1, 5):
        run = play_once(rollout, 1, world, world=world, past=past, engine=engine)
        found = minutes_of(run)
        assert found.keys() == expected.keys()
        assert sum(found.values()) == sum(expected.values())
        for minute, size in expected.items():
            assert found[minute] == pytest.approx(size, abs=2 * A_TICK)


@pytest.mark.parametrize("engine", Engine)
def test_a_run_under_way_has_fetched_no_more_for_a_failure_than_its_log_tells(engine):
    rollout = prepare(Scenario.model_validate(LINES_IN_DOUBT))
    truth = play_once(rollout, 777, 0, world=0)
    failed = truth.log.in_state(State.FAILED)
    assert failed.any()
    past = cut(truth.log, truth.ended, len(rollout.fleet))
    for world in range(1, 5):
        run = play_once(rollout, 1, world, world=world, past=past, engine=engine)
        found = run.log.amount[run.log.in_state(State.FAILED)]
        assert found.tolist() == truth.log.amount[failed].tolist()


def test_under_way_no_line_carries_more_than_its_label():
    rollout = prepare(Scenario.model_validate(LINES_IN_DOUBT))
    truth = play_once(rollout, 777, 0, world=0)
    label = np.array([site.payload for site in rollout.sites()]) * MINUTE / 1000 + ROUNDING
    for minutes in (70, 90, 130, 200):
        past = cut(truth.log, minutes * MINUTE + 17_000, len(rollout.fleet))
        for world in range(1, 5):
            load = play_once(rollout, 1, world, world=world, past=past).load
            assert (load.size <= label[load.site]).all()


@pytest.mark.parametrize("engine", Engine)
def test_a_transfer_that_a_power_loss_has_broken_off_has_brought_what_its_log_tells(engine):
    rollout = prepared(SCENARIOS / "power-loss.yaml")
    truth = play_once(rollout, 7, 0, world=0)
    assert truth.log.detail[-1] == Detail.POWER_LOST_IN_TRANSFER
    past = cut(truth.log, truth.ended, len(rollout.fleet))
    for world in range(3):
        load = play_once(rollout, 1, 1, world=world, past=past, engine=engine).load
        assert load.size.sum() == truth.load.size.sum()


def test_what_begins_in_the_minute_in_which_the_log_ends_is_of_that_minute():
    """Three devices have long ended when the others begin, 20 seconds after the log's end."""
    text = {**LINES_IN_DOUBT, "faults": {"transfer": "0 %"}, "horizon": "2 h"}
    text["fleet"] = {"units": {n: {"devices": 3, "site": "A"} for n in ("A", "B")}}
    text["commands"] = [
        {"update": "A", "once": "2021-09-24 09:00"},
        {"update": "B", "once": "2021-09-24 09:30:30"},
    ]
    rollout = prepare(Scenario.model_validate(text))
    truth = play_once(rollout, 777, 0, world=0)
    past = cut(truth.log, 90 * MINUTE + 10_000, len(rollout.fleet))
    expected = {key: size for key, size in minutes_of(truth).items() if key[0] < 90 * MINUTE}
    for world in range(1, 5):
        run = play_once(rollout, 1, world, world=world, past=past)
        found = {key: size for key, size in minutes_of(run).items() if key[0] < 90 * MINUTE}
        assert found.keys() == expected.keys()
        for minute, size in expected.items():
            assert found[minute] == pytest.approx(size, abs=2 * A_TICK)


def test_of_a_log_that_tells_no_beginnings_no_line_carries_more_than_its_label():
    rollout = prepare(Scenario.model_validate(LINES_IN_DOUBT))
    truth = play_once(rollout, 777, 0, world=0)
    label = np.array([site.payload for site in rollout.sites()]) * MINUTE / 1000 + ROUNDING
    tells = frozenset(State) - SILENT - {State.TRANSFER}
    past = cut(truth.log, truth.ended, len(rollout.fleet), tells)
    for world in range(1, 5):
        load = play_once(rollout, 1, world, world=world, past=past).load
        assert load.size.sum() == truth.load.size.sum()
        assert (load.size <= label[load.site]).all()


def with_line(text, line):
    network = {"sites": {"default": {"link": "20 Mbit/s"}, "A": line}}
    return prepare(Scenario.model_validate({**text, "network": network}))


@pytest.mark.parametrize(
    ("so", "believed"),
    [
        ({"per_connection": "8 Mbit/s"}, {"per_connection": "6 Mbit/s"}),
        ({"latency": "40 ms", "loss": "0.1 %"}, {"latency": "40 ms", "loss": "0.2 %"}),
    ],
    ids=["per_connection", "loss"],
)
def test_a_device_alone_on_its_line_has_fetched_no_faster_than_one_connection_does(so, believed):
    """The first is alone for three minutes, and fetches no faster than beside three others."""
    text = {**LINES_IN_DOUBT, "doubt": "none", "faults": {"transfer": "0 %"}}
    text["image"] = {"name": "n.idf", "packages": [{"name": "a", "size": "400 MB"}]}
    text["fleet"] = {"units": {n: {"devices": d, "site": "A"} for n, d in (("A", 1), ("B", 3))}}
    text["commands"] = [
        {"update": "A", "once": "2021-09-24 09:00"},
        {"update": "B", "once": "2021-09-24 09:03"},
    ]
    truth, rollout = (with_line(text, {"link": "100 Mbit/s", **own}) for own in (so, believed))
    run = play_once(truth, 777, 0)
    past = cut(run.log, run.ended, len(truth.fleet))
    expected, found = minutes_of(run), minutes_of(play_once(rollout, 1, 1, past=past))
    assert found.keys() == expected.keys()
    for minute, size in expected.items():
        assert found[minute] == pytest.approx(size, rel=1e-3)


def test_no_line_has_carried_more_than_its_router_lets_through():
    """Others take more of the line than the log shows, and it tells no more than ends."""
    text = {**LINES_IN_DOUBT, "doubt": "none"}
    text["fleet"] = {"units": {n: {"devices": 3, "site": "A"} for n in ("A", "B")}}
    line = {"link": "8 Mbit/s", "updates_at_most": "4 Mbit/s"}
    busy = {"busy": {"always": "70 %"}}
    truth, rollout = (with_line(text, {**line, **own}) for own in ({}, busy))
    run = play_once(truth, 777, 0)
    tells = frozenset({State.INSTALL, State.REBOOT, State.SUCCESS, State.FAILED})
    past = cut(run.log, run.ended, len(truth.fleet), tells)
    load = play_once(rollout, 1, 1, past=past).load
    assert load.size.sum() == run.load.size.sum()
    assert load.size.max() <= 500_000 * MINUTE / 1000 + ROUNDING


def test_in_any_world_the_lines_have_carried_what_the_log_says_was_fetched():
    rollout = prepared(SCENARIOS / "branch-offices.yaml")
    log = play_once(rollout, 777, 0, world=0).log
    past: Past = cut(log, 3 * 60 * MINUTE, len(rollout.fleet))
    assert (past.log.state == State.SUCCESS).any()
    run = play_once(rollout, 1, 3, world=3, past=past)
    sites = len(rollout.fleet.site.values)
    site = rollout.fleet.site.codes[run.jobs.device]
    fetched = np.bincount(site, weights=run.jobs.fetched(run.log), minlength=sites)
    crossed = np.bincount(run.load.site, weights=run.load.size, minlength=sites)
    assert (crossed >= fetched).all()
    assert crossed.sum() == pytest.approx(fetched.sum(), rel=0.01)
