"""A forecast as it is kept: made when, from which data, and what it said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat

from fwsim.commands.schedule import on_the_clock
from fwsim.commands.status_text import StatusField
from fwsim.fleet.spans import Spans
from fwsim.fleet.week import Week, intervals
from fwsim.ledger.rules import LEVELS, Floats, quantiles_of
from fwsim.measures.measure import Measure, read_measure
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import LARGEST_SEED
from fwsim.results.output.writing import check_runs_were_made
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.curves import Band
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.forecast import HELD

_DIGITS = 6
MOST_POINTS = 20_000
_MOST_MEASURES = 10_000
_LONGEST_NAME = 10_000
Amount = Annotated[int, Field(ge=0, le=10**15)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
Reached = FiniteFloat | None
"""What a measure came to, in its unit; None is *never*."""


def _words(text: str) -> str:
    read_measure(text)
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError("no such zone") from error
    return name


Words = Annotated[str, Field(max_length=_LONGEST_NAME), AfterValidator(_words)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Plain(BaseModel):
    """Data that is read back only if it is what was written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _rising(values: tuple[Reached, ...]) -> tuple[Reached, ...]:
    numbers = [never(value) for value in values]
    if any(one > other for one, other in pairwise(numbers)):
        raise ValueError("quantiles that do not rise")
    return values


def never(value: float | None) -> float:
    """Return a kept value as a number: infinite is *never*."""
    return math.inf if value is None else value


def reached(value: float) -> float | None:
    """Return a number as it is kept."""
    return value if math.isfinite(value) else None


class KeptMeasure(Plain):
    """What a forecast said of one measure, in its unit.

    Parameters
    ----------
    words
        Of the measure.
    quantiles
        Of 1 to 99 %.
    middle, low, high
        The median and the range, as they were told.
    mean
        Over the runs; None if one never got there. Of an event it is the chance.
    missed
        Share of the runs in which it was never reached.
    """

    words: Words
    quantiles: Annotated[
        tuple[Reached, ...],
        Field(min_length=len(LEVELS), max_length=len(LEVELS)),
        AfterValidator(_rising),
    ]
    middle: Reached
    low: Reached
    high: Reached
    mean: Reached
    missed: Share

    @property
    def measure(self) -> Measure:
        """The measure itself."""
        return read_measure(self.words)

    @property
    def numbers(self) -> Floats:
        """The quantiles as numbers; infinite is *never*; shape (99,)."""
        return np.array([never(value) for value in self.quantiles])


class KeptCurve(Plain):
    """The share of targeted devices that were successful, over time, with its band.

    Parameters
    ----------
    first, step
        Milliseconds after the scenario's start of the first point, and between two.
    low, mean, high
        At each point; after the last one nothing changes.
    """

    first: Amount
    step: Annotated[int, Field(ge=1)]
    low: Annotated[tuple[Share, ...], Field(min_length=1, max_length=MOST_POINTS)]
    mean: tuple[Share, ...]
    high: tuple[Share, ...]

    def model_post_init(self, _context: Any) -> None:
        """Refuse a curve of several lengths."""
        if not len(self.low) == len(self.mean) == len(self.high):
            raise ValueError("a curve of several lengths")


class KeptForecast(Plain):
    """A forecast.

    Parameters
    ----------
    made_at
        When it was made.
    data_up_to
        Until when it knew what had happened; None if it was made from the scenario alone.
    scenario, scenario_sha256
        Name and content of the scenario.
    seed, fwsim, runs
        What it takes to make it again.
    level, holds
        The chance with which the range was to hold, and with which it does with so many runs.
    start, zone, horizon
        The scenario's; the horizon in milliseconds.
    first_command
        Milliseconds after the start; times to a share are counted from there.
    targeted
        Devices an update is for; the median of the runs.
    measures
        What it said.
    curve
        Of completion.
    judged
        What it is judged by where no update is commanded: ``uefi`` or ``delivery``; else empty.
    """

    made_at: AwareDatetime
    data_up_to: AwareDatetime | None
    scenario: Annotated[str, Field(max_length=_LONGEST_NAME)]
    scenario_sha256: Sha256
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)]
    fwsim: Annotated[str, Field(max_length=100)]
    runs: Annotated[int, Field(ge=1)]
    level: Share
    holds: Share
    start: AwareDatetime
    zone: Annotated[str, Field(max_length=100), AfterValidator(_zone)]
    horizon: Annotated[int, Field(ge=1, le=10**15)]
    first_command: Amount
    targeted: Amount
    measures: Annotated[tuple[KeptMeasure, ...], Field(max_length=_MOST_MEASURES)]
    curve: KeptCurve
    judged: Literal["", "uefi", "delivery"] = ""

    @property
    def field(self) -> StatusField:
        """What it is judged by."""
        return StatusField[self.judged.upper()] if self.judged else StatusField.UPDATE

    @property
    def first_command_at(self) -> int:
        """When the first command is due, milliseconds since the epoch."""
        return epoch(self.start) + self.first_command

    @property
    def ends_at(self) -> int:
        """When the horizon is reached, milliseconds since the epoch."""
        return epoch(self.start) + self.horizon

    def instant(self, at: datetime) -> int:
        """Return a time as milliseconds since the epoch; without a zone it is the server's."""
        return epoch(at if at.tzinfo else on_the_clock(at, ZoneInfo(self.zone)))

    def spans(self, week: Week) -> Spans:
        """Return when times of the week are up to the horizon, milliseconds since the epoch."""
        start = epoch(self.start)
        end = of_epoch(self.ends_at + 1)  # what is at the horizon counts
        found = intervals(week, ZoneInfo(self.zone), self.start, end)
        return [(start + since, start + until) for since, until in found]

    def local(self, milliseconds: float) -> datetime:
        """Return a time since the epoch on the server's wall clock."""
        return of_epoch(milliseconds).astimezone(ZoneInfo(self.zone))

    def on_the_wall(self, at: datetime) -> datetime:
        """Return a time as the server's clock shows it, without a zone, as measures have it."""
        if at.tzinfo is None:
            return at
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, fold=0)


def epoch(at: datetime) -> int:
    """Return an aware time as milliseconds since the epoch."""
    return round((at - _EPOCH) / timedelta(milliseconds=1))


def of_epoch(milliseconds: float) -> datetime:
    """Return milliseconds since the epoch as an aware time."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def forecast_of(
    answer: Answer, *, made_at: datetime, data_up_to: datetime | None = None
) -> KeptForecast:
    """Return what is kept of an answer: nothing that names a device, a person or a password.

    Parameters
    ----------
    answer
        Of several runs.
    made_at
        When it was made; with a zone.
    data_up_to
        Until when it knew what had happened; with a zone.

    Raises
    ------
    ValueError
        If a time has no zone, or the answer is one run, which is a story.
    """
    if answer.runs < 2:
        raise InputError([Problem(say("ledger.one_run"), source="answer")])
    for at in (made_at, data_up_to):
        if at is not None and at.tzinfo is None:
            raise ValueError(f"{at} has no zone; expected for example datetime.now(UTC)")
    check_runs_were_made(answer.provenance)
    setting, origin = answer.setting, answer.provenance
    return KeptForecast(
        made_at=made_at,
        data_up_to=data_up_to,
        scenario=setting.name,
        scenario_sha256=origin["scenario_sha256"],
        seed=origin["seed"],
        fwsim=origin["versions"]["fwsim"],
        runs=answer.runs,
        level=HELD,
        holds=next(iter(answer.forecasts.values())).holds,
        start=setting.start,
        zone=setting.zone_name,
        horizon=setting.horizon,
        first_command=answer.first_command,
        targeted=round(median(run.targeted for run in answer.replications)),
        measures=tuple(_measure(answer, measure) for measure in answer.measures),
        curve=_curve(answer.completion()),
        judged=cast('Literal["", "uefi", "delivery"]', setting.judged),
    )


def _measure(answer: Answer, measure: Measure) -> KeptMeasure:
    told = answer.forecasts[measure]
    values = np.array(answer.values(measure))
    return KeptMeasure(
        words=measure.name,
        quantiles=tuple(map(reached, quantiles_of(values).tolist())),
        middle=reached(told.middle.value),
        low=reached(told.low.value),
        high=reached(told.high.value),
        mean=reached(float(values.mean())),
        missed=told.missed / told.runs,
    )


def _curve(band: Band) -> KeptCurve:
    curves = np.stack([band.low, band.mean, band.high]).clip(0, 1).round(_DIGITS)
    changes = np.flatnonzero(np.diff(curves, axis=1).any(axis=0))
    points = slice(int(changes[0]), int(changes[-1]) + 2) if len(changes) else slice(0, 1)
    low, mean, high = (_row(row[points]) for row in curves)
    step = int(band.times[1] - band.times[0]) if len(band.times) > 1 else 1
    return KeptCurve(first=int(band.times[points.start]), step=step, low=low, mean=mean, high=high)


def _row(values: Floats) -> tuple[float, ...]:
    found: Sequence[float] = values.tolist()
    return tuple(found)
