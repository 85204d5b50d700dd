"""What both clocks share: a rollout made ready, its luck, the order of events, the status log."""
