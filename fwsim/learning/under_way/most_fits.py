"""Whether a log is of this rollout at all: most of its lines must fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwsim.learning.strangers import lines_of_strangers
from fwsim.learning.under_way.states_seen import STATE_OF
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.observed import Observed
from fwsim.problems import InputError, Problem

_HOUR = 3600 * 1000
_FURTHEST_ZONE = 14
"""Hours between a clock and UTC, at most.

What is older at the start is of a rollout before, and speaks against nothing [A].
"""


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
    recent = read.where(read.time >= -_FURTHEST_ZONE * _HOUR)
    count, bad = len(recent) + strange, len(recent) - len(kept) + strange
    if 2 * bad <= count:
        return
    hours = _hours_that_fit(recent, rollout) if 2 * strange <= count else 0
    text = say("under_way.mostly_unfit", bad=bad, count=count)
    if hours:
        text += say("under_way.other_zone", count=hours, zone=rollout.scenario.zone)
    raise InputError([Problem(text, source), *told])


def recent_of_strangers(seen: Observed, rollout: Rollout, *, are_looks: bool) -> int:
    """Return how many lines that should fit are of devices that the scenario does not have.

    Parameters
    ----------
    seen
        A log up to the moment of the forecast.
    rollout
        Whose it should be.
    are_looks
        Whether it shows each device's last state, be it of a rollout before.
    """
    since = round(rollout.start.timestamp() * 1000) - (0 if are_looks else _FURTHEST_ZONE * _HOUR)
    is_state = np.isin(seen.what, [int(what) for what in STATE_OF])
    return int((lines_of_strangers(seen, rollout) & is_state & (seen.latest >= since)).sum())


def _hours_that_fit(log: LogColumns, rollout: Rollout) -> int:
    """Return by how many hours all lines would have to be later to come after what is due; or 0."""
    due = np.array([run.at for run in log.runs] or [0], np.int64)[log.run]
    lacking = int((np.maximum(due, 0) - log.time).max(initial=0))
    hours = -(-lacking // _HOUR)
    last = int(log.time.max(initial=0)) + hours * _HOUR
    return hours if hours <= _FURTHEST_ZONE and last <= rollout.horizon else 0
