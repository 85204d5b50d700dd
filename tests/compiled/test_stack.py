"""No chain of calls grows with devices: a small stack is enough, however many are freed at once."""

from __future__ import annotations

import threading
from typing import Any

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.model.status_log import LogColumns
from fwsim.run import play_once, prepare
from tests.tiers import in_both_tiers

STACK = 512 * 1024


def played_on_a_small_stack(data: dict[str, Any]) -> LogColumns:
    """Play in a thread with a small stack; a stack that runs over kills the process."""
    rollout = prepare(fwsim.Scenario.model_validate(data))
    play_once(rollout, 1, 0, until=0)  # tables are laid out before
    logs: list[LogColumns] = []
    usual = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=lambda: logs.append(play_once(rollout, 1, 0).log))
        thread.start()
    finally:
        threading.stack_size(usual)
    thread.join()
    return logs[0]


def scenario(devices: int, **more: Any) -> dict[str, Any]:
    """Return devices on one line, whose every step takes the same time."""
    return {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "1 d",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "1 MB"}]},
        "fleet": {"units": {"DE": {"devices": devices, "installed": "old.idf"}}},
        "network": {
            "repository": {"uplink": "1 Tbit/s", "connections": devices // 2},
            "sites": {"default": {"link": "1 Tbit/s"}},
        },
        "assumptions": {"send_time": "0 s", "install_spread": 1, "restart_time": "10 s"},
        "commands": [{"update": "DE"}],
        **more,
    }


@in_both_tiers("devices", short=20_000, long=1_000_000)
def test_downloads_that_end_in_one_tick(devices):
    log = played_on_a_small_stack(scenario(devices))
    ends = log.time[log.in_state(State.VERIFY_PACKAGES)]
    assert len(ends) == devices
    assert (ends == ends[0]).sum() >= devices // 2  # the others wait for them
    assert log.in_state(State.SUCCESS).sum() == devices


@in_both_tiers("devices", short=2_000, long=50_000)
def test_a_provider_that_goes_off_under_all_its_consumers(devices):
    """All of them look for another provider in that very tick."""
    units = {
        "DE/A": {"devices": 1, "installed": "old.idf", "site": "s", "power": "early"},
        "DE/B": {"devices": devices, "installed": "old.idf", "site": "s"},
    }
    data = scenario(devices, fleet={"units": units}, firmware={"proxy": {"type": "dynamic"}})
    data["image"]["packages"][0]["size"] = "100 MB"
    data["network"]["sites"]["s"] = {"link": "8 Mbit/s"}  # 100 s, and the provider has 60
    data["power"] = {"default": {"on": "always"}, "early": {"on": "mon 10:00-11:01"}}
    data["commands"] = [{"update": "DE/A"}, {"update": "DE/B", "once": "2018-08-20 11:00:30"}]
    data["assumptions"] |= {"shutdown_waits": False}
    log = played_on_a_small_stack(data)
    ends = log.time[log.in_state(State.VERIFY_PACKAGES)]
    assert len(ends) == devices
    assert ends.min() >= 160_000  # fetched from 11:01 on, once more
    assert log.in_state(State.SUCCESS).sum() == devices
