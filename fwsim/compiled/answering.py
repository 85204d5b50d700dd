"""Python as compiled code sees it: a function that answers, or stops the clock."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from fwsim.compiled.addressed import Table

CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)


class Answering:
    """Answers what the clock of one world asks, and keeps what goes wrong meanwhile."""

    def __init__(self) -> None:
        self._fault: BaseException | None = None
        self._answers: list[Callable[[int, int], None]] = []
        self._stopped: Table
        self._callback = CALLBACK(self._called)

    @property
    def _address(self) -> int:
        """Where compiled code finds the function."""
        # Not by `cast`: what it returns and the function would hold each other.
        return ctypes.c_void_p.from_buffer(self._callback).value or 0

    def _called(self, what: int, first: int, second: int) -> None:
        """Answer; the clock goes on only if the last line is reached.

        It has marked the run as stopped before it asked, so nothing has to succeed here for it to
        stop: not even to keep the fault.
        """
        try:
            self._answers[what](first, second)
        except BaseException as fault:  # noqa: BLE001 - it is raised again when the clock stands
            self._fault = fault
        if self._fault is None:
            self._stopped[0] = 0

    def _forget(self) -> None:
        """Let go at once: what answers and the run hold each other."""
        self._answers.clear()
        del self._callback
