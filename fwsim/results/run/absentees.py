"""Devices that could have started an update by themselves, and never came to it."""

from __future__ import annotations

import numpy as np

from fwsim.commands.status_text import StatusField
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.results.run.ends import Ends


def absentees(rollout: Rollout, ends: Ends, field: StatusField | None = None) -> int:
    """Return how many devices of those that start by themselves are not among the targeted.

    Parameters
    ----------
    rollout
        What was run.
    ends
        How what it is judged by, or `field`, ended.
    field
        What they start; by default what the rollout is judged by.
    """
    due = what_is_due(rollout)
    starters = due.starters_of.get(due.judged if field is None else field, ())
    if not len(starters):
        return 0  # NumPy would sort the targeted all the same
    return int(np.count_nonzero(~np.isin(starters, ends.targeted)))
