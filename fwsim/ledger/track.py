"""What forecasts said of one measure, one after the other, as a figure takes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from fwsim.ledger.kept import KeptForecast, epoch, never
from fwsim.ledger.score import Scores
from fwsim.ledger.scoring import Scored
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.results.output.score_files import ToldSaid, ToldTrack
from fwsim.results.run.stamps import clock_changes
from fwsim.results.statistics.headline import SHARE

_SHARES = (SHARE, 0.9, 0.5)
_MOST_DRAWN = 40


@dataclass(frozen=True)
class _Steady:
    """A clock that shows at the start what the server's does, and is never set.

    Parameters
    ----------
    start, zone
        Of the scenario.
    """

    start: datetime
    zone: ZoneInfo

    def place(self, instant: float) -> float:
        """Return what it shows at milliseconds since the epoch, as milliseconds since 1970."""
        return instant + self.offset

    @cached_property
    def offset(self) -> int:
        """Its offset from UTC, milliseconds."""
        return clock_changes(self, 0)[1][0]

    def changes(self, last: float) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Return when up to a place the server's clock is set, and its offsets in between."""
        start = epoch(self.start)
        changes, offsets = clock_changes(self, max(0, math.ceil(last - self.place(start))))
        return tuple(self.place(start + change) for change in changes), tuple(offsets)


def track_of(scores: Scores) -> ToldTrack | None:
    """Return what was said of when it is over: of the largest share of which all said a time.

    Parameters
    ----------
    scores
        What was found.
    """
    for share in _SHARES:
        measure = Measure(Kind.TIME_TO, share=share)
        found = [score for one in scores.scored if (score := one.of(measure)) is not None]
        if found and all(math.isfinite(never(score.told.middle)) for score in found):
            return _of_measure(scores, measure)
    return _of_measure(scores, Measure(Kind.SUCCESSFUL))


def _of_measure(scores: Scores, measure: Measure) -> ToldTrack | None:
    steady = _Steady(scores.forecast.start, ZoneInfo(scores.forecast.zone))
    is_time = measure.kind is Kind.TIME_TO
    said, came = [], None

    def drawn(kept: KeptForecast, value: float | None) -> float | None:
        if value is None or not is_time:
            return value
        return steady.place(kept.first_command_at + value)

    for one in scores.scored[-_MOST_DRAWN:]:
        score = one.of(measure)
        if score is not None:
            kept, told = one.forecast, score.told
            low, middle, high = (drawn(kept, end) for end in (told.low, told.middle, told.high))
            said.append(ToldSaid(label=_short(one), low=low, middle=middle, high=high))
            came = drawn(kept, score.actual if math.isfinite(score.actual) else None)
    if not said:
        return None
    ends = [end for one in said for end in (one.low, one.middle, one.high)]
    changes, offsets = steady.changes(max((end for end in (*ends, came) if end), default=0.0))
    return ToldTrack(
        title=measure_in_words(measure),
        axis=say("score.time_axis", zone=steady.zone) if is_time else say("score.share_axis"),
        is_time=is_time,
        is_share=measure.definition.unit is Unit.SHARE,
        said=tuple(said),
        came=came,
        changes=changes if is_time else (),
        offsets=offsets if is_time else (0,),
    )


def _short(one: Scored) -> str:
    kept = one.forecast
    if kept.data_up_to is None:
        return say("score.short_before", number=one.number)
    at = kept.local(epoch(kept.data_up_to))
    day = say("clock.weekdays").split()[at.weekday()]
    return say("score.short_up_to", number=one.number, at=f"{day} {at:%H:%M}")
