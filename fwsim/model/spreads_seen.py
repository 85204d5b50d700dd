"""When devices take their part of a scheduler's job, as far as a log tells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.model.chances import Chances
from fwsim.model.device_jobs import DRAWS_PER_JOB, SCHEDULER_DRAWS, scheduled_jobs_of
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import Integers
from fwsim.quantities.elementary import Floats


def spreads_seen(
    past: Past, rollout: Rollout, draw: int, row: Floats, chances: Chances
) -> Iterator[tuple[Integers, Floats]]:
    """Yield the chances of a firing's spread that the log sets, and those that it contradicts.

    Who has begun, began when the log tells it; who has not, still waits.

    Parameters
    ----------
    past
        What the log tells.
    rollout
        Whose devices.
    draw
        Which firing: `ScheduledJob.draw`.
    row
        The chances as if nothing was known; shape (devices,).
    chances
        Of the run.

    Returns
    -------
    iterator of (devices, chances)
    """
    number, firing = divmod(draw - SCHEDULER_DRAWS, DRAWS_PER_JOB)
    scheduled = scheduled_jobs_of(rollout.origin or rollout)[number]
    begin, width = scheduled.firings[firing], 1000 * scheduled.job.spread
    if begin > past.until or not width or State.CHECKING not in past.tells:
        return
    began, at = _begun(past, f"{scheduled.job.id}/{firing + 1}")
    inside = (at >= begin) & (at < begin + width)
    yield began[inside], (at[inside] - begin + 0.5) / width
    waited = (past.until - begin + 1) / width
    if waited < 1:
        silent = np.setdiff1d(np.array(scheduled.devices, np.int64), began)
        early = silent[row[silent] < waited]
        yield early, waited + (1.0 - waited) * chances.again(Purpose.SPREAD, draw, 0, early)


def _begun(past: Past, label: str) -> tuple[Integers, Integers]:
    """Return who has begun under a label, and when first."""
    number = past.numbers.get(label, -1)
    places = np.flatnonzero(past.jobs // past.devices == number)
    devices, first = np.unique(past.jobs[places] % past.devices, return_index=True)
    return devices, past.lines.time[past.firsts[places[first]]]
