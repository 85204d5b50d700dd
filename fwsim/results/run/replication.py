"""What one run of an experiment leaves behind: small enough to travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.measure import Measure
from fwsim.results.run.link_use import busy_hour_lines, line_bytes, peak_lines
from fwsim.results.run.measuring import outcome_measures, usual_measures, value_of
from fwsim.results.run.record import RunRecord
from fwsim.results.run.tail import TimeSpent, time_spent
from fwsim.results.run.timeline import Timeline, timeline_of


@dataclass(frozen=True)
class SiteUse:
    """How each line was used, the sites' and then the hubs'; arrays have shape (lines,).

    Parameters
    ----------
    peak, busy_hour
        Largest share of the line in one minute; mean share in its fullest 60 minutes.
    size
        Bytes.
    """

    peak: NDArray[np.float32]
    busy_hour: NDArray[np.float32]
    size: NDArray[np.int64]


@dataclass(frozen=True)
class Replication:
    """One run, measured.

    Parameters
    ----------
    number
        Which run of the experiment, from 0.
    targeted
        Devices an update was for.
    first_command, ended
        Milliseconds after the start.
    values
        What each measure came to, in its unit; outcomes that did not occur are left out.
    custom
        What the caller's own functions returned, by name.
    timeline
        The run on a grid.
    spent
        How the successful devices spent their time.
    sites
        How the lines were used.
    """

    number: int
    targeted: int
    first_command: int
    ended: int
    values: Mapping[Measure, float]
    custom: Mapping[str, float]
    timeline: Timeline
    spent: TimeSpent
    sites: SiteUse


def measured(
    record: RunRecord,
    number: int,
    more: Iterable[Measure] = (),
    custom: Mapping[str, Callable[[RunRecord], float]] | None = None,
) -> Replication:
    """Return what a run leaves behind.

    Parameters
    ----------
    record
        The run.
    number
        Which run of the experiment.
    more
        Measures wanted beside the usual ones.
    custom
        The caller's own measures: functions of the run, by name.
    """
    wanted = dict.fromkeys([*usual_measures(record.rollout), *outcome_measures(record), *more])
    updates = record.updates
    return Replication(
        number=number,
        targeted=len(updates.targeted),
        first_command=updates.first_command,
        ended=record.ended,
        values={measure: value_of(record, measure) for measure in wanted},
        custom={name: float(function(record)) for name, function in (custom or {}).items()},
        timeline=timeline_of(record),
        spent=time_spent(updates),
        sites=SiteUse(
            peak=peak_lines(record).astype(np.float32),
            busy_hour=busy_hour_lines(record).astype(np.float32),
            size=line_bytes(record),
        ),
    )
