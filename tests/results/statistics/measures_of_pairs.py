"""Measures of two plans, run in pairs."""

from __future__ import annotations

import math

from fwsim.measures.measure import read_measure

TIME = read_measure("time to 95 %")
MINUTE = 60_000
NEVER, TEN = math.inf, 10.0 * MINUTE
SHARE, PROMPTS = read_measure("successful"), read_measure("prompts")
