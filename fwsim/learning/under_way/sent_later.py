"""Commands that began later than planned: their runs as the log has them, and what is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.commands.schedule import stamp
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, LogColumns
from fwsim.results.statistics.in_words import moment_in_words

_SECOND, _MINUTE = 1000, 60_000
"""Milliseconds; what is less than a second is not worth telling."""
MOST_TOLD = 3
_SHORTLY = 2_000
"""Before a whole minute it counts as that minute, where minutes are told [A]."""


def later_by_own_log(log: LogColumns, rollout: Rollout) -> dict[str, int]:
    """Return by how many milliseconds commands began later than planned, by label.

    Parameters
    ----------
    log
        Lines of a log of fwsim's, which tells of each device when its command began.
    rollout
        As it was planned.
    """
    found = {}
    numbers = {run.label: number for number, run in enumerate(log.runs)}
    probing = log.in_state(State.PROBING)
    for run in rollout.runs:
        mine = log.run == numbers.get(run.label, -1)
        first = int(log.time[mine].min(initial=np.iinfo(np.int64).max))
        begins = log.time[mine & probing]
        # A log whose front is lost does not tell when the command began.
        if len(begins) and begins.min() == first > run.at:
            found[run.label] = first - run.at
    return found


def as_begun(
    runs: Iterable[CommandRun], rollout: Rollout, later: Mapping[str, int]
) -> tuple[CommandRun, ...]:
    """Return runs, the commands among them as they began.

    Parameters
    ----------
    runs
        Such as those of a log.
    rollout
        As it was planned.
    later
        By how many milliseconds each command began later, by label.
    """
    due = {run.label: run.at for run in rollout.runs}
    return tuple(
        replace(run, at=due[run.label] + later[run.label], planned=due[run.label])
        if run.label in later
        else run
        for run in runs
    )


def as_sent(rollout: Rollout, later: Mapping[str, int]) -> Rollout:
    """Return the same rollout with its commands run when they began.

    Times are counted from when the first command was due, as before the start.

    Parameters
    ----------
    rollout
        As it was planned.
    later
        By how many milliseconds each began later, by label.
    """
    if not later:
        return rollout
    runs = sorted(as_begun(rollout.runs, rollout, later), key=lambda run: run.at)
    made = Rollout(rollout.scenario, rollout.fleet, tuple(runs), rollout.given_assigned)
    made.configuration.take_numbers_of(rollout.configuration)
    return made


@dataclass(frozen=True)
class LateCommands:
    """Commands that began minutes late, as what may move a rollout.

    Parameters
    ----------
    later
        By how many milliseconds each began later, by label.
    planned
        The rollout as it was planned.
    on_time
        The rollout as it is believed now, but with them when they were due.
    """

    later: Mapping[str, int]
    planned: Rollout
    on_time: Rollout

    @property
    def text(self) -> str:
        """They in words."""
        return late_in_words(self.later, self.planned)


def late_commands(
    later: Mapping[str, int], planned: Rollout, believed: Rollout
) -> LateCommands | None:
    """Return the commands that began minutes late; None if none did.

    Parameters
    ----------
    later
        By how many milliseconds each began later, by label.
    planned
        As it was planned.
    believed
        As it is believed now, its commands when they began.
    """
    if not any(sent_late(later, planned)):
        return None
    on_time = Rollout(believed.scenario, believed.fleet, planned.runs, planned.given_assigned)
    on_time.configuration.take_numbers_of(planned.configuration)
    return LateCommands(later, planned, on_time)


def late_in_words(later: Mapping[str, int], planned: Rollout) -> str:
    """Return which commands began late, the first of them."""
    return "; ".join(islice(sent_late(later, planned), MOST_TOLD))


def told_of_later(later: Mapping[str, int], rollout: Rollout) -> Iterator[str]:
    """Yield what is to be said of commands that began later than planned.

    Parameters
    ----------
    later
        By how many milliseconds each began later, by label.
    rollout
        As it was planned.
    """
    for run, by in _later_by(_SECOND, later, rollout):
        form = "%Y-%m-%d %H:%M" if by >= _MINUTE else "%Y-%m-%d %H:%M:%S"
        due, begun = (stamp(at, form) for at in _due_and_begun(run, by, rollout))
        yield say("under_way.began_later", label=run.label, due=due, begun=begun)


def _later_by(
    least: int, later: Mapping[str, int], rollout: Rollout
) -> Iterator[tuple[CommandRun, int]]:
    """Yield the commands that began at least so many milliseconds later, and by how many."""
    for run in rollout.runs:
        by = later.get(run.label, 0)
        if by >= least:
            yield run, by


def _due_and_begun(run: CommandRun, by: int, rollout: Rollout) -> tuple[datetime, datetime]:
    """Return when a command was due and when it began, as a clock shows them.

    What is told is cut off to the minute or second. A log's first line tells it but for how long
    a worker took: shortly before a minute it was that minute.
    """
    slack = _SHORTLY if by >= _MINUTE else _SECOND // 2
    return rollout.local_time(run.at), rollout.local_time(run.at + by + slack)


def sent_late(later: Mapping[str, int], rollout: Rollout) -> Iterator[str]:
    """Yield why a rollout is behind: commands that began minutes later than planned.

    Parameters
    ----------
    later
        By how many milliseconds each began later, by label.
    rollout
        As it was planned.
    """
    for run, by in _later_by(_MINUTE, later, rollout):
        due, begun = map(moment_in_words, _due_and_begun(run, by, rollout))
        yield say("under_way.sent_late", label=run.label, due=due, begun=begun)
