"""Whom notifications, assignments and kinds of failing devices mean: looked up before the runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fwsim.commands.client_group import IDF_NAME, UPDATE_STATE, asked_attributes
from fwsim.commands.targets import ClientGroupTarget, Target
from fwsim.forewarning.groups import why_nobody
from fwsim.forewarning.oddity import Oddity, Place
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import notifications_of
from fwsim.model.rollout import Rollout


def oddities_looked_up(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for a notification for nobody, and for groups that luck decides."""
    for number, notification in enumerate(notifications_of(rollout)):
        place, target = ("notifications", number), notification.command.target
        if not notification.devices:
            yield Oddity(place, say("warning.command.nobody", why=_why(target, rollout)))
        yield from _of_drawn(rollout, place, target)
    for assignment in assigned_of(rollout).assignments:
        place = ("assignments", assignment.number)
        yield from _of_drawn(rollout, place, assignment.command.target)
    for number, failing in enumerate(rollout.scenario.failing):
        yield from _of_drawn(
            rollout, ("failing", number, "where"), ClientGroupTarget(failing.where)
        )


def _why(target: Target, rollout: Rollout) -> str:
    if not isinstance(target, ClientGroupTarget):
        return ""
    if UPDATE_STATE in asked_attributes(target.filter):
        return say("warning.looked_up.update_state", attribute=UPDATE_STATE)
    return why_nobody(target.filter, rollout)


def _of_drawn(rollout: Rollout, place: Place, target: Target) -> Iterator[Oddity]:
    """Yield an oddity where a group asks for images that are drawn run by run."""
    if not isinstance(target, ClientGroupTarget) or IDF_NAME not in asked_attributes(target.filter):
        return
    is_mix = np.array([len(mix) > 1 for mix in rollout.installed_mixes()], np.bool_)
    count = int(is_mix[rollout.fleet.installed.codes].sum())
    if count:
        yield Oddity(place, say("warning.looked_up.drawn", attribute=IDF_NAME, count=count))
