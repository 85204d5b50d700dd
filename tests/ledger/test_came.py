"""What devices begin by themselves is scored as a run counts it: of those that came to it."""

from datetime import UTC, datetime

import fwsim

TEXT = """
zone: UTC
start: 2024-01-01 08:00
horizon: 4 h
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {A: {devices: 12}}}
power: {default: {on: "mon-fri 08:30-17:00", left_on: 10 %, jitter: 5 min}}
"""
WAITING = TEXT + "notifications: [{update: A}]\n"
COMMANDED = TEXT + "commands: [{update: A, once: 2024-01-01 09:00}]\n"
NOW = datetime(2024, 1, 2, tzinfo=UTC)


def scored(text, folder, seed):
    """Return scores of a run against a forecast of its scenario, and the run."""
    scenario = fwsim.loads(text)
    fwsim.keep_forecast(
        fwsim.Experiment(scenario, seed=1).run(10), folder / "l.sqlite", made_at=NOW
    )
    run = fwsim.simulate(scenario, seed=seed)
    run.save(folder / "run")
    found = fwsim.score(folder / "l.sqlite", folder / "run", scored_at=NOW, scenario=scenario)
    return found, run


def test_who_never_came_to_a_notification_is_in_no_share(tmp_path):
    found, run = scored(WAITING, tmp_path, seed=2)
    came = len(set(run.log.device.tolist()))
    assert came == 8
    assert found.forecast.targeted == came
    assert found.happened.values["successful"] == 1


def test_who_was_commanded_counts_whether_the_log_has_a_line_or_not(tmp_path):
    found, _ = scored(COMMANDED, tmp_path, seed=2)
    assert found.forecast.targeted == 12
