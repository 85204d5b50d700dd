"""The command line: run, compare, report, test, validate, schema, log."""

from fwsim.cli import judging, reading, running
from fwsim.cli.group import main

__all__ = ["judging", "main", "reading", "running"]
