"""Settings that OUs have of their own, and that hide from them what a search turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.firmware import FirmwareSettings, units_above
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.problems import Problem, Severity
from fwsim.scenario.fleet_build import firmware_by_unit
from fwsim.scenario.search_section import TurnSection

Setting = Callable[[FirmwareSettings], object]
Stays = Callable[[list[str]], str]


def hidden_by_own_settings(
    rollout: Rollout, commanded: NDArray[np.int32], turn: TurnSection
) -> Iterator[Problem]:
    """Yield the search parameters that settings of OUs hide: errors where they do everywhere.

    What is turned is the setting of the top level; what is set at an OU stays.

    Parameters
    ----------
    rollout
        The plan as it is written.
    commanded
        Devices that an update is for.
    turn
        The search parameters.
    """
    are_placed = any(isinstance(proxies, tuple) for proxies in turn.proxies)
    turned: list[tuple[str, Stays, bool, Setting]] = [
        ("deferments", reminder_stays, True, lambda own: own.deferments),
        ("delays", reminder_stays, True, lambda own: own.delays),
        ("proxies", proxy_stays, not are_placed, lambda own: own.proxy_type),
    ]
    for field, stays, is_of_top, setting in turned:
        if not getattr(turn, field):
            continue
        own, are_everywhere = own_settings(rollout, commanded, setting)
        if not own:
            continue
        is_idle = is_of_top and are_everywhere
        text = say("rail.no_effect", why=stays(own)) if is_idle else stays(own)
        severity = Severity.ERROR if is_idle else Severity.WARNING
        yield Problem(text, path=f"search.turn.{field}", severity=severity)


def own_settings(
    rollout: Rollout, commanded: NDArray[np.int32], setting: Setting
) -> tuple[list[str], bool]:
    """Return the OUs that have a setting of their own, and whether all devices are in these.

    Parameters
    ----------
    rollout
        The plan.
    commanded
        Devices that count: an OU without any of them has nothing to hide.
    setting
        What is looked for in the settings that are made at an OU; None where it is not among them.
    """
    made = firmware_by_unit(rollout.scenario)
    having = {unit for unit, at in made.items() if unit and setting(at) is not None}
    units = rollout.fleet.unit
    above = [
        having.intersection(units_above(units.values[code]))
        for code in np.flatnonzero(np.bincount(units.codes[commanded])).tolist()
    ]
    found = set().union(*above)
    return [unit for unit in made if unit in found], bool(above) and all(above)


def reminder_stays(own: list[str]) -> str:
    """Return that OUs have a reminder of their own, in words."""
    if len(own) == 1:
        return say("rail.own_reminder", unit=own[0])
    return say("rail.own_reminders", unit=own[0], count=len(own) - 1)


def proxy_stays(own: list[str]) -> str:
    """Return that OUs have a proxy setting of their own, in words."""
    if len(own) == 1:
        return say("rail.own_proxy", unit=own[0])
    return say("rail.own_proxies", unit=own[0], count=len(own) - 1)
