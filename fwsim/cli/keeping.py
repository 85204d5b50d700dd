"""Results are written first and printed then; what cannot be written is printed all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fwsim.cli.group import NOT_POSSIBLE
from fwsim.messages import ENGLISH, say, speaking
from fwsim.problems import InputError

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer


def keep_and_tell(
    out: Path | None, keep: Callable[[Path], list[Path]], tell: Callable[[], None]
) -> list[Path]:
    """Write results, in English, and print them; return where they lie.

    Parameters
    ----------
    out
        Where they are wanted; None if nobody wants them written.
    keep
        Writes them there.
    tell
        Prints them.
    """
    try:
        with speaking(ENGLISH):
            paths = keep(out) if out is not None else []
    except (InputError, MemoryError, OSError) as error:
        tell()
        reason = str(error) or say("cli.no_memory_to_write")
        click.echo(say("cli.not_written", reason=reason), err=True)
        raise SystemExit(NOT_POSSIBLE) from None
    tell()
    return paths


def tell_written(paths: list[Path]) -> None:
    """Print where results lie, if they were written."""
    if paths:
        files = ", ".join(path.name for path in paths)
        click.echo(say("cli.written", folder=paths[0].parent, files=files))


def keep_in_ledger(
    answer: Answer, ledger: Path | None, *, data_up_to: datetime | None = None
) -> None:
    """Add a forecast that was just made to a ledger, if there is one, and say so.

    Parameters
    ----------
    answer
        What was told.
    ledger
        The file; None if nobody wants it kept.
    data_up_to
        Until when it knew what had happened.
    """
    if ledger is None:
        return
    from fwsim.ledger.score import keep_forecast

    try:
        with speaking(ENGLISH):
            number = keep_forecast(answer, ledger, made_at=datetime.now(UTC), data_up_to=data_up_to)
    except (InputError, MemoryError, OSError) as error:
        reason = str(error) or say("cli.no_memory_to_write")
        click.echo(say("cli.not_kept", reason=reason), err=True)
        raise SystemExit(NOT_POSSIBLE) from None
    click.echo(say("ledger.kept", ledger=ledger, number=number), err=True)
