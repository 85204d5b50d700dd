"""What devices begin by themselves is scored as a run counts it: of those that came to it."""

from datetime import UTC, datetime

import pytest

import fwsim
from fwsim.ledger.in_words import told_scores
from fwsim.messages import speaking
from fwsim.observations.mapping import LogMapping

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


def scored(text, folder, seed, until=datetime(2024, 1, 1, 12), log=None, mapping=None):
    """Return scores of a run against a forecast of its scenario, and the run."""
    scenario = fwsim.loads(text)
    fwsim.keep_forecast(
        fwsim.Experiment(scenario, seed=1).run(10), folder / "l.sqlite", made_at=NOW
    )
    run = fwsim.simulate(scenario, seed=seed)
    run.save(folder / "run")
    log = log or folder / "run/status-log.csv"
    options = {"scored_at": NOW, "scenario": scenario, "until": until, "mapping": mapping}
    found = fwsim.score(folder / "l.sqlite", log, **options)
    return found, run


def test_who_never_came_to_a_notification_is_in_no_share(tmp_path):
    found, run = scored(WAITING, tmp_path, seed=2)
    came = len(set(run.log.device.tolist()))
    assert came == 8
    assert found.forecast.targeted == came
    assert found.happened.values["successful"] == 1


@pytest.mark.parametrize("until", [datetime(2024, 1, 1, 12), None])
def test_that_more_came_than_in_the_runs_is_no_reason_to_doubt_the_log(tmp_path, until):
    """With the scenario nobody else is counted, and whoever comes may be more or fewer."""
    found, run = scored(WAITING, tmp_path, seed=9, until=until)
    assert len(set(run.log.device.tolist())) == 12
    assert found.expected == (None if until is None else 11)
    assert "The log covers" not in "".join(told_scores(found).sentences)


def test_that_fewer_came_than_in_the_runs_is_told(tmp_path):
    """Else a rollout that hardly anybody came to is a success."""
    found, _ = scored(WAITING, tmp_path, seed=2)
    told = "8 did; in the runs of forecast 1, 11 did (median). Shares and times count only"
    assert told in " ".join(told_scores(found).sentences)
    with speaking("de"):
        assert "8 haben begonnen" in " ".join(told_scores(found).sentences)


def test_a_log_of_ends_alone_does_not_tell_who_came(tmp_path):
    """Of who came and did not end it has no line: these are no success."""
    rows = (f"2024-01-01 09:0{n},A-0{n},notification 1,SUCCESSFUL\n" for n in range(1, 6))
    log, mapping = tmp_path / "ends.csv", LogMapping(form="events")
    log.write_text("Time,Device,Command,State\n" + "".join(rows))
    found, _ = scored(WAITING, tmp_path, seed=2, log=log, mapping=mapping)
    assert found.expected is None
    assert found.happened.values["successful"] < 0.5


def test_an_export_of_the_console_shows_who_came_whatever_it_shows(tmp_path):
    """Of a notification that two devices have not come to, their field is empty."""
    rows = "".join(f"A-{n:02};{'Successful' if n < 11 else ''}\n" for n in range(1, 13))
    export = tmp_path / "states-2024-01-01T11-55.csv"
    export.write_text(f"Device;Update State\n{rows}")
    found, _ = scored(WAITING, tmp_path, seed=2, log=export)
    assert found.expected == 11
    assert found.happened.values["successful"] == 1


def test_who_was_commanded_counts_whether_the_log_has_a_line_or_not(tmp_path):
    found, _ = scored(COMMANDED, tmp_path, seed=2)
    assert found.forecast.targeted == 12
