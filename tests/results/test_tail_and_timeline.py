"""Where devices stood over time, and where the last ones spent it."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.results.fleet_load import Stretches, provider_load
from fwsim.results.outcomes import outcome_counts
from fwsim.results.stages import STAGE_OF_STATE, STAGES, WAYS, Stage
from fwsim.results.tail import time_spent
from fwsim.results.timeline import MOST_STEPS, step_of, timeline_of

MINUTE = 60_000
DEFERS = {
    "people": {"default": {"answer": {"now": "0 %", "defer": "100 %", "cancel": "0 %"}}},
    "firmware": {"reminder": {"deferments": 1, "delays": ["1 h"]}},
}


def test_the_time_until_success_is_split_without_a_rest(play):
    updates = play({"inform_user": "5 min", "once": "2018-08-20 11:30"}, **DEFERS).record.updates
    spent = time_spent(updates)
    total = updates.success_time[0] - updates.first_command
    assert spent.by_last.sum() == spent.by_all.sum() == total
    by_stage = dict(zip(WAYS, spent.by_last.tolist(), strict=True))
    assert by_stage[Stage.DEFERRED] == 60 * MINUTE
    assert by_stage[Stage.TRANSFER] == 11_000
    assert by_stage[Stage.INSTALLATION] == 10_000
    assert by_stage[Stage.RESTART] == 60_000


def test_the_tail_is_the_last_twentieth(play):
    fleet = {"units": {"DE": {"devices": 40}}}
    spent = time_spent(play(fleet=fleet).record.updates)
    assert (spent.devices, spent.last) == (40, 2)


def test_a_later_command_counts_as_waiting_for_the_server(play):
    commands = [
        {"update": "DE", "only_switched_on": True},
        {"update": "DE", "once": "2018-08-20 12:00"},
    ]
    result = play(commands=commands, power={"default": {"on": "mon 11:30-18:00"}})
    spent = time_spent(result.record.updates)
    assert spent.by_all[WAYS.index(Stage.DISPATCH)] == 60 * MINUTE


def test_nobody_successful_has_no_tail(play):
    spent = time_spent(play(faults={"installation": "100 %"}).record.updates)
    assert (spent.devices, spent.by_last.sum()) == (0, 0)


@pytest.mark.parametrize("name", ["branch-offices", "busy-and-superseded", "every-friday",
                                  "notification", "ways-proxy", "power-loss"])  # fmt: skip
def test_every_targeted_device_is_in_one_place_and_ends_where_the_outcomes_say(scenarios, name):
    import fwsim

    record = fwsim.simulate(scenarios / f"{name}.yaml").record
    stages = timeline_of(record).stages
    begin = -(-record.updates.first_command // timeline_of(record).step)
    assert (stages >= 0).all()
    assert (stages[:, begin:].sum(axis=0) == len(record.updates.targeted)).all()
    ends = np.bincount(STAGE_OF_STATE[record.updates.outcome_state], minlength=len(STAGES))
    assert stages[:, -1].tolist() == ends.tolist()
    assert sum(count.devices for count in outcome_counts(record.updates)) == stages[:, -1].sum()


def test_bytes_and_notices_are_all_on_the_time_line(scenarios):
    import fwsim

    record = fwsim.simulate(scenarios / "branch-offices.yaml").record
    line = timeline_of(record)
    assert line.repository.sum() == line.site_hours[2].sum() == record.load.size.sum()
    assert line.prompts.sum() == 2431


@pytest.mark.parametrize("horizon", [1, MINUTE, 24 * 60 * MINUTE, 400 * 24 * 60 * MINUTE])
def test_the_grid_follows_from_the_horizon_and_stays_small(horizon):
    assert horizon / step_of(horizon) <= MOST_STEPS


def test_what_flows_evenly_is_found_again_in_its_bins():
    flow = Stretches(np.array([0, 30]), np.array([100, 30]), np.array([10.0, 4.0]))
    assert flow.per_bin(np.array([0, 25, 50, 100])) == pytest.approx([2.5, 6.5, 5.0])


def test_what_did_not_cross_the_line_came_from_a_proxy(scenarios):
    import fwsim

    record = fwsim.simulate(scenarios / "dynamic-proxy.yaml").record
    sent = provider_load(record)
    fetched = record.jobs.fetched(record.log).sum()
    assert sum(flow.amount.sum() for flow in sent.values()) == pytest.approx(
        fetched - record.load.size.sum()
    )
    assert not provider_load(fwsim.simulate(scenarios / "outage.yaml").record)
