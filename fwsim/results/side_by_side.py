"""Several rollouts of one fleet, side by side: one run each, under one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.fleet.week import read_week
from fwsim.results.result import Result

BUSY_HOURS = "mon-fri 08:00-18:00"


@dataclass(frozen=True, slots=True)
class Measures:
    """What one run came to, for comparison.

    Parameters
    ----------
    name
        The scenario's.
    wan
        Bytes that crossed the sites' lines.
    wan_in_busy_hours
        Those of them in the busy hours.
    busiest
        The largest share of a site's own line that updates took in a minute of the busy hours.
    most_successful
        Seconds from the first command to 95 % of the devices that needed the update; None if
        they were not reached.
    prompted
        Devices in front of which a notice came up.
    successful, targeted
        Devices.
    """

    name: str
    wan: int
    wan_in_busy_hours: int
    busiest: float
    most_successful: float | None
    prompted: int
    successful: int
    targeted: int


def measures_of(result: Result, busy_hours: str = BUSY_HOURS) -> Measures:
    """Return the measures of one run.

    Parameters
    ----------
    result
        The run.
    busy_hours
        Times of the week on the server's clock.
    """
    rollout, load, summary = result.rollout, result.load, result.measures
    spans = rollout.week_intervals(read_week(busy_hours))
    busy = np.zeros(len(load.minute), bool)
    for start, end in spans:
        busy |= (load.minute >= start) & (load.minute < end)
    links = np.array([site.link for site in rollout.sites()], np.float64)
    shares = load.size * 1000 / load.stretch / np.maximum(links[load.site], 1)
    reached = next(
        time.seconds for time in summary.completion if (time.of, time.percent) == ("needed", 95)
    )
    return Measures(
        name=rollout.scenario.name,
        wan=int(load.size.sum()),
        wan_in_busy_hours=int(load.size[busy].sum()),
        busiest=float(shares[busy].max()) if busy.any() else 0.0,
        most_successful=reached,
        prompted=summary.devices_prompted,
        successful=sum(c.devices for c in summary.outcomes if c.outcome == "successful"),
        targeted=summary.targeted,
    )
