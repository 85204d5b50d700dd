"""Whether a log is of this rollout at all: most of its lines must fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwsim.commands.schedule import stamp
from fwsim.learning.clock_of_log import (
    FURTHEST_ZONE,
    HOUR,
    OtherClock,
    hours_that_fit,
    is_recent,
)
from fwsim.learning.strangers import lines_of_strangers
from fwsim.learning.under_way.states_seen import STATE_OF
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.observed import Observed
from fwsim.problems import InputError, Problem


def refuse_what_mostly_does_not_fit(
    read: LogColumns,
    kept: LogColumns,
    rollout: Rollout,
    told: Sequence[Problem],
    source: str | None,
    strange: int = 0,
) -> None:
    """Refuse a log of which more than half had to be left out.

    Parameters
    ----------
    read
        Its lines up to the moment of the forecast that should fit.
    kept
        Those of them that a run can keep to.
    rollout
        Whose it should be.
    told
        What is wrong with the others.
    source
        The file's name.
    strange
        How many more lines of that time are of devices that the scenario does not have.

    Raises
    ------
    InputError
        If it is one.
    """
    recent = read.where(read.time >= -FURTHEST_ZONE * HOUR)
    count, bad = len(recent) + strange, len(recent) - len(kept) + strange
    if 2 * bad <= count:
        return
    due = np.array([run.at for run in recent.runs] or [0], np.int64)[recent.run]
    fits = hours_that_fit(recent.time, due, rollout.horizon) if 2 * strange <= count else 0
    text = OtherClock(bad, count, fits, rollout.scenario.zone).text
    if len(kept):
        first = stamp(rollout.local_time(min((run.at for run in rollout.runs), default=0)))
        if 2 * strange > bad:
            text += say("under_way.strangers_beside", count=len(kept))
        else:
            text += say("under_way.early_beside", count=len(kept), at=first)
    raise InputError([Problem(text, source), *told])


def recent_of_strangers(seen: Observed, rollout: Rollout, until: int) -> int:
    """Return how many lines that should fit are of devices that the scenario does not have.

    Parameters
    ----------
    seen
        A log up to the moment of the forecast.
    rollout
        Whose it should be.
    until
        That moment, milliseconds after the start.
    """
    is_state = np.isin(seen.what, [int(what) for what in STATE_OF])
    strange = lines_of_strangers(seen, rollout, until)
    return int((strange & is_state & is_recent(seen, rollout.epoch)).sum())
