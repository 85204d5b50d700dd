"""Sites of which a log has nothing though every run of the plan has: an export may be missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.engine import Engine
from fwsim.fleet.fleet import Column
from fwsim.learning.known_names import indices_of
from fwsim.learning.silent_sites import heard_of
from fwsim.learning.under_way.runs_of_plan import log_since, look_at_runs, runs_of_plan
from fwsim.learning.under_way.so_far import SoFar
from fwsim.model.first_due import each_due, what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.gaps import shown_last
from fwsim.quantities.elementary import Floats
from fwsim.results.run.record import RunRecord

_FALSELY = 0.04
"""Share of logs of the plan itself, at the worst moment, in which some site may be named [A]."""


@dataclass(frozen=True)
class MissingSites:
    """Sites of which a log has nothing, where nearly every run of the plan has something by then.

    Parameters
    ----------
    named
        Where that is so when the log's last line is.
    unless_older
        Where it is so only at the time of the forecast: all other devices have ended, so nobody
        knows whether the log was exported after its last line.
    last
        When the log's last line is, milliseconds after the start.
    """

    named: tuple[str, ...] = ()
    unless_older: tuple[str, ...] = ()
    last: int = 0

    @property
    def sites(self) -> tuple[str, ...]:
        """All of them: nothing is learnt from the silence of either."""
        return (*self.named, *self.unless_older)


def missing_sites(
    rollout: Rollout, so_far: SoFar, engine: Engine | str | None = None
) -> MissingSites:
    """Return the sites of which a log has no line, and each run of the plan has by then.

    Nearly each: of the plan's own logs one in 25 has such a site, at the worst moment.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    so_far
        What was seen.
    engine
        Which clock plays; by default the faster one, for both come to the same.
    """
    silent = SilentSites(rollout, so_far)
    look_at_runs(rollout, [silent], engine)
    return silent.missing()


class SilentSites:
    """When runs of the plan have their first line of sites that are silent by a log.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    so_far
        What was seen.
    """

    def __init__(self, rollout: Rollout, so_far: SoFar) -> None:
        self._names, self._tells = rollout.fleet.site.values, so_far.past.tells
        self._last = self.until = so_far.until
        self._silent = np.zeros(len(self._names), np.bool_)
        if so_far.is_empty:
            return
        self._silent, self._due, is_due = _silent(rollout, so_far, has_line(so_far, rollout))
        self._last = _last_line(rollout, so_far)
        is_other = is_due & ~self._silent[rollout.fleet.site.codes]
        if not _have_ended(so_far, is_other):
            self.until = self._last
        self._silent &= self._due < self.until
        runs = runs_of_plan(rollout)
        self._without = runs * _FALSELY / max(int((self._due <= so_far.until).sum()), 1)
        self._first = np.full((runs, len(self._names)), np.inf)
        self._lacking = np.zeros(len(self._names), np.int64)

    @property
    def is_through(self) -> bool:
        """Whether each silent site has none in more runs than may be without."""
        return not self._silent.any()

    def look(self, number: int, record: RunRecord) -> None:
        """Keep when a run has the first line of each site.

        Parameters
        ----------
        number
            Of the run, from 0.
        record
            The run.
        """
        first = _first_lines(record, self._tells)
        self._first[number] = np.where(first <= self.until, first, np.inf)
        self._lacking += np.isinf(self._first[number])
        if (self._lacking[self._silent] > int(self._without)).all():
            self._silent[:] = False

    def missing(self) -> MissingSites:
        """Return the sites that are missing by all runs."""
        if self.is_through:
            return MissingSites(last=self._last)
        surely, later = self._by(self._last), self._by(self.until)
        named, unless_older = (
            tuple(self._names[code] for code in np.flatnonzero(found).tolist())
            for found in (surely, later & ~surely)
        )
        return MissingSites(named, unless_older, self._last)

    def _by(self, moment: int) -> NDArray[np.bool_]:
        """Return which sites have been silent for too long at a moment; shape (sites,)."""
        first = np.where(self._first <= moment, self._first, np.inf)
        with np.errstate(invalid="ignore"):
            may_be = _silent_for(first, self._due, self._without)
            found = log_since(np.array(moment), self._due) > may_be
        return self._silent & (self._due < moment) & found


def has_line(so_far: SoFar, rollout: Rollout) -> NDArray[np.bool_]:
    """Return which devices a log has a line of, or its last exports show; shape (devices,).

    Parameters
    ----------
    so_far
        The log.
    rollout
        Whose.
    """
    seen, found = so_far.observed, np.zeros(len(rollout.fleet), np.bool_)
    found[so_far.past.log.device] = True
    shown = indices_of(sorted(shown_last(seen)), rollout, seen.renamed, seen.placed, seen.macs)
    found[shown[shown >= 0]] = True
    return found


def _silent(
    rollout: Rollout, so_far: SoFar, is_heard: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """Return the sites that are silent while others of their command are not, and who is due.

    Beside the sites, shape (sites,), come when the first thing was due there, and for which
    devices anything was; shape (devices,).
    """
    site = rollout.fleet.site
    due = np.full(len(site.values), rollout.horizon + 1, np.int64)
    is_due = np.zeros(len(site.codes), np.bool_)
    each = [one for one in each_due(rollout, what_is_due(rollout).judged) if one[0] <= so_far.until]
    for at, devices in each:
        codes = np.unique(site.codes[devices])
        due[codes] = np.minimum(due[codes], at)
        is_due[devices] = True
    silent, is_of_due = np.zeros(len(site.values), np.bool_), due <= so_far.until
    if _have_one(site, is_heard)[is_of_due].all():
        return silent, due, is_due
    is_heard = is_heard | heard_of(so_far.observed, rollout)  # by lines left out, too
    for _, devices in each:
        if is_heard[devices].any():
            silent[site.codes[devices]] = True
    silent &= ~_have_one(site, is_heard)
    return silent, due, is_due


def _have_one(site: Column, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which sites have one of some devices at least; shape (sites,)."""
    found: NDArray[np.bool_] = np.bincount(site.codes[chosen], minlength=len(site.values)) > 0
    return found


def _last_line(rollout: Rollout, so_far: SoFar) -> int:
    """Return when the last line of a log is: it may not have been exported since.

    A row of an export is a line even if it shows nothing new.
    """
    seen = so_far.observed
    last = int(seen.latest.max(initial=rollout.epoch))
    if seen.looks is not None:
        at = seen.looks.at
        last = int(at[at <= rollout.epoch + so_far.until].max(initial=last))
    return min(max(last - rollout.epoch, int(so_far.past.log.time.max(initial=0))), so_far.until)


def _have_ended(so_far: SoFar, devices: NDArray[np.bool_]) -> bool:
    """Tell whether all of some devices have ended: then nothing was to come of them."""
    log = so_far.past.log
    ended = np.zeros(len(devices), np.bool_)
    ended[log.device[np.isin(log.state, [int(state) for state in OUTCOMES])]] = True
    return bool(ended[devices].all())


def _first_lines(record: RunRecord, tells: frozenset[State]) -> Floats:
    """Return when a run has the first line of each site that a log of such states would tell."""
    site = record.rollout.fleet.site
    log = record.log.of_field(what_is_due(record.rollout).judged)
    first = np.full(len(site.values), np.inf)
    rows = np.flatnonzero(np.isin(log.state, [int(state) for state in tells]))
    np.minimum.at(first, site.codes[log.device[rows]], log.time[rows])
    return first


def _silent_for(first: Floats, due: NDArray[np.int64], without: float) -> Floats:
    """Return for how long a site has to be silent, on the logarithm; infinity where it may be.

    In so many of the runs it is so for longer. Where that is less than one, it is longer than in
    any, by as much more as the latest runs lie apart from those before them (an exponential tail).
    """
    since = np.sort(log_since(first, due), axis=0)
    least: Floats = since[-1 - min(int(without), len(first) - 1)]
    if without < 1 and (may_count := np.isfinite(least)).any():
        least = least + float((least - since[-2])[may_count].mean()) * -float(np.log(without))
    return least
