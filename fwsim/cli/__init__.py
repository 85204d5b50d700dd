"""The command line: run, compare, bounds, plan, stages, learn, score, report, test, ...."""

from fwsim.cli import (
    comparing,
    doubting,
    exporting,
    forecasting,
    judging,
    learning,
    planning,
    products,
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
    "planning",
    "products",
    "reading",
    "running",
    "scoring",
    "staging",
]
