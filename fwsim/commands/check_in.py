"""When a device looks for what it is assigned, and when it tries again after a failure.

The rules are those that the compared products share (docs/products.md): a device comes by itself,
some time after the last time; what failed is tried again after waits that may grow.
"""

from __future__ import annotations

ALWAYS_OPEN = -1
"""Stands for hours in which something may start at any time."""


def next_check_in(every: int, jitter: int, chance: float) -> int:
    """Return the time from one check-in to the next, milliseconds.

    Parameters
    ----------
    every, jitter
        The interval, and how much earlier or later at most; milliseconds.
    chance
        In (0, 1); spreads it evenly.
    """
    if jitter == 0:
        return every
    return max(every - jitter + int(2 * jitter * chance), 1)


def hurried(wait: int, least: int, until_opening: int) -> int:
    """Return the time to the next check-in of a device that waits for a window to open.

    A third of what is left, not below the least time and not above the usual one: hawkBit's rule.

    Parameters
    ----------
    wait, least
        The usual time, and the least; milliseconds.
    until_opening
        Milliseconds until the window opens.
    """
    return min(wait, max(least, until_opening // 3))


def drawn_anew(left: int, chance: float) -> int:
    """Return when a device checks in of which is known that it has not yet, milliseconds from now.

    Its moment is anywhere in what is left of the interval: those that are past are ruled out.

    Parameters
    ----------
    left
        Milliseconds in which it is to come; above 0.
    chance
        In (0, 1).
    """
    return 1 + int((left - 1) * chance)


def retry_waits(
    times: int, wait: int, factor: float, each: int, longest: int | None
) -> tuple[int, ...]:
    """Return how long a device waits after each failure before it tries again.

    Parameters
    ----------
    times
        How often it tries again.
    wait
        Milliseconds before the first tries.
    factor
        By which the wait grows.
    each
        After how many tries it grows.
    longest
        The longest wait; None if it grows for ever.

    Returns
    -------
    tuple of int
        Milliseconds, one for each further try.
    """
    waits, now = [], float(wait)
    for number in range(times):
        if number and number % each == 0:
            now *= factor
        if longest is not None:
            now = min(now, float(longest))
        waits.append(round(min(now, 2.0**53)))
    return tuple(waits)
