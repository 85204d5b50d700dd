"""Runs that are stopped with devices under way: what is told of them, and what is not judged."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.experiments.experiment import Experiment
from fwsim.messages import GERMAN, speaking
from fwsim.results.output.report import report
from fwsim.results.output.saved_setting import read_setting
from fwsim.results.statistics import stopping
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.judgement import judge
from fwsim.results.statistics.risk import risk_in_words
from fwsim.results.statistics.setting import Setting
from fwsim.scenario.server_clock import read_instant
from tests.results.small_rollout import SMALL

EXPECT = """\
expect:
  - {successful by 2018-08-20 11:10: ">= 0 %"}
  - {successful by 2018-08-20 21:00: ">= 90 %"}
  - {successful by 2018-08-20 21:00: ">= 1 %"}
  - {successful: "<= 90 %"}
  - {t95: "<= 10 min"}
  - {t95: "<= 8 h"}
"""
HALF_PAST = 90 * 60_000


def answer_of(text: str, stop_at: int | None = None, runs: int = 20) -> Answer:
    return Experiment(fwsim.loads(text)).run(runs, workers=1, stop_at=stop_at)


@pytest.fixture(scope="module")
def stopped() -> Answer:
    return answer_of(SMALL.partition("expect:")[0] + EXPECT, HALF_PAST)


def test_runs_that_the_horizon_cuts_say_so():
    cut = answer_of(SMALL.replace("horizon: 12 h", "horizon: 90 min"))
    assert cut.headline.endswith(
        "; 20 of 20 runs were stopped at Mon 20 Aug 2018 11:30, with devices still under way"
    )
    assert "ever" not in cut.headline.split()


def test_of_one_run_of_several_that_is_cut_the_verb_is_singular(stopped, monkeypatch):
    monkeypatch.setattr(stopping, "stopped_runs", lambda answer: answer.replications[:1])
    assert stopping.stop_in_words(stopped).startswith("1 of 20 runs was stopped at Mon 20 Aug")


def test_runs_stopped_at_the_very_start_say_so():
    cut = answer_of(SMALL, 0, runs=2)
    assert cut.headline == (
        "In none of 2 runs was any device targeted by Mon 20 Aug 2018 10:00, when they were stopped"
    )
    assert answer_of(SMALL, 0, runs=1).headline == (
        "In this one run no device was targeted by Mon 20 Aug 2018 10:00, when it was stopped"
    )
    assert not any(verdict.judged for verdict in judge(cut, cut.setting.expectations))
    assert read_setting(cut.setting.as_data()) == cut.setting
    whole = answer_of(SMALL, runs=1).setting
    assert read_setting(whole.as_data()) == whole


def test_one_run_that_is_cut_says_so():
    cut = answer_of(SMALL, HALF_PAST, runs=1)
    assert cut.headline.endswith(
        "; it was stopped at Mon 20 Aug 2018 11:30, with devices still under way"
    )


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_run_played_alone_says_where_it_was_stopped(engine):
    def told(stop_at):
        return fwsim.simulate(fwsim.loads(SMALL), until=stop_at, engine=engine)

    assert told(0).headline == "stopped at 2018-08-20 10:00:00, before any device was targeted"
    at_work = told(HALF_PAST)
    assert re.fullmatch(
        r"\d+ of \d+ devices successful; stopped at 2018-08-20 11:30:00, "
        r"with \d+ devices still under way",
        at_work.headline,
    )
    cut = fwsim.simulate(fwsim.loads(SMALL.replace("horizon: 12 h", "horizon: 90 min")))
    assert cut.headline == at_work.headline
    assert "stopped" not in told(11 * 60 * 60_000).headline
    with speaking(GERMAN):
        assert told(0).stopped == "angehalten am 2018-08-20 10:00:00, bevor ein Gerät Ziel war"
        assert "; angehalten am 2018" in at_work.headline  # as the headline of many runs


def test_a_run_played_alone_says_so_on_a_terminal(tmp_path):
    (tmp_path / "s.yaml").write_text(SMALL)
    asked = ["run", str(tmp_path / "s.yaml"), "--replications", "1", "--until"]
    told = CliRunner().invoke(main, [*asked, "2018-08-20 11:30"], catch_exceptions=False).output
    assert "stopped at 2018-08-20 11:30:00, with" in " ".join(told.split())
    told = CliRunner().invoke(main, [*asked, "2018-08-20 21:00"], catch_exceptions=False).output
    assert "; ended 2018-08-20" in " ".join(told.split())


def test_runs_that_end_by_themselves_do_not_speak_of_a_stop():
    assert "stopped" not in answer_of(SMALL, 11 * 60 * 60_000).headline


def test_what_a_stop_leaves_open_is_not_judged(stopped):
    told = [(v.judged, v.held) for v in judge(stopped, stopped.setting.expectations)]
    assert told == [
        (True, True),  # its time had come
        (False, False),
        (True, True),  # it holds whatever comes
        (False, False),  # it holds for now
        (True, False),  # the time for it was over
        (False, False),
    ]


def test_at_the_horizon_the_end_of_the_runs_is_the_end_that_is_expected():
    text = SMALL.replace("horizon: 12 h", "horizon: 90 min").partition("expect:")[0]
    cut = answer_of(text + 'expect: [{successful: "<= 99 %"}, {t95: "<= 8 h"}]')
    assert [v.judged for v in judge(cut, cut.setting.expectations)] == [True, False]


@pytest.mark.parametrize("stop_at", [None, HALF_PAST])
def test_of_a_window_that_is_cut_only_what_it_has_come_to_is_judged(stop_at):
    text = SMALL if stop_at else SMALL.replace("horizon: 12 h", "horizon: 90 min")
    began = "started but not finished in mon"
    expected = f"""expect:
  - {{{began} 10:00-11:30: "<= 100 devices"}}
  - {{{began} 10:00-12:00: "<= 100 devices"}}
  - {{{began} 10:00-12:00: ">= 1 device"}}
  - {{"{began} 10:00-11:30, mon 11:45-12:00": "<= 0 devices"}}
"""
    cut = answer_of(text.partition("expect:")[0] + expected, stop_at)
    assert [v.judged for v in judge(cut, cut.setting.expectations)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("prompts mon 11:00-11:15: '>= 30'", (True, True)),  # its hours are over
        ("prompts mon 11:00-11:15: '<= 100'", (True, True)),
        ("prompts mon 11:00-11:15: '= 0'", (True, False)),
        ("prompts mon 11:00-12:00: '>= 30'", (True, True)),  # enough have come
        ("prompts: '<= 20'", (True, False)),  # too many have
        ("peak repository utilisation: '>= 50 % in 90 % of the runs'", (True, True)),
        ("WAN bytes: '<= 1 MB'", (True, False)),
        ("prompts mon 11:00-12:00: '<= 100'", (False, False)),  # more may come
        ("prompts: '>= 1000'", (False, False)),
        ("prompts: '= 1000'", (False, False)),
        ("prompts: '>= 30 at 95 % confidence'", (False, False)),
        ("outcome cancelled: '<= 0 %'", (False, False)),  # a later command may overtake it
    ],
)
def test_what_has_come_before_a_stop_is_judged_where_no_more_of_it_would_change_that(
    expected, told
):
    text = SMALL.partition("expect:")[0] + f"expect: [{{{expected}}}]"
    cut = answer_of(text, HALF_PAST)
    (verdict,) = judge(cut, cut.setting.expectations)
    assert (verdict.judged, verdict.held) == told


LATER = """\
commands: [{update: DE, subordinate_units: true, once: 2018-08-20 11:00},
           {update: DE, subordinate_units: true, once: 2018-08-20 11:40}]
expect:
  - {successful: ">= 1 %"}
  - {devices successful by 2018-08-20 11:10: ">= 0 devices"}
  - {up to date: ">= 1 %"}
  - {t50: "<= 11 h"}
"""


@pytest.mark.parametrize(("stop_at", "is_judged"), [(HALF_PAST, False), (11 * 600_000, True)])
def test_what_a_later_command_may_overtake_is_judged_once_all_are_sent(stop_at, is_judged):
    """One of another image, or a failure, leaves no success of an earlier one."""
    cut = answer_of(SMALL.partition("commands:")[0] + LATER, stop_at, runs=2)
    assert [v.judged for v in judge(cut, cut.setting.expectations)] == [is_judged] * 4
    assert read_setting(cut.setting.as_data()) == cut.setting


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("<= 20 min in 50 % of the runs", (True, False)),  # half of an hour has passed
        ("<= 2 h in 50 % of the runs", (False, False)),
        (">= 20 min", (True, True)),
        (">= 2 h", (False, False)),  # nobody got there yet, but may before
        ("p50 >= 2 h", (False, False)),
        (">= 20 min at 90 % confidence", (False, False)),
    ],
)
def test_a_time_that_no_run_has_reached_yet_is_at_least_what_has_passed(expected, told):
    text = SMALL.partition("expect:")[0] + f'expect: [{{t99: "{expected}"}}]'
    cut = answer_of(text, HALF_PAST)
    (verdict,) = judge(cut, cut.setting.expectations)
    assert (verdict.judged, verdict.held) == told


def test_a_mean_time_is_not_judged_while_a_run_may_still_lengthen_it():
    """Until all have got there, what is told is their median."""
    cut = answer_of(SMALL.partition("expect:")[0] + 'expect: [{t50: "<= 35 min"}]', HALF_PAST)
    values = cut.values("t50")
    assert sum(map(math.isinf, values)) in range(1, len(values) // 2)
    (verdict,) = judge(cut, cut.setting.expectations)
    assert not verdict.judged


def test_of_a_window_that_is_cut_a_count_may_still_come_to_what_is_expected():
    began = "started but not finished in mon 10:00-12:00"
    cut = answer_of(SMALL.partition("expect:")[0] + f'expect: [{{{began}: "= 3"}}]', HALF_PAST)
    assert not judge(cut, cut.setting.expectations)[0].judged


@pytest.mark.usefixtures("undrawn")
def test_a_report_says_what_is_not_judged_and_when_the_runs_were_stopped(stopped):
    page = report(stopped)
    assert "3 expectations are not judged: runs were stopped at Mon 20 Aug 2018 11:30." in page
    assert "One expectation does not hold, of 6." in page
    assert "before the scenario&#39;s horizon" in page
    assert "--until &#39;2018-08-20 11:30:00&#39;" in page


def test_a_risk_is_not_made_of_what_is_not_judged(stopped):
    open_only = replace(stopped.setting, expect=(("t95", "<= 8 h"),))
    told = risk_in_words(Answer(open_only, stopped.replications, provenance={}))
    assert re.match(r"The risk: (19 rollouts in 20|how many get it is the same)", told)


def test_where_runs_were_stopped_is_kept(stopped):
    assert stopped.provenance["until"] == "2018-08-20 11:30:00"
    assert Setting.of_data(stopped.setting.as_data()).until == HALF_PAST
    assert "until" not in answer_of(SMALL, runs=1).setting.as_data()


@pytest.mark.usefixtures("undrawn")
def test_of_two_equal_times_it_is_told_at_which_runs_were_stopped():
    night = SMALL.partition("expect:")[0].replace("2018-08-20 10:00", "2026-10-25 00:30")
    night = night.replace("2018-08-20 11:00", "2026-10-25 01:00")
    second = answer_of(night, 3 * 60 * 60_000, runs=2)
    assert second.provenance["until"] == "2026-10-25 02:30:00 +01:00"
    assert "--until &#39;2026-10-25 02:30:00 +01:00&#39;" in report(second)
    until = read_instant(fwsim.loads(night), second.provenance["until"])
    assert until == second.setting.start + timedelta(hours=3)
