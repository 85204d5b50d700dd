"""A calendar file of some events, and the days on which it is closed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fwsim.model.days_off import days_off
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.windows_section import HolidaysSection


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
            if any(
                a.replace(tzinfo=None) <= datetime(2023, 10, day) < b.replace(tzinfo=None) + more
                for a, b, more in found
            )
        )

    return read
