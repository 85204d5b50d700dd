"""Devices that are under way by a log and may have ended unseen: it tells nothing of them since."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.learning.known_names import devices_of, one_name_each
from fwsim.learning.under_way.done_by import successes_in
from fwsim.learning.under_way.so_far import SoFar
from fwsim.model.rollout import Rollout
from fwsim.observations.gaps import may_have_ended
from fwsim.results.run.jobs import Jobs
from fwsim.results.run.stages import ENDS


def unheard(so_far: SoFar, rollout: Rollout, field: StatusField) -> NDArray[np.int64]:
    """Return which devices count as under way, and may have ended; ascending.

    Parameters
    ----------
    so_far
        The log.
    rollout
        Whose.
    field
        What it is judged by.
    """
    observed = one_name_each(so_far.observed, rollout)
    if not observed.gaps and not observed.last_looks:
        return np.zeros(0, np.int64)
    log = so_far.past.log.of_field(field)
    jobs = Jobs.of(log)
    is_open = ~ENDS[jobs.state(log)] & ~np.isin(jobs.device, successes_in(log).device)
    last = jobs.last_line[is_open]
    put_off = np.where(log.state[last] == State.DEFERRED, np.maximum(log.amount[last], 0), 0)
    code_of = np.full(len(rollout.fleet) + 1, -1, np.int64)  # nobody's stands last
    code_of[devices_of(observed, rollout)] = np.arange(len(observed.device.values))
    code = code_of[log.device[last]]
    since = may_have_ended(observed, code, log.time[last] + put_off + rollout.epoch)
    found = log.device[last[since < rollout.epoch + so_far.until]]
    return np.unique(found).astype(np.int64)
