"""What is set beside the commands, and put back: exactly what the plan was played with."""

from __future__ import annotations

import pytest

from fwsim.planning.hand_over.rollback import settings_to_change
from fwsim.planning.levers import Levers, turned

SITES = {
    "default": {"link": "2 Mbit/s"},
    "hub": {"link": "100 Mbit/s", "updates_at_most": "20 Mbit/s"},
    "shop": {"link": "4 Mbit/s"},
}
UNITS = {
    "DE": {"devices": 1},
    "DE/Hub": {"devices": 1, "firmware": {"proxy": {"type": "dynamic"}}},
}


@pytest.fixture
def written(scenario):
    return scenario(network={"sites": SITES}, fleet={"units": UNITS})


def test_a_line_that_keeps_its_own_limit_is_none_of_those_not_named(written):
    plan = turned(written, Levers(link_share=0.5))
    stays = "- Router, the line of hub: stays as it is, at most 20 Mbit/s for updates"
    assert settings_to_change(plan, written) == [
        "- Router, the line of each site not named here: at most 1 Mbit/s for updates",
        stays,
        "- Router, the line of shop: at most 2 Mbit/s for updates",
    ]
    assert settings_to_change(written, plan) == [
        "- Router, the line of each site not named here: no limit for updates",
        stays,
        "- Router, the line of shop: no limit for updates",
    ]


def test_where_the_other_lines_stay_only_what_changes_is_named(scenario):
    sites = SITES | {"default": {"link": "2 Mbit/s", "updates_at_most": "100 kbit/s"}}
    written = scenario(network={"sites": sites}, fleet={"units": UNITS})
    plan = turned(written, Levers(link_share=0.5))
    assert settings_to_change(plan, written) == [
        "- Router, the line of shop: at most 2 Mbit/s for updates"
    ]


def test_an_ou_that_keeps_its_own_proxy_setting_is_named(written):
    plan = turned(written, Levers(proxies=True))
    stays = "what is set at DE/Hub itself stays"
    assert settings_to_change(plan, written) == [f"- Console, Firmware > Proxy: dynamic; {stays}"]
    assert settings_to_change(written, plan) == [f"- Console, Firmware > Proxy: none; {stays}"]
