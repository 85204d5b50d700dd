"""How many of something may be asked for."""

from __future__ import annotations

from operator import index
from typing import Any

MOST_REPLICATIONS = 100_000
LARGEST_SEED = 2**63 - 1
MOST_WORKERS = 1024
MOST_SEARCH_RUNS = 10_000_000
MOST_DRAWN = 10_000
"""Rows of one picture."""
FEWEST_ROWS, MOST_ROWS = 10, 100_000
"""Draws of a joint posterior."""

# Both clocks count in 64 bits: time in ms, what a line carries in millionths of a byte. Within
# these limits no sum of theirs runs over, so both come to the same.
LARGEST_DURATION = 100 * 365 * 24 * 3600 * 1000
"""Milliseconds; 100 years."""
LARGEST_SIZE = 10**15
"""Bytes; 1 PB."""
LARGEST_DOWNLOAD = 9 * 10**12
"""Bytes of one download; what 64 bits can count in millionths of a byte."""
LARGEST_RATE = 125 * 10**9
"""Bytes per second, 1 Tbit/s; what it carries in a minute is the most 64 bits can count."""
NO_CEILING = 1 << 50
"""Bytes per second beyond every rate."""
LARGEST_FACTOR = 1000.0
"""Of how many times longer a device takes than others."""


def whole(value: Any) -> int | None:
    """Return a whole number as Python's; None if it is none: neither 1.0, nor "1", nor True is."""
    if isinstance(value, bool) or not hasattr(type(value), "__index__"):
        return None
    try:
        return index(value)
    except TypeError:  # an array of numpy's
        return None
