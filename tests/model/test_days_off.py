"""Which days a calendar file has off, by the rules of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fwsim.model.days_off import days_off
from fwsim.problems import InputError
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.windows_section import HolidaysSection

DAY = "DTSTART;VALUE=DATE:"
MONDAYS = f"UID:w\n{DAY}20230904\nRRULE:FREQ=WEEKLY"


@pytest.fixture
def closed(tmp_path):
    """Return the days of October 2023 on which a calendar of some events is closed."""

    def read(*events: str) -> list[int]:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN"]
        for event in events:
            lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
        text = "\r\n".join([*lines, "END:VCALENDAR", ""])
        (tmp_path / "c.ics").write_text(text, newline="")
        begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
        found = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
        return sorted(
            day
            for day in range(1, 8)
            if any(a <= datetime(2023, 10, day) and datetime(2023, 10, day) < b for a, b in found)
        )

    return read


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
        ([MONDAYS, f"UID:w\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231003"], [3]),
        ([MONDAYS, f"UID:v\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231003"], [2, 3]),
        (
            [
                MONDAYS,
                f"UID:w\nRECURRENCE-ID;VALUE=DATE:20231002\n{DAY}20231002\nSTATUS:CANCELLED",
            ],
            [],
        ),
    ],
)
def test_days_are_off_as_the_calendar_says(closed, events, days):
    assert closed(*events) == days


def test_an_event_that_lists_periods_has_their_length(tmp_path, closed):
    closed("DTSTART:20230901T100000\nRDATE;VALUE=PERIOD:20231002T190000/PT2H")
    begin, end = datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 8, tzinfo=UTC)
    found = days_off(HolidaysSection(file="c.ics"), FilesBeside(tmp_path), begin, end)
    assert (datetime(2023, 10, 2, 19), datetime(2023, 10, 2, 21)) in found


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([f"{DAY}20231003\nDTEND;VALUE=DATE:20231002"], "an event of 2023-10-03 ends before it"),
        (
            [MONDAYS, f"UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE:20231002\n{DAY}20231003"],
            "RECURRENCE-ID with RANGE",
        ),
    ],
)
def test_what_would_be_left_out_without_a_word_is_refused(closed, events, words):
    with pytest.raises(InputError, match=words):
        closed(*events)
