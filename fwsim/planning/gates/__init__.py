"""Waves with a gate: how products decide when a rollout goes on, tried on the same fleet."""
