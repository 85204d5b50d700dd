"""Made-up runs whose truth is known."""

from __future__ import annotations

import numpy as np

LIMIT = "<= 1 in 80 % of the runs"
MINUTE = 60_000.0


class Luck(np.random.Generator):
    """A generator that knows of which run it is."""

    number = 0


def luck(seed, choice, number):
    """Return the generator of a run."""
    place = sum(at * 7**n for n, at in enumerate(choice))
    generator = Luck(np.random.PCG64([seed, number, place]))
    generator.number = number
    return generator


PROMPTS = {"most prompts on one device": LIMIT}
HOUR_LIMIT = {"time to 95 %": "<= 1 h"}
FOUR_PLANS = {"devices_wait": ["0 s", "1 s"], "deferments": [0, 1]}
