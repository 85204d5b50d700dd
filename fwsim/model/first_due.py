"""When a rollout begins: the moment at which anything is first due, the same in every run.

When the first device starts differs from run to run where devices start by themselves. So times
are counted from what the scenario says: a command is sent, a notification or an assignment is set,
a job of the scheduler is due, checks for a new version come into force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fwsim.commands.client_group import asks_what_changes
from fwsim.commands.scheduler_file import JobType
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget, Target
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import notifications_of, scheduled_jobs_of
from fwsim.model.rollout import Rollout

JUDGED_FIRST = (StatusField.UPDATE, StatusField.UEFI, StatusField.DELIVERY)
"""What a rollout is judged by is the first of these that there is."""
_KEPT = "what is due"


@dataclass(frozen=True)
class WhatIsDue:
    """What devices are commanded, or start by themselves, before the horizon.

    Parameters
    ----------
    fields
        When the first thing of each kind is due, milliseconds after the start; what no device is
        meant by is left out.
    checks
        Since when devices check for a new version by themselves; None if none ever does.
    """

    fields: Mapping[StatusField, int]
    checks: int | None

    @property
    def judged(self) -> StatusField:
        """What the rollout is judged by: its updates, else UEFI updates, else deliveries."""
        return next((one for one in JUDGED_FIRST if one in self.fields), StatusField.UPDATE)

    def first(self, field: StatusField) -> int:
        """Return when the first thing of a kind is due, milliseconds; 0 if there is none."""
        return self.fields.get(field, 0)


def what_is_due(rollout: Rollout) -> WhatIsDue:
    """Return what is due when; looked up once, for it is the same in every world.

    Raises
    ------
    InputError
        If a target leads nowhere, or a file cannot be read.
    """
    if _KEPT not in rollout.kept:
        rollout.kept[_KEPT] = _looked_up(rollout)
    found: WhatIsDue = rollout.kept[_KEPT]
    return found


def _looked_up(rollout: Rollout) -> WhatIsDue:
    checks = _checks_since(rollout)
    found: dict[StatusField, int] = {} if checks is None else {StatusField.UPDATE: checks}
    for field, at in (*_commands(rollout, found), *_by_themselves(rollout)):
        if at <= rollout.horizon:
            found[field] = min(found.get(field, at), max(at, 0))
    return WhatIsDue(found, checks)


def _commands(
    rollout: Rollout, known: Mapping[StatusField, int]
) -> Iterator[tuple[StatusField, int]]:
    """Yield the first command of each kind that any device may be meant by."""
    seen: set[StatusField] = set()
    for run in rollout.runs:  # in order of time
        field, target = run.command.status_field, run.command.target
        if field in seen or run.at >= known.get(field, rollout.horizon + 1):
            continue
        if _may_mean_anybody(target) or len(rollout.find(target)):
            seen.add(field)
            yield field, run.at


def _may_mean_anybody(target: Target) -> bool:
    """Tell whether who is in a group shows only when its command runs."""
    return isinstance(target, ClientGroupTarget) and asks_what_changes(target.filter)


def _by_themselves(rollout: Rollout) -> Iterator[tuple[StatusField, int]]:
    for notification in notifications_of(rollout):
        if notification.devices:
            yield notification.command.status_field, notification.at
    for scheduled in scheduled_jobs_of(rollout):
        if scheduled.job.type is JobType.UPDATE and scheduled.devices and scheduled.firings:
            yield StatusField.UPDATE, scheduled.firings[0]
    for assignment in assigned_of(rollout).assignments:
        if assignment.devices:
            yield assignment.command.status_field, assignment.at


def _checks_since(rollout: Rollout) -> int | None:
    """Return since when any device checks for a new version, as its configuration says."""
    configuration, units = rollout.configuration, rollout.fleet.unit
    begins = [0, *configuration.change_times]
    since = [
        at
        for code in np.unique(units.codes).tolist()
        for at, settings in zip(begins, configuration.over_time(units.values[code]), strict=True)
        if at <= rollout.horizon and (settings.check_at_start or settings.check_at_shutdown)
    ]
    return max(min(since), 0) if since else None
