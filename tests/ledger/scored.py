"""Forecasts that were kept, scored."""

from datetime import UTC, datetime

from tests.cli.command_line import fwsim

NOW = datetime(2018, 8, 19, tzinfo=UTC)


def scored(place, *more, ledger=None, log="truth"):
    return fwsim("score", ledger or place / "l.sqlite", place / log, "--quiet", *more)
