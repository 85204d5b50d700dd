"""Sites of which a log has nothing though every run of the plan has: an export may be missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.commands.targets import ClientGroupTarget
from fwsim.engine import Engine, choose_engine
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.learning.known_names import devices_of, indices_of, one_name_each
from fwsim.learning.under_way.line_by_ends import runs_of_plan
from fwsim.learning.under_way.so_far import SoFar
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.gaps import shown_last
from fwsim.quantities.elementary import Floats
from fwsim.results.run.record import RunRecord

_SEED = 1
_FALSELY = 0.04
"""Share of logs of the plan itself, at the worst moment, in which some site may be named [A]."""
_SOON = 1000.0
"""Milliseconds: what comes sooner after the first command comes as soon."""


def missing_sites(
    rollout: Rollout, so_far: SoFar, engine: Engine | str | None = None
) -> tuple[str, ...]:
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
    if so_far.is_empty:
        return ()
    is_heard = has_line(so_far, rollout)
    silent, due, is_due = _silent(rollout, so_far, is_heard)
    if not silent.any():
        return ()
    moment = _tells_up_to(rollout, so_far, is_due & ~silent[rollout.fleet.site.codes])
    silent &= due < moment
    runs = runs_of_plan(rollout)
    without = runs * _FALSELY / max(int((due <= so_far.until).sum()), 1)
    spec = RunSpec(rollout, _SEED, until=moment, engine=choose_engine(engine).engine)
    first = _first_lines(spec, runs, int(without), so_far.past.tells, silent)
    if first is None:
        return ()
    with np.errstate(invalid="ignore"):
        found = silent & (
            np.log(np.maximum(moment - due, _SOON)) > _silent_for(first, due, without)
        )
    names = rollout.fleet.site.values
    return tuple(names[code] for code in np.flatnonzero(found).tolist())


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


def _seen_at_all(so_far: SoFar, rollout: Rollout) -> NDArray[np.int64]:
    """Return the devices of lines that were left out, too."""
    observed = one_name_each(so_far.observed, rollout)
    device = devices_of(observed, rollout)[np.unique(observed.device.codes)]
    return np.asarray(device[(device >= 0) & (device < len(rollout.fleet))], np.int64)


def _silent(
    rollout: Rollout, so_far: SoFar, is_heard: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """Return the sites that are silent while others of their command are not, and who is due.

    Beside the sites, shape (sites,), come when the first thing was due there, and for which
    devices anything was; shape (devices,).
    """
    site = rollout.fleet.site
    is_heard = is_heard.copy()
    is_heard[_seen_at_all(so_far, rollout)] = True
    heard_of = np.bincount(site.codes[is_heard], minlength=len(site.values)) > 0
    silent = np.zeros(len(site.values), np.bool_)
    due = np.full(len(site.values), rollout.horizon + 1, np.int64)
    is_due = np.zeros(len(site.codes), np.bool_)
    for at, devices in _due_by(rollout, so_far.until):
        codes = np.unique(site.codes[devices])
        due[codes] = np.minimum(due[codes], at)
        is_due[devices] = True
        if is_heard[devices].any():
            silent[codes] |= ~heard_of[codes]
    return silent, due, is_due


def _due_by(rollout: Rollout, until: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield when what the rollout is judged by was due, and for which devices.

    Those that only a group looked up when it runs may hold are left out: nobody can know them.
    """
    every = what_is_due(rollout)
    judged = every.judged
    if (first := every.first(judged)) <= until and judged in every.starters_of:
        yield first, np.asarray(every.starters_of[judged])
    for run in rollout.runs:
        command = run.command
        is_known = not isinstance(command.target, ClientGroupTarget)
        if run.at <= until and is_known and command.status_field is judged:
            yield run.at, np.asarray(rollout.find(command.target))


def _tells_up_to(rollout: Rollout, so_far: SoFar, is_other: NDArray[np.bool_]) -> int:
    """Return up to when a log tells for certain what came at other sites.

    That is its last line, as it may not have been exported since; but where all others have ended
    nothing was to come of them.
    """
    log = so_far.past.log
    ended = np.zeros(len(is_other), np.bool_)
    ended[log.device[np.isin(log.state, [int(state) for state in OUTCOMES])]] = True
    if ended[is_other].all():
        return so_far.until
    last = int(so_far.observed.latest.max(initial=rollout.epoch)) - rollout.epoch
    return min(max(last, int(log.time.max(initial=0))), so_far.until)


def _first_lines(
    spec: RunSpec, count: int, without: int, tells: frozenset[State], silent: NDArray[np.bool_]
) -> Floats | None:
    """Return when runs of the plan have the first line of each site; shape (runs, sites).

    None once each silent site has none in more of them than may be without.
    """
    found, lacking = np.empty((count, len(silent))), np.zeros(len(silent), np.int64)
    for number in range(count):
        found[number] = _of_run(played(spec, number), tells)
        lacking += np.isinf(found[number])
        if (lacking[silent] > without).all():
            return None
    return found


def _of_run(record: RunRecord, tells: frozenset[State]) -> Floats:
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
    since = np.sort(np.log(np.maximum(first - due, _SOON)), axis=0)
    least: Floats = since[-1 - min(int(without), len(first) - 1)]
    if without < 1 and (may_count := np.isfinite(least)).any():
        least = least + float((least - since[-2])[may_count].mean()) * -float(np.log(without))
    return least
