"""The clock while it is compiled, on the first use of a version: how far it is, who is told."""

from __future__ import annotations

import time
from collections.abc import Callable

from fwsim.engine import clock_is_at_hand, compile_beside

TELL_EVERY = 2.0
"""Seconds between two words on how far it is: a screen reader reads them."""


class ClockInTheMaking:
    """Compiles the clock beside, where it has to be.

    Parameters
    ----------
    tell
        Called now and then when more is compiled.
    over
        Called when the clock is there, or cannot be had.

    Attributes
    ----------
    compiled
        How many functions are compiled, of how many; None while nothing is being compiled.
    """

    def __init__(self, tell: Callable[[], None], over: Callable[[], None]) -> None:
        self._tell, self._over = tell, over
        self._told_at = 0.0
        self.compiled: tuple[int, int] | None = None

    def begin(self) -> None:
        """Compile, unless the clock is at hand."""
        if not clock_is_at_hand():
            self.compiled = 0, 0
            compile_beside(self._on_compiled, self._on_clock)

    def _on_compiled(self, done: int, of: int) -> None:
        self.compiled = done, of
        if time.monotonic() - self._told_at >= TELL_EVERY:
            self._told_at = time.monotonic()
            self._tell()

    def _on_clock(self) -> None:
        self.compiled = None
        self._over()
