"""Several rollouts of one fleet, side by side: one run each, under one seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fwsim.fleet.week import read_week
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.results.output.result import Result
from fwsim.results.run.asked import check_measure
from fwsim.results.run.measuring import value_of

BUSY_HOURS = "mon-fri 08:00-18:00"
"""On the server's clock, the same for all that stand side by side."""


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
        they were not reached, 0 if none needed it.
    prompted
        Devices in front of which a notice came up.
    successful, targeted
        Devices.
    asked
        What other measures came to, in their order.
    """

    name: str
    wan: int
    wan_in_busy_hours: int
    busiest: float
    most_successful: float | None
    prompted: int
    successful: int
    targeted: int
    asked: tuple[tuple[Measure, float], ...] = ()


def measures_of(result: Result, asked: Sequence[Measure] = ()) -> Measures:
    """Return the measures of one run.

    Parameters
    ----------
    result
        The run.
    asked
        Other measures.
    """
    record, week = result.record, read_week(BUSY_HOURS)
    check_measure(result.rollout, Measure(Kind.WAN, week=week))

    def value(kind: Kind, **slots: Any) -> float:
        return value_of(record, Measure(kind, **slots))

    reached = value(Kind.TIME_TO, share=0.95)
    return Measures(
        name=result.rollout.scenario.name,
        wan=int(value(Kind.WAN)),
        wan_in_busy_hours=int(value(Kind.WAN, week=week)),
        busiest=value(Kind.PEAK_SITES, week=week),
        most_successful=None if math.isinf(reached) else reached / 1000,
        prompted=int(value(Kind.DEVICES_PROMPTED)),
        successful=round(value(Kind.SUCCESSFUL) * len(record.judged.targeted)),
        targeted=len(record.judged.targeted),
        asked=tuple((measure, value_of(record, measure)) for measure in asked),
    )
