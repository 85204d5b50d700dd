"""One run as data, and what every measure of it starts from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.model.first_due import what_is_due
from fwsim.model.played import Played
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LinkLoad, LogColumns, ProxyLoad
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
    first_command
        When the first of them was due, milliseconds: commanded, set, or due by a device's clock.
    """

    def __init__(self, log: LogColumns, first_command: int) -> None:
        self.log = log
        self.first_command = first_command

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
        """When each targeted device ended successful; `NOT_YET` if it ended otherwise."""
        is_done = self.outcome_state == State.SUCCESS
        return np.where(is_done, self.log.time[self.outcome_line], NOT_YET)

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
        Of a rollout under way: how many lines of its log had to be brought about.
    played
        How a large fleet was played, where the clock has a choice.
    end
        Milliseconds after the start at which it was to be stopped; by default at the horizon.
    sent
        What proxies sent to neighbours. None is not known: then nothing that needs it can be told,
        unless the rollout has no proxies.
    """

    def __init__(
        self,
        rollout: Rollout,
        log: LogColumns,
        load: LinkLoad,
        ended: int,
        corrected: int = 0,
        played: Played | None = None,
        end: int | None = None,
        *,
        sent: ProxyLoad | None = None,
    ) -> None:
        self.rollout = rollout
        self.log = log
        self.load = load
        self.ended = ended
        self.corrected = corrected
        self.played = played
        self.end = rollout.end_by(end)
        self._sent = sent
        self._fields: dict[StatusField, FieldRecord] = {}
        self.known: dict[str, Any] = {}
        """What functions marked with `once_a_run` have found."""

    @cached_property
    def sent(self) -> ProxyLoad:
        """What proxies sent to neighbours.

        Raises
        ------
        ValueError
            If there are proxies, and nobody has noted what they sent: no log tells it.
        """
        if self._sent is not None:
            return self._sent
        if self.rollout.configuration.has_proxies:
            raise ValueError("what proxies sent is not known: no log tells it, and none was given")
        return ProxyLoad.nothing()

    def field(self, field: StatusField) -> FieldRecord:
        """Return what one field of the console tells of."""
        if field not in self._fields:
            first = what_is_due(self.rollout).first(field)
            self._fields[field] = FieldRecord(self.log.of_field(field), first)
        return self._fields[field]

    @cached_property
    def jobs(self) -> Jobs:
        """All commands' lines by job."""
        return self.judged.jobs if self.judged.log is self.log else Jobs.of(self.log)

    @property
    def updates(self) -> FieldRecord:
        """What the Update State tells of."""
        return self.field(StatusField.UPDATE)

    @property
    def judged(self) -> FieldRecord:
        """What the rollout is judged by: its updates, else UEFI updates, else deliveries."""
        return self.field(what_is_due(self.rollout).judged)


def once_a_run(compute: Callable[[RunRecord], T]) -> Callable[[RunRecord], T]:
    """Let a function of a run be computed once for each run, however often it is asked for."""

    @wraps(compute)
    def computed(record: RunRecord) -> T:
        if compute.__qualname__ not in record.known:
            record.known[compute.__qualname__] = compute(record)
        known: T = record.known[compute.__qualname__]
        return known

    return computed
