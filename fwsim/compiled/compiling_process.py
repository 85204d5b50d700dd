"""What the process does that compiles the clock: tell how far it is, then hand over the code."""

from __future__ import annotations

import os
import signal
from typing import BinaryIO

ENTRIES = tuple(
    f"fwsim.compiled.machine.{name}" for name in ("loop.begin", "loop.run", "tally.tally")
)


def main() -> None:
    """Compile, and write to standard output what `fwsim.compiled.building` reads."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    with _output() as output:
        from fwsim.compiled.machine import loop, tally  # noqa: F401 - what is compiled
        from fwsim.compiled.machine.compiling import emit

        def tell(done: int, of: int) -> None:
            output.write(b"unit %d %d\n" % (done, of))
            output.flush()

        code = emit(ENTRIES, tell)
        output.write(b"code %d\n" % len(code))
        output.write(code)


def _output() -> BinaryIO:
    """Return the standard output; whatever else is printed goes where errors go."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output
