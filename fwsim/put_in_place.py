"""What a call has put in its place, for whoever is stopped; the step itself is not cut in two."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

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
    with interrupts_noted():
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
        with interrupts_noted():
            made = tempfile.TemporaryDirectory(
                prefix=prefix, dir=place, ignore_cleanup_errors=may_stay
            )
            folder = held.enter_context(made)
        try:
            yield Path(folder)
        finally:
            with interrupts_noted():
                held.close()


@contextmanager
def interrupts_noted() -> Iterator[list[int]]:
    """Note interrupts from the keyboard instead of raising them wherever Python happens to be.

    At the end they are told to whoever was told of them before: a step around this one goes on.
    """
    came: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield came
        return
    signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield came
    except Exception as fault:
        if came:
            try:
                before(signal.SIGINT, None)
            except KeyboardInterrupt as interrupt:
                raise interrupt from fault
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if came:  # it came too late to stop anything
        before(signal.SIGINT, None)
