"""The program: ``fwsim``, or ``python -m fwsim``. Ctrl-C ends it in words, whenever it comes."""

from __future__ import annotations

from fwsim import early_interrupts as early

early.note_interrupts()

import atexit
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from fwsim.interrupts import (
    ignore_interrupts,
    interrupted_unless_lost,
    interrupts_held,
    tell_unraisable,
)

_STOPPED = 130
early.note_no_more()


def main() -> NoReturn:
    """Do what the command line says."""
    # The first is called last: nothing is left to be stopped, and the code is known.
    atexit.register(ignore_interrupts)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupted_unless_lost)
        sys.unraisablehook = tell_unraisable
    try:
        if early.NOTED:
            raise KeyboardInterrupt  # noqa: TRY301 - told like any other
        from fwsim.cli import main as command_line

        command_line(prog_name="fwsim")
    except KeyboardInterrupt as stop:
        # Before the command line could tell it in words; behind its end, all is told.
        with suppress(KeyboardInterrupt), interrupts_held():
            if not isinstance(stop.__context__, SystemExit):
                _tell_stopped()
        sys.exit(_STOPPED)
    finally:
        _leave_at_once_if_interrupted()
        # With -m, Python kills itself by SIGINT if Ctrl-C once left a text that was given to exec,
        # as dataclasses do, even where it was caught; the next such text has that forgotten.
        exec("")  # noqa: S102
    sys.exit()


def _tell_stopped() -> None:
    import click

    from fwsim.messages import language_of, say, speaking

    with speaking(language_of(os.environ)):
        click.echo("\n" + say("cli.stopped"), err=True)


def _leave_at_once_if_interrupted() -> None:
    """Have Ctrl-C no longer raise anything: Python tidies up, and would show a traceback."""
    goes_on = hasattr(sys, "ps1") or sys.flags.inspect  # after %run -m fwsim, or python -i
    if not goes_on and callable(signal.getsignal(signal.SIGINT)):
        signal.signal(signal.SIGINT, lambda *_: os._exit(_STOPPED))


if __name__ == "__main__":
    main()
