"""What one run of an experiment leaves behind: small enough to travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.measure import Measure
from fwsim.model.silence import Heard
from fwsim.results.run.absentees import absentees
from fwsim.results.run.counts import Counts
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.measuring import (
    outcome_measures,
    peak_shares,
    usual_measures,
    value_of,
)
from fwsim.results.run.record import RunRecord
from fwsim.results.run.tail import TimeSpent
from fwsim.results.run.timeline import Timeline


@dataclass(frozen=True)
class SiteUse:
    """How each line was used, the sites' and then the hubs'; arrays have shape (lines,).

    Parameters
    ----------
    peak, busy_hour
        Largest share of the line in one minute; mean share in its fullest 60 minutes.
    size
        Bytes.
    link
        What it carried at most in this run, bytes per second.
    """

    peak: NDArray[np.float32]
    busy_hour: NDArray[np.float32]
    size: NDArray[np.int64]
    link: NDArray[np.float32]


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
    corrected, heard
        Of a rollout under way: how many lines of its log had to be brought about, and what is
        heard next of who is silent. Neither is saved.
    targets
        A number of the devices an update was for: another one, other devices. Not saved: None of a
        run that was read again.
    absent
        Devices that could have started the update by themselves and that nothing was done on.
    steps
        When devices were successful, as `Ends.steps`. Not saved: None of a run that was read again.
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
    corrected: int = 0
    heard: Heard | None = None
    targets: int | None = None
    absent: int = 0
    steps: NDArray[np.int64] | None = None


def measured(
    run: Counts | RunRecord,
    number: int,
    more: Iterable[Measure] = (),
    custom: Mapping[str, float] | None = None,
) -> Replication:
    """Return what a run leaves behind.

    Parameters
    ----------
    run
        The run, or its counts.
    number
        Which run of the experiment.
    more
        Measures wanted beside the usual ones.
    custom
        What the caller's own functions of the run returned, by name.
    """
    counts = LogCounts(run) if isinstance(run, RunRecord) else run
    wanted = dict.fromkeys([*usual_measures(counts.rollout), *outcome_measures(counts), *more])
    return Replication(
        number=number,
        targeted=len(counts.ends.targeted),
        first_command=counts.ends.first_command,
        ended=counts.ended,
        values={measure: value_of(counts, measure) for measure in wanted},
        custom=dict(custom or {}),
        timeline=counts.timeline,
        spent=counts.spent,
        sites=SiteUse(
            peak=peak_shares(counts, None).astype(np.float32),
            busy_hour=counts.busy_hour_lines.astype(np.float32),
            size=counts.line_bytes(None),
            link=counts.links.astype(np.float32),
        ),
        corrected=counts.corrected,
        heard=counts.heard,
        targets=crc32(counts.ends.targeted.astype("<i4").tobytes()),
        absent=absentees(counts.rollout, counts.ends),
        steps=counts.ends.steps(),
    )
