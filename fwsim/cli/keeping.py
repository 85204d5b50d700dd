"""Results are written first and printed then; what cannot be written is printed all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import click

from fwsim.cli.group import NOT_POSSIBLE
from fwsim.messages import ENGLISH, language, say, speaking
from fwsim.problems import InputError

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer

T = TypeVar("T")


class Outputs:
    """What a command writes: one that cannot be written keeps no other from being written.

    As a context it ends the command with the exit code of that, once all were tried.
    """

    def __init__(self) -> None:
        self._failed = False
        self._language = language()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._failed:
            raise SystemExit(NOT_POSSIBLE)

    def tried(self, failed: str, write: Callable[[], T]) -> T | None:
        """Write one of them, in English; return what comes of it, or None if it was not written.

        Parameters
        ----------
        failed
            Name of the sentence that tells that it was not written.
        write
            Writes it.
        """
        try:
            with speaking(ENGLISH):
                return write()
        except (InputError, MemoryError, OSError) as error:
            self.tell_failed(failed, error)
            return None

    def tell_failed(self, failed: str, error: Exception) -> None:
        """Tell that one of them was not written, and why."""
        self._failed = True
        with speaking(self._language):
            reason = str(error) or say("cli.no_memory_to_write")
            click.echo(say(failed, reason=reason), err=True)

    def keep_and_tell(
        self, out: Path | None, keep: Callable[[Path], list[Path]], tell: Callable[[], None]
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
            self.tell_failed("cli.not_written", error)
            return []
        tell()
        return paths


def keep_and_tell(
    out: Path | None, keep: Callable[[Path], list[Path]], tell: Callable[[], None]
) -> list[Path]:
    """Write results and print them, as `Outputs.keep_and_tell`, where nothing else is written."""
    with Outputs() as outputs:
        return outputs.keep_and_tell(out, keep, tell)


def tell_written(paths: list[Path]) -> None:
    """Print where results lie, if they were written."""
    if paths:
        files = ", ".join(path.name for path in paths)
        click.echo(say("cli.written", folder=paths[0].parent, files=files))


def keep_in_ledger(
    answer: Answer,
    ledger: Path | None,
    outputs: Outputs,
    *,
    data_up_to: datetime | None = None,
) -> None:
    """Add a forecast that was just made to a ledger, if there is one, and say so.

    Parameters
    ----------
    answer
        What was told.
    ledger
        The file; None if nobody wants it kept.
    outputs
        What else is written.
    data_up_to
        Until when it knew what had happened.
    """
    if ledger is None:
        return
    from fwsim.ledger.score import keep_forecast

    made_at = datetime.now(UTC)
    keep = partial(keep_forecast, answer, ledger, made_at=made_at, data_up_to=data_up_to)
    number = outputs.tried("cli.not_kept", keep)
    if number is not None:
        click.echo(say("ledger.kept", ledger=ledger, number=number), err=True)
