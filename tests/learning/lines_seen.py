"""Lines of a log, and what is seen in them."""

import numpy as np

from fwsim.fleet.fleet import Column
from fwsim.learning.journeys import journeys_of
from fwsim.observations.observed import Observed, What
from fwsim.run import prepare
from fwsim.scenario.load import loads

TEXT = """
zone: UTC
start: 2024-01-01 00:00
horizon: 2 d
image: {name: n.idf, packages: [{name: a, size: 32 MB}]}
firmware: {reminder: {deferments: 1, delays: [15 min]}}
fleet:
  units:
    A: {devices: 4, site: North}
    B: {devices: 4, site: South}
network: {sites: {default: {link: 20 Mbit/s}, North: {link: 20 Mbit/s}, South: {link: 20 Mbit/s}}}
people: {default: {present: "mon-fri 08:00-17:00"}}
power: {default: {on: "mon-fri 07:00-18:00", jitter: 10 min}}
commands:
  - {update: A, once: 2024-01-01 10:00, inform_user: 60 s, user_can_cancel: true}
  - {update: B, once: 2024-01-01 22:00}
"""
ROLLOUT = prepare(loads(TEXT))
NINE = round(ROLLOUT.start.timestamp() * 1000) + 9 * 3_600_000
NAMES = ROLLOUT.fleet.shown_names


def log_of(*rows, until=None, resolution=1, begins=NINE, command=0, **more):
    """Make a log of (device, second after nine, what[, detail or amount])."""
    rows = sorted(rows, key=lambda row: (row[0], row[1]))
    device = [row[0] for row in rows]
    time = np.array([begins + round(row[1] * 1000) for row in rows], np.int64)
    extra = [row[3] if len(row) > 3 else "" for row in rows]
    return Observed(
        device=Column(tuple(NAMES), np.array(device, np.int32)),
        earliest=time,
        latest=time,
        what=np.array([row[2] for row in rows], np.int8),
        amount=np.array([one if isinstance(one, int) else -1 for one in extra], np.int64),
        detail=Column.of([one if isinstance(one, str) else "" for one in extra]),
        command=np.full(len(rows), command, np.int32),
        line=np.arange(len(rows)),
        source=np.zeros(len(rows), np.int16),
        sources=("log",),
        until=begins + round(1000 * (until if until is not None else rows[-1][1])),
        resolution=resolution,
        **more,
    )


def journeys(*rows, **more):
    return journeys_of([log_of(*rows, **more)], ROLLOUT)


RAN = [(7, 5, What.FETCHING), (7, 9, What.FETCHED), (7, 10, What.WRITING), (7, 20, What.DONE)]
