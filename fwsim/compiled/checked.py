"""Every touch of some tables checked, where the clock is played as plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.interpreted.memory import CheckedMemory


class Checkable(Protocol):
    """Tables that can show all their memory."""

    def check(self, memory: CheckedMemory) -> None:
        """Show it to what checks every touch of it, now and when it grows."""


@contextmanager
def checked_if_interpreted(*tables: Checkable) -> Iterator[None]:
    """Have every touch of some tables checked where the clock is played as plain Python."""
    if not is_interpreted():
        yield
        return
    memory = CheckedMemory()
    for shown in tables:
        shown.check(memory)
    try:
        yield
    finally:
        memory.forget_all()
