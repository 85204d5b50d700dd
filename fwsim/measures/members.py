"""Which devices a measure counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Fleet
from fwsim.fleet.grouping import Grouping, in_group
from fwsim.measures.measure import Measure


def members_of(measure: Measure, fleet: Fleet, devices: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which of some devices a measure counts.

    Parameters
    ----------
    measure
        Of all devices, of an OU, of a group, or of both.
    fleet
        The fleet.
    devices
        Indices into it.
    """
    members = np.ones(len(devices), bool)
    if measure.unit is not None:
        members &= in_group(fleet, Grouping.UNIT, measure.unit, devices)
    if measure.group is not None and measure.grouping is not None:
        members &= in_group(fleet, *measure.grouping, devices)
    return members
