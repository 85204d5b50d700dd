"""The command line: run, compare, bounds, plan, stages, report, test, validate, ...."""

from fwsim.cli import comparing, doubting, exporting, judging, planning, reading, running, staging
from fwsim.cli.group import main

__all__ = [
    "comparing",
    "doubting",
    "exporting",
    "judging",
    "main",
    "planning",
    "reading",
    "running",
    "staging",
]
