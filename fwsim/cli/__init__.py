"""The command line: run, compare, bounds, plan, stages, learn, score, report, test, ...."""

from fwsim.cli import (
    comparing,
    doubting,
    exporting,
    forecasting,
    judging,
    learning,
    opening,
    planning,
    reading,
    running,
    scoring,
    staging,
)
from fwsim.cli.group import main

__all__ = [
    "comparing",
    "doubting",
    "exporting",
    "forecasting",
    "judging",
    "learning",
    "main",
    "opening",
    "planning",
    "reading",
    "running",
    "scoring",
    "staging",
]
