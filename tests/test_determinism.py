"""The same scenario and seed give the same bytes, on any clock SimPy offers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import simpy

import fwsim
from tests.same_tables import assert_same, digest
from tests.tiers import in_both_tiers

SCENARIOS = Path(__file__).parent.parent / "scenarios"
BRANCHES = SCENARIOS / "branch-offices.yaml"
LOG_SHA256 = "250d225eccf3cd1e66fae8c074306d730e100639c74ce75a588f12f2ce0dff6f"
"""Of a story. Changes only with a rule, an assumption's default or the scenario; say so in
CHANGELOG."""
DRAWN_SHA256 = "6528b9348d6b6ce1341c8f0dfa6d8450d19680a1f586655f4a9da96fe50cccbd"
"""Of run 0, with the beliefs it drew. Changes with a default belief, too."""


@in_both_tiers("hash_seed", short="12345", long="0")
def test_the_log_is_the_same_in_every_process(tmp_path, hash_seed):
    """A process plays two runs, for most of the time it imports."""
    runs = {LOG_SHA256: ("--replications", "1"), DRAWN_SHA256: ("--replication", "0")}
    lines = [
        ["run", str(BRANCHES), *which, "--out", str(tmp_path / name), "--quiet"]
        for name, which in runs.items()
    ]
    program = f"from fwsim.cli import main\nfor line in {lines}: main(line, standalone_mode=False)"
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )
    for expected in runs:
        log = (tmp_path / expected / "status-log.csv").read_bytes()
        assert hashlib.sha256(log).hexdigest() == expected


def test_numbers_are_summed_alike_by_every_python(monkeypatch):
    """From 3.12 on its own sum of floats carries along what was rounded away."""
    found, own = set(), sum

    def looked_at(numbers, start=0):
        seen = [*numbers]
        caller = sys._getframe(1)
        is_own = caller.f_globals.get("__name__", "").startswith("fwsim.")
        if is_own and len(seen) > 2 and any(type(number) is float for number in seen):
            found.add((caller.f_code.co_filename, caller.f_lineno))
        return own(seen, start)

    monkeypatch.setattr("builtins.sum", looked_at)
    answer = fwsim.Experiment(BRANCHES).run(3, workers=1)
    assert answer.as_data()
    assert not found


@pytest.mark.slow
def test_another_seed_or_replication_is_another_story():
    scenario = fwsim.load(BRANCHES)
    logs = {
        digest(fwsim.simulate(scenario, seed=seed, replication=replication).log)
        for seed, replication in [(1, 0), (2, 0), (1, 1)]
    }
    assert len(logs) == 3


def test_a_rollout_can_be_played_in_real_time():
    scenario = fwsim.load(SCENARIOS / "manual-example.yaml")
    live = simpy.rt.RealtimeEnvironment(factor=1e-9, strict=False)
    assert_same(fwsim.simulate(scenario, env=live).log, fwsim.simulate(scenario).log)


def test_an_environment_that_has_run_is_refused():
    env = simpy.Environment(initial_time=5)
    with pytest.raises(fwsim.InputError, match="whose clock stands at 0"):
        fwsim.simulate(SCENARIOS / "manual-example.yaml", env=env)


def test_the_result_says_what_it_takes_to_run_it_again():
    result = fwsim.simulate(BRANCHES, seed=7, replication=3)
    provenance = result.provenance
    assert (provenance["seed"], provenance["replication"]) == (7, 3)
    assert provenance["engine"] == "compiled"
    assert provenance["scenario_sha256"] == fwsim.load(BRANCHES).digest()
