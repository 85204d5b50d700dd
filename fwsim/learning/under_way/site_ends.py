"""When a site's devices were successful, by a log that tells only ends and by runs of the plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.journeys import Journeys
from fwsim.learning.under_way.done_by import successes_in
from fwsim.learning.under_way.runs_of_plan import log_since
from fwsim.learning.under_way.so_far import SoFar
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.observed import What
from fwsim.quantities.elementary import Floats
from fwsim.results.run.record import RunRecord


class Ends:
    """When devices were successful, on the logarithm of the time since their site's first command.

    Runs go on for as long again as the log tells of: in a run that is not through
    when the log is, all hangs on how much later it will be. Whoever ended otherwise by the log does
    not count, nor who did so by then in a run: that it is not done is not for its line.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    so_far
        What was seen.
    journeys
        What was seen of the devices: between which times they came to what.
    field
        Of commands of which kind.
    """

    def __init__(
        self, rollout: Rollout, so_far: SoFar, journeys: Journeys, field: StatusField
    ) -> None:
        self._devices, self._until, self._field = len(rollout.fleet), so_far.until, field
        mine = (run.at for run in rollout.runs if run.command.status_field is field)
        first = min(mine, default=what_is_due(rollout).first(field))
        again = max(self._until - first, 0)
        self.ends_at = max(self._until, min(self._until + again, rollout.horizon))
        """Up to when runs are played for it."""
        self._since, is_due = _first_due(rollout, field, self.ends_at, first)
        self._told = [int(state) for state in so_far.past.tells]
        log = so_far.past.log.of_field(field)
        about = self._times(log)
        self._counts = self._may_count(log, about) & (is_due | (about <= self._until))
        soonest, latest = self._between(about, journeys, rollout.epoch)
        self._soonest, self._latest = self._scaled(soonest), self._scaled(latest)
        self._cut = self._scaled(np.full(self._devices, self._until + 1))

    def of(self, record: RunRecord) -> Floats:
        """Return those of a run, not a number where a device does not count; shape (devices,).

        Parameters
        ----------
        record
            Of the run.
        """
        log = record.field(self._field).log
        times = self._times(log)
        return np.where(self._may_count(log, times), self._scaled(times), np.nan)

    def cut(self, members: NDArray[np.intp]) -> float:
        """Return from when on the log tells nothing of a site's devices.

        Parameters
        ----------
        members
            Those devices.
        """
        return float(self._cut[members[0]])

    def at(self, runs: Floats, members: NDArray[np.intp]) -> Floats:
        """Return those of runs of devices that count, the soonest first.

        Where fewer count in a run than by the log, theirs stand for as many.

        Parameters
        ----------
        runs
            Of each run; shape (runs, devices).
        members
            Devices of a site.
        """
        ordered: Floats = np.sort(runs[:, members[self._counts[members]]], axis=1)
        count = ordered.shape[1]
        that_count = np.count_nonzero(~np.isnan(ordered), axis=1)[:, np.newaxis]
        if (that_count < count).any():
            place = (2 * np.arange(count) + 1) * that_count // (2 * count)
            ordered = np.take_along_axis(ordered, place, axis=1)
            ordered[np.isnan(ordered)] = self.cut(members)  # of a run in which none does
        return ordered

    def are_over(self, members: NDArray[np.intp]) -> bool:
        """Tell whether all devices of a site that count have ended by the log.

        Parameters
        ----------
        members
            Devices of the site.
        """
        mine = members[self._counts[members]]
        return bool((self._latest[mine] < self.cut(members)).all())

    def apart(self, each: Floats, members: NDArray[np.intp]) -> Floats:
        """Return by how much those of runs are later than the log has them.

        Parameters
        ----------
        each
            Of each run, the soonest first; shape (runs, devices).
        members
            Devices of the site.
        """
        mine = members[self._counts[members]]
        later: Floats = each - np.clip(
            each, np.sort(self._soonest[mine]), np.sort(self._latest[mine])
        )
        return later

    def _may_count(self, log: LogColumns, times: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which devices had not ended otherwise when the log ends, as far as it tells."""
        counts = times <= self._until
        has_line = np.zeros(self._devices, np.bool_)
        has_line[log.device[(log.time <= self._until) & np.isin(log.state, self._told)]] = True
        return counts | ~has_line

    def _scaled(self, times: NDArray[np.int64]) -> Floats:
        return log_since(times, self._since)

    def _between(
        self, about: NDArray[np.int64], journeys: Journeys, epoch: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return between which two those of the log lie that somebody may only have looked at.

        What is told of a device that implies only that it is done may have been at any time.
        """
        is_done = about <= self._until
        soonest = np.where(is_done, 0, self._until + 1)
        latest = np.where(is_done, self._until, about)
        rows = np.flatnonzero(journeys.of(What.DONE) & (journeys.device >= 0))
        device = journeys.device[rows]
        early, late = journeys.early[rows] - epoch, journeys.late[rows] - epoch
        is_it = (early <= about[device]) & (about[device] <= late)
        soonest[device[is_it]], latest[device[is_it]] = early[is_it], late[is_it]
        return soonest, latest

    def _times(self, log: LogColumns) -> NDArray[np.int64]:
        ended = successes_in(log)
        times = np.full(self._devices, self.ends_at + 1, np.int64)
        times[ended.device] = np.minimum(ended.time, self.ends_at + 1)
        return times


def _first_due(
    rollout: Rollout, field: StatusField, until: int, first: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return when the first thing was due at each device's site, and for whom any is at all.

    That is a command, or what devices start by themselves.
    """
    site, seen, every = rollout.fleet.site, set(), what_is_due(rollout)
    due = np.full(len(site.values), until, np.int64)
    is_due = np.zeros(len(site.codes), np.bool_)
    if field in every.starters_of:
        is_due[every.starters_of[field]] = True
        due[site.codes[every.starters_of[field]]] = every.first(field)
    for run in sorted(rollout.runs, key=lambda run: run.at):
        target = run.command.target
        if run.at > until or is_due.all():
            break
        if run.command.status_field is not field or target in seen:
            continue
        if isinstance(target, ClientGroupTarget):  # nobody knows yet whom it means
            return np.full(len(is_due), first), np.ones(len(is_due), np.bool_)
        seen.add(target)
        found = rollout.find(target)
        is_due[found] = True
        due[site.codes[found]] = np.minimum(due[site.codes[found]], run.at)
    return np.where(due < until, due, first)[site.codes], is_due
