"""The command line: run, compare, report, test, validate, schema, log."""

from fwsim.cli import comparing, judging, reading, running
from fwsim.cli.group import main

__all__ = ["comparing", "judging", "main", "reading", "running"]
