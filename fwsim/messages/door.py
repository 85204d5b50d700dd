"""By which door somebody came in: what is an option there is an argument here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_is_typed = False


def by_door(option: str, argument: str) -> str:
    """Return what to call something that is asked for: an option, or in Python an argument.

    Parameters
    ----------
    option
        Of the command line, such as ``--at``.
    argument
        What does the same in Python and in a notebook.
    """
    return option if _is_typed else argument


@contextmanager
def typed() -> Iterator[None]:
    """Call things as the command line does within a block."""
    global _is_typed  # noqa: PLW0603 - a process has one person before it
    before, _is_typed = _is_typed, True
    try:
        yield
    finally:
        _is_typed = before
