"""A rollout played in accelerated real time, and how it is shown."""
