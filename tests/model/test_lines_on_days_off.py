"""On days off nobody else uses a line, whatever the weekday."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

import fwsim
from fwsim.engine import Engine
from fwsim.experiments.first_looks.kinds import line_classes
from fwsim.learning.habits_then import lines_free_then
from fwsim.learning.line_loads import busy_times
from fwsim.learning.lines import LineDownloads
from fwsim.measures.expectation import read_expectation
from fwsim.messages import speaking
from fwsim.model import habits
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.habits import days_off_of_lines
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.problems import InputError
from fwsim.results.run.beside_commands import beside_commands
from fwsim.results.run.plan_again import plan_again
from fwsim.run import play_once, prepare, warnings_of
from fwsim.scenario.load import loads
from fwsim.scenario.named_files import files_named_in
from tests.model.test_habits import NOTES

HOUR = 3_600_000
NEW_YEAR = """\
zone: Europe/Berlin
start: 2025-12-31 10:00
horizon: 4 d
image: {{name: n.idf, packages: [{{name: a, size: 500 MB}}]}}
fleet: {{units: {{DE: {{devices: 9, site: Bank}}}}}}
network:
  sites:
    Bank: {{link: {site}}}
  hubs:
    South: {{link: {hub}, sites: [Bank]}}
doubt: none
commands: [{{update: DE, once: 2026-01-01 09:00}}, {{update: DE, once: 2026-01-02 09:00}}]
"""
USED = ', busy: {{"{days} 08:00-18:00": 80 %}}{off}'


def new_year(days="mon-fri", off=", holidays: DE", *, part="site", **where):
    used = f"4 Mbit/s{USED.format(days=days, off=off)}"
    lines = {"site": "100 Mbit/s", "hub": "100 Mbit/s", part: used}
    return prepare(loads(NEW_YEAR.format(**lines), **where))


def log_of(rollout, engine):
    log = play_once(rollout, 1, 0, engine=engine).log
    return [*zip(log.time, log.device, log.state, strict=True)]


@pytest.mark.parametrize("part", ["site", "hub"])
@pytest.mark.parametrize("engine", Engine)
def test_a_day_off_is_a_weekday_less(engine, part):
    off = log_of(new_year(part=part), engine)
    assert off == log_of(new_year("mon-wed,fri", "", part=part), engine)
    assert off != log_of(new_year(off="", part=part), engine)


def test_nights_end_at_the_midnight_before_a_day_off_and_begin_at_the_one_after():
    text = NEW_YEAR.format(site="8 Mbit/s, busy: {daily 20:00-06:00: 50 %}, holidays: DE", hub=1)
    rollout = prepare(loads(text.replace("  hubs:\n    South: {link: 1, sites: [Bank]}\n", "")))
    steps = rollout.link_steps(rollout.sites()[0])
    shown = [(f"{rollout.local_time(at):%d %H}", rate) for at, rate in steps]
    assert shown == [
        ("31 10", 1_000_000),
        ("31 20", 500_000),
        ("01 00", 1_000_000),
        ("02 00", 500_000),  # as a night shift goes on behind the day off
        ("02 06", 1_000_000),
        ("02 20", 500_000),
        ("03 06", 1_000_000),
        ("03 20", 500_000),
        ("04 06", 1_000_000),
    ]


def test_a_share_that_differs_by_day_is_none_on_a_day_off():
    text = NEW_YEAR.format(
        site="8 Mbit/s, busy: {daily 08:00-18:00: {between: [40 %, 60 %], each: day}}"
        ", holidays: DE",
        hub="100 Mbit/s",
    )
    ready = doubted(prepare(loads(text.replace("doubt: none", "doubt: stated"))))
    drawn = ready.drawn(Chances(1, 0))
    shown = [(f"{drawn.local_time(at):%d %H}", rate) for at, rate in drawn.steps_of_lines()[0]]
    full = 1_000_000
    assert [at for at, rate in shown if rate == full] == ["31 18", "02 18", "03 18", "04 10"]
    assert [at for at, rate in shown if rate < full] == ["31 10", "02 08", "03 08", "04 08"]


def test_a_line_that_others_use_on_days_off_only_is_its_own():
    text = NEW_YEAR.format(site="9 Mbit/s" + USED.format(days="thu", off=""), hub="9 Mbit/s")
    assert prepare(loads(text)).shared_lines() == (0,)
    text = NEW_YEAR.format(
        site="9 Mbit/s" + USED.format(days="thu", off=", holidays: DE"), hub="9 Mbit/s"
    )
    assert prepare(loads(text)).shared_lines() == ()


def test_lines_with_other_days_off_are_of_other_kinds():
    text = NEW_YEAR.format(site="9 Mbit/s" + USED.format(days="daily", off=""), hub="9 Mbit/s")
    text = text.replace("DE: {devices", "AT: {devices: 9, site: Wien}, DE: {devices")
    text = text.replace(
        "  hubs:", "    Wien: {link: 9 Mbit/s, busy: {daily 08:00-18:00: 80 %}}\n  hubs:"
    )
    text = text.replace("[Bank]", "[Bank, Wien]")
    assert len({*line_classes(prepare(loads(text))).tolist()}) == 1
    off = text.replace("80 %}}", "80 %}, holidays: AT}", 1)
    assert len({*line_classes(prepare(loads(off))).tolist()}) == 2


def test_bounds_know_days_off():
    def earliest(rollout):
        expected = read_expectation("time to 100 %", "<= 1 min")
        (bound,) = Feasibility(rollout).bounds([expected])
        return bound.best

    assert earliest(new_year()) == earliest(new_year("mon-wed,fri", ""))
    assert earliest(new_year()) < earliest(new_year(off=""))


def test_what_others_took_of_a_log_s_lines_leaves_days_off_out():
    rollout = new_year()
    begin = rollout.epoch
    row = (np.array([value], np.int64) for value in (begin, begin + 72 * HOUR, 1))
    free = lines_free_then(rollout, begin, begin + 72 * HOUR)
    site = rollout.sites()[0]
    steps = busy_times(site.busy, LineDownloads(*row), rollout.zone, (), free[site.holidays])
    assert [(at - begin) // HOUR for at, share in steps if share] == [-24, -2, 46]


def test_all_calendars_that_cannot_be_read_are_told_with_their_places():
    text = NEW_YEAR.format(
        site="9 Mbit/s, holidays: {country: DE, subdivision: XX}", hub="9 Mbit/s, holidays: ZZ"
    )
    with pytest.raises(InputError) as caught:
        prepare(loads(text))
    assert sorted((one.path, one.line) for one in caught.value.problems) == [
        ("network.hubs.South.holidays.country", 10),
        ("network.sites.Bank.holidays.subdivision", 8),
    ]


def test_a_calendar_of_lines_is_among_the_files_that_a_scenario_names(tmp_path):
    off = {"holidays": {"file": "off.ics"}}
    data = {"network": {"sites": {"Bank": off}, "hubs": {"South": off}}}
    assert list(files_named_in(data)) == [
        (("network", "sites", "Bank", "holidays", "file"), "off.ics"),
        (("network", "hubs", "South", "holidays", "file"), "off.ics"),
    ]
    (tmp_path / "off.ics").write_text(NOTES)
    by_file = new_year(off=", holidays: {file: off.ics}", folder=tmp_path)
    assert by_file.steps_of_lines() == new_year().steps_of_lines()


def test_a_plan_names_the_days_off_of_its_lines():
    day = "Days off, on which nobody else uses lines (Bank): Thu 2026-01-01."
    assert day in beside_commands(new_year())
    with speaking("de"):
        assert plan_again([day.replace("Bank", "Bank, Wien, 2 more lines")]) == (
            "Freie Tage, an denen sonst niemand Leitungen nutzt (Bank, Wien, 2 weitere "
            "Leitungen): Do 2026-01-01.",
        )


def test_days_off_of_a_line_that_nobody_else_uses_are_warned_of():
    text = NEW_YEAR.format(site="9 Mbit/s, holidays: DE", hub="9 Mbit/s")
    told = [one for one in warnings_of(prepare(loads(text))) if "holidays" in (one.path or "")]
    assert [(one.path, one.line) for one in told] == [("network.sites.Bank.holidays", 8)]


def test_many_calendars_are_read_once_each_however_many_lines_have_them(monkeypatch):
    """More of them than are kept from one world to the next."""
    read: list[str] = []

    def read_days_off(section, *_):
        read.append(section.subdivision)
        return []

    monkeypatch.setattr(habits, "read_days_off", read_days_off)
    lines = "".join(
        f"    S{n}: {{link: 1 Mbit/s, holidays: {{country: DE, subdivision: A{n % 70}}}}}\n"
        for n in range(210)
    )
    text = NEW_YEAR.format(site="9 Mbit/s", hub="9 Mbit/s").replace("  hubs:", f"{lines}  hubs:")
    scenario = fwsim.Scenario.model_validate(yaml.safe_load(text))
    assert len(days_off_of_lines(scenario)) == 70
    assert sorted(read) == sorted(f"A{n}" for n in range(70))
