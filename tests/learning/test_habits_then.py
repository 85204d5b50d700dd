"""A log from long before the scenario is read with the days off of its own time."""

from datetime import UTC, datetime

import pytest

import fwsim
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.habits_then import lines_free_then, people_then, power_then
from fwsim.learning.learn import learn
from fwsim.messages import speaking
from fwsim.run import prepare
from tests.learning.converting import observed_in, transfers_in

TEXT = """
zone: UTC
start: 2024-05-16 08:00
horizon: 8 d
doubt: none
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {A: {devices: 30, people: p, power: s}}}
people:
  p:
    present: mon-fri 08:00-18:00
    holidays: HOLIDAYS
    answer: {now: 100 %, defer: 0 %, cancel: 0 %, after: {lognormal: {median: 2 h, p95: 6 h}}}
power: {s: {on: always, holidays: HOLIDAYS}}
commands: [{update: A, inform_user: 6 d, once: 2024-05-20 09:00}]
"""
OFF = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:test\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20200101T000000Z\r
DTSTART;VALUE=DATE:%s\r
SUMMARY:off\r
END:VEVENT\r
END:VCALENDAR\r
"""


def then(holidays="DE", text=TEXT):
    return text.replace("HOLIDAYS", holidays)


def two_years_later(holidays="DE", text=TEXT):
    return then(holidays, text).replace("2024-05-", "2026-06-")


def at(text):
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def days_of(week):
    return [str(stretch[0])[:10] for stretch in week.days_off]


def test_days_off_of_the_logs_own_time_are_asked_for():
    """Whit Monday 2024 was on 20 May, more than two years before the scenario."""
    rollout = prepare(fwsim.loads(two_years_later()))
    times = at("2024-05-17 12:00"), at("2024-05-21 12:00")
    assert "2024-05-20" in days_of(people_then(rollout, *times)[0].present)
    assert "2024-05-20" in days_of(power_then(rollout, *times)[0].on)
    assert "2024-05-20" not in days_of(rollout.people()[0].present)
    assert people_then(rollout, rollout.epoch, rollout.epoch) is rollout.people()


def answers(scenario, log):
    found = fwsim.learn(scenario, log, rows=20, families=(LOGNORMAL,))["people.p.answer.after"]
    return found.value


def test_what_is_learnt_of_answers_is_the_same_whenever_the_scenario_begins():
    """At night, at weekends and on days off nobody is there, and an answer takes no time."""
    scenario = fwsim.loads(then())
    log = observed_in(fwsim.simulate(scenario, seed=2))
    own = answers(scenario, log)
    assert answers(fwsim.loads(two_years_later()), log) == own
    never_off = two_years_later().replace("\n    holidays: DE", "")
    assert answers(fwsim.loads(never_off), log) != own


def remarks(folder, day):
    (folder / "off.ics").write_text(OFF % day, encoding="utf-8", newline="")
    log = observed_in(fwsim.simulate(fwsim.loads(then()), seed=2))
    scenario = fwsim.loads(two_years_later("{file: off.ics}"), folder=folder)
    learnt = fwsim.learn(scenario, log, rows=20, families=(LOGNORMAL,))
    return [each for each in learnt.remarks() if "off.ics" in each]


def test_a_calendar_that_does_not_reach_back_to_the_log_is_said(tmp_path):
    of_people, of_power = remarks(tmp_path, "20260601")
    assert of_people.startswith(
        "people.p.holidays: the calendar off.ics has no day off from 2023-11"
    )
    assert of_power.startswith("power.s.holidays")
    with speaking("de"):
        assert "keinen freien Tag" in remarks(tmp_path, "20260601")[0]
    assert remarks(tmp_path, "20240520") == []
    assert remarks(tmp_path, "20240401") == []


def test_a_calendar_that_begins_soon_after_the_log_does_not_reach_back_to_it(tmp_path):
    of_people, _ = remarks(tmp_path, "20240801")
    assert "no day off from 2023-11-19 to 2024-05-21, the half year before" in of_people


def test_a_calendar_whose_only_days_are_yearly_ones_reaches_back(tmp_path):
    assert remarks(tmp_path, "20220801\r\nRRULE:FREQ=YEARLY") == []


LINES = """
zone: UTC
start: 2024-05-20 08:00
horizon: 8 d
doubt: none
image: {name: n.idf, packages: [{name: a, size: 200 MB}]}
fleet: {units: {A: {devices: 60, site: S}, B: {devices: 60, site: T}}}
network:
  repository: {connections: 12}
  sites:
    S: {link: 40 Mbit/s, line_factor: 80 %, busy: {mon-fri 06:00-22:00: 50 %}, holidays: HOLIDAYS}
    T: {link: 40 Mbit/s, line_factor: 80 %, busy: {mon-fri 06:00-22:00: 50 %}, holidays: HOLIDAYS}
commands: [{update: A, once: 2024-05-20 09:00}, {update: B, once: 2024-05-20 09:00}]
"""


def factors(scenario, *logs, transfers=None):
    unsure = scenario.replace("line_factor: 80 %, ", "").replace("doubt: none", "doubt: all")
    learnt = learn(fwsim.loads(unsure), *logs, transfers, rows=20)
    return [learnt[f"network.sites.{name}.line_factor"].by["factor"] for name in "ST"]


def test_lines_were_free_on_the_days_off_of_the_logs_own_time():
    rollout = prepare(fwsim.loads(two_years_later(text=LINES)))
    ((_, free),) = lines_free_then(rollout, at("2024-05-20 09:00"), at("2024-05-20 12:00")).items()
    assert (at("2024-05-20 00:00"), at("2024-05-21 00:00")) in free
    ((_, free),) = lines_free_then(rollout, rollout.epoch, rollout.epoch).items()
    assert at("2024-05-20 00:00") not in {begin for begin, _ in free}


def test_what_a_line_carries_is_learnt_alike_whenever_the_scenario_begins():
    """On Whit Monday 2024 nobody else used it; taken as a Monday it would seem twice as fast."""
    result = fwsim.simulate(fwsim.loads(then(text=LINES)), seed=2)
    log, web = observed_in(result), transfers_in(result)
    own = factors(then(text=LINES), log, transfers=web)
    assert own == [pytest.approx(0.8, rel=0.02)] * 2
    assert factors(two_years_later(text=LINES), log, transfers=web) == own
    by_log_alone = factors(then(text=LINES), log)
    assert by_log_alone == [pytest.approx(0.8, rel=0.2)] * 2
    assert factors(two_years_later(text=LINES), log) == by_log_alone


def test_a_log_that_is_moved_apart_takes_its_days_off_along():
    """Two logs of one day are told apart as if one were of a later week, which has no holiday."""
    scenario = fwsim.loads(then(text=LINES))
    logs = [observed_in(fwsim.simulate(scenario, seed=seed)) for seed in (2, 3)]
    once = factors(then(text=LINES), logs[:1])
    assert factors(then(text=LINES), logs) == pytest.approx(once, rel=0.1)


def test_a_calendar_of_many_lines_that_does_not_reach_back_is_said_once(tmp_path):
    (tmp_path / "off.ics").write_text(OFF % "20260601", encoding="utf-8", newline="")
    log = observed_in(fwsim.simulate(fwsim.loads(then(text=LINES)), seed=2))
    scenario = fwsim.loads(two_years_later("{file: off.ics}", LINES), folder=tmp_path)
    told = [one for one in learn(scenario, log, rows=20).remarks() if "off.ics" in one]
    assert len(told) == 1
    assert told[0].startswith("network.sites.S.holidays: the calendar off.ics has no day off")
