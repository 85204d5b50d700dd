"""A log is watched: whatever is made of it is made again whenever it has grown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from fwsim.cli.group import STOPPED_BY_USER
from fwsim.cli.warning import tell
from fwsim.messages import say
from fwsim.problems import InputError, NotWrittenError, Severity

if TYPE_CHECKING:
    from fwsim.learning.under_way.so_far import Sign


def watch(log: Path, forecast: Callable[[], None]) -> NoReturn:
    """Forecast again and again, until Ctrl-C; a log that cannot be read meanwhile is waited for.

    Parameters
    ----------
    log
        What is watched.
    forecast
        Reads it, and tells what it makes of it.

    Raises
    ------
    InputError
        If the log cannot be read at first.
    """
    from fwsim.learning.under_way.so_far import LOOK_AGAIN

    made = 0
    try:
        while True:
            sign = _sign(log)
            try:
                forecast()
                made += 1
            except InputError as error:
                if not made or isinstance(error, NotWrittenError):
                    raise
                tell([replace(problem, severity=Severity.WARNING) for problem in error.problems])
            while _sign(log) in {sign, None}:
                time.sleep(LOOK_AGAIN)
            click.echo()
    except KeyboardInterrupt:
        if not made:
            raise
        click.echo("\n" + say("cli.stopped_forecasts", count=made), err=True)
        raise SystemExit(STOPPED_BY_USER) from None


def _sign(path: Path) -> Sign | None:
    """Return what tells a log from the one before; None while it is being written anew."""
    from fwsim.learning.under_way.so_far import sign_of

    try:
        sign = sign_of(path)
    except (OSError, InputError):
        return None
    return sign if sign[1] else None
