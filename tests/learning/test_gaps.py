"""What lines would tell that are missing in the midst of a log is not learnt from the others."""

from pathlib import Path

import numpy as np
import pytest

from fwsim.learning.journeys import journeys_of
from fwsim.learning.took import restarts, transfers
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.observations.reading import read_observed
from fwsim.run import prepare
from fwsim.scenario.load import load, loads
from tests.observations.test_gaps import pilot_without

BEFORE = Path("scenarios/learnt/before.yaml")


@pytest.fixture(scope="module")
def rollout():
    return prepare(load(BEFORE))


def test_no_time_is_learnt_across_a_gap_and_what_was_under_way_is_cut(tmp_path, rollout):
    path = pilot_without(tmp_path / "log.csv", "15:40", "16:00")
    log = read_observed(path, zone="Europe/Berlin")
    [gap] = log.gaps
    seen = journeys_of([log], rollout)
    for found in (restarts(seen, rollout), transfers(seen)):
        begins = seen.early[found.line]
        is_whole = found.spans.whole
        ends = begins + np.where(is_whole, found.spans.high, 0)
        assert not (is_whole & (begins <= gap.begin) & (ends >= gap.end)).any()
        open_before = ~is_whole & (begins <= gap.begin)
        assert (found.spans.low == gap.begin - begins)[open_before].all()
    assert open_before.any()


def test_a_forecast_from_a_log_with_a_gap_says_so(tmp_path):
    text = (
        BEFORE.read_text(encoding="utf-8")
        .replace("start: 2026-10-16", "start: 2026-10-02")
        .replace("once: 2026-10-16", "once: 2026-10-02")
        .replace("update: Germany", "update: Pilot")
    )
    rollout = prepare(loads(text, folder=BEFORE.parent))
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00")
    told = [each for each in read_so_far(path, rollout).contradictions if "missing" in str(each)]
    assert [(each.source, each.line) for each in told] == [(str(path), None)]
