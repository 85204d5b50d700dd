"""Measures of a group are scored like those of all devices, as far as a log tells of it."""

import math
from datetime import UTC, datetime

import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.learning.known_names import devices_of
from fwsim.ledger import of_groups
from fwsim.ledger.score import keep_forecast, score
from fwsim.measures.measure import read_measure
from fwsim.results.run.measuring import value_of

NOW = datetime(2018, 8, 19, tzinfo=UTC)
TEXT = """\
zone: UTC
start: 2018-08-20 10:00
horizon: 12 h
doubt: none
image: {name: new.idf, packages: [{name: baseos, size: 200 MB}]}
firmware: {reminder: {deferments: 2, delays: [30 min, 1 h]}}
fleet:
  units:
    DE/North: {devices: 8, site: North, installed: {old.idf: 80 %, new.idf: 20 %}}
    DE/West: {devices: 4, site: West, installed: old.idf, people: counter}
network: {sites: {North: {link: 20 Mbit/s}, West: {link: 4 Mbit/s}}}
people:
  default: {answer: {now: 50 %, defer: 30 %, cancel: 10 %}}
  counter: {answer: {now: 20 %, defer: 60 %, cancel: 10 %}}
faults: {installation: 10 %}
commands: [{update: TARGET, inform_user: 5 min, user_can_cancel: true, once: 2018-08-20 11:00}]
"""
ALL = TEXT.replace("TARGET", "DE, subordinate_units: true")
WORDS = [
    "successful in DE/North",
    "up to date for site North",
    "successful for people counter by 2018-08-20 12:00",
    "time to 50 % in DE/North",
    "time to 90 % of targeted in DE/West",
    "outcome cancelled for people counter",
    "prompts for people counter",
    "deferments in DE/North",
    "cancels for site West",
    "most prompts on one device for people counter",
]
MEASURES = [read_measure(words) for words in WORDS]


def kept(folder, text=ALL, measures=MEASURES):
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    scenario = fwsim.loads(text)
    answer = Experiment(scenario, measures=measures).run(5, workers=1)
    keep_forecast(answer, folder / "l.sqlite", made_at=NOW)
    return scenario


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    scenario = kept(folder)
    for seed in range(3):
        fwsim.simulate(scenario, seed=seed).save(folder / str(seed))
    return folder


def scored(place, log, **more):
    files = {"ledger": place / "l.sqlite", "scenario": place / "s.yaml"}
    return score(logs=log, scored_at=NOW, **files, **more)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_log_tells_of_a_group_is_what_the_run_came_to(place, seed):
    found = scored(place, place / str(seed))
    record = fwsim.simulate(fwsim.loads(ALL), seed=seed).record
    for measure in MEASURES:
        value, own = found.happened.value(measure), value_of(record, measure)
        assert value == pytest.approx(own) or (math.isinf(value) and math.isinf(own))
        assert found.scored[0].of(measure) is not None
    assert all(measure.is_of_all for measure in found.scored[0].untold)


def without_west(place, path):
    head, *rows = (place / "0/status-log.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *(row for row in rows if "West" not in row), ""]))
    return path


def test_of_a_group_that_a_log_leaves_out_it_is_open(place, tmp_path):
    log = without_west(place, tmp_path / "log.csv")
    found = scored(place, log)
    assert found.happened.span(read_measure(WORDS[2])) == (0, 1)
    assert found.happened.value(read_measure("outcome cancelled for people counter")) is None
    known = scored(place, place / "0").happened
    share = read_measure("successful in DE/North")  # all that is to come is for others
    assert found.happened.value(share) == known.value(share)
    north = read_measure("time to 50 % in DE/North")
    assert found.happened.value(north) == known.value(north)
    assert found.happened.span(north) is None
    told = scored(place, log, until=datetime(2018, 8, 20, 22))
    assert told.happened.value(read_measure(WORDS[2])) == 0
    assert told.happened.span(read_measure(WORDS[2])) is None


def test_where_only_the_run_shows_who_is_meant_no_group_is_told(tmp_path):
    text = TEXT.replace("TARGET", "{group: IDF name = old.idf}")
    measures = [read_measure("successful in DE/North")]
    scenario = kept(tmp_path, text, measures)
    fwsim.simulate(scenario, seed=1).save(tmp_path / "1")
    assert measures[0] in scored(tmp_path, tmp_path / "1").scored[0].untold


def test_devices_are_looked_up_once_however_many_groups_there_are(place, monkeypatch):
    """By name in a large fleet that takes a second or two each time."""
    calls = []

    def counting(observed, rollout):
        calls.append(len(observed))
        return devices_of(observed, rollout)

    monkeypatch.setattr(of_groups, "devices_of", counting)
    scored(place, place / "0")
    assert len(calls) == 1


def test_since_when_a_log_had_settled_what_comes_of_a_group_is_known(tmp_path):
    """Who reads it off a log has forecast nothing of it, whatever is still to come to others."""
    how = "user_can_cancel: true, inform_user: 5 min"
    west, north = (
        f"{{update: DE/{name}, {how}, once: 2018-08-20 {at}}}"
        for name, at in (("West", "11:00"), ("North", "15:00"))
    )
    text = TEXT[: TEXT.index("commands:")] + f"commands: [{west}, {north}]\n"
    text = text.replace(
        "now: 20 %, defer: 60 %, cancel: 10 %", "now: 0 %, defer: 0 %, cancel: 100 %"
    )
    words = ["time to 90 % in DE/West", "devices prompted in DE/West", "time to 50 % in DE/North"]
    scenario = kept(tmp_path, text, [read_measure(each) for each in words])
    fwsim.simulate(scenario, seed=1).save(tmp_path / "1")
    happened = scored(tmp_path, tmp_path / "1").happened
    assert math.isinf(happened.value(read_measure(words[0])))
    own = [happened.settled_at.get(each) for each in words]
    assert all(at is not None and at < datetime(2018, 8, 20, 12, tzinfo=UTC) for at in own[:2])
    assert own[2] is None
