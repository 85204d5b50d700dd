"""What a scenario sends to devices, or has them start by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fwsim.commands.command import asks_its_user
from fwsim.commands.scheduler_file import JobType
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.ledger.ends import Ints
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import notifications_of, scheduled_jobs_of
from fwsim.model.device_orders import assignment_label, firing_label, notification_label
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import What
from fwsim.observations.words import ENDS

FINISHED = frozenset({What.DONE, What.NOT_NEEDED})
"""What ends a standing assignment; whoever failed or cancelled may take it again."""


@dataclass(frozen=True)
class Sending:
    """What brings an update, a UEFI update or a delivery to devices.

    Parameters
    ----------
    label
        As logs have it; of an assignment that of its first try.
    field
        Which of them.
    asks
        Whether it shows notices.
    at
        When it is due, milliseconds after the start.
    devices
        Which, ascending; none where that shows only when it runs.
    ends
        What ends it on a device.
    expires
        From when on it comes to nobody; None is never.
    is_command
        Whether the server sends it when it is due; else devices come to it later, by themselves.
    is_for_anybody
        Whether who is meant shows only when it runs.
    """

    label: str
    field: StatusField
    asks: bool
    at: int
    devices: Ints
    ends: frozenset[What] = ENDS
    expires: int | None = None
    is_command: bool = False
    is_for_anybody: bool = False


def sendings_of(rollout: Rollout) -> Iterator[Sending]:
    """Yield everything, the latest commands first."""
    for run in reversed(rollout.runs):
        target = run.command.target
        is_dynamic = isinstance(target, ClientGroupTarget)
        yield Sending(
            run.label,
            run.command.status_field,
            asks_its_user(run.command),
            run.at,
            np.array(() if is_dynamic else rollout.find(target).tolist(), np.int64),
            is_command=True,
            is_for_anybody=is_dynamic,
        )
    for number, waiting in enumerate(notifications_of(rollout)):
        field, asks = waiting.command.status_field, asks_its_user(waiting.command)
        devices = np.array(waiting.devices, np.int64)
        yield Sending(notification_label(number), field, asks, waiting.at, devices)
    for job in scheduled_jobs_of(rollout):
        if job.job.type is JobType.UPDATE:
            devices = np.array(job.devices, np.int64)
            for firing, at in enumerate(job.firings):
                yield Sending(firing_label(job, firing), StatusField.UPDATE, True, at, devices)
    for one in assigned_of(rollout).assignments:
        field, asks = one.command.status_field, asks_its_user(one.command)
        label, devices = assignment_label(one.number, 0), np.array(one.devices, np.int64)
        yield Sending(label, field, asks, one.at, devices, FINISHED, one.expires)
