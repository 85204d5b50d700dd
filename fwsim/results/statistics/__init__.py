"""Several runs: estimates with their intervals, differences, judgements."""
