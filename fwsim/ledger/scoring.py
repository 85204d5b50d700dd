"""How good a forecast was, measure by measure, once it is known what happened."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from fwsim.commands.schedule import offset_if_twice
from fwsim.ledger.baselines import PastCurve, quantiles_from
from fwsim.ledger.happened import Happened
from fwsim.ledger.kept import KeptForecast, KeptMeasure, epoch, never
from fwsim.ledger.rules import (
    Floats,
    brier,
    chance_by,
    crps,
    interval_score,
    pit_range,
    quantile_scores,
)
from fwsim.ledger.settled import Settled
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure

TOLD_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of the quantiles whose own scores are told."""


@dataclass(frozen=True)
class Score:
    """How good one forecast of one measure was; scores are in the measure's unit.

    Parameters
    ----------
    measure
        What was forecast.
    told
        What was said of it.
    actual
        What it came to; infinite is *never*, as far as that is known.
    beyond
        Times beyond this all count as this; infinite where nothing is cut.
    crps, interval
        Continuous ranked probability score; interval score of the range that was told.
    quantiles
        Scores of single quantiles, by level.
    is_inside
        Whether the range held it; None if that is not known (yet), or was settled beforehand.
    pit
        Between which shares of the forecast's law it lies; None where `is_inside` is.
    drawn
        A number drawn evenly from there.
    baselines
        CRPS of other forecasts of the same, by name.
    is_settled
        Whether it was settled when the forecast was made: by its own log, or as nothing had been
        sent by then. Then it counts neither as held nor as missed.
    span
        From what to what it may have come to, if the log does not tell; `actual` lies in between.
    """

    measure: Measure
    told: KeptMeasure
    actual: float
    beyond: float
    crps: float
    interval: float
    quantiles: Mapping[float, float]
    is_inside: bool | None
    pit: tuple[float, float] | None
    drawn: float | None
    baselines: Mapping[str, float] = field(default_factory=dict)
    is_settled: bool = False
    span: tuple[float, float] | None = None

    def skill(self, name: str) -> float | None:
        """Return by which share it was better than a baseline; None without one to beat."""
        other = self.baselines.get(name, 0.0)
        return 1 - self.crps / other if other > 0 and not self.is_settled else None


@dataclass(frozen=True)
class EventScore:
    """How good the chance of an event was: a share of the devices by a time.

    Parameters
    ----------
    event
        What was to come.
    chance
        What was said of it.
    came
        Whether it came.
    brier
        Brier's score.
    offset
        Which of two times that the server's clock shows alike; else empty.
    """

    event: Measure
    chance: float
    came: bool
    brier: float
    offset: str = ""


@dataclass(frozen=True)
class Scored:
    """How good one forecast was.

    Parameters
    ----------
    number
        Of the forecast in its ledger.
    forecast, happened
        What was said, and what came.
    scores
        Measure by measure.
    events
        Chances of events.
    untold
        Measures of which the log tells nothing, or nothing yet.
    settled
        Events whose chances are not scored, as they were settled when the forecast was made.
    """

    number: int
    forecast: KeptForecast
    happened: Happened
    scores: tuple[Score, ...]
    events: tuple[EventScore, ...]
    untold: tuple[Measure, ...]
    settled: tuple[EventScore, ...] = ()

    def of(self, measure: Measure) -> Score | None:
        """Return the score of one measure."""
        return next((score for score in self.scores if score.measure == measure), None)


@dataclass(frozen=True)
class Baselines:
    """What the past would have said, and how far the rollout was when a forecast was made.

    Parameters
    ----------
    curves
        Of the past, by name.
    done
        When devices were successful, milliseconds since the epoch, ascending.
    """

    curves: Mapping[str, PastCurve]
    done: Floats

    def of(self, kept: KeptForecast, measure: Measure) -> Iterator[tuple[str, Floats]]:
        """Yield what each says of a measure."""
        up_to = kept.data_up_to
        done = 0 if up_to is None else int((self.done <= epoch(up_to)).sum())
        for name, curve in self.curves.items():
            found = quantiles_from(curve, measure, kept, done)
            if found is not None:
                yield name, found


NO_BASELINES = Baselines({}, np.zeros(0))


def score_forecast(
    kept: KeptForecast,
    happened: Happened,
    *,
    number: int = 0,
    by: Sequence[datetime] = (),
    baselines: Baselines = NO_BASELINES,
) -> Scored:
    """Return how good a forecast was.

    Times are scored as if whatever comes after the end of the horizon, or of the log, came then: of
    the forecast and of what happened alike, so that *never* has a finite score and nobody gains by
    saying what he does not believe, as long as that end does not hang on what came.

    Parameters
    ----------
    kept
        The forecast.
    happened
        What the rollout came to.
    number
        Of the forecast in its ledger.
    by
        Times on the server's wall clock for which chances are scored, too.
    baselines
        Forecasts to beat.
    """
    scores: list[Score] = []
    events: list[EventScore] = []
    untold: list[Measure] = []
    beforehand: list[EventScore] = []
    settled = Settled(kept, happened)
    for told in kept.measures:
        measure, actual = told.measure, happened.value(told.measure)
        is_settled = settled.is_settled(told)
        is_event = measure.kind is Kind.CHANCE_OF
        if actual is None or (is_event and happened.span(measure) is not None):
            untold.append(measure)
        elif not is_event:
            found = _score(kept, told, happened, actual, number, baselines)
            scores.append(_as_settled(found) if is_settled else found)
            for at, event in _events(kept, told, happened, actual, by):
                is_known = is_settled or settled.is_past(at)
                (beforehand if is_known else events).append(event)
        else:
            event = _event(kept, measure, measure.time, told.mean or 0.0, came=actual > 0)
            (beforehand if is_settled else events).append(event)
    rest = tuple(events), tuple(untold), tuple(beforehand)
    return Scored(number, kept, happened, tuple(scores), *rest)


def _as_settled(score: Score) -> Score:
    return replace(score, is_settled=True, is_inside=None, pit=None, drawn=None)


def _event(
    kept: KeptForecast, measure: Measure, time: datetime | None, chance: float, *, came: bool
) -> EventScore:
    offset = "" if time is None else offset_if_twice(kept.local(kept.instant(time)))
    return EventScore(measure, chance, came, brier(chance, came=came), offset)


def _events(
    kept: KeptForecast,
    told: KeptMeasure,
    happened: Happened,
    actual: float,
    by: Sequence[datetime],
) -> Iterator[tuple[int, EventScore]]:
    """Yield the chances that a forecast of a time gives to other times, and these times."""
    measure = told.measure
    if measure.kind is not Kind.TIME_TO or measure.of_targeted or not measure.is_of_all:
        return
    for time in by:
        at = kept.instant(time)
        if at > epoch(happened.until) and not happened.is_whole:
            continue
        after = float(at - kept.first_command_at)
        earliest, latest = happened.span(measure) or (actual, actual)
        if earliest <= after < latest:
            continue  # nobody can tell
        wall = kept.on_the_wall(time)
        event = Measure(Kind.CHANCE_OF, share=measure.share, time=wall)
        chance = chance_by(told.numbers, kept.runs, after)
        yield at, _event(kept, event, time, chance, came=actual <= after)


def _score(
    kept: KeptForecast,
    told: KeptMeasure,
    happened: Happened,
    actual: float,
    number: int,
    baselines: Baselines,
) -> Score:
    measure, quantiles = told.measure, told.numbers
    low, high = never(told.low), never(told.high)
    beyond = _counts_up_to(kept, happened, measure)
    is_open = math.isinf(actual) and not happened.is_whole
    span = happened.span(measure)
    held = _is_held(low, high, span or (actual, actual), beyond, is_whole=happened.is_whole)
    capped, y = np.minimum(quantiles, beyond), min(actual, beyond)
    each = quantile_scores(capped, y)
    pit = None if is_open or held is None else pit_range(quantiles, kept.runs, actual)
    return Score(
        measure=measure,
        told=told,
        actual=actual,
        beyond=beyond,
        crps=crps(capped, y),
        interval=interval_score(min(low, beyond), min(high, beyond), y, kept.holds),
        quantiles={level: float(each[round(100 * level) - 1]) for level in TOLD_LEVELS},
        is_inside=held,
        pit=pit,
        drawn=None if pit is None else pit[0] + (pit[1] - pit[0]) * _even(kept, number, told.words),
        baselines={
            name: crps(np.minimum(other, beyond), y) for name, other in baselines.of(kept, measure)
        },
        span=span,
    )


def _counts_up_to(kept: KeptForecast, happened: Happened, measure: Measure) -> float:
    """Return as what later times count: never by what came, or it would pay to say otherwise."""
    if measure.definition.unit is not Unit.DURATION:
        return math.inf
    return float(max(0, epoch(happened.until) - kept.first_command_at))


def _is_held(
    low: float, high: float, ends: tuple[float, float], beyond: float, *, is_whole: bool
) -> bool | None:
    """Tell whether a range held what lies between two ends; None where it held a part of them."""
    first, last = (
        _is_inside(low, high, end, beyond, is_open=math.isinf(end) and not is_whole) for end in ends
    )
    if first is not last or (ends[0] < low and ends[1] > high):
        return None
    return first


def _is_inside(
    low: float, high: float, actual: float, beyond: float, *, is_open: bool
) -> bool | None:
    """Tell whether a range held; of what had not come when the log ended that may be open."""
    if not is_open:
        return low <= actual <= high
    return False if high <= beyond else None


def _even(kept: KeptForecast, number: int, words: str) -> float:
    """Return a number between 0 and 1 that hangs on nothing but what it is for."""
    name = f"{kept.scenario_sha256}/{number}/{words}"
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**64
