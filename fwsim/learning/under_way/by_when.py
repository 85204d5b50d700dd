"""By when a share of the devices has it, in words: as far as that is sure, or was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import FEWEST_TO_BE_SURE, forecast
from fwsim.results.statistics.in_words import moment_in_words

if TYPE_CHECKING:
    from fwsim.learning.under_way.under_way import UnderWay


def time_to(share: float) -> Measure:
    """Return the measure of when a share of the devices has it."""
    return Measure(Kind.TIME_TO, share=share)


def is_reached(under_way: UnderWay, share: float) -> bool:
    """Tell whether a share is reached in the past of every run."""
    values = under_way.now.values(time_to(share))
    return max(values) + under_way.now.first_command <= under_way.until


def is_sure(answer: Answer, share: float) -> bool:
    """Tell whether there is a time by which a share is reached with 90 %."""
    return math.isfinite(forecast(answer.values(time_to(share))).sure.value)


def sure_by(answer: Answer, share: float) -> str:
    """Return by when a share is reached with 90 %, in words."""
    by = forecast(answer.values(time_to(share))).sure.value
    return moment_in_words(answer.moment(by)) if math.isfinite(by) else say("under_way.no_date")


def is_or_was_by(under_way: UnderWay, share: float) -> str:
    """Return by when a share is reached with 90 %, or was: rounded up, not past the log's end."""
    if not is_reached(under_way, share):
        return sure_by(under_way.now, share)
    first = under_way.now.first_command
    values = under_way.now.values(time_to(share))
    played = forecast(values).sure.value if len(values) >= FEWEST_TO_BE_SURE else max(values)
    by = under_way.now.moment(under_way.at_the_latest(played + first) - first)
    end = under_way.planned.local_time(under_way.until)
    return moment_in_words(min(by, end, key=lambda at: at.timestamp()))
