"""Closed forms: what no run can achieve, told before anything is simulated."""
