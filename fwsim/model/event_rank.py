"""The written rule for events that coincide: both clocks keep it.

Time is a whole number of milliseconds. Of events at the same millisecond the kind decides, in
the order of `EventRank`, then the index (of the device or the command), then which was set first.
The server's workers have no index, so the server answers devices in the order of its line. What an
event sets off at the same instant is worked through before the next event.
"""

from __future__ import annotations

from enum import IntEnum

KINDS_APART = 1 << 40
"""An event's rank is its kind times this, plus its index."""

FIRST_ASSIGNMENT = 1 << 23
"""Index of the first standing assignment among what is commanded."""


class EventRank(IntEnum):
    """Kinds of events, in the order in which they are handled at the same millisecond."""

    CAPACITY = 0
    POWER = 1
    SWITCH = 2
    CONTACT = 3
    NETWORK = 4
    DEVICE = 5
    USER = 6
    COMMAND = 7
    DISPATCH = 8
    METER = 9
    CUT_SHORT = 10
    PAST = 11
    HORIZON = 12
