"""What both clocks measure lines by, and what is counted of them later."""

from __future__ import annotations

MICRO = 1_000_000
"""Millionths of a byte in a byte."""
PER_MS = 1_000
"""A byte per second in millionths of a byte per ms."""
STRETCH = 60_000
"""Milliseconds after each of which it is noted what the lines carried."""
BUSY_MINUTES = 60
"""Stretches of a line's fullest hour."""
FLOWS_OF_A_DEVICE = 8
"""A device may fetch for itself and for its neighbours; flows stay in the order of devices."""
