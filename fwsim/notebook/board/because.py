"""What made the last devices late, to scale and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fwsim.measures.amounts import shown_duration
from fwsim.messages import say
from fwsim.quantities.elementary import summed
from fwsim.results.run.stages import STAGES_UNDER_WAY
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.causes import CAUSES
from fwsim.results.statistics.stopping import nobody_in_words

LEAST = 60_000.0
"""Milliseconds from which on a cause is told."""


@dataclass(frozen=True)
class Cause:
    """How much later something made the last 5 % than all devices were on average.

    Parameters
    ----------
    name
        A key of `CAUSES`.
    later
        Milliseconds.
    """

    name: str
    later: float


def causes_of(shown: Answer) -> list[Cause]:
    """Return what made the last 5 % later than the others, the most first."""
    done = [run.spent for run in shown.replications if run.spent.devices]
    if not done:
        return []
    more = np.mean([spent.by_last - spent.by_all for spent in done], axis=0)
    causes = [
        Cause(name, summed(float(more[STAGES_UNDER_WAY.index(way)]) for way in ways))
        for name, ways in CAUSES.items()
    ]
    return sorted((one for one in causes if one.later >= LEAST), key=lambda one: -one.later)


def because_data(shown: Answer) -> list[dict[str, Any]]:
    """Return the strip as the browser gets it."""
    return [
        {
            "name": cause.name,
            "width": cause.later,
            "text": say(f"board.because.{cause.name}", time=shown_duration(cause.later)),
        }
        for cause in causes_of(shown)
    ]


def without_cause(shown: Answer) -> str:
    """Return what is said where nothing made the last ones late."""
    if nobody := nobody_in_words(shown):
        return f"{nobody}."
    is_any_done = any(run.spent.devices for run in shown.replications)
    return say("board.because.none" if is_any_done else "tail.none_successful")
