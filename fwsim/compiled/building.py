"""Compiling the clock in a process of its own, so that Ctrl-C stops it at once and for certain.

In this process an interrupt would be raised wherever the compiler happens to be: in the middle of
a callback or a finaliser it is lost. Nothing is written before all of it is there.
"""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

Watcher = Callable[[int, int], None]
"""Called with the number of functions that are compiled, and of all."""

PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from fwsim.compiled.compiling_process import main; main()"
)
"""What the process runs. It begins without the present folder on its path."""

_LISTEN_FOR = 0.1
"""Seconds after which an interrupt is noticed at the latest."""

_Said = tuple[str, Any]


def compiled_elsewhere(watcher: Watcher | None = None) -> bytes:
    """Return the machine code, compiled by another process.

    Parameters
    ----------
    watcher
        Told how many functions are compiled, and how many there are.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C was pressed meanwhile; the process is gone then.
    RuntimeError
        If it cannot be compiled; says why.
    """
    said: queue.Queue[_Said] = queue.Queue()
    with _interrupts_noted() as noted, _process(said):
        code = _await(said, "code", noted, watcher)
        if code is None:
            raise RuntimeError(_await(said, "error", noted))
    machine_code: bytes = code
    return machine_code


@contextmanager
def _process(said: queue.Queue[_Said]) -> Iterator[None]:
    """Start the process, listen to it, and leave nothing of it behind."""
    with subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-P", "-c", PROGRAM, json.dumps(sys.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        threads = [
            threading.Thread(target=listen, args=(stream, said), daemon=True)
            for listen, stream in ((_listen, process.stdout), (_listen_to_errors, process.stderr))
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            process.kill()
            for thread in threads:
                thread.join()


@contextmanager
def _interrupts_noted() -> Iterator[list[int]]:
    """Note interrupts from the keyboard instead of raising them wherever Python happens to be."""
    noted: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield noted
        return
    signal.signal(signal.SIGINT, lambda number, _frame: noted.append(number))
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
    if noted:  # it came too late to stop anything
        raise KeyboardInterrupt


def _await(
    said: queue.Queue[_Said], wanted: str, noted: list[int], watcher: Watcher | None = None
) -> Any:
    """Return what the process says at last: its code, or its error."""
    kept: dict[str, Any] = {}
    while wanted not in kept:
        if noted:
            raise KeyboardInterrupt
        try:
            what, about = said.get(timeout=_LISTEN_FOR)
        except queue.Empty:
            continue
        if what == "unit" and watcher is not None:
            watcher(*about)
        kept[what] = about
    for what in kept.keys() - {wanted, "unit"}:
        said.put((what, kept[what]))
    return kept[wanted]


def _listen(stream: IO[bytes], said: queue.Queue[_Said]) -> None:
    """Read lines of progress, then the length of the code, and the code."""
    code = None
    while line := stream.readline():
        what, *numbers = line.split()
        if what == b"unit":
            said.put(("unit", (int(numbers[0]), int(numbers[1]))))
        elif what == b"code":
            code = _whole(stream, int(numbers[0]))
    said.put(("code", code))


def _whole(stream: IO[bytes], size: int) -> bytes | None:
    code = stream.read(size)
    return code if len(code) == size else None


def _listen_to_errors(stream: IO[bytes], said: queue.Queue[_Said]) -> None:
    """Read what the process dies of: the last line of a traceback."""
    lines = stream.read().decode(errors="replace").strip().splitlines()
    said.put(("error", lines[-1] if lines else "the compiler ended without a message"))
