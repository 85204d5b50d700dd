"""How many of something may be asked for."""

MOST_REPLICATIONS = 100_000
LARGEST_SEED = 2**63 - 1
MOST_WORKERS = 1024
MOST_SEARCH_RUNS = 10_000_000

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
