"""Names in a log that are none of the scenario's devices, or are written otherwise there."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Fleet
from fwsim.learning.journeys import NOBODY, devices_of, known_devices
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed

_EXAMPLES = 3
_LONGEST_SHOWN = 60
_MOST_COMPARED = 20_000
"""Names of a fleet among which the nearest is looked for: that takes its time."""


def told_of_strangers(log: Observed, rollout: Rollout) -> list[str]:
    """Return what to say of names that are left out, and of those found by ignoring case."""
    known = devices_of(log, rollout)
    names = log.device.values
    told = []
    strange = [name for name, device in zip(names, known.tolist(), strict=True) if device == NOBODY]
    if strange:
        near = "" if log.renamed else _near(strange[0], rollout.fleet)
        told.append(say("under_way.strangers", count=len(strange), names=examples(strange, near)))
    if log.renamed:
        return told
    exact = known_devices(rollout)
    other = [
        (name, device)
        for name, device in zip(names, known.tolist(), strict=True)
        if device != NOBODY and name not in exact
    ]
    if other:
        name, device = other[0]
        own = rollout.fleet.shown_names[device]
        told.append(
            say("under_way.other_case", count=len(other), name=_shown(name), own=_shown(own))
        )
    return told


def examples(names: Sequence[str], near: str = "") -> str:
    """Return the first of some names, and behind the first one what it is near to."""
    shown = [_shown(name) for name in names[:_EXAMPLES]]
    shown[0] += near
    return ", ".join(shown) + " …" * (len(names) > _EXAMPLES)


def lines_of_strangers(log: Observed, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines are of strangers; none if most of the fleet is in the log.

    An export of a whole console shows the scenario's devices among all others.
    """
    known = devices_of(log, rollout)
    if 2 * len(np.unique(known[known != NOBODY])) >= len(rollout.fleet):
        return np.zeros(len(log), bool)
    return np.asarray((known == NOBODY)[log.device.codes], bool)


def _near(name: str, fleet: Fleet) -> str:
    if len(fleet) > _MOST_COMPARED:
        return ""
    own = {other.casefold(): other for other in fleet.shown_names}
    found = difflib.get_close_matches(name[:_LONGEST_SHOWN].casefold(), own, n=1)
    return say("under_way.nearest", name=_shown(own[found[0]])) if found else ""


def _shown(name: str) -> str:
    return repr(name[:_LONGEST_SHOWN] + "…" * (len(name) > _LONGEST_SHOWN))
