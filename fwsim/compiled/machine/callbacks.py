"""Asking Python, and stopping at once where it cannot answer."""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled
from fwsim.compiled.machine.memory import Record, call_python


class StoppedError(Exception):
    """Python could not answer: the run is over, and what is under way does nothing more."""


@compiled
def ask(w: Record, what: int, first: int, second: int) -> None:
    """Let Python do something for the clock; go on only if it says that it did.

    Parameters
    ----------
    w
        The world. It counts as stopped until Python takes that back, so whatever an answer dies
        of, even before its first line, ends the run.
    what
        A code of `Ask`.
    first, second
        What it needs to know.
    """
    w.stopped = 1
    call_python(w.python, what, first, second)
    if w.stopped:
        raise StoppedError
