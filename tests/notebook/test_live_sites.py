"""Sites coloured by when they finished, as a rollout is played."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import OUTCOMES, State
from tests.results.small_rollout import SMALL, small_result

pytest.importorskip("anywidget")

from fwsim.notebook.live.sites import concerned, fixed_data, sites_data

NAMES = ["North", "South", "West"]


def shown_at(result, at):
    """Return how the sites stand at a time, as the browser gets it."""
    log = result.columns
    return sites_data(result.rollout, log.where(log.time <= at), concerned(result.rollout))


def ends_by_site(result):
    """Return when each site's last device came to its end, line by line."""
    log, fleet = result.columns, result.rollout.fleet
    last = {}
    for time, device, state in zip(log.time, log.device, log.state, strict=True):
        last[int(device)] = (int(time), State(int(state)))
    assert all(state in OUTCOMES for _, state in last.values())
    return {
        name: max(time for device, (time, _) in last.items() if fleet.site[device] == name)
        for name in NAMES
    }


def test_before_the_first_line_no_site_has_begun():
    rollout = small_result().rollout
    sites = concerned(rollout)
    assert fixed_data(sites)["names"] == NAMES
    assert sites.devices.tolist() == [20, 15, 5]
    shown = sites_data(rollout, None, sites)
    assert shown["looks"] == ["not_begun"] * 3
    assert shown["states"] == ["not begun"] * 3
    assert shown["summary"] == "0 of 3 sites finished, 0 under way."


def test_a_site_is_finished_with_its_last_device_and_not_before():
    result = small_result()
    for number, (name, end) in enumerate(ends_by_site(result).items()):
        assert shown_at(result, end - 1)["looks"][number] == "under_way"
        shown = shown_at(result, end)
        assert shown["states"][number].startswith("finished Mon ")
        hours = (end - 3_600_000) / 3_600_000  # the command runs an hour after the start
        by = next((f"in_{most}" for most in (1, 2, 4, 8, 24) if hours <= most), "later")
        assert shown["looks"][number] == by, name


def test_who_ended_without_the_update_is_counted():
    result = small_result()
    shown = shown_at(result, int(result.columns.time[-1]))
    log, fleet = result.columns, result.rollout.fleet
    last = dict(zip(log.device.tolist(), log.state.tolist(), strict=True))
    lacking = np.zeros(3, int)
    for device, state in last.items():
        if State(state) not in {State.SUCCESS, State.NOT_NEEDED}:
            lacking[NAMES.index(fleet.site[device])] += 1
    assert shown["lacking"] == lacking.tolist()
    assert lacking.any()
    assert shown["legend"][-1]["count"] == (lacking > 0).sum()
    assert sum(row["count"] for row in shown["legend"][:-1]) == 3
    first = int(np.flatnonzero(lacking)[0])
    assert "without the update" in shown["states"][first]


def test_what_other_commands_do_is_no_finish():
    ahead = SMALL.replace(
        "commands: [", "commands: [{delivery: DE/North, once: 2018-08-20 10:10}, "
    ).replace("{update: DE,", "{update: DE/South,")
    result = fwsim.simulate(fwsim.loads(ahead))
    sites = concerned(result.rollout)
    assert sites.names == ("South",)
    assert shown_at(result, 3_000_000)["looks"] == ["not_begun"]
