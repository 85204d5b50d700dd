"""Which days a calendar file has off, by the rules of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fwsim.model.days_off import days_off
from fwsim.model.open_hours import OpenHours
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.load import loads
from fwsim.scenario.schema import Scenario
from fwsim.scenario.windows_section import CommandWindowsSection, HolidaysSection
from tests.model.calendar_texts import DAY, DAYS, OWN

HELD_BACK = """\
zone: Europe/Berlin
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE: {devices: 8}}}
commands: [{update: DE}]
windows: {times: daily 19:00-23:00, holidays: {country: DE, subdivision: XX}}
assignments:
  - {update: DE, check_in: {every: 30 min}, windows: {times: always, holidays: ZZ}}
"""
ALL_HAVE_DAYS_OFF = """\
zone: Europe/Berlin
start: 2026-06-01 08:00
horizon: 4 d
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 1, site: S}}}
network: {sites: {S: {link: 9 Mbit/s, busy: {daily 08:00-09:00: 50 %}, holidays: {file: off.ics}}}}
people: {default: {present: daily 08:00-09:00, holidays: {file: off.ics}}}
windows: {times: daily 08:00-09:00, holidays: {file: off.ics}}
commands: [{update: DE}]
"""
MONDAYS = f"UID:w\n{DAY}20230904\nRRULE:FREQ=WEEKLY"
BERLIN_DAY = "DTSTART;TZID=Europe/Berlin;VALUE=DATE:"
NEXT_CALENDAR = "END:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT"
TIMED = "UID:t\nDTSTART;TZID=Etc/UTC:20230904T000000\nDURATION:P1D\nRRULE:FREQ=WEEKLY"
FLOATING = TIMED.replace(";TZID=Etc/UTC", "")


@pytest.mark.parametrize(
    ("events", "days"),
    [
        ([f"{DAY}20231002"], [2]),
        ([f"{DAY}20231002\nDTEND;VALUE=DATE:20231004"], [2, 3]),
        ([f"{DAY}20231002\nDTEND;VALUE=DATE:20231002"], [2]),
        ([f"{DAY}20230901\nRDATE;VALUE=DATE:20231002,20231003"], [2, 3]),
        ([f"{MONDAYS}\nRDATE;VALUE=DATE:20231005\nRDATE;VALUE=DATE:20231006"], [2, 5, 6]),
        ([f"{DAY}20230901\nRDATE;VALUE=DATE:20231002,20231003\nEXDATE;VALUE=DATE:20231003"], [2]),
        ([f"{DAY}20231002\nSTATUS:CANCELLED"], []),
        ([MONDAYS], [2]),
        ([f"{MONDAYS}\nEXDATE;VALUE=DATE:20231002"], []),
        ([f"{MONDAYS};UNTIL=20231002T000000Z"], [2]),
        ([f"{MONDAYS};UNTIL=20230930T220000Z"], []),
        ([MONDAYS, f"UID:w\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231003"], [3]),
        ([MONDAYS, f"UID:v\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231003"], [2, 3]),
        (
            [
                MONDAYS,
                f"UID:w\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231002\nSTATUS:CANCELLED",
            ],
            [],
        ),
        ([f"{MONDAYS}\nEXDATE:20231002T000000"], []),
        ([f"{MONDAYS}\nEXDATE;TZID=Europe/Berlin:20231002T000000"], []),
        ([f"{MONDAYS}\nEXDATE:20231002T000000Z"], []),
        ([f"{TIMED}\nEXDATE;VALUE=DATE:20231002"], []),
        ([f"{TIMED}\nEXDATE;VALUE=DATE:20231003"], [2]),
        ([f"{TIMED}\nEXDATE:20231002T000000"], []),
        ([f"{TIMED}\nEXDATE:20231002T010000"], [2]),
        ([f"{FLOATING}\nEXDATE;TZID=Etc/UTC:20231002T000000"], []),
        ([f"{FLOATING}\nEXDATE:20231002T000000Z"], []),
        ([TIMED, f"UID:t\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231003"], [3]),
        ([f"{TIMED};UNTIL=20231002"], [2]),
        ([f"{TIMED};UNTIL=20231001"], []),
        ([f"{FLOATING.replace('T0', 'T1')};UNTIL=20231002"], [3]),
        ([f"{TIMED};UNTIL=20231002T000000"], [2]),
        ([f"{TIMED};UNTIL=20231001T235959"], []),
        ([f"{DAY}20231002\n{NEXT_CALENDAR}\n{DAY}20231004"], [2, 4]),
        ([f"{BERLIN_DAY}20231002"], [2]),
        ([f"{BERLIN_DAY}20231002\nDTEND;TZID=Europe/Berlin;VALUE=DATE:20231004"], [2, 3]),
        ([f"{MONDAYS}\nEXDATE;TZID=Europe/Berlin;VALUE=DATE:20231002"], []),
        ([f"{DAY}20230901\nRDATE;TZID=Europe/Berlin;VALUE=DATE:20231002"], [2]),
        ([f"{DAY}20231005\nDTEND;VALUE=DATE:99991231"], [5, 6, 7]),
        ([f"{DAY}20231005\nDURATION:P2900000D"], [5, 6, 7]),
        ([f"{DAY}20231002", f"{DAY}99991231"], [2]),
    ],
)
def test_days_are_off_as_the_calendar_says(closed, events, days):
    assert closed(*events) == days


@pytest.mark.parametrize("until", ["20231002", "20231002T000000Z", "20231002T040000Z"])
def test_midnight_in_utc_stands_for_the_last_day_in_whatever_zone(tmp_path, until):
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{DAYS};UNTIL={until}\nEND:VEVENT\nEND:VCALENDAR\n"
    (tmp_path / "c.ics").write_text(text)
    begin = datetime(2023, 10, 1, tzinfo=ZoneInfo("America/New_York"))
    files = FilesBeside(tmp_path)
    found = days_off(HolidaysSection(file="c.ics"), files, begin, begin + timedelta(7))
    assert max(found)[0] == datetime(2023, 10, 2)


def test_an_event_that_lists_periods_has_their_length(tmp_path, closed):
    closed("DTSTART:20230901T100000\nRDATE;VALUE=PERIOD:20231002T190000/PT2H")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    found = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert (datetime(2023, 10, 2, 19), datetime(2023, 10, 2, 19), timedelta(hours=2)) in found


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([f"{DAY}20231003\nDTEND;VALUE=DATE:20231002"], "an event of 2023-10-03 ends before it"),
        (
            [MONDAYS, f"UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE:20231002\n{DAY}20231003"],
            "RECURRENCE-ID with RANGE",
        ),
        (
            ["DTSTART;TZID=Mars/Base:20231002T060000\nDTEND;TZID=Mars/Base:20231002T120000"],
            "on the clock of 'Mars/Base', which is not a time zone",
        ),
        (["DTSTART:20231002T060000Z\nRDATE;TZID=Mars:20231003T060000"], "clock of 'Mars'"),
        (["DTSTART:20231002T060000Z\nEXDATE;TZID=Mars:20231002T060000"], "clock of 'Mars'"),
        (
            ["DTSTART:20231002T060000Z\nRDATE;VALUE=PERIOD;TZID=Mars:20231003T060000/PT1H"],
            "clock of 'Mars'",
        ),
        (["DTSTART;TZID=europe/berlin:20231002T060000"], "did you mean 'Europe/Berlin'"),
        (
            [f"{DAY}20231002\nDTEND:20231003T000000"],
            "is not an iCalendar file: an event begins with a day and ends with a time",
        ),
        ([f"{MONDAYS}\nEXRULE:FREQ=WEEKLY;INTERVAL=2"], "EXRULE; expected EXDATE"),
        (["SUMMARY:x"], "is not an iCalendar file: an event has no DTSTART"),
        ([], "has no event .VEVENT., so no day would be off"),
        ([f"{DAY}20231002\n{DAY}20231003"], "a property of an event stands there twice"),
        (
            ["DTSTART:20231002T060000\nDTEND;TZID=Etc/UTC:20231002T080000"],
            "one of the two has a zone",
        ),
        (
            ["DTSTART:20230901T060000\nRDATE;VALUE=PERIOD:20231002T190000/20231002T180000"],
            "ends before it begins",
        ),
        ([f"{DAYS};INTERVAL=0"], "INTERVAL=0 is not a valid rule; see INTERVAL=0"),  # has no end
        ([f"{DAYS};INTERVAL=-1"], "see INTERVAL=-1"),
        ([f"{DAYS};COUNT=0"], "see COUNT=0"),
        ([f"{DAYS};COUNT=9;UNTIL=20231009"], "see COUNT, UNTIL"),
        ([f"{DAYS};BYMONTH=13"], "see BYMONTH=13"),
        ([f"{DAYS};BYMONTHDAY=0"], "see BYMONTHDAY=0"),
        ([f"{DAY}20230901\nRRULE:INTERVAL=2"], "RRULE:INTERVAL=2 is not a valid rule; see FREQ"),
        ([f"{DAY}20230901\nRRULE:FREQ=MONTHLY;BYDAY=9MO"], "is not a valid rule; see BYDAY"),
        (
            [f"{DAYS};BYHOUR=9;BYMINUTE={','.join(map(str, range(60)))}"],
            "an event that comes round oftener than daily",
        ),
        ([f"{MONDAYS}\nRRULE:FREQ=MONTHLY"], "a property of an event stands there twice"),
        ([f"{DAY}20230230"], "is not an iCalendar file: Wrong date format 20230230"),
    ],
)
def test_what_would_be_left_out_without_a_word_is_refused(closed, events, words):
    with pytest.raises(InputError, match=words):
        closed(*events)


def test_a_calendar_that_breaks_off_is_refused(tmp_path):
    (tmp_path / "c.ics").write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{DAY}20231002\nEND:VEVENT\n")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    with pytest.raises(InputError, match="it breaks off: END:VCALENDAR is missing"):
        days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)


@pytest.mark.parametrize(
    "zone", ["W. Europe Standard Time", "/example.net/Europe/Berlin", '"Europe/Berlin"']
)
def test_a_zone_goes_by_any_of_its_names(tmp_path, recwarn, zone):
    lines = [f"DTSTART;TZID={zone}:20231002T060000", f"DTEND;TZID={zone}:20231002T080000"]
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    (tmp_path / "c.ics").write_text("\r\n".join(lines), newline="")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    ((at, _, _),) = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert at == datetime(2023, 10, 2, 4, tzinfo=UTC)
    assert not recwarn.list


@pytest.mark.parametrize("hours", [3, 5])  # what a calendar before called so is forgotten
@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Own", "Own"),
        ("Q\\; x\\, y: z", '"Q; x, y: z"'),
        ('"GMT +0300 (Standard)"', '"GMT +0300 (Standard)"'),
    ],
)
def test_a_zone_is_as_its_own_calendar_describes_it(tmp_path, hours, is_before, name, written):
    zone = OWN.format(name=name, hours=hours)
    event = f"BEGIN:VEVENT\nDTSTART;TZID={written}:20231002T060000\nDURATION:PT2H\nEND:VEVENT\n"
    parts = [zone, event] if is_before else [event, zone]
    text = "".join(["BEGIN:VCALENDAR\n", *parts, "END:VCALENDAR\n"])
    (tmp_path / "c.ics").write_text(text.replace("\n", "\r\n"), newline="")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    ((at, _, _),) = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert at == datetime(2023, 10, 2, 6 - hours, tzinfo=UTC)


def test_zones_of_one_name_in_calendars_of_one_file_are_each_its_own(tmp_path):
    event = "BEGIN:VEVENT\nDTSTART;TZID=Own:20231002T060000\nDURATION:PT2H\nEND:VEVENT\n"
    text = "".join(
        f"BEGIN:VCALENDAR\n{OWN.format(name='Own', hours=hours)}{event}END:VCALENDAR\n"
        for hours in (3, 5)
    )
    (tmp_path / "c.ics").write_text(text)
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    found = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert [at.astimezone(UTC).hour for at, _, _ in found] == [3, 1]


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=DA\n ILY;BYMONTH=2;BYMONTHDAY=30"])
def test_a_zone_whose_clock_is_put_back_all_the_time_is_refused(tmp_path, rule):
    zone = OWN.format(name="Own", hours=3).replace("END:STANDARD", f"RRULE:{rule}\nEND:STANDARD")
    event = "BEGIN:VEVENT\nDTSTART;TZID=Own:20231002T060000\nDURATION:PT2H\nEND:VEVENT\n"
    (tmp_path / "c.ics").write_text(f"BEGIN:VCALENDAR\n{zone}{event}END:VCALENDAR\n")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    with pytest.raises(InputError, match="is not a valid rule; see FREQ"):
        days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)


BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = "20260328T220000", "20261024T220000"


@pytest.mark.parametrize(
    ("event", "begin", "hours"),
    [
        (f"DTSTART;TZID=Europe/Berlin:{SPRING}\nDTEND:20260329T050000Z", SPRING, 8),
        (f"DTSTART;TZID=Europe/Berlin:{SPRING}\nDURATION:PT8H", SPRING, 8),
        (f"DTSTART;TZID=Europe/Berlin:{AUTUMN}\nDURATION:PT8H", AUTUMN, 8),
        (f"DTSTART:{SPRING}\nDURATION:PT8H", SPRING, 8),
        (f"DTSTART;TZID=Europe/Berlin:{SPRING}\nDURATION:P1DT1H", SPRING, 24),
        (f"DTSTART;TZID=Europe/Berlin:{SPRING}\nDURATION:P1D", SPRING, 23),
        (f"DTSTART;TZID=Europe/Berlin:{SPRING}\nDURATION:PT24H", SPRING, 24),
        (f"DTSTART;TZID=Europe/Berlin:{AUTUMN}\nDURATION:P1D", AUTUMN, 25),
        (f"DTSTART;TZID=Europe/Berlin:{AUTUMN}\nDURATION:\n PT24H", AUTUMN, 24),
        (
            f"BEGIN:VALARM\nDURATION:P1D\nEND:VALARM\nDTSTART:{AUTUMN}\nDURATION:PT24H",
            AUTUMN,
            24,
        ),
        (
            f"DTSTART;TZID=Europe/Berlin:{SPRING}\nDTEND;TZID=Europe/Berlin:20260329T060000",
            SPRING,
            7,
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260301T220000\n"
            f"RDATE;TZID=Europe/Berlin;VALUE=PERIOD:{SPRING}/PT8H",
            SPRING,
            8,
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260301T220000\nRDATE;TZID=Europe/Berlin;VALUE=PERIOD:"
            f"20260302T220000/P1D,{SPRING}/PT24H",
            SPRING,
            24,
        ),
        ("DTSTART;VALUE=DATE:20260329", "20260329T000000", 23),
    ],
)
def test_hours_of_an_event_elapse_where_the_clocks_change_and_days_are_the_clocks(
    tmp_path, event, begin, hours
):
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\n{event}\nEND:VEVENT\n"
    (tmp_path / "c.ics").write_text(text + "END:VCALENDAR\n")
    at = datetime.fromisoformat(begin).replace(tzinfo=BERLIN)
    data = {
        "zone": "Europe/Berlin",
        "start": f"{at.date()} 00:00",
        "horizon": "3 d",
        "image": {"name": "n.idf", "packages": [{"name": "a", "size": "1 MB"}]},
        "fleet": {"units": {"DE": {"devices": 1, "installed": "o.idf"}}},
        "commands": [{"update": "DE", "subordinate_units": True}],
    }
    rollout = prepare(Scenario.model_validate(data).seen_from(tmp_path))
    windows = CommandWindowsSection.model_validate({"holidays": {"file": "c.ics"}})
    opens = [open_ for open_, _ in OpenHours(rollout, windows).in_zone(BERLIN)]
    assert rollout.milliseconds(at) + hours * 3_600_000 in opens


@pytest.mark.parametrize("fleet", ["units: {DE: {devices: 8}}", "inventory: devices.csv"])
def test_a_wrong_holiday_is_told_at_its_key_whether_or_not_there_is_a_fleet(fleet, tmp_path):
    (tmp_path / "devices.csv").write_text("what is this\n")
    text = HELD_BACK.replace("units: {DE: {devices: 8}}", fleet)
    with pytest.raises(InputError) as refused:
        prepare(loads(text, folder=tmp_path))
    told = [(one.line, one.path) for one in refused.value.problems if "holidays" in one.message]
    assert told == [
        (6, "windows.holidays.subdivision"),
        (8, "assignments.0.windows.holidays.country"),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=DAILY;UNTIL=20260602T220000Z",
        "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260603T220000Z",
    ],
    ids=["the last", "left out"],
)
def test_which_day_a_moment_in_utc_means_is_told_by_the_servers_clock(rule, tmp_path):
    """Ten at night in UTC on the second is midnight before the third in Berlin."""
    event = f"UID:1\nDTSTAMP:20200101T000000Z\nDTSTART;VALUE=DATE:20260601\n{rule}"
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    (tmp_path / "off.ics").write_text(text, encoding="utf-8")
    rollout = prepare(loads(ALL_HAVE_DAYS_OFF, folder=tmp_path))
    opens = OpenHours(rollout, rollout.scenario.windows).in_zone(rollout.zone)
    assert [f"{rollout.local_time(at):%d}" for at, _ in opens][:1] == ["04"]
    for off in (rollout.off_on(rollout.sites()[0]), rollout.people()[0].present.days_off):
        assert [f"{first:%d}" for first, *_ in off] == ["01", "02", "03"]


def test_equal_moments_of_two_zones_have_days_of_their_own(tmp_path):
    """A moment left out of whole days is another day in Tokyo than in Berlin."""
    event = f"{DAYS}\r\nEXDATE:20231002T200000Z".replace("\n", "\r\n").replace("\r\r", "\r")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", "BEGIN:VEVENT", event]
    text = "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])
    (tmp_path / "c.ics").write_text(text, newline="")
    files, on = FilesBeside(tmp_path, keeps=True), []
    for zone in map(ZoneInfo, ("Europe/Berlin", "Asia/Tokyo")):
        span = (datetime(2023, 10, day, tzinfo=UTC).astimezone(zone) for day in (1, 6))
        found = {at.day for at, _, _ in days_off(HolidaysSection(file="c.ics"), files, *span)}
        on.append({2, 3} - found)
    assert on == [{2}, {3}]
