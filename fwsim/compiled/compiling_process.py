"""What the processes do that compile the clock: tell how far they are, then hand over the code.

One compiles a part of the units, as ``units rocketlake +avx2 0 2`` the first of two for such a
processor; one links what plays, and one what counts, of all parts, which they are given with their
sizes.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import BinaryIO

from fwsim.compiled.processor import Processor

_PLAYS = ("loop.begin", "loop.run", "loop.begin_part", "apart.merge")
_COUNTS = ("tally.walk", "tally.count", "tally_lines.count_load", "tally_lines.count_repository")
_DRAWS = ("series.exponential", "series.logarithm", "series.normal_quantile", "series.chances")
LINKED = tuple(
    tuple(f"fwsim.compiled.machine.{name}" for name in names)
    for names in (_PLAYS, (*_COUNTS, *_DRAWS))
)
"""Entries of each object file: what one calls of the other's is in both."""

ENTRIES = tuple(name for names in LINKED for name in names)


def main(work: list[str]) -> None:
    """Compile or link, and write to standard output what `fwsim.compiled.building` reads."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    what, name, features, *numbers = work
    processor = Processor(name, features)
    with _output() as output:
        if what == "units":
            part, parts = map(int, numbers)
            code = _units(part, parts, processor, output)
        else:
            which, *sizes = map(int, numbers)
            code = _linked(LINKED[which], sizes, processor)
        output.write(b"code %d\n" % len(code))
        output.write(code)


def _units(part: int, parts: int, processor: Processor, output: BinaryIO) -> bytes:
    gc.disable()  # it looks through all that numba keeps again and again, and finds nothing
    # numba reads them when it is imported.
    os.environ["NUMBA_CPU_NAME"], os.environ["NUMBA_CPU_FEATURES"] = (
        processor.name,
        processor.features,
    )
    from fwsim.compiled.linking import optimised
    from fwsim.compiled.machine import loop, series, tally, tally_lines  # noqa: F401 - what is compiled
    from fwsim.compiled.machine.compiling import emit_units

    def tell(done: int, of: int) -> None:
        output.write(b"unit %d %d\n" % (done, of))
        output.flush()

    return optimised(emit_units(part, parts, tell), processor)


def _linked(entries: Sequence[str], sizes: Sequence[int], processor: Processor) -> bytes:
    from fwsim.compiled.linking import linked

    return linked([sys.stdin.buffer.read(size) for size in sizes], entries, processor)


def _output() -> BinaryIO:
    """Return the standard output; whatever else is printed goes where errors go."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output
