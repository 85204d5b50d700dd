"""The log so far: read in whatever form, laid beside the scenario, and what does not fit told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from fwsim.commands.lifecycle import State
from fwsim.commands.schedule import stamp
from fwsim.input_file import not_there
from fwsim.learning.clock_of_log import is_recent, shows_last_states
from fwsim.learning.folders import log_in
from fwsim.learning.named_jobs import named_jobs
from fwsim.learning.under_way.contradictions import (
    in_order,
    unseen_commands,
    without_what_cannot_be,
)
from fwsim.learning.under_way.implied import with_implied_successes
from fwsim.learning.under_way.most_fits import (
    recent_of_strangers,
    refuse_what_mostly_does_not_fit,
)
from fwsim.learning.under_way.sent_later import as_begun, later_by_own_log, told_of_later
from fwsim.learning.under_way.states_seen import STATE_OF, lines_of
from fwsim.messages import ENGLISH, by_door, language, say, speaking
from fwsim.model.assignments import refuse_a_past
from fwsim.model.past import EVERY_STATE, Past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import Integers, LogColumns
from fwsim.observations.gaps import with_gaps_begun_by
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import Observed
from fwsim.observations.own_columns import observed_in
from fwsim.observations.reading import read_observed
from fwsim.observations.saved_log import read_log_so_far
from fwsim.problems import InputError, Problem, Severity
from fwsim.scenario.server_clock import instant, read_instant

Sign = tuple[Path, int, int]
SEEN_OTHERWISE = frozenset(STATE_OF.values())
"""States that logs of other kinds tell at most."""
_FIRST_LINE = 10 * 60_000
"""Milliseconds after a command within which its first line may come as planned [A]."""


@dataclass(frozen=True)
class SoFar:
    """What is known of a rollout that is under way.

    Parameters
    ----------
    past
        What each run keeps to.
    observed
        The same in the form that learning takes.
    contradictions
        What in the log does not fit the scenario, item by item; warnings, for the forecast goes on.
    later
        By how many milliseconds commands began later than planned, by their labels.
    english
        The contradictions as files have them; None where these are English.
    """

    past: Past
    observed: Observed
    contradictions: tuple[Problem, ...]
    later: Mapping[str, int] = field(default_factory=dict)
    english: tuple[Problem, ...] | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is fwsim's own log, which tells every state."""
        return self.past.tells == EVERY_STATE

    @property
    def until(self) -> int:
        """Up to when, milliseconds after the start."""
        return self.past.until

    @property
    def in_files(self) -> tuple[Problem, ...]:
        """The contradictions, in English."""
        return self.contradictions if self.english is None else self.english

    @property
    def is_empty(self) -> bool:
        """Whether nothing was seen."""
        return not len(self.past.log)

    @property
    def is_at_start(self) -> bool:
        """Whether there is no past yet."""
        return self.is_empty and self.until == 0


def moment_of(rollout: Rollout, at: str | datetime, source: str | None = None) -> int:
    """Return a time of the server's clock as milliseconds after the start.

    Parameters
    ----------
    rollout
        Whose server.
    at
        As in ``2021-09-24 17:00``, or ``2021-10-31 02:30 +01:00`` where the clock shows it twice;
        an aware datetime is taken as the instant it is.
    source
        What to call it in a complaint.

    Raises
    ------
    InputError
        If it is no time, or not one of this rollout.
    """
    try:
        when = at if isinstance(at, datetime) else read_instant(rollout.scenario, at)
    except ValueError as error:
        raise InputError([Problem(str(error), source)]) from None
    if when.tzinfo is None:
        when = instant(rollout.scenario, when)
    until = rollout.milliseconds(when)
    if not 0 <= until <= rollout.horizon:
        start, end = (rollout.local_time(ms) for ms in (0, rollout.horizon))
        text = say("under_way.not_in_rollout", at=at, start=stamp(start), end=stamp(end))
        raise InputError([Problem(text, source)])
    return until


def read_so_far(
    so_far: str | Path | LogColumns | Past | Observed,
    rollout: Rollout,
    at: str | datetime | None = None,
    mapping: str | Path | LogMapping | None = None,
) -> SoFar:
    """Read the log of a rollout under way.

    Parameters
    ----------
    so_far
        A status log of fwsim's in any saved form, a folder of results, a log of another kind that
        `read_observed` reads; or such a log that is read already.
    rollout
        The scenario made ready.
    at
        Up to when it counts, on the server's clock; by default its last line.
    mapping
        A mapping file, for columns and words that nobody knows.

    Raises
    ------
    InputError
        If it cannot be read at all, most of it does not fit the scenario, or it holds nothing and
        no time is given.
    """
    seen = _read(so_far, rollout, at, mapping)
    if language() == ENGLISH or not seen.contradictions:
        return seen
    with speaking(ENGLISH):  # what does not fit is told in files, too
        return replace(seen, english=_read(so_far, rollout, at, mapping).contradictions)


def _read(
    so_far: str | Path | LogColumns | Past | Observed,
    rollout: Rollout,
    at: str | datetime | None,
    mapping: str | Path | LogMapping | None,
) -> SoFar:
    until = None if at is None else moment_of(rollout, at, "at")
    if isinstance(so_far, Past):
        log = so_far.log if until is None else so_far.log.where(so_far.log.time <= until)
        past = Past(until if until is not None else so_far.until, log, so_far.devices, so_far.tells)
        seen = _observed(log, so_far.log, rollout, past.until)
        return _begun_later(SoFar(past, seen, ()), log, rollout)
    if isinstance(so_far, LogColumns):
        return _of_own_log(so_far, (), rollout, until, None)
    if isinstance(so_far, Observed):
        return _of_other_log(so_far, rollout, until)
    path = log_in(Path(so_far))
    own = None if mapping is not None else read_log_so_far(path, rollout)
    if own is not None:
        return _of_own_log(own.log, own.problems, rollout, until, str(path))
    read = read_observed(path, zone=rollout.scenario.zone, mapping=mapping)
    return _of_other_log(read, rollout, until)


LOOK_AGAIN = 5.0
"""Seconds between two looks whether a log has grown."""


def sign_of(path: Path) -> Sign:
    """Return what tells a log from the one before: its file, size and time.

    Raises
    ------
    InputError, OSError
        If it is not there.
    """
    file = log_in(path)
    try:
        about = file.stat()
    except FileNotFoundError:
        raise InputError([Problem(not_there(file), source=str(path))]) from None
    return file, about.st_size, about.st_mtime_ns


def _of_own_log(
    log: LogColumns,
    problems: tuple[Problem, ...],
    rollout: Rollout,
    until: int | None,
    source: str | None,
) -> SoFar:
    _refuse_of_another_time(log.time, log.time, rollout, until, source)
    ordered, told = in_order(log, rollout, source)
    end = _end(ordered, rollout, until, source)
    kept = ordered.where(ordered.time <= end)
    kept, more = without_what_cannot_be(kept, rollout, end, source)
    observed = _observed(kept, ordered, rollout, end)
    # Its lines are numbered anew: of gaps their times say where they are.
    gaps = (replace(problem, source=source, line=None) for problem in observed.problems)
    later = _begins_later(log.time, rollout, end, source)
    warned = (*map(_as_warning, problems), *told, *more, *gaps, *later)
    refuse_what_mostly_does_not_fit(log.where(log.time <= end), kept, rollout, warned, source)
    past = Past(end, kept, len(rollout.fleet), EVERY_STATE)
    so_far = SoFar(past, observed, warned)
    return _begun_later(so_far, ordered.where(ordered.time <= end), rollout, source)


def _observed(kept: LogColumns, ordered: LogColumns, rollout: Rollout, end: int) -> Observed:
    """Return what its own lines tell up to then; later ones may show where lines are missing."""
    seen = observed_in(kept, rollout, end)
    last = int(ordered.time.max(initial=end))
    if last == end:
        return seen
    whole = with_gaps_begun_by(observed_in(ordered, rollout, last), rollout.epoch + end)
    return replace(seen, gaps=whole.gaps, problems=whole.problems)


def _begun_later(
    so_far: SoFar, log: LogColumns, rollout: Rollout, source: str | None = None
) -> SoFar:
    """Return the same with its commands as they began by a log that tells who was probed."""
    tells = State.PROBING in so_far.past.tells
    return _sent(so_far, later_by_own_log(log, rollout) if tells else {}, rollout, source)


def _sent(so_far: SoFar, later: Mapping[str, int], rollout: Rollout, source: str | None) -> SoFar:
    """Return the same with its commands as they began, and with what is to be told of that."""
    if not later:
        return so_far
    past = so_far.past
    log = replace(past.log, runs=as_begun(past.log.runs, rollout, later))
    told = (_as_warning(Problem(text, source)) for text in told_of_later(later, rollout))
    warned = (*so_far.contradictions, *told)
    return replace(so_far, past=replace(past, log=log), contradictions=warned, later=later)


def _refuse_of_another_time(
    earliest: Integers,
    latest: Integers,
    rollout: Rollout,
    until: int | None,
    source: str | None,
) -> None:
    """Refuse a log that has lines, and none that can be of the rollout's time.

    One of which the time is stated may hold only what was before: nothing has happened yet.

    Raises
    ------
    InputError
        If it is one.
    """
    is_of_then = earliest <= rollout.horizon
    if until is None:
        is_of_then &= latest >= 0
    if not len(earliest) or is_of_then.any():
        return
    ends = (0, rollout.horizon, int(latest.min()), int(latest.max()))
    start, end, first, last = (stamp(rollout.local_time(at)) for at in ends)
    text = say("under_way.not_of_then", start=start, end=end, first=first, last=last)
    raise InputError([Problem(text, source)])


def _end(log: LogColumns, rollout: Rollout, until: int | None, source: str | None) -> int:
    """Return up to when the log counts.

    Raises
    ------
    InputError
        If nothing says so.
    """
    if until is not None:
        return until
    if not len(log):
        text = say("under_way.empty", option=by_door("--at", "at"))
        raise InputError([Problem(text, source)])
    return min(int(log.time[-1]), rollout.horizon)


def _as_warning(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.WARNING)


def _of_other_log(observed: Observed, rollout: Rollout, until: int | None) -> SoFar:
    begun = rollout.epoch
    source = observed.sources[0] if observed.sources else None
    jobs = named_jobs(observed, rollout)
    observed = jobs.without_others()
    times = observed.earliest - begun, observed.latest - begun
    _refuse_of_another_time(*times, rollout, until, source)
    end = min(observed.until - begun, rollout.horizon) if until is None else until
    if end < 0:
        raise InputError([Problem(say("under_way.before_start"), source)])
    observed = with_gaps_begun_by(observed, begun + end)
    late = int((observed.earliest - begun > rollout.horizon).sum())
    text = say("under_way.late_lines", count=late)
    beyond = (Problem(text, source, severity=Severity.WARNING),) if late else ()
    seen = cut_off(observed, begun + end)
    refuse_a_past(rollout, SEEN_OTHERWISE)
    lines = lines_of(seen, rollout)
    log, implied = with_implied_successes(lines.log, rollout)
    ordered, told = in_order(log, rollout, source, lines.tells)
    kept, more = without_what_cannot_be(
        ordered.where(ordered.time <= end),
        rollout,
        end,
        source,
        tells=lines.tells,
        are_looks=shows_last_states(observed),
    )
    # A look shows each device's last state, be it of a rollout before.
    since = 0 if shows_last_states(observed) else log.time.min(initial=0)
    read = log.where((since <= log.time) & (log.time <= end))
    of_jobs = (Problem(text, source, severity=Severity.WARNING) for text in jobs.told())
    beside = (*beyond, *of_jobs, *_beside(observed, seen, implied, rollout.local_time(end)))
    if not shows_last_states(observed):
        beside += _begins_later(times[1], rollout, end, source)
    warned = (*map(_as_warning, observed.problems), *lines.problems, *beside, *told, *more)
    strange = recent_of_strangers(seen, rollout, end)
    refuse_what_mostly_does_not_fit(read, kept, rollout, warned, source, strange)
    past = Past(end, kept, len(rollout.fleet), lines.tells)
    later = lines.later
    if shows_last_states(observed):
        later = {}  # what was seen first of a device is not among its last states
    elif State.PROBING not in lines.tells:
        warned += tuple(unseen_commands(kept, rollout, end, source))
    recent = seen.where(is_recent(seen, rollout.epoch))
    return _sent(SoFar(past, recent, warned), later, rollout, source)


def _begins_later(
    time: Integers, rollout: Rollout, end: int, source: str | None
) -> tuple[Problem, ...]:
    """Return what is to be told of a log that has no line yet though something was due."""
    due = min((run.at for run in rollout.runs), default=rollout.horizon)
    if not len(time) or not due <= end < int(time.min()):
        return ()
    # What is told first may take a while, or wait for a window.
    if int(time.min()) - due < _FIRST_LINE or rollout.scenario.windows is not None:
        return ()
    first, at = (stamp(rollout.local_time(at)) for at in (int(time.min()), end))
    text = say("under_way.begins_later", first=first, at=at)
    return (Problem(text, source, severity=Severity.WARNING),)


def _beside(observed: Observed, seen: Observed, implied: int, at: datetime) -> tuple[Problem, ...]:
    """Return what is to be told of a log that shows states only as somebody looked."""
    told = []
    if implied:
        told.append(say("under_way.implied", count=implied))
    if shows_last_states(observed) and len(observed) and not len(seen):
        told.append(say("under_way.looked_later", at=stamp(at)))
    source = observed.sources[0] if observed.sources else None
    return tuple(Problem(text, source, severity=Severity.WARNING) for text in told)


def cut_off(observed: Observed, until: int) -> Observed:
    """Return what had been seen at a moment.

    Parameters
    ----------
    observed
        What was seen in all.
    until
        Milliseconds since the epoch.
    """
    return replace(observed.where(observed.latest <= until), until=min(observed.until, until))
