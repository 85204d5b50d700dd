"""What a rollout came to, measured on its log: the same measures as those of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, Field

from fwsim.commands.status_text import StatusField
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
Ints = NDArray[np.int64]


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

    @property
    def needed(self) -> int:
        """Devices but those found up to date."""
        return self.devices - len(self.not_needed)


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
    """

    scenario_sha256: Sha256
    kept_at: AwareDatetime
    log_sha256: Sha256
    until: AwareDatetime
    is_whole: bool
    devices: Amount
    values: Annotated[dict[Words, Reached], Field(max_length=10_000)]

    def value(self, measure: Measure) -> float | None:
        """Return what a measure came to, infinite is *never*; None if the log does not tell."""
        words = measure.name
        return never(self.values[words]) if words in self.values else None


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
    job = _jobs(device, observed.command[rows].astype(np.int64), what, late)
    decisive = _decisive(device, job, what)
    ends = what[decisive]
    reasons = observed.detail.codes[rows][decisive]
    asked = np.flatnonzero(within & np.isin(observed.what, _OF_USERS))
    asked_what, asked_device = observed.what[asked], observed.device.codes[asked]
    notices = np.bincount(asked_device[asked_what == What.ASKED])
    tells_notices = bool(np.isin(asked_what, _NOTICES).any())
    clicks = [int((asked_what == kind).sum()) for kind in (What.DEFERRED, What.CANCELLED)]
    return Seen(
        first=int(since_known.min()),
        until=observed.until,
        devices=len(decisive),
        done=np.sort(at[_done(device, job, what)]),
        not_needed=np.sort(at[decisive][ends == What.NOT_NEEDED]),
        outcomes=_outcomes(ends, reasons, observed.detail.values),
        under_way=int((~np.isin(ends, list(ENDS))).sum()),
        notices=notices if tells_notices else None,
        deferments=clicks[0] if tells_notices or clicks[0] else None,
        cancels=clicks[1] if tells_notices or clicks[1] else None,
        coarseness=int((late - since_known).max()),
    )


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


def _jobs(device: Ints, command: Ints, what: Ints, late: Ints) -> Ints:
    """Return a number of the job each line tells of: a device under one command.

    Where the log names no command, a device does one thing after the other: each end ends a job,
    and what comes later is of the next. Lines of the same instant as an end may stand behind it.
    """
    untold = np.flatnonzero(command < 0)  # in order of time, device by device
    is_end = np.isin(what[untold], list(ENDS))
    ended: Ints = np.cumsum(is_end) - is_end
    places = np.arange(len(untold))
    last_end = np.maximum.accumulate(np.where(is_end, places, -1))
    before = np.maximum(last_end, 0)
    of_it = (last_end >= 0) & ~is_end & (device[untold] == device[untold][before])
    of_it &= late[untold] <= late[untold][before]
    number = command.copy()
    number[untold] = of_it - ended - 1
    number -= number.min()
    return np.asarray(device * (int(number.max()) + 1) + number, np.int64)


def _done(device: Ints, job: Ints, what: Ints) -> Ints:
    """Return the line that tells so of each device that ended successful.

    A command that has not ended takes back nothing.
    """
    ended = np.flatnonzero(np.isin(job, job[np.isin(what, list(ENDS))]))
    if not len(ended):
        return ended
    found = ended[_decisive(device[ended], job[ended], what[ended])]
    return np.asarray(found[what[found] == What.DONE], np.int64)


def _decisive(device: Ints, job: Ints, what: Ints) -> Ints:
    """Return the line that tells each device's outcome, by ascending device.

    As `fwsim.results.run.jobs.Jobs.of_devices` has it: that of the latest command which reached the
    device and did not give way to another; a device that was successful before it was found up to
    date stays successful.
    """
    lines = np.arange(len(device))
    is_end = np.isin(what, list(ENDS))
    in_job = np.lexsort((lines, is_end, job))  # the last line that ends it, or else the last
    last = in_job[np.append(job[in_job][1:] != job[in_job][:-1], True)]
    rank = np.full(len(last), 2)
    rank[what[last] == What.UNREACHED] = 1
    rank[what[last] == What.SUPERSEDED] = 0
    order = np.lexsort((last, rank, device[last]))
    chosen = last[order][np.append(device[last][order][1:] != device[last][order][:-1], True)]
    success = np.full(int(device.max()) + 1, -1)
    done = last[what[last] == What.DONE]
    success[device[done]] = done
    before = success[device[chosen]]
    stays = (what[chosen] == What.NOT_NEEDED) & (before >= 0)
    found: Ints = np.where(stays, before, chosen)
    return found


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
    silent = max(0, kept.targeted - seen.devices)
    if until is None:
        is_over = is_over and not seen.under_way + silent
        until = kept.ends_at if is_over else min(seen.until, kept.ends_at)
    known = _Known(seen, kept, min(until, kept.ends_at))
    values = {measure.name: known.value(measure) for measure in measures}
    return Happened(
        scenario_sha256=kept.scenario_sha256,
        kept_at=kept_at,
        log_sha256=log_sha256,
        until=of_epoch(known.until),
        is_whole=known.is_whole,
        devices=seen.devices,
        values={words: reached(value) for words, value in values.items() if value is not None},
    )


class _Known:
    """Computes measures of a log; None is what it does not tell."""

    def __init__(self, seen: Seen, kept: KeptForecast, until: int) -> None:
        self.until = until
        self.is_whole = until >= kept.ends_at
        self._seen, self._kept = seen, kept
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
                both = np.append(self._done, self._seen.not_needed)
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
        of = self._targeted - (0 if measure.of_targeted else len(self._seen.not_needed))
        if not of:
            return float(self._kept.first_command_at)  # none needs it
        rank = max(1, math.ceil(round((measure.share or 0.0) * of, 9)))
        return float(self._done[rank - 1]) if rank <= len(self._done) else math.inf

    def _at_the_end(self, measure: Measure) -> float | None:
        seen, notices = self._seen, self._seen.notices
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
            for (what, reason), count in self._seen.outcomes.items()
            if what is wanted and measure.detail in {None, reason}
        )
        return found / self._targeted
