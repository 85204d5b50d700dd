"""From the runs of a part of a fleet to about what the whole would come to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.experiments.first_looks.thinning import Part
from fwsim.measures.catalogue import SUMS_OF_PEOPLE, Kind
from fwsim.results.run.replication import Replication
from fwsim.results.run.timeline import Timeline

ADDED_UP = frozenset(
    {
        Kind.TARGETED,
        Kind.DEVICES_SUCCESSFUL,
        *SUMS_OF_PEOPLE,
        Kind.WAN,
        Kind.FROM_PROXIES,
        Kind.UNFINISHED,
        Kind.ON_FOR_NOTHING,
    }
)
"""What grows with the number of devices; all else is a share, a time, or one device's or line's."""


def scaled(run: Replication, part: Part) -> Replication:
    """Return a run of a part with its counts as those of the whole.

    Parameters
    ----------
    run
        What the part's run came to.
    part
        Which devices played.
    """
    by = part.stands_for
    if by == 1:
        return run
    values = {m: v * by if m.kind in ADDED_UP else v for m, v in run.values.items()}
    lines = np.where(part.kept > 0, part.kept, 1.0)
    return replace(
        run,
        targeted=round(run.targeted * by),
        absent=round(run.absent * by),
        values=values,
        timeline=_scaled(run.timeline, by, lines),
        sites=replace(
            run.sites,
            size=np.rint(run.sites.size / lines).astype(np.int64),
            link=(run.sites.link / lines).astype(np.float32),
        ),
    )


def _scaled(timeline: Timeline, by: float, lines: NDArray[np.float64]) -> Timeline:
    site, hour, size = timeline.site_hours
    asked = timeline.people_hours
    return replace(
        timeline,
        stages=np.rint(timeline.stages * by).astype(np.int32),
        prompts=np.rint(timeline.prompts * by).astype(np.int32),
        repository=np.rint(timeline.repository * by).astype(np.int64),
        providers=(timeline.providers * by).astype(np.float32),
        site_hours=np.stack([site, hour, np.rint(size / lines[site]).astype(np.int64)]),
        people_hours=None if asked is None else _scaled_last(asked, by),
    )


def _scaled_last(rows: NDArray[np.int32], by: float) -> NDArray[np.int32]:
    """Return rows with the last of their columns as that of the whole."""
    return np.stack([*rows[:-1], np.rint(rows[-1] * by).astype(np.int32)])
