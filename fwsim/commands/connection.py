"""One connection of TCP: what it takes to set it up, how fast it gets, and what others leave it.

Plain numbers in, plain numbers out, so that a compiled clock can use them as they stand. Sources:
RFC 6928 (initial window), RFC 9438 (slow start), Mathis and others 1997 (the ceiling by loss),
SimGrid's window of 4 MiB (docs/source/Models.rst).
"""

from __future__ import annotations

import math

ROUND = 1 << 12
"""Parts of a round trip in which rounds are counted."""
_ONE = 30
_WIDE = 31


def slow_start(size: int, in_flight: int, window: int) -> int:
    """Return how many round trips later a file is in because its connection starts slowly.

    It doubles its window in each round trip until it runs at full rate: log2 of how many windows
    are in flight then, or of how many the file has. What came meanwhile counts: as many round
    trips as it would have taken at full rate are taken off.

    Parameters
    ----------
    size
        Bytes of the file.
    in_flight
        Bytes on their way at full rate: rate times round trip.
    window
        Bytes it begins with.

    Returns
    -------
    int
        In parts of `ROUND`; worked out in whole numbers, so that every machine finds the same.
    """
    most = min(size, in_flight)
    if most <= window:
        return 0
    rounds = -(ROUND * (most - window) // in_flight)
    while most >= 2 * window:
        window *= 2
        rounds += ROUND
    while window >> _WIDE:
        window >>= 1
        most >>= 1
    ratio = (most << _ONE) // window  # from 1 to 2
    part = ROUND >> 1
    while part:
        ratio = (ratio * ratio) >> _ONE
        if ratio >> _WIDE:
            ratio >>= 1
            rounds += part
        part >>= 1
    return rounds


def set_up_time(rounds: int, round_trip: int) -> int:
    """Return how long some round trips take.

    Parameters
    ----------
    rounds
        How many, in parts of `ROUND`.
    round_trip
        Milliseconds.

    Returns
    -------
    int
        Whole milliseconds.
    """
    return (rounds * round_trip + ROUND // 2) // ROUND


def reach(rate: int, weight: int) -> int:
    """Return the least whole level at which a flow gets a rate: what each of its parts is to get.

    Parameters
    ----------
    rate
        Of the flow; the level is in the same unit.
    weight
        How many parts of a line the flow counts as.
    """
    return rate if weight == 1 else -(-rate // weight)


def share_class(chance: float, classes: int) -> int:
    """Return which of some classes, equally likely, a chance in (0, 1) falls into."""
    return min(int(chance * classes), classes - 1)


def ceiling_by_loss(round_trip: int, loss: float, segment: int, factor: float) -> float:
    """Return the rate at which a connection that loses packets settles, bytes per second.

    Parameters
    ----------
    round_trip
        Milliseconds, more than 0.
    loss
        Share of packets lost, more than 0.
    segment
        Bytes of payload in a packet.
    factor
        What the congestion control makes of it: 1.22 in theory.
    """
    return factor * segment * 1000 / (round_trip * math.sqrt(loss))
