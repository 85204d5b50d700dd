"""What a rollout is judged by: every measure with its unit, and how to ask for it."""
