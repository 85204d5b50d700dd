"""A run on a grid of times: where the devices stood, what was asked, what the lines carried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.fleet.grouping import are_people_told_apart, kinds_of_people
from fwsim.model.rollout import Rollout
from fwsim.model.tally import HOUR, MINUTE
from fwsim.results.run.fleet_load import busy_workers
from fwsim.results.run.link_use import line_load
from fwsim.results.run.proxy_load import sent_by_proxies
from fwsim.results.run.record import FieldRecord, RunRecord
from fwsim.results.run.stages import STAGE_OF_STATE, STAGES, Stage

STEPS = (
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR,
)
MOST_STEPS = 1500


def step_of(horizon: int) -> int:
    """Return the grid's step for a horizon, both in milliseconds.

    It follows from the scenario alone, so that all its runs share one grid.
    """
    return next((step for step in STEPS if horizon / step <= MOST_STEPS), STEPS[-1])


def grid_of(rollout: Rollout) -> tuple[int, int]:
    """Return the step of a rollout's grid in milliseconds, and how many steps there are."""
    step = step_of(rollout.horizon)
    return step, -(-rollout.horizon // step)


def share_of_workers(busy: NDArray[np.int64], rollout: Rollout, step: int) -> NDArray[np.float32]:
    """Return the mean share of the server's workers busy in each bin, from milliseconds."""
    return (busy / (step * rollout.assumptions.dispatch_workers)).astype(np.float32)


@dataclass(frozen=True)
class Timeline:
    """A run on a grid; `bins` = number of steps until the horizon.

    Parameters
    ----------
    step
        Milliseconds between two points.
    stages
        Devices in each of `STAGES` at each point, the start included; shape (stages, bins + 1).
        A targeted device counts from the first command on.
    prompts
        Notices that came up in each bin; shape (bins,).
    repository
        Bytes that left the repository in each bin; shape (bins,).
    providers
        Bytes that proxies sent in each bin; shape (bins,).
    workers
        Mean share of the server's workers busy in each bin; shape (bins,).
    site_hours
        Rows of (line, hour after the start, bytes), as columns; shape (3, rows). Lines are those
        of the sites, and then those of the hubs.
    people_hours
        Rows of (kind of people, stretch of `hours` after the start, notices), as columns; shape
        (3, rows). Kinds are those of the setting's `people`. None where they are not told apart:
        there are too many, or an fwsim before this wrote the run.
    """

    step: int
    stages: NDArray[np.int32]
    prompts: NDArray[np.int32]
    repository: NDArray[np.int64]
    providers: NDArray[np.float32]
    workers: NDArray[np.float32]
    site_hours: NDArray[np.int64]
    people_hours: NDArray[np.int32] | None = None

    @property
    def points(self) -> NDArray[np.int64]:
        """Times of the grid, milliseconds after the start; shape (bins + 1,)."""
        return np.arange(self.stages.shape[1], dtype=np.int64) * self.step

    @property
    def hours(self) -> int:
        """Hours that are told together: one, or as many as a step has."""
        return hours_of(self.step)


def hours_of(step: int) -> int:
    """Return how many hours are told together on a grid: one, or as many as a step has."""
    return max(1, step // HOUR)


def _stages(updates: FieldRecord, step: int, bins: int) -> NDArray[np.int32]:
    """Return the devices in each stage at each point of the grid, by their decisive job."""
    log, jobs = updates.log, updates.jobs
    change = np.zeros((len(STAGES), bins + 2), np.int32)
    if not len(log):
        return change[:, : bins + 1]
    decisive = np.zeros(len(jobs), bool)
    decisive[updates.decisive] = True
    job = jobs.in_order
    order = jobs.order[decisive[job] & (jobs.order <= jobs.outcome_line[job])]
    stage = STAGE_OF_STATE[log.state[order]].astype(np.int64)
    at = np.minimum(-(-log.time[order] // step), bins + 1)
    follows = jobs.of_line[order][1:] == jobs.of_line[order][:-1]
    _count(change, stage, at, 1)
    _count(change, stage[:-1][follows], at[1:][follows], -1)
    firsts = np.append(True, ~follows)
    begin = -(-updates.first_command // step)
    waits = at[firsts] > begin
    waiting = change[STAGES.index(Stage.DISPATCH)]
    waiting[begin] += int(waits.sum())
    waiting -= np.bincount(at[firsts][waits], minlength=bins + 2).astype(np.int32)
    return np.cumsum(change, axis=1, dtype=np.int32)[:, : bins + 1]


def _count(
    change: NDArray[np.int32], stage: NDArray[np.int64], at: NDArray[np.int64], by: int
) -> None:
    """Add to a table of stages and times, once for each pair."""
    places = np.bincount(stage * change.shape[1] + at, minlength=change.size)
    change += by * places.reshape(change.shape).astype(np.int32)


def _site_hours(record: RunRecord) -> NDArray[np.int64]:
    load = line_load(record)
    if not len(load.minute):
        return np.zeros((3, 0), np.int64)
    hours = -(-record.rollout.horizon // HOUR)
    rows = load.site.astype(np.int64) * hours + load.minute // HOUR
    sizes = np.bincount(rows, weights=load.size).astype(np.int64)
    keys = np.flatnonzero(np.bincount(rows))
    return np.stack([keys // hours, keys % hours, sizes[keys]])


def prompts_on_grid(record: RunRecord) -> NDArray[np.int32]:
    """Return how many notices came up in each bin of a run's grid; shape (bins,)."""
    found: NDArray[np.int32] = prompts_by_people(record).sum(axis=0, dtype=np.int32)
    return found


def prompts_by_people(record: RunRecord) -> NDArray[np.int32]:
    """Return the notices of each of `kinds_of_people` in each bin; shape (kinds, bins)."""
    step, bins = grid_of(record.rollout)
    people, shown = kinds_of_people(record.rollout.fleet), record.log.in_state(State.NOTIFYING)
    kind = people.codes[record.log.device[shown]].astype(np.int64)
    places = kind * bins + np.minimum(record.log.time[shown] // step, bins - 1)
    counts = np.bincount(places, minlength=len(people.values) * bins)
    return counts.astype(np.int32).reshape(-1, bins)


def by_hours(prompts: NDArray[np.integer], step: int) -> NDArray[np.int64]:
    """Return notices in stretches of `hours_of`; shape (rows, stretches).

    Parameters
    ----------
    prompts
        Rows of notices in the bins of a grid; shape (rows, bins).
    step
        Of the grid, in milliseconds.
    """
    begins = np.arange(0, prompts.shape[1], hours_of(step) * HOUR // step)
    found: NDArray[np.int64] = np.add.reduceat(prompts.astype(np.int64), begins, axis=1)
    return found


def people_hours_of(
    rollout: Rollout, prompts: NDArray[np.int32], step: int
) -> NDArray[np.int32] | None:
    """Return a timeline's `people_hours`.

    Parameters
    ----------
    rollout
        Whose people.
    prompts
        Notices of each of their `kinds_of_people` in the bins of a grid; shape (kinds, bins).
    step
        Of the grid, in milliseconds.
    """
    if not are_people_told_apart(rollout.fleet):
        return None
    counts = by_hours(prompts, step)
    kind, stretch = np.nonzero(counts)
    return np.stack([kind, stretch, counts[kind, stretch]]).astype(np.int32)


def timeline_of(record: RunRecord) -> Timeline:
    """Return a run on its grid."""
    step, bins = grid_of(record.rollout)
    load = record.load
    repository = np.zeros(bins, np.int64)
    np.add.at(repository, np.minimum(load.minute // step, bins - 1), load.size)
    edges = np.arange(bins + 1, dtype=np.int64) * step
    prompts = prompts_by_people(record)
    return Timeline(
        step=step,
        stages=_stages(record.judged, step, bins),
        prompts=prompts.sum(axis=0, dtype=np.int32),
        repository=repository,
        providers=sent_by_proxies(record.sent, step, bins),
        workers=share_of_workers(busy_workers(record, edges), record.rollout, step),
        site_hours=_site_hours(record),
        people_hours=people_hours_of(record.rollout, prompts, step),
    )
