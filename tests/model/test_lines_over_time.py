"""How the rate of a line for updates changes over time."""

from __future__ import annotations

import fwsim
from fwsim.run import prepare
from tests.conftest import merged

HOUR = 3_600_000
BASE = {
    "zone": "UTC",
    "start": "2018-08-20 00:00",
    "horizon": "1 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
    "fleet": {"units": {"DE/*": {"devices": 1, "sites": 4}}},
    "network": {"sites": {"default": {"link": "8 Mbit/s", "busy": {"daily 08:00-18:00": "50 %"}}}},
    "commands": [{"update": "DE", "subordinate_units": True, "once": "2018-08-20 08:30"}],
}


def steps_of(**sites) -> list[list[tuple[int, int]]]:
    data = merged(BASE, {"network": {"sites": sites}})
    rollout = prepare(fwsim.Scenario.model_validate(data))
    together = rollout.steps_of_lines()
    assert together == [rollout.link_steps(line) for line in rollout.lines()]
    arrays = [list(zip(*map(list, pair), strict=True)) for pair in rollout.rates_over_time()]
    assert arrays == together
    return together


def test_lines_that_are_alike_share_their_steps():
    one, *others = steps_of()
    assert one == [(0, 1_000_000), (8 * HOUR, 500_000), (18 * HOUR, 1_000_000)]
    assert all(other is one for other in others)


def test_what_a_router_lets_through_and_busy_hours_of_its_own_differ_from_line_to_line():
    shaped, slower, never = (
        {"link": "8 Mbit/s", "busy": {"daily 08:00-18:00": "50 %"}, "updates_at_most": "4 Mbit/s"},
        {"link": "2 Mbit/s", "busy": {"daily 08:00-18:00": "50 %"}},
        {"link": "8 Mbit/s"},
    )
    sites = prepare(fwsim.Scenario.model_validate(BASE)).fleet.site.values
    found = steps_of(**dict(zip(sites[1:], (shaped, slower, never), strict=True)))
    assert found[1] == [(0, 500_000)]
    assert found[2] == [(0, 250_000), (8 * HOUR, 125_000), (18 * HOUR, 250_000)]
    assert found[3] == [(0, 1_000_000)]
