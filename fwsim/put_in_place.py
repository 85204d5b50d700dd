"""What a call has put in its place, for whoever is stopped; the step itself is not cut in two."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

from fwsim.interrupts import interrupts_held

_PUT: ContextVar[dict[Path, None] | None] = ContextVar("put", default=None)


@contextmanager
def noting() -> Iterator[None]:
    """Note from here on what is put in its place."""
    before = _PUT.set({})
    try:
        yield
    finally:
        _PUT.reset(before)


def noted() -> list[Path]:
    """Return what was put in its place, in that order; nothing where nobody notes it."""
    return list(_PUT.get() or ())


@contextmanager
def putting(*places: Path) -> Iterator[None]:
    """Put something in its place in a short step, and note it; Ctrl-C waits until it is done."""
    with interrupts_held():
        yield
        put = _PUT.get()
        if put is not None:
            put.update(dict.fromkeys(places))


@contextmanager
def temporary(place: Path, prefix: str, *, may_stay: bool = False) -> Iterator[Path]:
    """Give a folder for a while; Ctrl-C waits while it is made, and while it goes.

    If it may stay, it is no fault that it cannot be taken away.
    """
    with ExitStack() as held:
        with interrupts_held():
            made = tempfile.TemporaryDirectory(
                prefix=prefix, dir=place, ignore_cleanup_errors=may_stay
            )
            folder = held.enter_context(made)
        try:
            yield Path(folder)
        finally:
            with interrupts_held():
                held.close()
