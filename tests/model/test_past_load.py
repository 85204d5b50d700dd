"""Bytes that crossed a line by the log of a rollout under way, and not yet in a run of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.lifecycle import State
from fwsim.model.past import Past, cut
from fwsim.model.past_load import with_bytes_of_the_past
from fwsim.model.status_log import LinkLoad
from fwsim.results.run.fleet_load import transfers_of
from fwsim.run import play_once, prepared

MINUTE = 60_000
SCENARIOS = Path(__file__).parents[2] / "scenarios"
NO_LOAD = LinkLoad.of([], MINUTE)


class Told:
    """Stands in for a past of one job: its transfer begins and ends."""

    def __init__(self, *times):
        self.firsts = np.array([0, len(times)])
        self.lines = type("Lines", (), {"time": np.array(times, np.int64)})


def rows(load):
    return list(zip(load.minute.tolist(), load.site.tolist(), load.size.tolist(), strict=True))


def added(load, past, *transfers) -> LinkLoad:
    return with_bytes_of_the_past(load, past, *np.array(transfers, np.int64).T)


def test_bytes_are_spread_evenly_over_the_time_of_the_transfer():
    past = Told(90_000, 210_000)
    assert rows(added(NO_LOAD, past, (1, 4, 1200))) == [
        (60_000, 4, 300),
        (120_000, 4, 600),
        (180_000, 4, 300),
    ]


def test_they_come_on_top_of_what_the_line_carried_in_the_order_of_time_and_sites():
    carried = LinkLoad.of([(60_000, 2, 5), (120_000, 4, 7), (240_000, 4, 9)], MINUTE)
    assert rows(added(carried, Told(120_000, 180_000), (1, 4, 10))) == [
        (60_000, 2, 5),
        (120_000, 4, 17),
        (240_000, 4, 9),
    ]


def test_a_transfer_of_which_only_the_end_is_told_brings_all_in_its_last_minute():
    assert rows(added(NO_LOAD, Told(120_000), (0, 1, 10))) == [(60_000, 1, 10)]


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 2**40)), min_size=1
    )
)
def test_no_byte_is_lost(transfers):
    for begin, lasted, size in transfers:
        load = added(NO_LOAD, Told(begin, begin + lasted), (1, 0, size))
        assert load.size.sum() == size
        assert (load.size > 0).all()


def test_in_any_world_the_lines_have_carried_what_the_log_says_was_fetched():
    rollout = prepared(SCENARIOS / "branch-offices.yaml")
    log = play_once(rollout, 777, 0, world=0).log
    past: Past = cut(log, 3 * 60 * MINUTE, len(rollout.fleet))
    assert (past.log.state == State.SUCCESS).any()
    run = play_once(rollout, 1, 3, world=3, past=past)
    sites = len(rollout.fleet.site.values)
    transfers = transfers_of(run)
    fetched = np.bincount(transfers.site, weights=transfers.size, minlength=sites)
    crossed = np.bincount(run.load.site, weights=run.load.size, minlength=sites)
    assert (crossed >= fetched).all()
    assert crossed.sum() == pytest.approx(fetched.sum(), rel=0.01)
