"""The values of a scenario file: text with units on the outside, whole numbers inside."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    InstanceOf,
    PlainSerializer,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticKnownError

from fwsim.commands.schedule import Weekday, read_time_of_day
from fwsim.fleet.week import Week, day_meant, days_meant, read_week
from fwsim.measures.expectation import EXAMPLES, Expectation, read_expectation
from fwsim.measures.precision import Precision, read_precision
from fwsim.messages import say
from fwsim.quantities.calendar import in_range
from fwsim.quantities.doubted import DOUBTED, DoubtedFloat, DoubtedInt
from fwsim.quantities.slips import two_readings, without_marks
from fwsim.quantities.times_meant import clock_meant, time_meant
from fwsim.quantities.units import unclear
from fwsim.quantities.zones import NO_ZONE, zone_meant, zone_names
from fwsim.scenario import belief_values as beliefs
from fwsim.scenario.belief_values import (
    Quantity,
    is_belief,
    read_belief,
    read_plain,
    read_shares,
    shares_written,
    write_number,
)


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):  # which Python counts among the numbers
        raise PydanticKnownError("int_type")
    text = getattr(value, "written", value)
    if not isinstance(text, str) or (plain := without_marks(text)) is None:
        return value
    if (readings := two_readings(text)) and text.endswith("000"):
        raise unclear(text, readings)
    expected = say("value.a.whole") + say("near.meant", name=plain)
    raise ValueError(say("value.does_not_fit", value=repr(text), expected=expected))


Whole = Annotated[int, BeforeValidator(_no_truth_value)]
"""A whole number; ``1`` and, as YAML may have it, ``"1"``, but not ``true``."""


def _reader(quantity: Quantity) -> WrapValidator:
    """Return what reads a number, or what is believed of it."""
    of = DoubtedFloat.of if quantity is beliefs.SHARE else DoubtedInt.of

    def validate(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, DOUBTED):
            return value
        if is_belief(value):
            belief = read_belief(value, quantity)
            middle = belief.middle[0]
            return of(middle if quantity is beliefs.SHARE else round(middle), belief)
        return handler(read_plain(value, quantity))

    return WrapValidator(validate)


def _writer(quantity: Quantity) -> PlainSerializer:
    return PlainSerializer(lambda value: write_number(value, quantity))


def _text(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


def read_zone(value: Any, *, others: Sequence[str] = ()) -> str:
    """Return the name of a time zone.

    Parameters
    ----------
    value
        What was read.
    others
        Words that will do, too.

    Raises
    ------
    ValueError
        If there is none of that name, or it is not the same everywhere.
    """
    if isinstance(value, str) and value in NO_ZONE:
        raise ValueError(say(f"value.zone_of_{NO_ZONE[value]}", name=value))
    if not isinstance(value, str) or (value not in others and value not in zone_names()):
        near = "" if value is None else zone_meant(str(value), others)
        raise ValueError(say("value.unknown_zone", name=value, near=near))
    return value


_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}(?::\d{2})?")


def read_local_time(value: Any) -> datetime:
    """Return a naive date and time; a text must read ``2018-08-20 22:00[:30]``."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return in_range(value)
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        raise ValueError(say("value.no_time", text=value) + time_meant(value))
    day, clock = re.split("[ T]", value)
    at = read_time_of_day(clock)
    try:
        found = datetime.combine(date.fromisoformat(day), at or time.fromisoformat(clock))
    except ValueError:
        raise ValueError(say("value.no_such_time", text=value) + time_meant(value)) from None
    return in_range(found)


_HOUR = re.compile(r"([01]?\d|2[0-3])(?:[.h]?([0-5]\d))?\s*(?:uhr|h)?", re.IGNORECASE)


def read_file_name(value: Any) -> str:
    """Return the name of a file; a text that is not empty.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(value, Mapping):
        raise PydanticKnownError("string_type")
    if not isinstance(value, str):
        raise ValueError(say("value.no_file_name", value=value))
    if not value.strip():
        raise ValueError(say("value.empty_file_name"))
    return value


def read_clock(value: Any) -> time:
    """Return a time of day; a text must read ``22:00[:30]``."""
    if isinstance(value, time):
        return value
    at = read_time_of_day(str(value))
    if at is None:
        near = _HOUR.fullmatch(str(value).strip())
        hint = say("near.meant_plain", name=f"{near[1]}:{near[2] or '00'}") if near else ""
        hint = hint or clock_meant(value)
        raise ValueError(say("value.no_clock", text=value, near=hint))
    return at


def read_weekday(name: str) -> Weekday:
    """Return the weekday for ``mon`` to ``sun``."""
    try:
        return Weekday[name.strip().upper()]
    except KeyError:
        raise ValueError(
            say("value.no_weekday", name=name, near=days_meant(name) or day_meant(name))
        ) from None


def finite(value: Any) -> float:
    """Return a number; refuses NaN, infinity, text and truth values."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(say("value.no_number", value=value))
    return float(value)


def _week(value: Any) -> Week:
    return value if isinstance(value, Week) else read_week(str(value))


def _expectation(value: Any) -> Expectation:
    if isinstance(value, Expectation):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(say("value.one_condition"))
    ((words, condition),) = value.items()
    if condition is None or isinstance(condition, bool):
        raise ValueError(say("asked.no_such_condition", condition=condition, examples=EXAMPLES))
    return read_expectation(str(words), str(condition))


def _precision(value: Any) -> Precision:
    return value if isinstance(value, Precision) else read_precision(str(value))


Duration = Annotated[
    int, _reader(beliefs.DURATION), _writer(beliefs.DURATION), _text("15 min"), beliefs.DURATION
]
Size = Annotated[int, _reader(beliefs.SIZE), _writer(beliefs.SIZE), _text("350 MB"), beliefs.SIZE]
Rate = Annotated[
    int, _reader(beliefs.RATE), _writer(beliefs.RATE), _text("20 Mbit/s"), beliefs.RATE
]
Share = Annotated[
    float,
    _reader(beliefs.SHARE),
    _writer(beliefs.SHARE),
    WithJsonSchema({"type": ["string", "number"], "examples": ["60 %"]}),
    beliefs.SHARE,
]
SharesOfWhole = Annotated[
    dict[str, Share],
    BeforeValidator(lambda value: read_shares(value) if is_belief(value) else value),
    PlainSerializer(shares_written),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"type": ["string", "number"], "examples": ["60 %"]},
        }
    ),
]
"""Shares by name that add up to 1; in doubt together or each for itself."""
Zone = Annotated[str, BeforeValidator(read_zone), _text("Europe/Berlin")]
LocalTime = Annotated[
    datetime,
    BeforeValidator(read_local_time),
    PlainSerializer(lambda at: at.isoformat(" ", "seconds")),
    _text("2018-08-20 22:00"),
]
FileName = Annotated[str, BeforeValidator(read_file_name)]
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
