"""Whether a log is of this rollout at all: most of its lines must fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
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

    Raises
    ------
    InputError
        If it is one.
    """
    recent = read.where(read.time >= -_FURTHEST_ZONE * _HOUR)
    count, bad = len(recent), len(recent) - len(kept)
    if 2 * bad <= count:
        return
    hours = _hours_that_fit(recent, rollout)
    text = say("under_way.mostly_unfit", bad=bad, count=count)
    if hours:
        text += say("under_way.other_zone", count=hours, zone=rollout.scenario.zone)
    raise InputError([Problem(text, source), *told])


def _hours_that_fit(log: LogColumns, rollout: Rollout) -> int:
    """Return by how many hours all lines would have to be later to come after what is due; or 0."""
    due = np.array([run.at for run in log.runs] or [0], np.int64)[log.run]
    lacking = int((np.maximum(due, 0) - log.time).max(initial=0))
    hours = -(-lacking // _HOUR)
    last = int(log.time.max(initial=0)) + hours * _HOUR
    return hours if hours <= _FURTHEST_ZONE and last <= rollout.horizon else 0
