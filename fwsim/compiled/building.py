"""Compiling the clock in processes of its own, so that Ctrl-C stops it at once and for certain.

In this process an interrupt would be raised wherever the compiler happens to be: in the middle of
a callback or a finaliser it is lost. Nothing is written before all of it is there. Each processor
compiles a part of the units; more processes link them.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any

from fwsim.compiled.compiling_process import LINKED
from fwsim.compiled.object_files import packed
from fwsim.compiled.processor import Processor, this_processor
from fwsim.interrupts import interrupts_held

Watcher = Callable[[int, int], None]
"""Called with the number of functions that are compiled, and of all."""

PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from fwsim.compiled.compiling_process import main; main(sys.argv[2:])"
)
"""What each process runs. It begins without the present folder on its path."""
MOST_PARTS = 4
"""A process of the compiler takes 350 MB."""

_LISTEN_FOR = 0.1
"""Seconds after which an interrupt is noticed at the latest."""

_Say = Callable[[str, Any], None]
_Said = tuple[int, str, Any]


def compiled_elsewhere(watcher: Watcher | None = None, processor: Processor | None = None) -> bytes:
    """Return the machine code, compiled by other processes.

    Parameters
    ----------
    watcher
        Told how many functions are compiled, and how many there are.
    processor
        What the code is for; None for this very machine.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C was pressed meanwhile; the processes are gone then.
    RuntimeError
        If it cannot be compiled; says why.
    """
    from joblib import cpu_count

    parts, made_for = min(MOST_PARTS, cpu_count()), processor or this_processor()
    kind = [made_for.name, made_for.features]
    with interrupts_held() as held:
        units = [["units", *kind, str(part), str(parts)] for part in range(parts)]
        modules = _handed_over(units, held, watcher)
        sizes = [str(len(module)) for module in modules]
        links = [["link", *kind, str(which), *sizes] for which in range(len(LINKED))]
        return packed(_handed_over(links, held, given=b"".join(modules)))


def _handed_over(
    works: Sequence[list[str]],
    held: list[BaseException],
    watcher: Watcher | None = None,
    given: bytes = b"",
) -> list[bytes]:
    """Return what a process for each work makes of it."""
    said: queue.Queue[_Said] = queue.Queue()
    with ExitStack() as processes:
        for number, work in enumerate(works):
            processes.enter_context(_process(work, given, _speaker(said, number)))
        return _await(said, len(works), held, watcher)


def _speaker(said: queue.Queue[_Said], number: int) -> _Say:
    return lambda what, about: said.put((number, what, about))


@contextmanager
def _process(work: list[str], given: bytes, say: _Say) -> Iterator[None]:
    """Start a process, listen to it, and leave nothing of it behind."""
    with subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-P", "-c", PROGRAM, json.dumps(sys.path), *work],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        threads = [
            threading.Thread(target=work_on, args=(stream, about), daemon=True)
            for work_on, stream, about in (
                (_give, process.stdin, given),
                (_listen, process.stdout, say),
                (_listen_to_errors, process.stderr, say),
            )
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            process.kill()
            for thread in threads:
                thread.join()


def _await(
    said: queue.Queue[_Said], count: int, held: list[BaseException], watcher: Watcher | None
) -> list[bytes]:
    """Return what so many processes hand over at last."""
    ready: dict[int, int] = {}
    codes: dict[int, bytes | None] = {}
    errors: dict[int, str] = {}
    while len(codes) < count or None in codes.values():
        if held:
            raise held[0]
        for number in codes.keys() & errors.keys():
            if codes[number] is None:
                raise RuntimeError(errors[number])
        try:
            number, what, about = said.get(timeout=_LISTEN_FOR)
        except queue.Empty:
            continue
        if what == "unit":
            ready[number], units = about
            if watcher is not None:
                watcher(sum(ready.values()), units)
        elif what == "code":
            codes[number] = about
        else:
            errors[number] = about
    return [code for number in range(count) if (code := codes[number]) is not None]


def _give(stream: IO[bytes], given: bytes) -> None:
    """Give a process what it works on; one that dies takes no more."""
    with suppress(OSError), stream:
        stream.write(given)


def _listen(stream: IO[bytes], say: _Say) -> None:
    """Read lines of progress, then the length of the code, and the code."""
    code = None
    while line := stream.readline():
        what, *numbers = line.split()
        if what == b"unit":
            say("unit", (int(numbers[0]), int(numbers[1])))
        elif what == b"code":
            code = _whole(stream, int(numbers[0]))
    say("code", code)


def _whole(stream: IO[bytes], size: int) -> bytes | None:
    code = stream.read(size)
    return code if len(code) == size else None


def _listen_to_errors(stream: IO[bytes], say: _Say) -> None:
    """Read what a process dies of: the last line of a traceback."""
    lines = stream.read().decode(errors="replace").strip().splitlines()
    say("error", lines[-1] if lines else "the compiler ended without a message")
