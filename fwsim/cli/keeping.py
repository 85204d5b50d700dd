"""Results are written first and printed then; what cannot be written is printed all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from fwsim.cli.group import NOT_POSSIBLE
from fwsim.problems import InputError


def keep_and_tell(
    out: Path | None, keep: Callable[[Path], list[Path]], tell: Callable[[], None]
) -> list[Path]:
    """Write results and print them; return where they lie.

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
        paths = keep(out) if out is not None else []
    except (InputError, MemoryError, OSError) as error:
        tell()
        reason = str(error) or "not enough memory to write"
        click.echo(f"{reason}\nthese results were not written", err=True)
        raise SystemExit(NOT_POSSIBLE) from None
    tell()
    return paths


def tell_written(paths: list[Path]) -> None:
    """Print where results lie, if they were written."""
    if paths:
        click.echo(f"Written to {paths[0].parent}: " + ", ".join(path.name for path in paths))
