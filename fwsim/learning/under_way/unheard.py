"""Devices that were under way where lines of a log are missing, and of which it has none since."""

from __future__ import annotations

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.learning.under_way.done_by import successes_in
from fwsim.learning.under_way.so_far import SoFar
from fwsim.observations.gaps import may_have_ended
from fwsim.results.run.jobs import Jobs
from fwsim.results.run.stages import ENDS


def unheard_since_gap(so_far: SoFar, field: StatusField, epoch: int) -> int:
    """Return how many devices count as under way, and may have ended in a gap of the log.

    Parameters
    ----------
    so_far
        The log, with its gaps.
    field
        What the rollout is judged by.
    epoch
        When it starts, milliseconds since the epoch.
    """
    gaps = [gap for gap in so_far.observed.gaps if gap.begin < epoch + so_far.until]
    if not gaps:
        return 0
    log = so_far.past.log.of_field(field)
    jobs = Jobs.of(log)
    is_open = ~ENDS[jobs.state(log)] & ~np.isin(jobs.device, successes_in(log).device)
    last = jobs.last_line[is_open]
    put_off = np.where(log.state[last] == State.DEFERRED, np.maximum(log.amount[last], 0), 0)
    since = may_have_ended(gaps, log.time[last] + put_off + epoch) - epoch
    return len(np.unique(log.device[last[since < so_far.until]]))
