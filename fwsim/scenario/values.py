"""The values of a scenario file: text with units on the outside, whole numbers inside."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, WithJsonSchema

from fwsim.commands.schedule import Weekday, read_time_of_day
from fwsim.fleet.week import Week, day_meant, read_week
from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.measures.precision import Precision, read_precision
from fwsim.problems import nearest
from fwsim.quantities import units
from fwsim.quantities.calendar import in_range


def _reader(read: Callable[[str], Any], noun: str) -> BeforeValidator:
    def validate(value: Any) -> Any:
        if isinstance(value, str):
            return read(value)
        raise ValueError(f"{value!r} has no unit; expected {noun}")

    return BeforeValidator(validate)


def _text(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


def _read_share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{value!r} is not a share; write for example 60 %, 0.6")
    return units.read_share(value if isinstance(value, str) else f"{value:.18f}")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # walks through folders, so once is enough


def _read_zone(value: Any) -> str:
    if not isinstance(value, str) or value not in _zones():
        near = nearest(str(value), sorted(_zones()))
        raise ValueError(f"unknown time zone {value!r}{near}; write for example Europe/Berlin")
    return value


_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}(?::\d{2})?")


def read_local_time(value: Any) -> datetime:
    """Return a naive date and time; a text must read ``2018-08-20 22:00[:30]``."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return in_range(value)
    expected = "write for example 2018-08-20 22:00, as on the wall clock of the zone above"
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        raise ValueError(f"{value!r} is not a date and time; {expected}")
    day, clock = re.split("[ T]", value)
    at = read_time_of_day(clock)
    try:
        found = datetime.combine(date.fromisoformat(day), at or time.fromisoformat(clock))
    except ValueError:
        raise ValueError(f"{value!r} is not on the calendar; {expected}") from None
    return in_range(found)


_HOUR = re.compile(r"([01]?\d|2[0-3])(?:[.h]?([0-5]\d))?\s*(?:uhr|h)?", re.IGNORECASE)


def read_clock(value: Any) -> time:
    """Return a time of day; a text must read ``22:00[:30]``."""
    if isinstance(value, time):
        return value
    at = read_time_of_day(str(value))
    if at is None:
        near = _HOUR.fullmatch(str(value).strip())
        hint = f"; did you mean {near[1]}:{near[2] or '00'}?" if near else ""
        raise ValueError(f"{value!r} is not a time of day{hint}; expected 00:00 to 23:59:59")
    return at


def read_weekday(name: str) -> Weekday:
    """Return the weekday for ``mon`` to ``sun``."""
    try:
        return Weekday[name.strip().upper()]
    except KeyError:
        raise ValueError(f"{name!r} is no weekday{day_meant(name)}; expected mon to sun") from None


def finite(value: Any) -> float:
    """Return a number; refuses NaN, infinity, text and truth values."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    return float(value)


def _week(value: Any) -> Week:
    return value if isinstance(value, Week) else read_week(str(value))


def _expectation(value: Any) -> Expectation:
    if isinstance(value, Expectation):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("expected one measure and its condition, as in successful: '>= 95 %'")
    ((words, condition),) = value.items()
    return read_expectation(str(words), str(condition))


def _precision(value: Any) -> Precision:
    return value if isinstance(value, Precision) else read_precision(str(value))


Duration = Annotated[
    int,
    _reader(units.read_duration, "a duration such as 30 s, 15 min, 2 h"),
    PlainSerializer(units.write_duration),
    _text("15 min"),
]
Size = Annotated[
    int,
    _reader(units.read_size, "a size such as 350 MB"),
    PlainSerializer(units.write_size),
    _text("350 MB"),
]
Rate = Annotated[
    int,
    _reader(units.read_rate, "a rate such as 20 Mbit/s"),
    PlainSerializer(units.write_rate),
    _text("20 Mbit/s"),
]
Share = Annotated[
    float,
    BeforeValidator(_read_share),
    PlainSerializer(units.write_share),
    WithJsonSchema({"type": ["string", "number"], "examples": ["60 %"]}),
]
Zone = Annotated[str, BeforeValidator(_read_zone), _text("Europe/Berlin")]
LocalTime = Annotated[
    datetime,
    BeforeValidator(read_local_time),
    PlainSerializer(lambda at: at.isoformat(" ", "seconds")),
    _text("2018-08-20 22:00"),
]
Clock = Annotated[
    time,
    BeforeValidator(read_clock),
    PlainSerializer(lambda at: at.isoformat("auto") if at.second else at.strftime("%H:%M")),
    _text("22:00"),
]
WeekTimes = Annotated[
    InstanceOf[Week],
    BeforeValidator(_week),
    PlainSerializer(lambda week: week.text),
    _text("mon-fri 08:00-17:30"),
]
Expected = Annotated[
    InstanceOf[Expectation],
    BeforeValidator(_expectation),
    PlainSerializer(lambda expected: {expected.measure.name: expected.condition}),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": {"type": "string"},
            "examples": [{"successful by 2018-08-21 06:00": ">= 95 %"}],
        }
    ),
]
Precise = Annotated[
    InstanceOf[Precision],
    BeforeValidator(_precision),
    PlainSerializer(lambda precision: precision.text),
    _text("t95 ± 10 min at 95 %"),
]
