"""A calendar file that would take long, or that began long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from time import process_time

import pytest
from dateutil.rrule import rrulestr
from icalendar import Event

from fwsim.model.days_off import days_off
from fwsim.model.recurrence import Span, rounds
from fwsim.problems import InputError
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.windows_section import HolidaysSection
from tests.model.calendar_texts import DAY, DAYS, OWN

POSITIONS = ",".join(map(str, range(1, 201)))
NEVER = "RRULE:FREQ=YEARLY;INTERVAL=10;BYMONTH=2;BYMONTHDAY=30"


@pytest.mark.parametrize(
    ("events", "steps"),
    [
        ([f"{DAY}20230901\n{NEVER}"] * 3, 1_500),
        ([f"{DAY}19700101\n{NEVER.replace('YEARLY', 'YEARLY;COUNT=1')}"] * 3, 1_500),
        ([f"{DAY}20030101\nRRULE:FREQ=DAILY;COUNT=9999"] * 2, 25_000),
        ([f"{DAY}20030101\nRRULE:FREQ=YEARLY;COUNT=999;BYMONTH=2;BYSETPOS={POSITIONS}"], 10_000),
        ([f"UID:a\n{DAY}20230101\nEXDATE:20230102T0000{n:02}" for n in range(9)], 8),
    ],
)
def test_a_calendar_that_would_take_long_is_refused(closed, monkeypatch, events, steps):
    monkeypatch.setattr(Span.__init__, "__defaults__", (steps,))
    with pytest.raises(InputError, match="to work out when its events come round takes too long"):
        closed(*events)
    monkeypatch.setattr(Span.__init__, "__defaults__", (4 * steps,))
    assert len(closed(*events)) in {0, 7}


@pytest.mark.parametrize("count", ["", ";COUNT=70", ";UNTIL=20231020", ";UNTIL=20230920"])
def test_a_usual_event_takes_few_steps(closed, monkeypatch, count):
    monkeypatch.setattr(Span.__init__, "__defaults__", (200,))
    closed(f"{DAYS}{count}")


@pytest.mark.parametrize(
    ("begin", "rule", "days"),
    [
        ("16041003", "FREQ=YEARLY", [3]),
        ("16041003", "FREQ=YEARLY;INTERVAL=2", []),
        ("16051003", "FREQ=YEARLY;INTERVAL=2", [3]),
        ("16040705", "FREQ=MONTHLY;INTERVAL=3", [5]),
        ("16040229", "FREQ=YEARLY", []),
        ("20040102", "FREQ=WEEKLY", [6]),
        ("16041003", "FREQ=YEARLY;BYDAY=1WE;BYMONTH=10", [4]),
    ],
)
def test_what_began_long_ago_is_looked_at_near_the_rollout_only(
    closed, monkeypatch, begin, rule, days
):
    monkeypatch.setattr(Span.__init__, "__defaults__", (10_000,))
    assert closed(*[f"{DAY}{begin}\nRRULE:{rule}"] * 200) == days


def test_days_that_never_come_are_not_looked_for_in_all_days(closed, monkeypatch):
    monkeypatch.setattr(Span.__init__, "__defaults__", (200_000,))
    assert closed(f"{DAYS};BYMONTH=2;BYMONTHDAY=30") == []


RULES = [
    f"FREQ={often};INTERVAL={interval}{more}"
    for often in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
    for interval in (1, 3, 5)
    for more in (
        "",
        ";COUNT=1200",
        ";BYMONTH=2,9,10",
        ";BYDAY=TU,SU;WKST=SU",
        ";BYDAY=MO,FR;BYSETPOS=-1",
        ";BYHOUR=3",
    )
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("first", [datetime(1604, 2, 29, 9), datetime(2023, 5, 31, 9)])
def test_rounds_are_those_that_are_counted_from_the_first_on(rule, first):
    begin, end = datetime(2026, 2, 1), datetime(2026, 5, 1)
    event = Event.from_ical(
        f"BEGIN:VEVENT\nDTSTART:{first:%Y%m%dT%H%M%S}\nRRULE:{rule}\nEND:VEVENT\n"
    )
    span = Span(begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    found = list(rounds(event, first, span, lasts=timedelta(0)))
    day = timedelta(1)
    assert found == rrulestr(rule, dtstart=first).between(begin - day, end + day, inc=True)


class CountedZone(tzinfo):
    """A zone that counts how often it is asked, as one that a file describes is slow."""

    asked = 0

    def utcoffset(self, _: datetime | None) -> timedelta:
        self.asked += 1
        return timedelta(hours=1)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def fromutc(self, at: datetime) -> datetime:
        return at + timedelta(hours=1)


@pytest.mark.parametrize("more", ["", ";COUNT=3581", ";UNTIL=20231021T140000Z"])
def test_the_zone_of_an_event_is_asked_near_the_rollout_only(more):
    zone = CountedZone()
    event = Event.from_ical(
        f"BEGIN:VEVENT\nDTSTART:20140101T150000\nRRULE:FREQ=DAILY{more}\nEND:VEVENT\n"
    )
    begin = datetime(2014, 1, 1, 15, tzinfo=zone)
    span = Span(datetime(2023, 10, 17, tzinfo=UTC), datetime(2023, 10, 27, tzinfo=UTC))
    found = list(rounds(event, begin, span, lasts=timedelta(hours=1)))
    assert [at.day for at in found] == [*range(16, 22)] + ([] if more else [*range(22, 28)])
    assert zone.asked < 100


def test_an_event_for_ever_in_a_zone_in_the_west_needs_no_clock_before_year_1(tmp_path):
    zone = OWN.format(name="Own", hours=12).replace("+12", "-12")
    rule = "DTSTART;TZID=Own:20230101T000000\nDURATION:P900000D\nRRULE:FREQ=YEARLY"
    event = f"BEGIN:VEVENT\n{rule}\nEND:VEVENT\n"
    (tmp_path / "c.ics").write_text(f"BEGIN:VCALENDAR\n{zone}{event}END:VCALENDAR\n")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    [(at, to, _)] = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert (at.year, to > end) == (2023, True)


def test_a_part_of_a_rule_with_more_values_than_there_are_is_refused(closed):
    rule = f"RRULE:FREQ=YEARLY;BYSETPOS={','.join(['1'] * 800)};BYMONTH=5"
    with pytest.raises(InputError, match="is not a valid rule; see BYSETPOS"):
        closed(f"{DAY}20230101\n{rule}")


def test_many_calendars_and_zones_in_one_file_take_no_time(tmp_path):
    zones = "".join(OWN.format(name=f"Own{n}", hours=3) for n in range(100))
    event = "BEGIN:VEVENT\nDTSTART;TZID=Own7:20231002T060000\nDURATION:PT2H\nEND:VEVENT\n"
    others = f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n" * 100
    (tmp_path / "c.ics").write_text(f"BEGIN:VCALENDAR\n{zones}END:VCALENDAR\n{others}")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    before = process_time()
    found = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert len(found) == 100
    assert process_time() - before < 1
