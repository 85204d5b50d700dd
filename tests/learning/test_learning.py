"""Logs that fwsim made, learnt again: what went in comes out.

False alarms: the seeds are fixed; the bounds are four standard errors or more.
"""

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept, Learnt
from fwsim.quantities.beliefs import About, Between, SharesAbout
from fwsim.quantities.doubted import belief_of
from fwsim.scenario.belief_values import SHARE, read_belief
from fwsim.scenario.doubts import doubts_of
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in, transfers_in

TEXT = """
name: Pilot
zone: Europe/Berlin
start: 2021-09-24 08:00
horizon: 12 h
doubt: none
image:
  name: september.idf
  packages: [{name: baseos, version: "2", size: 300 MB}]
firmware: {reminder: {deferments: 2, delays: [15 min, 30 min, 1 h]}}
fleet:
  units:
    Berlin: {devices: 300, site: Berlin, attributes: {Device type: A}}
    Bonn: {devices: 300, site: Bonn, attributes: {Device type: B}}
network:
  sites:
    default: {link: 20 Mbit/s}
    Berlin: {link: 100 Mbit/s, line_factor: 70 %}
    Bonn: {link: 200 Mbit/s, line_factor: 50 %, busy: {mon-fri 08:00-12:00: 40 %}}
people:
  default:  # everybody
    answer:
      now: 50 %
      defer: 35 %
      cancel: 5 %
      after: {lognormal: {median: 30 s, p95: 150 s}}
      picks: {15 min: 60 %, 30 min: 30 %, 1 h: 10 %}
    persistence: 60 %
faults: {transfer: 3 %, installation: 2 %}
commands:
  - {update: Berlin, once: 2021-09-24 09:00, inform_user: 120 s, user_can_cancel: true}
  - {update: Bonn, once: 2021-09-24 09:00, inform_user: 120 s, user_can_cancel: true}
assumptions:
  restart_time: {lognormal: {median: 70 s, p95: 150 s}}
  install_rate: 4 MB/s
  package_check_time: 4 s
"""
ANSWERS = TEXT[TEXT.index("    answer:") : TEXT.index("faults:")]
GUESSED = (
    TEXT.replace("doubt: none", "doubt: all")
    .replace(ANSWERS, "    present: always\n")
    .replace(", line_factor: 70 %", "")
    .replace(", line_factor: 50 %", "")
    .split("assumptions:")[0]
)
"""What somebody writes who knows neither people nor lines nor devices."""
FEW = 50
"""Draws where what is looked at is not the people, who take longest to draw."""


@pytest.fixture(scope="module")
def scenario():
    return loads(GUESSED)


@pytest.fixture(scope="module")
def result():
    return fwsim.simulate(loads(TEXT), seed=5)


@pytest.fixture(scope="module")
def learnt(scenario, result):
    return learn(scenario, observed_in(result), transfers_in(result))


def within(found, truth, errors=4.5):
    """Tell whether a 90 % range, stretched to some standard errors, holds the truth."""
    low, high = found["between"]
    ends = [float(str(end).split()[0]) for end in (low, high)]
    middle, half = np.mean(np.log(ends)), np.diff(np.log(ends))[0] / 2
    return abs(np.log(truth) - middle) <= errors / 1.645 * half + 1e-3


def test_progress_is_told_kind_by_kind(scenario, result):
    told = []
    learn(scenario, observed_in(result), rows=10, progress=lambda *where: told.append(where))
    assert told == [(done, 5) for done in range(5)]


def test_answers_come_out_as_they_went_in(learnt):
    found = learnt["people.default.answer"]
    shares = np.array([float(share.split()[0]) for share in found.value["about"].values()]) / 100
    worth = found.value["worth"]
    error = np.sqrt(np.array([0.5, 0.35, 0.05]) * np.array([0.5, 0.65, 0.95]) / worth)
    assert (np.abs(shares - [0.5, 0.35, 0.05]) < 4.5 * error).all()
    assert 200 < worth < 1_500
    law = learnt["people.default.answer.after"].value["lognormal"]
    assert within(law["median"], 30)
    assert within(law["p95"], 150)
    persistence = learnt["people.default.persistence"].value
    assert float(persistence["about"].split()[0]) == pytest.approx(60, abs=30)


def test_delays_picked_are_counted(learnt, result):
    counts = learnt["people.default.answer.picks"].value["seen"]
    total = sum(counts.values())
    assert counts["15 min"] / total == pytest.approx(0.6, abs=0.15)
    assert total == int((result.log.state == "DEFERRED").sum())


def test_times_of_devices_come_out(learnt):
    law = learnt["assumptions.restart_time"].value["lognormal"]
    assert within(law["median"], 70)
    assert within(law["p95"], 150)
    assert within(learnt["assumptions.install_rate"].value, 32)
    p95 = learnt["assumptions.install_spread"].value["lognormal"]["p95"]["between"]
    assert np.mean(p95) == pytest.approx(1.3, abs=0.03)
    assert learnt["assumptions.package_check_time"].value == "4 s"
    assert learnt["assumptions.idf_fetch_time"].value == "2 s"
    assert learnt["assumptions.restart_time"].fit.goodness.fits


def test_faults_are_counted_by_phase(learnt, result):
    failed = result.log[result.log.state == "FAILED"].detail.value_counts()
    hits, of = map(int, learnt["faults.transfer"].value["seen"].split(" of "))
    assert hits == failed["transfer failed"]
    assert 500 < of <= 600
    hits, of = map(int, learnt["faults.installation"].value["seen"].split(" of "))
    assert hits == failed["installation failed"]


@pytest.mark.parametrize(("site", "factor"), [("Berlin", 70), ("Bonn", 50)])
def test_lines_come_out(learnt, site, factor):
    found = learnt[f"network.sites.{site}.line_factor"]
    assert found.by["factor"] == pytest.approx(factor / 100, rel=0.05)
    low, high = (float(end.split()[0]) for end in found.value["between"])
    assert low < factor < high
    assert high / low < 1.25


def test_without_a_web_log_lines_are_told_from_the_times_and_widely(scenario, result, learnt):
    wide = learn(scenario, observed_in(result), rows=FEW)
    place = "network.sites.{}.line_factor"
    for site, factor in (("Berlin", 70), ("Bonn", 50)):
        beliefs = [read_belief(one[place.format(site)].value, SHARE) for one in (learnt, wide)]
        ends = [100 * belief.quantile(np.array([[0.05], [0.95]]))[:, 0] for belief in beliefs]
        assert ends[1][0] < factor < ends[1][1]
        assert ends[1][1] / ends[1][0] > 1.5 * ends[0][1] / ends[0][0]


def test_what_is_learnt_is_an_ordinary_scenario(learnt, scenario):
    text = learnt.text(GUESSED)
    assert "# everybody" in text
    assert "# learnt: " in text
    read = loads(text)
    assert read.as_data() == learnt.scenario().as_data()
    assert isinstance(belief_of(read.people["default"].answer.now), SharesAbout)
    assert isinstance(belief_of(read.people["default"].persistence), About)
    assert isinstance(belief_of(read.network.sites["Bonn"].line_factor), Between)
    assert read.network.sites["Bonn"].busy == scenario.network.sites["Bonn"].busy
    assert read.commands == scenario.commands
    assert fwsim.dumps(read) == fwsim.dumps(loads(fwsim.dumps(read)))


def test_words_of_the_scenario_stay_though_the_file_of_draws_is_not_there_yet(learnt, tmp_path):
    original = f"# Rooms are locked at night.\n{GUESSED}"
    written = learnt.save(tmp_path / "learnt.yaml", original)
    assert "# Rooms are locked at night." in written[0].read_text(encoding="utf-8")


def test_draws_are_a_joint_posterior_that_a_scenario_takes(learnt, tmp_path):
    written = learnt.save(tmp_path / "learnt.yaml", GUESSED)
    read = fwsim.load(written[0])
    assert read.draws == "learnt-draws.csv"
    drawn = replace(learnt, before=learnt.before)
    assert drawn.draws == learnt.draws
    doubts = {
        doubt.place: doubt
        for doubt in doubts_of(
            loads(written[0].read_text().replace("doubt: none", "doubt: all"), folder=tmp_path)
        )
    }
    now = np.array(doubts["people.default.answer.now"].belief.values)
    defer = np.array(doubts["people.default.answer.defer"].belief.values)
    assert len(now) == 1000
    assert now.mean() == pytest.approx(0.5, abs=0.1)
    assert np.corrcoef(now, defer)[0, 1] < -0.5
    assert "people.default.answer.after.median" in doubts
    # What rollouts differ by is in the draws, for they are taken as they stand.
    medians = np.log(doubts["people.default.answer.after.median"].belief.values)
    assert medians.std() > 0.2


def test_each_input_says_from_what(learnt):
    text = str(learnt)
    assert "people.default.answer: learnt: " in text
    assert "assumptions.wake_up_sites: kept as it was: nobody was woken" in text
    assert "One rollout does not tell how rollouts differ" in text
    assert learnt["assumptions.restart_time"].comment.endswith("points at most")


def test_a_log_cut_short_gives_the_same_times(scenario, result):
    """Half of the restarts are under way or have not begun; times must not look shorter."""
    log = result.columns
    over = np.sort(log.time[log.in_state(16)])
    cut = int(over[len(over) // 4])
    found = learn(scenario, observed_in(result, until=cut), rows=FEW)
    law = found["assumptions.restart_time"].value["lognormal"]
    assert within(law["median"], 70)
    assert found["assumptions.restart_time"].observations > len(over) // 4


def test_an_export_of_the_finished_alone_is_taken_as_such(scenario, result):
    log = result.columns
    over = np.sort(log.time[log.in_state(16)])
    observed = observed_in(result, until=int(over[len(over) // 3]))
    done = np.unique(observed.device.codes[observed.what == 12])
    kept = np.isin(observed.device.codes, done)
    names = ("earliest", "latest", "what", "amount", "command", "line", "source")
    cut = replace(
        observed,
        **{name: getattr(observed, name)[kept] for name in names},
        device=replace(observed.device, codes=observed.device.codes[kept]),
        detail=replace(observed.detail, codes=observed.detail.codes[kept]),
        only_finished=True,
    )
    law = learn(scenario, cut, rows=FEW)["assumptions.restart_time"].value["lognormal"]
    assert within(law["median"], 70)


@pytest.mark.slow
def test_three_rollouts_tell_how_rollouts_differ(scenario):
    logs = []
    for seed, now in ((1, "40 %"), (2, "50 %"), (3, "60 %")):
        text = TEXT.replace("now: 50 %", f"now: {now}").replace("defer: 35 %", "defer: 30 %")
        logs.append(observed_in(fwsim.simulate(loads(text), seed=seed)))
    found = learn(scenario, logs, rows=FEW)
    answer = found["people.default.answer"]
    assert answer.value["rollouts"] == 3
    assert answer.rollouts == 3
    assert answer.value["worth"] < 60
    assert "between_rollouts" not in str(found)
    assert found["assumptions.restart_time"].value["lognormal"]["median"]["rollouts"] == 3
    assert isinstance(found, Learnt)


def test_strangers_are_counted_and_nothing_else(scenario, result):
    observed = observed_in(result)
    known = observed.device.values[:5]
    names = (*known, *(f"X{i}" for i in range(5, 600)))
    of_strangers = replace(observed, device=replace(observed.device, values=names))
    found = learn(scenario, of_strangers, rows=FEW)
    assert found.strangers == 595
    assert found["assumptions.restart_time"].observations <= 5
    assert not found["network.sites.Bonn.line_factor"].is_learnt
    nobody = (*(f"X{i}" for i in range(600)),)
    with pytest.raises(fwsim.InputError, match="none of the 600 devices of the logs"):
        learn(scenario, replace(observed, device=replace(observed.device, values=nobody)))


def test_minutes_are_enough_to_learn_from(scenario, result):
    observed = observed_in(result)
    minutes = observed.earliest // 60_000 * 60_000
    rounded = replace(observed, earliest=minutes, latest=minutes, resolution=60_000)
    found = learn(scenario, rounded, rows=FEW)
    law = found["assumptions.restart_time"].value["lognormal"]
    assert within(law["median"], 70, errors=6)


def test_times_shorter_than_a_step_are_kept_as_believed_however_many(scenario, result):
    observed = observed_in(result)
    minutes = observed.earliest // 60_000 * 60_000
    found = learn(
        scenario,
        replace(observed, earliest=minutes, latest=minutes, resolution=60_000),
        rows=FEW,
    )
    for name in ("idf_fetch_time", "package_check_time"):
        assert found[f"assumptions.{name}"].kept is Kept.TOO_COARSE


def test_a_step_hides_as_much_of_many_times_as_of_one(scenario, result):
    observed = observed_in(result)
    seconds = observed.earliest // 1000 * 1000
    rounded = replace(observed, earliest=seconds, latest=seconds, resolution=1000)
    found = learn(scenario, rounded, rows=FEW)["assumptions.package_check_time"]
    exact = learn(scenario, observed, rows=FEW)["assumptions.package_check_time"]
    low, high = (float(end.split()[0]) for end in found.value["between"])
    assert low < float(exact.value.split()[0]) < high
    assert high - low > 0.5


def test_times_in_an_hour_that_comes_twice_are_not_taken_for_their_middle(scenario, result):
    observed = observed_in(result)
    twice = replace(observed, latest=observed.earliest + 3600 * 1000)
    found = learn(scenario, twice, rows=FEW)
    for name in ("package_check_time", "install_rate", "install_spread"):
        assert found[f"assumptions.{name}"].kept is Kept.TOO_COARSE
