"""What a setting of the whole plan does not reach: OUs that have one of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.messages import say
from fwsim.model.first_due import who_may_be_meant
from fwsim.model.rollout import Rollout
from fwsim.planning.search.own_settings import (
    Setting,
    Stays,
    own_settings,
    proxy_stays,
    reminder_stays,
)


def own_reminders(rollout: Rollout) -> str:
    """Return which OUs have a reminder of their own, in words; nothing if there are none.

    Parameters
    ----------
    rollout
        The plan, levers turned; its targets are there.
    """
    return _in_words(rollout, reminder_stays, lambda own: own.deferments)


def own_proxies(rollout: Rollout) -> str:
    """Return which OUs have a proxy setting of their own, in words; nothing if there are none.

    Parameters
    ----------
    rollout
        The plan, levers turned; its targets are there.
    """
    return _in_words(rollout, proxy_stays, lambda own: own.proxy_type)


def _in_words(rollout: Rollout, stays: Stays, setting: Setting) -> str:
    if all(unit.firmware is None for unit in rollout.scenario.fleet.units.values()):
        return ""
    own, are_everywhere = own_settings(rollout, _updated(rollout), setting)
    if not own:
        return ""
    return say("rail.no_effect", why=stays(own)) if are_everywhere else stays(own)


def _updated(rollout: Rollout) -> NDArray[np.int32]:
    """Return the devices that updates of a plan may mean."""
    commands = [section.command() for section in rollout.scenario.commands]
    targets = (command.target for command in commands if isinstance(command, UpdateCommand))
    return np.flatnonzero(who_may_be_meant(rollout, targets)).astype(np.int32)
