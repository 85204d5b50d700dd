"""Many runs: replications, how many it takes, where they are computed, what is expected of them."""
