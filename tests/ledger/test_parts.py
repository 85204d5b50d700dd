"""Which part was wrong shows when the other is believed as before."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest

import fwsim
from fwsim.ledger.happened import happened_of
from fwsim.ledger.kept import epoch, forecast_of
from fwsim.ledger.parts import Known, score_parts
from fwsim.ledger.seen import seen_in
from fwsim.measures.measure import read_measure
from fwsim.observations.reading import read_observed
from fwsim.results.output.table_files import table_writer
from fwsim.results.run.tables import log_table
from fwsim.run import play_once, prepare
from tests.cli.command_line import fwsim as command
from tests.experiments.test_forecast_holds import DATA

NOW = datetime(2021, 9, 27, tzinfo=UTC)
BELIEVED = {"answer": {"now": "80 %", "defer": "10 %", "cancel": "5 %"}}
DEFERS = {"answer": {"now": "5 %", "defer": "90 %", "cancel": "1 %"}}


def office(people, factor="80 %"):
    data = deepcopy(DATA)
    data["people"]["users"] |= people
    for site in data["network"]["sites"].values():
        site["line_factor"] = factor
    return prepare(fwsim.Scenario.model_validate(data))


@pytest.fixture
def place(tmp_path):
    record = play_once(office(DEFERS), 3, 0)
    path = tmp_path / "status-log.csv"
    table_writer(log_table(record.rollout, record.log, "all"), "csv")(path)
    return path


def scores_of(place, tmp_path):
    rollout = office(BELIEVED)
    scenario = tmp_path / "plan.yaml"
    text = fwsim.dumps(rollout.scenario.model_copy(update={"replications": 5}))
    scenario.write_text(text, encoding="utf-8")
    ledger = tmp_path / "l.sqlite"
    assert command("run", scenario, "--quiet", "--ledger", ledger).code == 0
    return command("score", ledger, place, "--scenario", scenario, "--parts", "--quiet")


@pytest.mark.slow
def test_people_who_defer_more_than_believed_are_what_was_wrong(place, tmp_path):
    rollout = office(BELIEVED)
    record = play_once(office(DEFERS), 3, 0)
    answer = fwsim.Experiment(rollout).run(20)
    kept = forecast_of(answer, made_at=NOW)
    seen = seen_in(read_observed(place, zone="Europe/Berlin"), epoch(kept.start), kept.ends_at)
    given = {"until": kept.ends_at, "log_sha256": "0" * 64, "kept_at": NOW}
    happened = happened_of(seen, kept, answer.measures, **given)
    parts = score_parts(rollout, record.log, happened, made_at=NOW, runs=20)
    t50 = read_measure("t50")
    scored = {known: one.of(t50).crps for known, one in parts.scored.items()}
    assert scored[Known.PEOPLE] < 0.2 * scored[Known.NOTHING]
    assert scored[Known.LINES] > 0.8 * scored[Known.NOTHING]


def test_the_command_shows_it(place, tmp_path):
    ended = scores_of(place, tmp_path)
    assert ended.code == 0, ended.text
    assert "With its actual people" in ended.text
    assert "furthest off" in ended.text
