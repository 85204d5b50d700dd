"""A scheduler's job that a log tells to have begun on some devices, and not on others."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.model.past import cut
from fwsim.run import play_once, prepare

HOUR = 3_600_000
SCENARIO = {
    "zone": "UTC",
    "start": "2018-08-20 16:00",
    "horizon": "8 h",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "1 MB"}]},
    "fleet": {"units": {"DE": {"devices": 400}}},
    "network": {"sites": {"default": {"link": "100 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "scheduler": "hour.ini",
    "doubt": "none",
}
JOB = """[Job1]
Id=evening
Type=1
Schedule=18:00
SpreadFactor=3600
"""
BEGIN = 2 * HOUR


@pytest.fixture(scope="module")
def rollout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scheduler")
    (folder / "hour.ini").write_text(JOB, encoding="utf-8")
    return prepare(fwsim.Scenario.model_validate(SCENARIO).seen_from(folder))


def begun(log):
    """Return when each device began its job; a device that began twice stands there twice."""
    first = log.where(log.in_state(State.CHECKING))
    return sorted(zip(first.device.tolist(), first.time.tolist(), strict=True))


def test_half_an_hour_into_its_hour_a_job_has_begun_where_the_log_says_so_and_once(rollout):
    truth = play_once(rollout, 1, 0).log
    until = BEGIN + HOUR // 2
    past = cut(truth, until, len(rollout.fleet))
    told = [(device, at) for device, at in begun(truth) if at <= until]
    assert 150 < len(told) < 250
    for seed in (2, 3):
        played = begun(play_once(rollout, seed, 0, past=past).log)
        assert Counter(device for device, _ in played) == Counter(range(400))
        assert [row for row in played if row[1] <= until] == told
        later = np.array([at for _, at in played if at > until])
        places = (later - until) / (BEGIN + HOUR - until)
        assert places.min() > 0
        assert places.max() <= 1
        assert abs(places.mean() - 0.5) < 5 * np.sqrt(1 / 12 / len(places))  # one in a million
        assert np.mean(places < 0.05) < 0.2  # nothing piles up when the log ends
