"""What tests share: a profile for hypothesis, and short stories in which every second is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import fwsim
from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.results.result import Result

settings.register_profile(
    "fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixed")

STORY: dict[str, Any] = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",  # a Monday
    "horizon": "2 d",
    "image": {"name": "new.idf", "packages": [{"name": "baseos", "size": "100 MB"}]},
    "fleet": {"units": {"DE": {"devices": 1, "installed": "old.idf"}}},
    "network": {"sites": {"default": {"link": "100 Mbit/s"}}},
    "assumptions": {
        "send_time": "0 s",
        "boot_time": "45 s",
        "restart_time": "60 s",
        "install_rate": "10 MB/s",
        "install_spread": 1.0,
        "outage": "10 min",
        "bricked": "0 %",
        "wake_up_sites": "100 %",
    },
}
"""One device, 8 s of transfer, 3 s of checks, 10 s of installation, 60 s of restart."""


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `changes` put over it, map by map."""
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = merged(old, value) if both else value
    return result


@pytest.fixture
def scenario() -> Callable[..., fwsim.Scenario]:
    """Build the story's scenario with changes; a command's options are keywords of `update`."""

    def build(update: dict[str, Any] | None = None, **changes: Any) -> fwsim.Scenario:
        command = {"update": "DE", **(update or {})}
        data = merged(STORY, {"commands": [command], **changes})
        return fwsim.Scenario.model_validate(data)

    return build


@pytest.fixture
def play(scenario: Callable[..., fwsim.Scenario]) -> Callable[..., Result]:
    """Run the story with changes."""

    def run(update: dict[str, Any] | None = None, **changes: Any) -> Result:
        return fwsim.simulate(scenario(update, **changes))

    return run


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """Return a device's log as short lines: seconds since the start, state, reason."""

    def lines(result: Result, device: int = 0) -> list[str]:
        columns = result.columns
        mine = columns.device == device
        reasons = {**DETAIL_TEXTS, Detail.URL: "", Detail.DEFERRED_FOR: ""}
        return [
            " ".join(
                part
                for part in (f"{time / 1000:g}", State(state).name, reasons[Detail(detail)])
                if part
            )
            for time, state, detail in zip(
                columns.time[mine].tolist(),
                columns.state[mine].tolist(),
                columns.detail[mine].tolist(),
                strict=True,
            )
        ]

    return lines


@pytest.fixture(scope="session")
def scenarios() -> Path:
    """Return the folder of the worked examples."""
    return Path(__file__).parent.parent / "scenarios"
