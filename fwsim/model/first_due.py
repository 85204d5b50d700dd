"""When a rollout begins: the moment at which anything is first due, the same in every run.

When the first device starts differs from run to run where devices start by themselves. So times
are counted from what the scenario says: a command is sent, a notification or an assignment is set,
a job of the scheduler is due, checks for a new version come into force. A command that was sent
later than planned counts from when it was due: what is forecast of it is held against the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fwsim.commands.client_group import (
    BIOS,
    CHANGING_ATTRIBUTES,
    UPDATE_STATE,
    asked_attributes,
    asks_what_changes,
)
from fwsim.commands.command import UefiUpdateCommand
from fwsim.commands.scheduler_file import JobType
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget, Target
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import notifications_of, scheduled_jobs_of
from fwsim.model.rollout import Rollout

JUDGED_FIRST = (StatusField.UPDATE, StatusField.UEFI, StatusField.DELIVERY)
"""What a rollout is judged by is the first of these that there is."""
_KEPT = "what is due"
_CHANGING = "what changes"
_NOBODY = np.zeros(0, np.int64)


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
    starters_of
        The devices, ascending, that each kind is for by a notification, by a job of the scheduler
        or as they check for a new version: one that never gets to it leaves no trace.
    """

    fields: Mapping[StatusField, int]
    checks: int | None
    starters_of: Mapping[StatusField, NDArray[np.int64]] = field(
        default_factory=dict, compare=False
    )

    @property
    def judged(self) -> StatusField:
        """What the rollout is judged by: its updates, else UEFI updates, else deliveries."""
        return next((one for one in JUDGED_FIRST if one in self.fields), StatusField.UPDATE)

    @property
    def starters(self) -> NDArray[np.int64]:
        """The devices, ascending, that start by themselves what the rollout is judged by."""
        return self.starters_of.get(self.judged, _NOBODY)

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
    checking = checking_since(rollout)
    checks = min(checking.values(), default=None)
    found: dict[StatusField, int] = {} if checks is None else {StatusField.UPDATE: checks}
    started = [one for one in _started(rollout) if one[1] <= rollout.horizon]
    alone = [(kind, at) for kind, at, _ in started]
    assigned = [(kind, at) for kind, at, _ in _assigned(rollout)]
    for kind, at in (*_commands(rollout, found), *alone, *assigned):
        if at <= rollout.horizon:
            found[kind] = min(found.get(kind, at), max(at, 0))
    starters: dict[StatusField, list[ArrayLike]] = {}
    for kind, _, devices in started:
        starters.setdefault(kind, [_NOBODY]).append(devices)
    if checks is not None:
        those = np.flatnonzero(np.isin(rollout.fleet.unit.codes, [*checking]))
        starters.setdefault(StatusField.UPDATE, [_NOBODY]).append(those)
    each = {kind: np.unique(np.concatenate(devices)) for kind, devices in starters.items()}
    return WhatIsDue(found, checks, each)


def _commands(
    rollout: Rollout, known: Mapping[StatusField, int]
) -> Iterator[tuple[StatusField, int]]:
    """Yield the first command of each kind that any device may be meant by."""
    seen: set[StatusField] = set()
    for run in sorted(rollout.runs, key=lambda run: run.due):
        field, target = run.command.status_field, run.command.target
        if field in seen or run.due >= known.get(field, rollout.horizon + 1):
            continue
        # Before the first update no device has another update state than at the start.
        is_open = may_mean_anybody(target, rollout) and not (
            field is StatusField.UPDATE and _asks_what_only_updates_change(target, rollout)
        )
        if is_open or len(rollout.find(target)):
            seen.add(field)
            yield field, run.due


def changing_attributes(rollout: Rollout) -> frozenset[str]:
    """Return what updates change of what devices report: the BIOS where any of them is of UEFI."""
    if _CHANGING not in rollout.kept:
        is_uefi = bool(rollout.scenario.uefi) and _any_updates_uefi(rollout)
        rollout.kept[_CHANGING] = frozenset((*CHANGING_ATTRIBUTES, *((BIOS,) if is_uefi else ())))
    found: frozenset[str] = rollout.kept[_CHANGING]
    return found


def _any_updates_uefi(rollout: Rollout) -> bool:
    scenario = rollout.scenario
    sections = (*scenario.commands, *scenario.notifications, *scenario.assignments)
    commands = [run.command for run in rollout.runs] + [section.command() for section in sections]
    return any(isinstance(command, UefiUpdateCommand) for command in commands)


def may_mean_anybody(target: Target, rollout: Rollout) -> bool:
    """Tell whether who is in a group shows only when its command runs."""
    if not isinstance(target, ClientGroupTarget):
        return False
    return asks_what_changes(target.filter, changing_attributes(rollout))


def _asks_what_only_updates_change(target: Target, rollout: Rollout) -> bool:
    """Tell whether a group asks for the update state, and for no image, which may be drawn."""
    if not isinstance(target, ClientGroupTarget):
        return False
    return asked_attributes(target.filter) & changing_attributes(rollout) == {UPDATE_STATE}


def who_may_be_meant(rollout: Rollout, targets: Iterable[Target]) -> NDArray[np.bool_]:
    """Tell of each device whether any of some targets may mean it; each is looked up once.

    Raises
    ------
    InputError
        If a target leads nowhere.
    """
    meant = np.zeros(len(rollout.fleet), np.bool_)
    for target in dict.fromkeys(targets):
        meant[slice(None) if may_mean_anybody(target, rollout) else rollout.find(target)] = True
    return meant


def each_due(rollout: Rollout, field: StatusField) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield everything of a kind before the horizon: when it is first due, and for which devices.

    Those that only a group looked up when it runs may hold are left out: nobody can know them. Who
    is meant again and again by the same words is looked up once.

    Parameters
    ----------
    rollout
        Its commands as they were sent.
    field
        Of which kind.
    """
    seen: set[Target] = set()
    for run in sorted(rollout.runs, key=lambda run: run.at):
        target = run.command.target
        if run.at > rollout.horizon:
            break
        is_known = not isinstance(target, ClientGroupTarget) and target not in seen
        if is_known and run.command.status_field is field:
            seen.add(target)
            yield max(run.at, 0), np.asarray(rollout.find(target), np.int64)
    yield from each_begun_alone(rollout, field)


def is_more_due(rollout: Rollout, field: StatusField, after: int) -> bool:
    """Tell whether anything of a kind is due, or may be begun by a device itself, after a moment.

    Parameters
    ----------
    rollout
        Of which.
    field
        Of which kind.
    after
        Milliseconds after the start, before the horizon.
    """
    last = max((r.at for r in rollout.runs if r.command.status_field is field), default=after)
    return last > after or any(True for _ in each_begun_alone(rollout, field))


def each_begun_alone(
    rollout: Rollout, field: StatusField
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield what of `each_due` the server does not send: devices come to it by themselves.

    Parameters
    ----------
    rollout
        Of which.
    field
        Of which kind.
    """
    for kind, at, devices in (*_started(rollout), *_assigned(rollout)):
        if kind is field and at <= rollout.horizon:
            yield max(at, 0), np.asarray(devices, np.int64)
    if field is StatusField.UPDATE:
        since = checking_since(rollout)
        for at in sorted(set(since.values())):
            units = [unit for unit, begins in since.items() if begins == at]
            yield at, np.flatnonzero(np.isin(rollout.fleet.unit.codes, units))


def _started(rollout: Rollout) -> Iterator[tuple[StatusField, int, Sequence[int]]]:
    """Yield what devices start on their own: its kind, when it is first due, for whom."""
    for notification in notifications_of(rollout):
        if notification.devices:
            yield notification.command.status_field, notification.at, notification.devices
    for scheduled in scheduled_jobs_of(rollout):
        if scheduled.job.type is JobType.UPDATE and scheduled.devices and scheduled.firings:
            yield StatusField.UPDATE, scheduled.firings[0], scheduled.devices


def _assigned(rollout: Rollout) -> Iterator[tuple[StatusField, int, Sequence[int]]]:
    """Yield what is assigned: its kind, when it is due, for whom."""
    for assignment in assigned_of(rollout).assignments:
        if assignment.devices:
            yield assignment.command.status_field, assignment.at, assignment.devices


def checking_since(rollout: Rollout) -> dict[int, int]:
    """Return since when devices of each OU check for a new version, as configuration says.

    OUs are codes of `fleet.unit`; one whose devices never check before the horizon has no entry.
    """
    configuration, units = rollout.configuration, rollout.fleet.unit
    begins = [0, *configuration.change_times]
    since: dict[int, int] = {}
    for code in np.unique(units.codes).tolist():
        settings_of = configuration.over_time(units.values[code])
        for at, settings in zip(begins, settings_of, strict=True):
            if at <= rollout.horizon and (settings.check_at_start or settings.check_at_shutdown):
                since[code] = min(since.get(code, max(at, 0)), max(at, 0))
    return since
