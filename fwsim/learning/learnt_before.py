"""What logs a scenario was learnt from already: its file says so, for none may count twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fwsim.messages import say
from fwsim.observations.observed import LONG_AGO, Observed, Transfers
from fwsim.problems import Problem

_STAMP = "%Y-%m-%dT%H:%MZ"
_LINE = re.compile(
    r"# learnt from a log of (?P<first>\S{17}) to (?P<last>\S{17}), sha256 (?P<sha256>[0-9a-f]{32})"
)


@dataclass(frozen=True)
class LearntLog:
    """A file that a scenario was learnt from.

    Parameters
    ----------
    first, last
        From when to when it tells, to the minute, in UTC.
    sha256
        Of its content, the first half.
    source
        The file, as the user named it; a scenario does not keep that.
    """

    first: str
    last: str
    sha256: str
    source: str = ""

    @property
    def comment(self) -> str:
        """The line by which a scenario says so."""
        return f"# learnt from a log of {self.first} to {self.last}, sha256 {self.sha256}"


@dataclass(frozen=True)
class OfLearntTime:
    """A log that tells of a time of which the scenario was learnt already.

    Parameters
    ----------
    log
        The log.
    before
        What the scenario was learnt from.
    """

    log: LearntLog
    before: LearntLog

    @property
    def text(self) -> str:
        """What to say of it."""
        return say("learn.of_learnt_time", first=self.before.first, last=self.before.last)


def logs_of(observed: Iterable[Observed], transfers: Transfers | None) -> Iterator[LearntLog]:
    """Yield the files of logs, each with the time that it and those read with it tell of."""
    for log in observed:
        known = log.earliest[log.earliest > LONG_AGO]
        first = int(known.min()) if len(known) else int(log.latest.min(initial=log.until))
        yield from _of_accounts(log, first, int(log.latest.max(initial=first)))
    if transfers is not None and len(transfers):
        yield from _of_accounts(transfers, int(transfers.begin.min()), int(transfers.end.max()))


def _of_accounts(log: Observed | Transfers, first: int, last: int) -> Iterator[LearntLog]:
    since, until = (datetime.fromtimestamp(at / 1000, UTC) for at in (first, last))
    for account in log.accounts:
        if account.sha256:
            ends = since.strftime(_STAMP), until.strftime(_STAMP)
            yield LearntLog(ends[0], ends[1], account.sha256, account.source)


def learnt_before(lines: Sequence[str]) -> dict[int, LearntLog]:
    """Return what a scenario's file says that it was learnt from, by the line that says so."""
    found = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            found[number] = LearntLog(match["first"], match["last"], match["sha256"])
    return found


def told_again(
    logs: Iterable[LearntLog], before: dict[int, LearntLog], scenario: str
) -> Iterator[Problem]:
    """Yield what is wrong with logs that a scenario was learnt from already.

    Parameters
    ----------
    logs
        To be learnt from.
    before
        What the scenario's file says, by line.
    scenario
        The file's name.
    """
    line_of = {log.sha256: line for line, log in before.items()}
    for log in logs:
        if log.sha256 in line_of:
            place = f"{scenario}:{line_of[log.sha256]}"
            yield Problem(say("learn.learnt_already", place=place), log.source)


def of_learnt_times(
    logs: Iterable[LearntLog], before: dict[int, LearntLog]
) -> Iterator[tuple[str, OfLearntTime]]:
    """Yield logs that tell of a time of which the scenario was learnt already, beside the file."""
    for log in logs:
        for one in before.values():
            if log.first <= one.last and one.first <= log.last:  # as texts: ISO in one zone
                yield log.source, OfLearntTime(log, one)
                break


def with_logs(text: str, logs: Iterable[LearntLog]) -> str:
    """Return a scenario's text that says what it was learnt from."""
    there = {log.sha256 for log in learnt_before(text.splitlines()).values()}
    added = {log.sha256: log.comment for log in logs if log.sha256 not in there}
    return "\n".join([text.rstrip("\n"), *added.values(), ""]) if added else text
