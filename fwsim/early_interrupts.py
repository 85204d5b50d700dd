"""Ctrl-C while the program imports its first modules: noted, for nothing can tell it in words yet.

Imports next to nothing: what comes before it cannot be reached.
"""

from __future__ import annotations

import os
import signal
import sys

NOTED: list[int] = []
"""Each that came; the program tells it as soon as it can."""


def is_program() -> bool:
    """Tell whether Python was started for ``fwsim`` or ``python -m fwsim``, and not for another."""
    started: list[str] = getattr(sys, "argv", None) or [""]
    if started[0] == "-m":
        return "fwsim" in sys.orig_argv or "-mfwsim" in sys.orig_argv
    return os.path.basename(started[0]).partition(".")[0] == "fwsim"  # noqa: PTH119


def note_interrupts() -> None:
    """Note Ctrl-C from now on, where it would raise."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        _take(_note)


def note_no_more() -> None:
    """Have Ctrl-C raise again: who only imports fwsim is interrupted as ever."""
    if signal.getsignal(signal.SIGINT) is _note:
        _take(signal.default_int_handler)


def _note(number: int, _: object) -> None:
    NOTED.append(number)


def _take(handler: signal._HANDLER) -> None:
    try:
        signal.signal(signal.SIGINT, handler)
    except ValueError:  # of a thread that takes no signals
        return
