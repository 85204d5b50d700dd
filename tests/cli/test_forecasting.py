"""`fwsim forecast`: what it reads, prints, writes and refuses."""

from __future__ import annotations

import json

import pytest

from tests.cli.command_line import fwsim
from tests.learning.under_way import office

AT = ("--at", "2021-09-24 16:00")
FEW = ("--replications", 10, "--quiet")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast")
    (folder / "branch.yaml").write_text(office.SCENARIO, encoding="utf-8")
    office.save(folder / "status-log.csv")
    return folder


def test_it_says_where_the_rollout_stands_and_when_it_is_over(place):
    out = place / "out"
    (place / "stop.yaml").write_text("stop: true\n", encoding="utf-8")
    ended = fwsim(
        "forecast", place / "branch.yaml", "--so-far", place, *AT, *FEW,
        "--out", out, "--figure", place / "fan.png", "--what-if", place / "stop.yaml",
    )  # fmt: skip
    assert ended.code == 0, ended.text
    assert "at Fri 24 Sep 2021 16:00, expected " in ended.text
    assert "before the start: " in ended.text
    assert "stop against going on: 10 pairs of runs, seed 1" in ended.text
    assert (place / "fan.png").stat().st_size > 10_000
    data = json.loads((out / "under-way.json").read_text(encoding="utf-8"))
    assert data["what_if"][0]["name"] == "stop"
    assert (out / "under-way.png").stat().st_size > 10_000
    asked = (out / "under-way-prompts.csv").read_text(encoding="utf-8").splitlines()
    assert asked[0].startswith("from,until,median,range_low,range_high,")
    assert len(asked) > 1


@pytest.mark.slow
def test_as_json_it_prints_nothing_else(place):
    ended = fwsim(
        "forecast", place / "branch.yaml", "--so-far", place / "status-log.csv", *AT, *FEW, "--json"
    )
    assert ended.code == 0, ended.text
    data = json.loads(ended.out)
    assert data["at"] == "2021-09-24T16:00:00+02:00"
    assert data["now"]["runs"] == 10


@pytest.mark.slow
def test_what_does_not_fit_is_told_and_the_forecast_goes_on(place, tmp_path):
    text = (place / "status-log.csv").read_text(encoding="utf-8")
    path = tmp_path / "log.csv"
    path.write_text(text.replace("Branch-07,1,,PROBING", "Elsewhere,1,,PROBING"), encoding="utf-8")
    ended = fwsim("forecast", place / "branch.yaml", "--so-far", path, *AT, *FEW)
    assert ended.code == 0, ended.text
    assert "warning: device 'Elsewhere' is none of this scenario" in ended.text


def test_everything_that_is_wrong_is_told_before_anything_runs(place, tmp_path):
    (tmp_path / "bad.yaml").write_text("halt: true\n", encoding="utf-8")
    ended = fwsim(
        "forecast", place / "branch.yaml", "--so-far", tmp_path / "none.csv", "--at", "noon",
        "--figure", tmp_path / "fan.txt", "--what-if", tmp_path / "bad.yaml", "--watch",
        "--web", tmp_path / "no-web.log",
    )  # fmt: skip
    assert ended.code == 2
    for told in (
        "none.csv: error: no such file",
        "no-web.log: error: no such file",
        "--at: error: 'noon' is not a date and time",
        "--figure: error: 'fan.txt' is not a .png, .svg or .pdf file",
        "unknown key 'halt'",
        "--watch: error: excludes --at",
        "6 problems; nothing was done",
    ):
        assert told in ended.text, told


@pytest.mark.slow
def test_it_is_kept_in_a_ledger_and_scored_when_it_is_known_what_happened(place, tmp_path):
    ledger = tmp_path / "forecasts.sqlite"
    scenario, log = place / "branch.yaml", place / "status-log.csv"
    before = fwsim("run", scenario, *FEW, "--ledger", ledger)
    assert before.code == 0, before.text
    under_way = fwsim(
        "forecast", scenario, "--so-far", log, *AT, *FEW, "--ledger", ledger, "--json"
    )
    assert under_way.code == 0, under_way.text
    json.loads(under_way.out)
    scored = fwsim("score", ledger, log, "--scenario", scenario)
    assert scored.code == 0, scored.text
    assert "24 Sep 2021 16:00" in scored.text
    refused = fwsim(
        "forecast", scenario, "--so-far", log, *AT, *FEW, "--ledger", tmp_path / "no" / "l.sqlite"
    )
    assert refused.code == 2, refused.text
