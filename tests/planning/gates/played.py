"""Units and times of groups that are played."""

from __future__ import annotations

from fwsim.planning.gates.device_ends import Ends
from fwsim.planning.gates.policies import (
    AllAtOnce,
)

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000


def starts(run):
    return [(part.at, part.end - part.first) for part in run.sent]


def alone(staging):
    """How long one device takes, milliseconds."""
    setup, run = staging(AllAtOnce(), devices=1)
    return int(Ends(setup.devices, run.record).time[0])
