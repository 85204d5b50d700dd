"""What waits for devices until they take it, and lines that cannot carry it by the end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fwsim.forewarning.carrying import Carrying
from fwsim.forewarning.oddity import Oddity, Place, bounded
from fwsim.model.assigned import Assignment
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import Notification, notifications_of
from fwsim.model.rollout import Rollout


def oddities_of_waiting(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for each notification and assignment that a line is too thin for."""
    waiting: list[tuple[Place, Notification | Assignment]] = [
        *((("notifications", number), one) for number, one in enumerate(notifications_of(rollout))),
        *((("assignments", one.number), one) for one in assigned_of(rollout).assignments),
    ]
    if not waiting:
        return
    carrying = Carrying(rollout)
    yield from bounded(
        Oddity(place, text)
        for place, one in waiting
        for _, text in carrying.of_waiting(
            one.command, np.array(one.devices, np.int32), max(one.at, 0)
        )
    )
