"""A file of draws: a row a run, and what stands in one row stays together."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.problems import InputError
from fwsim.run import prepare

TEXT = """\
zone: UTC
start: 2018-08-20 11:00
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE: {devices: 4, installed: old.idf}}}
commands: [{update: DE}]
people: {default: {answer: {now: 40 %, defer: 30 %, after: 25 s}}}
draws: draws.csv
"""
SHARE, TIME = "people.default.answer.now", "people.default.answer.after"


def scenario(folder, rows, more="doubt: stated\n"):
    content = rows if isinstance(rows, str) else "\n".join(rows)
    (folder / "draws.csv").write_bytes(content.encode())
    return fwsim.loads(TEXT + more, folder=folder)


def worlds(folder, rows, count=50, **how):
    ready = doubted(prepare(scenario(folder, rows, **how)))
    return [ready.drawn(Chances(1, run)) for run in range(count)]


def test_what_stands_in_one_row_is_drawn_together(tmp_path):
    rows = [f"{SHARE},{TIME},network.sites.default.link"]
    rows += [f"{n} %,{n} s,{n} Mbit/s" for n in range(1, 41)]
    found = set()
    for of in worlds(tmp_path, rows, 200):
        people = of.people()[0]
        assert people.now == pytest.approx(people.after.value / 100_000)
        assert of.sites()[0].link == people.after.value * 125
        found.add(people.now)
    assert len(found) > 30


def test_a_point_in_a_file_of_draws_is_of_decimals(tmp_path):
    """Its cells stand between commas, and fwsim itself wrote them so."""
    rows = ["network.sites.default.link", "9.561 Mbit/s"]
    assert {of.sites()[0].link for of in worlds(tmp_path, rows, 3)} == {1_195_125}


def test_every_row_is_as_likely_as_the_others(tmp_path):
    shares = [of.people()[0].now for of in worlds(tmp_path, [SHARE, "10 %", "20 %", "60 %"], 600)]
    counts = np.unique(shares, return_counts=True)[1]
    assert len(counts) == 3
    assert abs(counts - 200).max() < 60  # 5 sigma


def test_a_drawn_row_is_taken_as_it_is(tmp_path):
    """Neither a belief assumed nor the difference between rollouts moves it again."""
    law = "assumptions.restart_time"
    rows = [f"{SHARE},{TIME},{law}.median,{law}.p95", "20 %,9 s,50 s,70 s"]
    for of in worlds(tmp_path, rows, 20, more="doubt: all\nassumptions: {between_rollouts: 1}\n"):
        people, restart = of.people()[0], of.assumptions.restart_time
        assert (people.now, people.after.value) == (0.2, 9000)
        assert (restart.median, restart.p95) == (50_000, 70_000)


def test_a_drawn_row_takes_the_place_of_what_is_believed(tmp_path):
    more = "doubt: stated\nassumptions: {bricked: {seen: 3 of 60}}\n"
    rows = ["assumptions.bricked", "0.25"]
    assert {of.assumptions.bricked for of in worlds(tmp_path, rows, 5, more=more)} == {0.25}


def test_numbers_stand_as_a_scenario_writes_them(tmp_path):
    rows = [f'{SHARE} , "{TIME}"', ' 0.3 ,"9 s"', "", "30 %, 9 s"]
    assert {of.people()[0].now for of in worlds(tmp_path, rows)} == {0.3}


BAD = [
    # what the file holds; line and words of what is said
    ([], None, "expected a row of names and at least one row of numbers"),
    (["\n\n"], None, "expected a row of names and at least one row of numbers"),
    ([SHARE], None, "expected a row of names and at least one row of numbers"),
    (["people.default.answer.cancl", "5 %"], 1, "is not a number that the scenario states"),
    (["commands.0.devices_wait", "5 s"], 1, "is not a number that the scenario states"),
    (["assumptions.delays.0", "5 min"], 1, "is not a number that the scenario states"),
    (["assumptions.dispatch_workers", "5"], 1, "is not a number that the scenario states"),
    ([f"{SHARE},{SHARE}", "5 %,6 %"], 1, "stands there twice"),
    ([f"{SHARE}, {SHARE}", "5 %,6 %"], 1, "stands there twice"),
    ([SHARE, "5 %", "", "much"], 4, "'much' is not a share"),
    ([SHARE, "nan"], 2, "is not a share"),
    ([SHARE, "inf"], 2, "is not a share"),
    ([SHARE, "120 %"], 2, "out of range"),
    ([TIME, "9"], 2, "9 has no unit; expected a duration"),
    ([SHARE, "60"], 2, "'60' is out of range; a share is 0 % to 100 %; did you mean '60 %'?"),
    ([SHARE, "1_0"], 2, "'1_0' is not a share"),
    (["assumptions.install_rate", "0 B/s"], 2, "'0 B/s' is out of range; expected more than 0"),
    (["assumptions.keep_alive", "5 ms"], 2, "devices give a sign of life once a second at most"),
    (["network.sites.default.goodput", "10 %"], 2, "goodput is the share of a line's rate"),
    (["network.sites.default.loss", "", "1 %"], 3, "what it costs depends on the round trip"),
    (["image.packages.a.size", "10 TB"], 2, "packages: 10000 GB in all"),
    ([SHARE, "40 %", "80 %"], 3, "now, defer and cancel add up to 110 %, more than 100 %"),
    (
        ["assumptions.restart_time.p95,assumptions.restart_time.median", "9 s,5 s", "0 s,0 s"],
        3,
        "lognormal: expected 0 < median <= p95, got median '0 s', p95 '0 s'",
    ),
    (["assumptions.restart_time.p95", "1 s"], 2, "got median '"),
    ([f"{SHARE},{TIME}", "5 %,9 s", "", "5 %"], 4, "expected 2 cells, got 1"),
    ([f"{SHARE},{TIME}", "5 %,9 s,9 s"], 2, "expected 2 cells, got 3"),
    ([f"{SHARE};{TIME}", "5 %;9 s"], 1, "is not a number that the scenario states"),
    ([SHARE, '"5 %'], 2, "unexpected end of data"),
    ([SHARE, "9" * 200_000], 2, "field larger than field limit"),
]


@pytest.mark.parametrize(("rows", "line", "message"), BAD)
def test_a_file_that_does_not_fit_is_refused_with_its_line(tmp_path, rows, line, message):
    with pytest.raises(InputError) as caught:
        prepare(scenario(tmp_path, rows))
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.line == line
    assert problem.source == "draws.csv"


def test_what_does_not_go_together_is_told_at_the_first_of_its_columns(tmp_path):
    law = "assumptions.restart_time"
    rows = [f"{SHARE},{law}.p95,{law}.median", *["80 %,9 s,10 s"] * 2]
    with pytest.raises(InputError) as caught:
        prepare(scenario(tmp_path, rows))
    told = [(problem.line, problem.path) for problem in caught.value.problems]
    assert told == [(2, "column 1"), (2, "column 2"), (3, "column 1"), (3, "column 2")]


def test_shares_of_a_whole_may_be_rounded_and_a_small_one_is_not_none(tmp_path):
    picks = "people.default.answer.picks"
    people = "{default: {answer: {picks: {15 min: 50 %, 1 h: 50 %}}}}"
    text = TEXT.replace(TEXT[TEXT.index("people: ") :].splitlines()[0], f"people: {people}")
    rows = f"{picks}.15 min,{picks}.1 h,faults.idf\n33.3333 %,66.6666 %,1e-20\n"
    (tmp_path / "draws.csv").write_text(rows)
    more = "faults: {idf: 1 %}\ndoubt: stated\n"
    of = doubted(prepare(fwsim.loads(text + more, folder=tmp_path))).drawn(Chances(1, 0))
    assert sum(share for _, share in of.people()[0].picks) == pytest.approx(1)
    assert of.scenario.faults.idf == 1e-20


def test_every_bad_cell_and_column_is_told_at_once(tmp_path):
    rows = [f"{SHARE},unheard,{TIME}", "much,1,9 s", "5 %,1,long"]
    with pytest.raises(InputError) as caught:
        prepare(scenario(tmp_path, rows))
    told = [(problem.line, problem.path) for problem in caught.value.problems]
    assert told == [(1, "column 2"), (2, "column 1"), (3, "column 3")]


def test_a_file_that_is_not_there_is_missed(tmp_path):
    scenario(tmp_path, [SHARE, "5 %"])
    (tmp_path / "draws.csv").unlink()
    with pytest.raises(InputError, match="no such file"):
        prepare(fwsim.loads(TEXT, folder=tmp_path))


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.scenario.draws_file.LARGEST", 20)
    with pytest.raises(InputError, match=r"too large|larger"):
        prepare(scenario(tmp_path, [SHARE, *["5 %"] * 20]))


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.scenario.draws_file.MOST_ROWS", 2)
    with pytest.raises(InputError, match="at most 10,000 columns and 2 rows"):
        prepare(scenario(tmp_path, [SHARE, *["5 %"] * 3]))
