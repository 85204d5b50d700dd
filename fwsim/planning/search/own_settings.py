"""Settings that OUs have of their own, and that hide from them what a search turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.firmware import FirmwareSettings
from fwsim.measures.amounts import counted_in_english
from fwsim.model.rollout import Rollout
from fwsim.problems import Problem, Severity
from fwsim.scenario.fleet_build import firmware_by_unit
from fwsim.scenario.search_section import TurnSection


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
    units = firmware_by_unit(rollout.scenario)
    units.pop("", None)
    are_placed = any(isinstance(proxies, tuple) for proxies in turn.proxies)
    turned: list[tuple[str, str, bool, Callable[[FirmwareSettings], object]]] = [
        ("deferments", "a reminder", True, lambda own: own.deferments),
        ("delays", "a reminder", True, lambda own: own.delays),
        ("proxies", "a proxy setting", not are_placed, lambda own: own.proxy_type),
    ]
    for field, what, is_of_top, setting in turned:
        hidden = {
            unit: np.intersect1d(commanded, rollout.fleet.in_unit(unit, subordinate_units=True))
            for unit, at in units.items()
            if setting(at) is not None
        }
        own = [unit for unit, devices in hidden.items() if len(devices)]
        if not own or not getattr(turn, field):
            continue
        text = _stays(own, what)
        is_idle = is_of_top and len(np.unique(np.concatenate([*hidden.values()]))) == len(commanded)
        if is_idle:
            text = f"it has no effect: {text}, and all devices are there"
        severity = Severity.ERROR if is_idle else Severity.WARNING
        yield Problem(text, path=f"search.turn.{field}", severity=severity)


def _stays(own: list[str], what: str) -> str:
    if len(own) == 1:
        return f"{own[0]} has {what} of its own, which stays"
    others = counted_in_english(len(own) - 1, "other OU")
    return f"{own[0]} and {others} have {what} of their own, which stays"
