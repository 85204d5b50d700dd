"""How long goes on what has lasted longer than hardly anything does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.overdue import event_overdue
from fwsim.model.chances import Chances
from fwsim.model.purposes import Purpose
from fwsim.quantities.elementary import Floats
from fwsim.quantities.tails import beyond

MOST_TRIES = 64
"""How often a chance is drawn anew before it is taken from what its law leaves."""


def durations_beyond(
    chances: Chances,
    purpose: Purpose,
    draw: int,
    devices: NDArray[np.int64],
    lasted: NDArray[Any],
    value_of: Callable[[Floats], NDArray[Any]],
) -> tuple[NDArray[Any], Floats]:
    """Return how long each thing lasts that has lasted so long, and how likely it was to.

    Where no law lets anything last so long, it is overdue.

    Parameters
    ----------
    chances
        Of the run.
    purpose, draw, devices
        Whose; shape (devices,).
    lasted
        Milliseconds so far; shape (devices,).
    value_of
        From a chance for each to milliseconds.

    Returns
    -------
    durations
        Milliseconds in all, longer than so far; shape (devices,).
    shares
        Share of each law that lies beyond what it has lasted; 0 where it is overdue. Shape
        (devices,).
    """
    luck = chances.again(purpose, draw, MOST_TRIES, devices)
    share, found = beyond(value_of, lasted, luck)
    overdue = chances.again(Purpose.OVERDUE, draw, 0, devices)
    never = [
        already + event_overdue(already, chance)
        for already, chance in zip(lasted.tolist(), overdue.tolist(), strict=True)
    ]
    return np.where(share > 0, value_of(found), never), share
