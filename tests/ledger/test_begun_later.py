"""A rollout that was clicked later than planned: all its times count from when it was due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

import fwsim
from fwsim.ledger.happened import happened_of
from fwsim.ledger.kept import epoch, forecast_of
from fwsim.ledger.parts import Known, score_parts
from fwsim.ledger.scoring import score_forecast
from fwsim.ledger.seen import seen_in
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.observations.own_columns import observed_in
from fwsim.run import play_once, prepare

NOW = datetime(2026, 6, 2, tzinfo=UTC)
MINUTE = 60_000
TEXT = """\
name: a click late
zone: Europe/Berlin
start: 2026-06-01 08:00
horizon: 1 d
image: {name: new.idf, packages: [{name: os, size: 100 MB}]}
fleet: {units: {A: {devices: 30, installed: old.idf}}}
network: {sites: {default: {link: 10 Mbit/s}}}
power: {default: {on: always}}
people: {default: {answer: {now: 60 %, defer: 0 %, after: 3 min}}}
commands: [{update: A, inform_user: 10 min, once: "2026-06-01 16:00"}]
doubt: none
"""
T95 = Measure(Kind.TIME_TO, share=0.95)
CHANCE = [datetime(2026, 6, 1, 19), datetime(2026, 6, 1, 21)]


def planned():
    return prepare(fwsim.loads(TEXT))


def log_of(clicked):
    """Return the log of a rollout clicked at some time, as it is read beside the plan."""
    record = play_once(prepare(fwsim.loads(TEXT.replace("16:00", clicked))), 5, 0)
    return replace(record.log, runs=planned().runs)


def what_happened(log, kept, measures):
    rollout = planned()
    observed = observed_in(log, rollout, rollout.horizon)
    seen = seen_in(observed, epoch(kept.start), kept.ends_at)
    given = {"until": kept.ends_at, "log_sha256": "0" * 64, "kept_at": NOW}
    return happened_of(seen, kept, measures, **given)


@pytest.fixture(scope="module")
def late():
    log = log_of("18:00")
    options = {"at": "2026-06-01 18:04", "runs": 20, "workers": 1, "engine": "compiled"}
    return log, fwsim.forecast(planned(), log, **options)


def test_a_forecast_of_a_late_rollout_is_scored_from_when_it_was_due(late):
    log, found = late
    before = forecast_of(found.before, made_at=NOW)
    kept = forecast_of(found.told, made_at=NOW, data_up_to=datetime(2026, 6, 1, 16, 4, tzinfo=UTC))
    assert kept.first_command == before.first_command
    happened = what_happened(log, before, found.now.measures)
    scored = score_forecast(kept, happened, by=CHANCE)
    score = scored.of(T95)
    assert score.actual > 120 * MINUTE
    assert score.crps < 2 * MINUTE
    assert score.told.low <= score.actual + MINUTE
    assert score.told.high >= score.actual - MINUTE
    chances = {one.event.time.hour: (one.chance, one.came) for one in scored.events}
    assert (chances[19][0] > 0.9, chances[19][1]) == (True, True)


def test_its_times_are_told_as_those_of_before_the_start(late):
    _, found = late
    assert {run.first_command for run in found.now.replications} == {8 * 60 * MINUTE}
    least = min(found.now.values(T95)) - max(found.before.values(T95))
    assert 115 * MINUTE < least < 125 * MINUTE
    assert "2026-06-01 18:" in found.now.wall_clock(T95, min(found.now.values(T95)))


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_both_clocks_count_them_from_there(late, engine):
    log, found = late
    options = {"at": "2026-06-01 18:04", "runs": 2, "workers": 1, "engine": engine}
    again = fwsim.forecast(planned(), log, **options)
    assert again.now.values(T95) == found.now.values(T95)[:2]


def test_a_late_click_is_no_fault_of_people_or_lines():
    log = log_of("18:00")
    answer = fwsim.Experiment(planned()).run(5, workers=1)
    kept = forecast_of(answer, made_at=NOW)
    happened = what_happened(log, kept, answer.measures)
    parts = score_parts(planned(), log, happened, made_at=NOW, runs=5, workers=1)
    crps = {known: one.of(T95).crps for known, one in parts.scored.items()}
    assert list(crps) == [Known.NOTHING, Known.BEGUN, Known.PEOPLE, Known.LINES]
    assert crps[Known.NOTHING] > 110 * MINUTE
    assert max(crps[one] for one in crps if one is not Known.NOTHING) < 5 * MINUTE
    assert np.isfinite(crps[Known.BEGUN])


def test_who_was_punctual_has_no_start_among_the_parts():
    log = log_of("16:00")
    answer = fwsim.Experiment(planned()).run(2, workers=1)
    kept = forecast_of(answer, made_at=NOW)
    happened = what_happened(log, kept, answer.measures)
    parts = score_parts(planned(), log, happened, made_at=NOW, runs=2, workers=1)
    assert list(parts.scored) == [Known.NOTHING, Known.PEOPLE, Known.LINES]


def test_what_one_would_do_from_now_on_counts_from_there_too(late, tmp_path):
    _, found = late
    other = tmp_path / "more.yaml"
    other.write_text("commands: [{update: A, once: 2026-06-01 20:00}]\n", encoding="utf-8")
    compared = fwsim.what_if(found, other, workers=1)
    assert not compared.starts
    firsts = [{run.first_command for run in one.replications} for one in compared.answers]
    assert firsts == [{8 * 60 * MINUTE}] * 2
