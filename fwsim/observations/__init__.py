"""What was seen in the world: logs of rollouts in one neutral form."""
