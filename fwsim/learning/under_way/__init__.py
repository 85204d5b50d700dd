"""A rollout under way: forecast again from its log so far."""
