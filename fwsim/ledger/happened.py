"""What a rollout came to, measured on its log: the same measures as those of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, Field

from fwsim.commands.status_text import StatusField
from fwsim.ledger.ends import Ints, decisive_lines, done_lines, jobs_of
from fwsim.ledger.judged import tells_of
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
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.observations.observed import Observed, What
from fwsim.observations.words import ENDS

_OUTCOMES = {
    "successful": What.DONE,
    "not successful": What.FAILED,
    "cancelled": What.CANCELLED,
    "not necessary": What.NOT_NEEDED,
}
"""Outcomes that every log tells from one another."""
_NOTICES = (What.ASKED, What.STARTED, What.RAN_OUT)
_OF_USERS = (*_NOTICES, What.DEFERRED, What.CANCELLED)


@dataclass(frozen=True)
class Seen:
    """What a log tells of a rollout as a whole; times are milliseconds since the epoch.

    Parameters
    ----------
    first
        Its earliest line.
    until
        Its latest line.
    devices
        How many it tells of.
    done
        When devices were first successful, ascending; shape (successful devices,).
    not_needed
        When the others were found up to date, ascending.
    outcomes
        How many devices ended in each way and for each reason.
    under_way
        How many had begun and not ended.
    notices
        Notices on each device; None if the log tells of none.
    deferments, cancels
        Clicks; None if the log does not tell what users do.
    coarseness
        The longest stretch in which one of these things is only known to lie.
    sooner, later
        `done` and `not_needed` as early, and as late, as they can have been; None where every time
        is known.
    first_asked
        When devices were first shown a notice, ascending.
    """

    first: int
    until: int
    devices: int
    done: Floats
    not_needed: Floats
    outcomes: Mapping[tuple[What, str], int]
    under_way: int
    notices: Ints | None
    deferments: int | None
    cancels: int | None
    coarseness: int
    sooner: tuple[Floats, Floats] | None = None
    later: tuple[Floats, Floats] | None = None
    first_asked: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def needed(self) -> int:
        """Devices but those found up to date."""
        return self.devices - len(self.not_needed)

    def silent_of(self, targeted: int) -> int:
        """Return of how many of the targeted devices it does not tell."""
        return max(0, targeted - self.devices)


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
        From what to what it may have come to, where the log does not tell times well enough to say.
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


def seen_in(
    observed: Observed,
    since: int | None = None,
    before: int | None = None,
    *,
    field: StatusField = StatusField.UPDATE,
) -> Seen | None:
    """Return what a log tells; None if it tells nothing of that time.

    Parameters
    ----------
    observed
        The log.
    since, before
        What was over before, or began after, belongs to another rollout; milliseconds since the
        epoch.
    field
        What the rollout is judged by: lines of others tell of notices and clicks alone.
    """
    within = ~np.isin(observed.what, (What.ON, What.OFF))
    if since is not None:
        within &= observed.latest >= since
    if before is not None:
        within &= observed.earliest <= before
    rows = np.flatnonzero(within & tells_of(observed, field))
    if not len(rows):
        return None
    device = observed.device.codes[rows].astype(np.int64)
    what = observed.what[rows].astype(np.int64)
    early, late = observed.earliest[rows], observed.latest[rows]
    since_known = np.where(early < (since or 1), late, early)
    at = (since_known + late) / 2
    job = jobs_of(device, observed.command[rows].astype(np.int64), what, late)
    decisive = decisive_lines(device, job, what)
    done, ends = done_lines(device, job, what), what[decisive]
    up_to_date = decisive[ends == What.NOT_NEEDED]
    sooner, later = (
        (np.sort(times[done]), np.sort(times[up_to_date]))
        for times in (np.maximum(early, since or 0).astype(np.float64), late.astype(np.float64))
    )
    is_exact = all(map(np.array_equal, sooner, later))
    reasons = observed.detail.codes[rows][decisive]
    asked = np.flatnonzero(within & np.isin(observed.what, _OF_USERS))
    asked_what, asked_device = observed.what[asked], observed.device.codes[asked]
    notices = np.bincount(asked_device[asked_what == What.ASKED])
    prompts = asked[asked_what == What.ASKED]
    tells_notices = bool(np.isin(asked_what, _NOTICES).any())
    clicks = [int((asked_what == kind).sum()) for kind in (What.DEFERRED, What.CANCELLED)]
    return Seen(
        first=int(since_known.min()),
        until=observed.until,
        devices=len(decisive),
        done=np.sort(at[done]),
        not_needed=np.sort(at[up_to_date]),
        outcomes=_outcomes(ends, reasons, observed.detail.values),
        under_way=int((~np.isin(ends, list(ENDS))).sum()),
        notices=notices if tells_notices else None,
        deferments=clicks[0] if tells_notices or clicks[0] else None,
        cancels=clicks[1] if tells_notices or clicks[1] else None,
        coarseness=int((late - since_known).max()),
        sooner=None if is_exact else sooner,
        later=None if is_exact else later,
        first_asked=_first_of_each(observed.device.codes[prompts], observed.latest[prompts]),
    )


def _first_of_each(device: NDArray[np.int32], at: Ints) -> Ints:
    """Return the first time of each device, ascending."""
    order = np.lexsort((at, device))
    is_first = np.diff(device[order], prepend=-1) != 0
    return np.sort(at[order][is_first])


def _outcomes(
    ends: Ints, reasons: NDArray[np.int32], words: Sequence[str]
) -> dict[tuple[What, str], int]:
    """Return how many devices ended in which way, for which reason."""
    kinds = len(words)
    pairs, counts = np.unique(ends * kinds + reasons, return_counts=True)
    return {
        (What(pair // kinds), words[pair % kinds]): count
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    }


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
        or the horizon if every device has ended and it is over.
    is_over
        Whether it is known that nothing more comes to devices that have ended.
    kept_at
        When this is put down.
    """
    if until is None:
        is_over = is_over and not seen.under_way + seen.silent_of(kept.targeted)
        until = kept.ends_at if is_over else min(seen.until, kept.ends_at)
    known = _Known(seen, kept, min(until, kept.ends_at))
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
        between=_between(known, kept, asked),
    )


def _between(
    known: _Known, kept: KeptForecast, measures: Iterable[Measure]
) -> dict[str, tuple[float | None, float | None]]:
    """Return from what to what measures may have come to, of those that are not known."""
    seen = known.seen
    if seen.sooner is None or seen.later is None:
        return {}
    # Nothing has it before it is sent.
    sooner = tuple(
        np.minimum(np.maximum(early, kept.first_command_at), late)
        for early, late in zip(seen.sooner, seen.later, strict=True)
    )
    found = {}
    ends = [
        _Known(replace(seen, done=done, not_needed=not_needed), kept, known.until)
        for done, not_needed in (sooner, seen.later)
    ]
    for measure in measures:
        low, high = (each.value(measure) for each in ends)
        if low is not None and high is not None and low != high:
            found[measure.name] = (reached(min(low, high)), reached(max(low, high)))
    return found


class _Known:
    """Computes measures of a log; None is what it does not tell."""

    def __init__(self, seen: Seen, kept: KeptForecast, until: int) -> None:
        self.until = until
        self.is_whole = until >= kept.ends_at
        self.seen, self._kept = seen, kept
        self._targeted = max(kept.targeted, seen.devices, 1)
        self._done = seen.done[seen.done <= until]

    def value(self, measure: Measure) -> float | None:
        if not measure.is_of_all or measure.site is not None:
            return None
        match measure.kind:
            case Kind.TIME_TO:
                at = self._reached_at(measure)
                return at - self._kept.first_command_at
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
        return self._at_the_end(measure) if self.is_whole else None

    def _by(self, measure: Measure) -> float | None:
        """Return a measure's own time, or the end; None if the log does not go so far."""
        if measure.time is None:
            return math.inf if self.is_whole else None
        by = self._kept.instant(measure.time)
        return by if by <= self.until or self.is_whole else None

    def _share(self, times: Floats, by: float) -> float:
        return int((times <= by).sum()) / self._targeted

    def _reached_at(self, measure: Measure) -> float:
        of = self._targeted - (0 if measure.of_targeted else len(self.seen.not_needed))
        if not of:
            return float(self._kept.first_command_at)  # none needs it
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
        return told.get(measure.kind)

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
