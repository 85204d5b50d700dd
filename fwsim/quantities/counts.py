"""How many of something may be asked for."""

MOST_REPLICATIONS = 100_000
LARGEST_SEED = 2**63 - 1
MOST_WORKERS = 1024
MOST_SEARCH_RUNS = 10_000_000
