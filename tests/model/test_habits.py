"""On days off nobody is there, and devices are not switched on, whatever the weekday."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fwsim.engine import Engine
from fwsim.fleet.week import intervals, read_week
from fwsim.learning.presence_clock import PresenceClock
from fwsim.messages import speaking
from fwsim.model import days_off, habits
from fwsim.model.calendar_file import events_of
from fwsim.model.days_off import read_days_off
from fwsim.model.habits import people_of
from fwsim.model.hours import Hours
from fwsim.problems import InputError
from fwsim.results.run.beside_commands import beside_commands
from fwsim.results.run.people_load import presence_of_users
from fwsim.results.run.plan_again import plan_again
from fwsim.run import play_once, prepare
from fwsim.scenario.load import loads
from fwsim.scenario.named_files import files_named_in

NEW_YEAR = """\
zone: Europe/Berlin
start: 2025-12-31 10:00
horizon: 4 d
image: {{name: n.idf, packages: [{{name: a, size: 50 MB}}]}}
fleet: {{units: {{DE: {{devices: 40, people: office, power: office}}}}}}
people: {{office: {{present: "{days} 08:00-17:00"{off}}}}}
power:
  office: {{on: "{days} 07:30-18:00", jitter: 20 min, left_on: 30 %, unreported: 2 %{off}}}
firmware: {{reminder: {{deferments: 2, delays: [2 h]}}}}
commands:
  - {{update: DE, inform_user: 10 min, once: 2025-12-31 15:30}}
  - {{update: DE, inform_user: 10 min, once: 2026-01-01 09:00}}
  - {{update: DE, inform_user: 10 min, once: 2026-01-02 09:00}}
"""
NIGHTS = """\
zone: Europe/Berlin
start: 2025-12-31 00:00
horizon: 3 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE: {devices: 1, people: nights}, DE/Wall: {devices: 1, people: always}}}
people:
  nights: {present: daily 22:00-06:00, holidays: DE}
  always: {holidays: DE}
commands: [{update: DE}]
"""
NOTES = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260101
END:VEVENT
END:VCALENDAR
"""


def new_year(days: str, off: str = ""):
    return prepare(loads(NEW_YEAR.format(days=days, off=off)))


@pytest.mark.parametrize("engine", Engine)
def test_a_day_off_is_a_weekday_less(engine):
    off = new_year("mon-fri", ", holidays: DE")
    less = new_year("mon-wed,fri")
    usual = new_year("mon-fri")
    logs = [play_once(one, 1, 0, engine=engine).log for one in (off, less, usual)]
    lines = [[*zip(log.time, log.device, log.state, strict=True)] for log in logs]
    assert lines[0] == lines[1]
    assert lines[0] != lines[2]


def test_night_shifts_end_at_the_midnight_before_a_day_off_and_begin_at_the_one_after():
    rollout = prepare(loads(NIGHTS))
    hour = 3_600_000
    weeks = {
        name: people.present
        for name, people in zip(rollout.fleet.people.values, rollout.people(), strict=True)
    }
    zone = ZoneInfo("Europe/Berlin")
    nights = [(a // hour, b // hour) for a, b in rollout.week_intervals(weeks["nights"], zone)]
    assert nights == [(0, 6), (22, 24), (48, 54), (70, 72)]
    always = [(a // hour, b // hour) for a, b in rollout.week_intervals(weeks["always"], zone)]
    assert always == [(0, 24), (48, 72)]


def test_who_is_left_on_before_weeks_off_is_on_after_them(tmp_path):
    closed = NOTES.replace("20260101\n", "20251220\nDTEND;VALUE=DATE:20260105\n")
    (tmp_path / "off.ics").write_text(closed)
    text = NEW_YEAR.format(days="mon-fri", off=", holidays: {file: off.ics}")
    text = text.replace("2025-12-31 10:00", "2026-01-05 06:00").replace("2025-12-31", "2026-01-05")
    text = text.replace("2026-01-01 09", "2026-01-06 09").replace("2026-01-02", "2026-01-07")
    rollout = prepare(loads(text, folder=tmp_path))
    hours = Hours(rollout)
    on = [power.on for power in rollout.power()]
    (friday,) = hours.ended_before(rollout.fleet.power, on)
    assert rollout.local_time(friday).isoformat() == "2025-12-19T18:00:00+01:00"


def test_time_that_users_lose_leaves_days_off_out():
    rollout = new_year("mon-fri", ", holidays: DE")
    at = rollout.milliseconds_of(datetime(2026, 1, 1, 10))
    assert not presence_of_users(rollout).holds(np.zeros(1, np.int32), np.array([at]))[0]


def test_an_answer_takes_no_time_on_a_day_off():
    (office,) = new_year("mon-fri", ", holidays: DE").people()
    begin = round(datetime(2025, 12, 31, 15, tzinfo=UTC).timestamp() * 1000)
    day = 24 * 3_600_000
    clock = PresenceClock(office.present, ZoneInfo("Europe/Berlin"), begin, begin + 2 * day)
    wednesday, friday = clock.read(np.array([begin, begin + 2 * day]))
    assert friday - wednesday == 9 * 3_600_000


def test_a_calendar_beside_the_scenario_will_do(tmp_path):
    (tmp_path / "off.ics").write_text(NOTES)
    text = NEW_YEAR.format(days="mon-fri", off=", holidays: {file: off.ics}")
    (tmp_path / "s.yaml").write_text(text)
    scenario = loads(text, folder=tmp_path)
    by_file, by_country = (
        people_of(one, ["office"])[0].present.days_off
        for one in (scenario, loads(NEW_YEAR.format(days="mon-fri", off=", holidays: DE")))
    )
    assert next(day for day in by_country if day[0].year == 2026) == by_file[0]


def test_a_calendar_of_habits_is_among_the_files_that_a_scenario_names():
    data = {"people": {"office": {"holidays": {"file": "off.ics"}}}, "power": {"x": {}}}
    assert list(files_named_in(data)) == [(("people", "office", "holidays", "file"), "off.ics")]


def test_all_calendars_that_cannot_be_read_are_told_with_their_places():
    text = NEW_YEAR.format(days="mon-fri", off=", holidays: {country: DE, subdivision: XX}")
    with pytest.raises(InputError) as caught:
        prepare(loads(text.replace("power:\n", "power:\n  other: {holidays: ZZ}\n")))
    assert sorted((one.path, one.line) for one in caught.value.problems) == [
        ("people.office.holidays.subdivision", 6),
        ("power.office.holidays.subdivision", 9),
        ("power.other.holidays.country", 8),
    ]


def test_a_plan_names_its_days_off():
    assert [
        text for text in beside_commands(new_year("mon-fri", ", holidays: DE")) if "off" in text
    ] == [
        "Days off, on which nobody is there (office): Thu 2026-01-01.",
        "Days off, on which devices are not switched on (office): Thu 2026-01-01.",
    ]


def test_a_plan_tells_the_hours_of_a_day_that_is_off_in_part(tmp_path):
    afternoon = "20260102T120000\nDTEND:20260102T180000\n"
    notes = NOTES.replace("DTSTART;VALUE=DATE:20260101\n", f"DTSTART:{afternoon}")
    (tmp_path / "off.ics").write_text(notes)
    text = NEW_YEAR.format(days="mon-fri", off=", holidays: {file: off.ics}")
    told = beside_commands(prepare(loads(text, folder=tmp_path)))
    day = "Days off, on which nobody is there (office): Fri 2026-01-02 12:00-18:00."
    assert day in told
    with speaking("de"):
        assert plan_again([day.replace("00.", "00, 2 more days.")]) == (
            "Freie Tage, an denen niemand da ist (office): Fr 2026-01-02 12:00-18:00, "
            "2 weitere Tage.",
        )


def test_a_plan_says_where_no_day_off_is_among_its_days():
    text = NEW_YEAR.format(days="mon-fri", off=", holidays: DE").replace("4 d", "10 h")
    text = text.replace("  - {update: DE, inform_user: 10 min, once: 2026", "#")
    assert "None of the days off of people (office) is among the days that are played." in (
        beside_commands(prepare(loads(text)))
    )


def test_a_week_without_days_off_is_as_it_was():
    start, end = datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert intervals(read_week("always"), ZoneInfo("UTC"), start, end) == [(0, 48 * 3_600_000)]


def test_a_calendar_is_read_once_for_all_habits_that_name_it(tmp_path, monkeypatch):
    (tmp_path / "off.ics").write_text(NOTES)
    read = []

    def counted(*given):
        read.append(given)
        return read_days_off(*given)

    monkeypatch.setattr(habits, "read_days_off", counted)
    text = NEW_YEAR.format(days="mon-fri", off=", holidays: {file: off.ics}")
    prepare(loads(text, folder=tmp_path))
    assert len(read) == 1


MANY_OF_ONE_FILE = """\
zone: Europe/Berlin
start: 2025-12-31 10:00
horizon: 4 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE: {devices: 1, people: a, power: b}}}
people: {a: {holidays: {file: o.ics}}, b: {holidays: {file: o.ics, country: DE}}}
power: {a: {holidays: {file: o.ics}}, b: {holidays: {file: o.ics}}}
commands: [{update: DE}]
"""


def test_a_bad_calendar_is_read_once_for_all_habits_that_name_it(tmp_path, monkeypatch):
    (tmp_path / "o.ics").write_text("BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n")
    read = []

    def counted(library, text):
        read.append(text)
        return events_of(library, text)

    monkeypatch.setattr(days_off, "events_of", counted)
    with pytest.raises(InputError) as refused:
        prepare(loads(MANY_OF_ONE_FILE, folder=tmp_path))
    assert len(refused.value.problems) == 4
    assert len(read) == 1


def test_days_off_of_a_country_without_the_package_name_the_country(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(InputError, match=r"the holidays of DE need") as refused:
        prepare(loads(NIGHTS))
    assert {one.path for one in refused.value.problems} == {
        "people.nights.holidays.country",
        "people.always.holidays.country",
    }


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("[DE]", r"\[DE\] is not a country; .*; did you mean DE\?"),
        ("[DE, AT]", r"\[DE, AT\] are several; expected the two letters of one country"),
        ("49", "49 is not a country; expected the two letters of one, such as DE"),
    ],
)
def test_days_off_of_what_is_no_country_name_it(written, words):
    with pytest.raises(InputError, match=words):
        loads(NIGHTS.replace("holidays: DE}", f"holidays: {written}}}"))
