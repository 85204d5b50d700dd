"""The server's clock: what instant a time of the scenario is, and what the clock shows then."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import DoubledHour, Now, Once, instant_of, on_the_clock
from fwsim.scenario.schema import Scenario
from fwsim.scenario.values import read_local_time


def instant(scenario: Scenario, wall: datetime) -> datetime:
    """Return the instant of a time of the file, in UTC."""
    return on_the_clock(wall, ZoneInfo(scenario.zone))


_WITH_OFFSET = re.compile(
    r"(?P<wall>.*\d:\d\d)\s*\(?(?P<sign>[+-])(?P<hours>[01]\d|2[0-3]):?(?P<minutes>[0-5]\d)\)?"
)


def read_instant(scenario: Scenario, text: str) -> datetime:
    """Return the instant of a time of the server's clock, in UTC.

    Parameters
    ----------
    scenario
        Whose server.
    text
        As in ``2021-10-31 02:30``; where the clock shows that twice it is the first, unless the
        offset is given, as in ``2021-10-31 02:30 +01:00``.

    Raises
    ------
    ValueError
        If it is no time.
    """
    at = read_time(text)
    return at if at.tzinfo else instant(scenario, at)


def read_time(text: str) -> datetime:
    """Return a time as `read_instant` takes it: in UTC with an offset, else as the clock shows it.

    Raises
    ------
    ValueError
        If it is no time.
    """
    found = _WITH_OFFSET.fullmatch(text.strip())
    if found is None:
        return read_local_time(text)
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    ahead = offset if found["sign"] == "+" else -offset
    return read_local_time(found["wall"]).replace(tzinfo=timezone(ahead)).astimezone(UTC)


def start_of(scenario: Scenario) -> datetime:
    """Return when the story begins, in UTC."""
    return instant(scenario, scenario.start)


def end_of(scenario: Scenario) -> datetime:
    """Return when the clock is stopped, in UTC."""
    return start_of(scenario) + timedelta(milliseconds=scenario.horizon)


def shown(scenario: Scenario, at: datetime) -> datetime:
    """Return what the server's clock shows at an instant; naive."""
    return at.astimezone(ZoneInfo(scenario.zone)).replace(tzinfo=None, fold=0)


def command_instant(scenario: Scenario, schedule: Once | Now) -> datetime:
    """Return when a command is meant to run, in UTC; where the clocks skip that, as they jump."""
    if isinstance(schedule, Now):
        return start_of(scenario)
    zone, doubled = ZoneInfo(scenario.zone), scenario.assumptions.doubled_hour
    return instant_of(schedule.at, zone, doubled_hour=doubled) or instant(scenario, schedule.at)


class ShownTwiceError(ValueError):
    """No wall time says when a command is to run: of two equal ones it means the other."""


def once(scenario: Scenario, at: datetime, what: str = "a command") -> Once:
    """Return the schedule that runs a command at an instant, to the second.

    Parameters
    ----------
    scenario
        Whose clock.
    at
        The instant.
    what
        What to call it where that cannot be said.

    Raises
    ------
    ShownTwiceError
        If the clock shows its time twice, and a command means the other of the two.
    """
    schedule = Once(shown(scenario, at).replace(microsecond=0))
    if command_instant(scenario, schedule) != at.replace(microsecond=0):
        meant = scenario.assumptions.doubled_hour
        wanted = "second" if meant is DoubledHour.FIRST else "first"
        raise ShownTwiceError(
            f"{what} would start at {schedule.at:%Y-%m-%d %H:%M:%S} for the {wanted} time: the "
            f"clock shows that twice, and a command means the {meant}"
        )
    return schedule
