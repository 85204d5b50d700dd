"""Many runs: replications, when there are enough, where they are computed; plans compared."""
