"""On which clock a log is: its times may be those of another time zone."""

from __future__ import annotations

HOUR = 3600 * 1000
FURTHEST_ZONE = 14
"""Hours between a clock and UTC, at most.

What is older at the start is of a rollout before, and speaks against nothing [A].
"""
