"""What measures start from, worked out from a run's log: the reference for what a clock counts."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.fleet.week import Week
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.model.silence import Heard, Silence, heard_next
from fwsim.model.tally import MINUTE, PeopleLoad
from fwsim.results.run import link_use, people_load
from fwsim.results.run.counts import Floats, Whole
from fwsim.results.run.ends import NOT_YET, Ends
from fwsim.results.run.fleet_load import busy_workers
from fwsim.results.run.proxy_load import busiest_proxy
from fwsim.results.run.record import RunRecord
from fwsim.results.run.stages import ENDS
from fwsim.results.run.tail import TimeSpent, time_spent
from fwsim.results.run.timeline import Timeline, timeline_of


class LogCounts:
    """A run's counts, each worked out when it is first asked for.

    Parameters
    ----------
    record
        The run.
    silence
        Of a rollout under way: who is silent.
    """

    def __init__(self, record: RunRecord, silence: Silence | None = None) -> None:
        self._record = record
        self._silence = silence

    @property
    def rollout(self) -> Rollout:
        """What was run."""
        return self._record.rollout

    @property
    def ended(self) -> int:
        """Milliseconds after the start when nothing was left to do, or the run was stopped."""
        return self._record.ended

    @property
    def corrected(self) -> int:
        """How often what the log of a rollout under way tells had to be brought about."""
        return self._record.corrected

    @cached_property
    def heard(self) -> Heard | None:
        """What is heard next of who was silent in a rollout under way."""
        return None if self._silence is None else heard_next(self._silence, self._record.log)

    @property
    def ends(self) -> Ends:
        """How what the rollout is judged by ended."""
        return self._record.judged.ends

    @property
    def people(self) -> PeopleLoad:
        """What people were asked, did and bore on each device."""
        return people_load.people_load(self._record)

    def people_within(self, week: Week) -> PeopleLoad:
        """Return what they were asked, did and bore within times of the week."""
        return self.people if week.is_always else people_load.people_within(self._record, week)

    @property
    def on_for_nothing(self) -> int:
        """Devices the server switched on on which nothing then ended successful."""
        log, ends = self._record.log, self.ends
        now, then = self._record.jobs.successive
        came_on = log.in_state(State.WAKING)[now]
        came_on &= log.in_state(State.CHECKING, State.NOTIFYING, State.REJECTED)[then]
        for_nothing = np.zeros(len(self.rollout.fleet), bool)
        for_nothing[log.device[now[came_on]]] = True
        for_nothing[ends.targeted[ends.state == State.SUCCESS]] = False
        for field in set(StatusField) - {what_is_due(self.rollout).judged}:
            other = log.of_field(field)
            for_nothing[other.device[other.in_state(State.SUCCESS)]] = False
        return int(for_nothing.sum())

    def unfinished(self, week: Week) -> int:
        """Return the devices that began within times of the week and were not over at their end."""
        log, jobs = self._record.log, self._record.jobs
        if not len(log):
            return 0
        over = np.where(ENDS[jobs.state(log)], log.time[jobs.outcome_line], NOT_YET)
        spans = np.array(self.rollout.windows(week), np.int64).reshape(-1, 2)
        caught = np.zeros(len(jobs), bool)
        for state in (State.TRANSFER, State.INSTALL):  # either may begin in another stretch
            line = jobs.first_line_of(log, state)
            begins = np.where(line >= 0, log.time[line], NOT_YET)
            stretch = np.searchsorted(spans[:, 0], begins, side="right")
            end = np.append(0, spans[:, 1])[stretch]
            is_seen = end <= self._record.end  # what the run's end cuts might still be over in time
            caught |= is_seen & (begins < NOT_YET) & (begins < end) & (over > end)
        return len(np.unique(jobs.device[caught]))

    def peak_rates(self, week: Week | None) -> Floats:
        """Return the largest rate on each line in one minute, bytes per second; shape (lines,)."""
        return link_use.peak_rates(self._record, week)

    def line_bytes(self, week: Week | None) -> Whole:
        """Return the bytes that crossed each line; shape (lines,)."""
        return link_use.line_bytes(self._record, week)

    def peak_repository(self, week: Week | None) -> float:
        """Return the largest share of the repository's uplink in one minute."""
        return link_use.peak_repository(self._record, week)

    @cached_property
    def links(self) -> Floats:
        """The rate of each line, bytes per second; shape (lines,)."""
        return link_use.links(self.rollout)

    @property
    def busy_hour_lines(self) -> Floats:
        """The mean share of each line in its fullest 60 minutes; shape (lines,)."""
        return link_use.busy_hour_lines(self._record)

    @property
    def busy_hour_repository(self) -> float:
        """The mean share of the repository's uplink in its fullest 60 minutes."""
        return link_use.busy_hour_repository(self._record)

    @property
    def busiest_proxy(self) -> float:
        """The largest share of `lan_rate` that one provider sent in one minute."""
        return busiest_proxy(self._record.sent, self.rollout)

    @property
    def from_proxies(self) -> float:
        """The bytes that proxies sent to neighbours."""
        return float(self._record.sent.size.sum())

    @property
    def busiest_workers(self) -> float:
        """The most milliseconds that the server's workers were busy in one minute, all together."""
        return float(busy_workers(self._record, self._minutes).max())

    @property
    def _minutes(self) -> NDArray[np.int64]:
        return np.arange(self.ended // MINUTE + 2, dtype=np.int64) * MINUTE

    @property
    def timeline(self) -> Timeline:
        """The run on its grid."""
        return timeline_of(self._record)

    @property
    def spent(self) -> TimeSpent:
        """How the successful devices spent their time."""
        return time_spent(self._record.judged)
