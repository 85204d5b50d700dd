"""What proxies have sent by the log of a rollout under way, and not yet in a run of it."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.model.past import Past, cut
from fwsim.model.past_load import sent_with_the_past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import ProxyLoad
from fwsim.results.run.record import RunRecord
from fwsim.run import play_once, prepare
from fwsim.scenario.schema import Scenario

MINUTE = 60_000
SIZE = 150_000_000
ENDS = frozenset({State.INSTALL, State.REBOOT, State.SUCCESS, State.FAILED})
TEXT = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "12 h",
    "doubt": "none",
    "image": {"name": "n.idf", "packages": [{"name": "p", "size": "150 MB"}]},
    "commands": [{"update": "DE/X", "once": "2021-09-24 09:00"}],
}


def rollout_of(link: str, flash: str = "8 GB", **assumptions: object) -> Rollout:
    """Return seven devices with a dynamic proxy."""
    devices = {"devices": 7, "site": "A", "flash": flash, "installed": "a.idf"}
    devices["firmware"] = {"proxy": {"type": "dynamic"}}
    site = {"link": link}
    changes = {
        "fleet": {"units": {"DE/X": devices}},
        "network": {"sites": {"default": site, "A": site}},
        "assumptions": {"system_partition": "1 GB", **assumptions},
    }
    return prepare(Scenario.model_validate(TEXT | changes))


def told(rollout: Rollout, until: int | None = None) -> Past:
    """Return what a log of ends tells of how the rollout went."""
    run = play_once(rollout, 777, 0)
    return cut(run.log, run.ended if until is None else until, len(rollout.fleet), ENDS)


def fetched(run: RunRecord) -> int:
    return int(run.jobs.fetched(run.log).sum())


@pytest.mark.parametrize("engine", Engine)
def test_of_a_log_ahead_of_every_provider_one_device_has_fetched_for_all(engine):
    """The run's server comes to its devices ten minutes apart; by the log they all had it."""
    past = told(rollout_of("20 Mbit/s"))
    late = rollout_of("20 Mbit/s", send_time="10 min", dispatch_workers=1)
    run = play_once(late, 1, 0, past=past, engine=engine)
    assert fetched(run) == 7 * SIZE
    assert run.load.size.sum() == SIZE
    assert run.sent.size.sum() == 6 * SIZE


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("minutes", [64, 66, None])
def test_who_fetches_for_itself_for_want_of_a_proxy_has_fetched_over_the_line_as_told(
    minutes, engine
):
    """Nobody has an update partition, so nobody provides; the line is slower than it was."""
    past = told(rollout_of("20 Mbit/s", "2 GB"), None if minutes is None else minutes * MINUTE)
    run = play_once(rollout_of("8 Mbit/s", "2 GB"), 1, 0, past=past, engine=engine)
    assert not len(run.sent.size)
    assert run.load.size.sum() == fetched(run) == 7 * SIZE


def test_what_only_a_log_tells_is_spread_as_far_as_lan_rate_lets_it():
    rollout = rollout_of("20 Mbit/s", lan_rate="8 Mbit/s")
    past = told(rollout)
    line = int(np.flatnonzero(past.lines.state == State.INSTALL)[0])
    most = MINUTE * 1000
    own = ProxyLoad.of(*(np.array(row) for row in ([0, MINUTE], [3, 3], [most // 2, most // 4])))
    found = sent_with_the_past(
        own, past, rollout, np.array([line]), np.array([3]), np.array([most])
    )
    assert found.size.sum() == own.size.sum() + most
    assert found.size.max() <= most
    assert set(found.provider) == {3}
