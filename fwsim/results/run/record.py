"""One run as data, and what every measure of it starts from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.model.played import Played
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LinkLoad, LogColumns
from fwsim.results.run.ends import NOT_YET, Ends
from fwsim.results.run.jobs import Jobs

Times = NDArray[np.int64]

T = TypeVar("T")


class FieldRecord:
    """What the commands did that one field of the console tells of.

    Parameters
    ----------
    log
        The lines of those commands.
    devices
        Size of the fleet.
    """

    def __init__(self, log: LogColumns, devices: int) -> None:
        self.log = log
        self._devices = devices

    @cached_property
    def jobs(self) -> Jobs:
        """The log by job."""
        return Jobs.of(self.log)

    @cached_property
    def decisive(self) -> NDArray[np.int64]:
        """The job that tells each targeted device's outcome, by ascending device."""
        return self.jobs.of_devices(self.log)

    @cached_property
    def targeted(self) -> NDArray[np.int32]:
        """The targeted devices, ascending."""
        return self.jobs.device[self.decisive]

    @cached_property
    def outcome_line(self) -> NDArray[np.int64]:
        """The line that tells each targeted device's outcome."""
        return self.jobs.outcome_line[self.decisive]

    @cached_property
    def outcome_state(self) -> NDArray[np.int8]:
        """The state in which each targeted device ended."""
        return self.log.state[self.outcome_line]

    @cached_property
    def success_time(self) -> Times:
        """When each targeted device was first successful; `NOT_YET` if it never was."""
        first = np.full(self._devices, NOT_YET, np.int64)
        lines = self.log.in_state(State.SUCCESS)
        np.minimum.at(first, self.log.device[lines], self.log.time[lines])
        return first[self.targeted]

    @cached_property
    def first_command(self) -> int:
        """When the first of its commands was due, milliseconds."""
        runs = np.unique(self.log.run).tolist()
        return min((self.log.runs[run].at for run in runs), default=0)

    @cached_property
    def ends(self) -> Ends:
        """How the targeted devices ended."""
        return Ends(
            targeted=self.targeted,
            state=self.outcome_state,
            detail=self.log.detail[self.outcome_line],
            time=self.log.time[self.outcome_line],
            success_time=self.success_time,
            first_command=self.first_command,
        )


class RunRecord:
    """One run: what was run, its log, its load.

    Parameters
    ----------
    rollout
        What was run.
    log
        The status log.
    load
        What every line carried.
    ended
        Milliseconds after the start when nothing was left to do, or the run was stopped.
    corrected
        Of a rollout under way: how often what its log tells had to be brought about.
    played
        How a large fleet was played, where the clock has a choice.
    """

    def __init__(
        self,
        rollout: Rollout,
        log: LogColumns,
        load: LinkLoad,
        ended: int,
        corrected: int = 0,
        played: Played | None = None,
    ) -> None:
        self.rollout = rollout
        self.log = log
        self.load = load
        self.ended = ended
        self.corrected = corrected
        self.played = played
        self._fields: dict[StatusField, FieldRecord] = {}
        self.known: dict[str, Any] = {}
        """What functions marked with `once_a_run` have found."""

    def field(self, field: StatusField) -> FieldRecord:
        """Return what one field of the console tells of."""
        if field not in self._fields:
            self._fields[field] = FieldRecord(self.log.of_field(field), len(self.rollout.fleet))
        return self._fields[field]

    @cached_property
    def jobs(self) -> Jobs:
        """All commands' lines by job."""
        return self.updates.jobs if self.updates.log is self.log else Jobs.of(self.log)

    @property
    def updates(self) -> FieldRecord:
        """What the Update State tells of."""
        return self.field(StatusField.UPDATE)


def once_a_run(compute: Callable[[RunRecord], T]) -> Callable[[RunRecord], T]:
    """Let a function of a run be computed once for each run, however often it is asked for."""

    @wraps(compute)
    def computed(record: RunRecord) -> T:
        if compute.__qualname__ not in record.known:
            record.known[compute.__qualname__] = compute(record)
        known: T = record.known[compute.__qualname__]
        return known

    return computed
