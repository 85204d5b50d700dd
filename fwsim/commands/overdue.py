"""When something comes that by all belief should have come, and by the log has not.

What keeps it is unknown, and so is for how long. In the median it takes as long again as it has
been due [A]; how long the tail is depends on what is waited for.
"""

from __future__ import annotations

LONGEST_DELAY = 1e6
"""How many times as long as so far it may take: as good as for ever."""
STEPS_TO_ROOT = 64
"""Enough to find the inverse root of the smallest chance to the last bit: each brings half more."""
ROOT_OF_TWO = 1.4142135623730951


def check_in_overdue(silent: int, chance: float) -> int:
    """Return when a device checks in that should have and has not, milliseconds from now.

    A time of which nothing is known but that it is longer than e ends by e + x with chance
    x / (e + x): a device that nobody has heard of may well be gone.

    Parameters
    ----------
    silent
        For how many milliseconds it has been due.
    chance
        In (0, 1).
    """
    return 1 + int(silent * min(chance / (1.0 - chance), LONGEST_DELAY))


def event_overdue(due_for: int, chance: float) -> int:
    """Return when an event comes that is due on a device at work, milliseconds from now.

    It ends by e + x with chance 1 - 1 / (1 + (√2 - 1) x / e)²: a device that is there gets on with
    its work, so the tail is shorter than that of a check-in [A].

    Parameters
    ----------
    due_for
        For how many milliseconds it has been due.
    chance
        In (0, 1).
    """
    rest, inverse_root = 1.0 - chance, 1.0
    for _ in range(STEPS_TO_ROOT):
        inverse_root *= 1.5 - 0.5 * rest * inverse_root * inverse_root
    times = (inverse_root - 1.0) / (ROOT_OF_TWO - 1.0)
    return 1 + int(due_for * min(times, LONGEST_DELAY))
