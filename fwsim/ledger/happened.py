"""What a rollout came to, measured on its log: the same measures as those of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated

import numpy as np
from pydantic import AwareDatetime, Field

from fwsim.ledger.kept import (
    Amount,
    KeptForecast,
    Plain,
    Reached,
    Sha256,
    Words,
    never,
    of_epoch,
    reached,
)
from fwsim.ledger.rules import Floats
from fwsim.ledger.seen import Seen
from fwsim.measures.amounts import REACHED_BEFORE
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.observations.observed import What

_OUTCOMES = {
    "successful": What.DONE,
    "not successful": What.FAILED,
    "cancelled": What.CANCELLED,
    "not necessary": What.NOT_NEEDED,
}
"""Outcomes that every log tells from one another."""


class Happened(Plain):
    """What a rollout came to, as a ledger keeps it.

    Parameters
    ----------
    scenario_sha256
        Of the scenario that was rolled out.
    kept_at
        When it was put down.
    log_sha256
        Of the log.
    until
        Until when it is known what happened.
    is_whole
        Whether that is the end: nothing was under way or to come any more, or the horizon was
        reached.
    devices
        Devices the log tells of.
    values
        What each measure came to, in its unit; None is *never*, as far as the log goes.
    settled_at
        Since when the log told it, whatever was still to come; of measures of which that is known.
    between
        From what to what it may have come to, where the log does not tell times well enough to say,
        has no line of some devices, or lacks lines in its midst.
    """

    scenario_sha256: Sha256
    kept_at: AwareDatetime
    log_sha256: Sha256
    until: AwareDatetime
    is_whole: bool
    devices: Amount
    values: Annotated[dict[Words, Reached], Field(max_length=10_000)]
    settled_at: Annotated[dict[Words, AwareDatetime], Field(max_length=10_000)] = Field(
        default_factory=dict
    )
    between: Annotated[dict[Words, tuple[Reached, Reached]], Field(max_length=10_000)] = Field(
        default_factory=dict
    )

    def value(self, measure: Measure) -> float | None:
        """Return what a measure came to, infinite is *never*; None if the log does not tell."""
        words = measure.name
        return never(self.values[words]) if words in self.values else None

    def span(self, measure: Measure) -> tuple[float, float] | None:
        """Return from what to what a measure may have come to; None if it is known."""
        ends = self.between.get(measure.name)
        return None if ends is None else (never(ends[0]), never(ends[1]))


def rank_of(measure: Measure, of: int) -> int:
    """Return the how many-th of some devices makes a share of them full, from 1."""
    return max(1, math.ceil(round((measure.share or 0.0) * of, 9)))


def happened_of(
    seen: Seen,
    kept: KeptForecast,
    measures: Iterable[Measure],
    *,
    log_sha256: str,
    until: int | None = None,
    is_over: bool = False,
    kept_at: AwareDatetime,
) -> Happened:
    """Return what a rollout came to.

    Parameters
    ----------
    seen
        What its log tells.
    kept
        A forecast of it: when its first command was due, when its horizon ends, how many devices
        an update is for.
    measures
        What is wanted; what a log does not tell is left out.
    log_sha256
        Of the log.
    until
        Until when the log tells everything, milliseconds since the epoch; by default its last line,
        or the horizon if every device has ended and it is over. Without it nobody knows what became
        of devices of which the log has no line.
    is_over
        Whether it is known that nothing more comes to devices that have ended.
    kept_at
        When this is put down.
    """
    absent = seen.absent_of(kept.targeted) if until is None else 0
    if until is None:
        is_over = is_over and not seen.under_way + seen.silent_of(kept.targeted)
        until = kept.ends_at if is_over else min(seen.until, kept.ends_at)
    known = _Known(seen, kept, min(until, kept.ends_at), tells_of_all=not absent + len(seen.lost))
    asked = tuple(measures)
    values = {measure.name: known.value(measure) for measure in asked}
    return Happened(
        scenario_sha256=kept.scenario_sha256,
        kept_at=kept_at,
        log_sha256=log_sha256,
        until=of_epoch(known.until),
        is_whole=known.is_whole,
        devices=seen.devices,
        values={words: reached(value) for words, value in values.items() if value is not None},
        between=_between(known, kept, asked, absent),
    )


def _between(
    known: _Known, kept: KeptForecast, measures: Iterable[Measure], absent: int
) -> dict[str, tuple[float | None, float | None]]:
    """Return from what to what measures may have come to, of those that are not known."""
    seen = known.seen
    told = (seen.done, seen.not_needed)
    if seen.sooner is None and not absent + len(seen.lost):
        return {}
    # Nothing has it before it is sent.
    sooner = tuple(
        np.minimum(np.maximum(early, kept.first_command_at), late)
        for early, late in zip(seen.sooner or told, seen.later or told, strict=True)
    )
    # A device that the log leaves out may have had it at once, or not at all.
    at_once = np.full(absent, float(kept.first_command_at))
    unseen = np.maximum(seen.lost, kept.first_command_at)
    sooner = (np.sort(np.concatenate([at_once, unseen, sooner[0]])), sooner[1])
    found = {}
    ends = [
        replace(known, seen=replace(seen, done=done, not_needed=not_needed))
        for done, not_needed in (sooner, seen.later or told)
    ]
    for measure in measures:
        low, high = (each.value(measure) for each in ends)
        if low is not None and high is not None and low != high:
            found[measure.name] = (reached(min(low, high)), reached(max(low, high)))
    return found


@dataclass(frozen=True)
class _Known:
    """Computes measures of a log; None is what it does not tell."""

    seen: Seen
    kept: KeptForecast
    until: int
    tells_of_all: bool

    @property
    def is_whole(self) -> bool:
        return self.until >= self.kept.ends_at

    @cached_property
    def _targeted(self) -> int:
        return self.seen.all_of(self.kept.targeted)

    @cached_property
    def _done(self) -> Floats:
        return self.seen.done[self.seen.done <= self.until]

    def value(self, measure: Measure) -> float | None:
        if not measure.is_of_all or measure.site is not None:
            return None
        match measure.kind:
            case Kind.TIME_TO | Kind.TIME_SINCE:
                return self._time_to(measure)
            case Kind.CHANCE_OF:
                by = self._by(measure)
                return None if by is None else float(self._reached_at(measure) <= by)
            case Kind.SUCCESSFUL | Kind.DEVICES_SUCCESSFUL:
                by = self._by(measure)
                of = self._targeted if measure.kind is Kind.SUCCESSFUL else 1
                return None if by is None else int((self._done <= by).sum()) / of
            case Kind.UP_TO_DATE:
                by = self._by(measure)
                both = np.append(self._done, self.seen.not_needed)
                return None if by is None else self._share(both, by)
        return self._at_the_end(measure) if self.is_whole and self.tells_of_all else None

    def _time_to(self, measure: Measure) -> float:
        if measure.since is None:
            return self._reached_at(measure) - self.kept.first_command_at
        if not self.seen.needing(measure, self.kept.targeted):
            return 0.0
        since = self.kept.instant(measure.since)
        return max(REACHED_BEFORE, self._reached_at(measure) - since)

    def _by(self, measure: Measure) -> float | None:
        """Return a measure's own time, or the end; None if the log does not go so far."""
        if measure.time is None:
            return math.inf if self.is_whole else None
        by = self.kept.instant(measure.time)
        return by if by <= self.until or self.is_whole else None

    def _share(self, times: Floats, by: float) -> float:
        return int((times <= by).sum()) / self._targeted

    def _reached_at(self, measure: Measure) -> float:
        of = self.seen.needing(measure, self.kept.targeted)
        if not of:
            return float(self.kept.first_command_at)  # none needs it
        rank = rank_of(measure, of)
        return float(self._done[rank - 1]) if rank <= len(self._done) else math.inf

    def _at_the_end(self, measure: Measure) -> float | None:
        seen, notices = self.seen, self.seen.notices
        if measure.kind is Kind.OUTCOME:
            return self._outcome(measure)
        told: dict[Kind, float | None] = {
            Kind.DEFERMENTS: seen.deferments,
            Kind.CANCELS: seen.cancels,
        }
        if notices is not None:
            told[Kind.PROMPTS] = float(notices.sum())
            told[Kind.DEVICES_PROMPTED] = float((notices > 0).sum())
            told[Kind.MOST_PROMPTS] = float(notices.max(initial=0))
        value = told.get(measure.kind)
        if value is None or measure.week is None or measure.week.is_always:
            return value
        return seen.of_users.value(measure.kind, self.kept.spans(measure.week))

    def _outcome(self, measure: Measure) -> float | None:
        wanted = _OUTCOMES.get(measure.outcome or "")
        if wanted is None:
            return None
        found = sum(
            count
            for (what, reason), count in self.seen.outcomes.items()
            if what is wanted and measure.detail in {None, reason}
        )
        return found / self._targeted
