"""Settings that OUs have of their own, and that hide from them what a search turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.firmware import FirmwareSettings, units_above
from fwsim.measures.amounts import counted_in_english
from fwsim.model.rollout import Rollout
from fwsim.problems import Problem, Severity
from fwsim.scenario.fleet_build import firmware_by_unit
from fwsim.scenario.search_section import TurnSection

Setting = Callable[[FirmwareSettings], object]


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
    turned: list[tuple[str, str, bool, Setting]] = [
        ("deferments", "a reminder", True, lambda own: own.deferments),
        ("delays", "a reminder", True, lambda own: own.delays),
        ("proxies", "a proxy setting", not are_placed, lambda own: own.proxy_type),
    ]
    for field, what, is_of_top, setting in turned:
        if not getattr(turn, field):
            continue
        own, are_everywhere = own_settings(rollout, commanded, setting)
        if not own:
            continue
        text = _stays(own, what)
        is_idle = is_of_top and are_everywhere
        if is_idle:
            text = f"it has no effect: {text}, and all devices are there"
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


def _stays(own: list[str], what: str) -> str:
    if len(own) == 1:
        return f"{own[0]} has {what} of its own, which stays"
    others = counted_in_english(len(own) - 1, "other OU")
    return f"{own[0]} and {others} have {what} of their own, which stays"
