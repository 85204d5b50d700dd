"""The command line: new, run, compare, bounds, plan, stages, learn, score, report, test, ...."""

from fwsim.cli import (
    comparing,
    doubting,
    exporting,
    first_scenario,
    forecasting,
    judging,
    learning,
    opening,
    planning,
    products,
    reading,
    running,
    scoring,
    shipped,
    staging,
)
from fwsim.cli.group import main

__all__ = [
    "comparing",
    "doubting",
    "exporting",
    "first_scenario",
    "forecasting",
    "judging",
    "learning",
    "main",
    "opening",
    "planning",
    "products",
    "reading",
    "running",
    "scoring",
    "shipped",
    "staging",
]
