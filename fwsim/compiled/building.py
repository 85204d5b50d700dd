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
    with _interrupts_noted() as noted, _process() as process:
        said: queue.Queue[_Said] = queue.Queue()
        threads = [
            threading.Thread(target=listen, args=(process, said), daemon=True)
            for listen in (_listen, _listen_to_errors)
        ]
        for thread in threads:
            thread.start()
        code = _await(said, noted, watcher)
        for thread in threads:
            thread.join()
        if code is None:
            raise RuntimeError(_last_words(said, process.wait()))
        return code


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """Start the process, and leave none behind."""
    process = subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-P", "-c", PROGRAM, json.dumps(sys.path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


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


def _await(said: queue.Queue[_Said], noted: list[int], watcher: Watcher | None) -> bytes | None:
    """Return the code; None if the process has ended without."""
    while True:
        if noted:
            raise KeyboardInterrupt
        try:
            what, about = said.get(timeout=_LISTEN_FOR)
        except queue.Empty:
            continue
        if what == "unit" and watcher is not None:
            watcher(*about)
        elif what == "code":
            code: bytes | None = about
            return code


def _listen(process: subprocess.Popen[bytes], said: queue.Queue[_Said]) -> None:
    """Read lines of progress, then the length of the code, and the code."""
    stream = process.stdout
    code = None
    while stream is not None and (line := stream.readline()):
        what, *numbers = line.split()
        if what == b"unit":
            said.put(("unit", (int(numbers[0]), int(numbers[1]))))
        elif what == b"code":
            code = _whole(stream, int(numbers[0]))
    said.put(("code", code))


def _whole(stream: IO[bytes], size: int) -> bytes | None:
    code = stream.read(size)
    return code if len(code) == size else None


def _listen_to_errors(process: subprocess.Popen[bytes], said: queue.Queue[_Said]) -> None:
    stream = process.stderr
    text = stream.read() if stream is not None else b""
    said.put(("error", text.decode(errors="replace")))


def _last_words(said: queue.Queue[_Said], status: int) -> str:
    """Return what the process died of, in a line."""
    lines: list[str] = []
    while not said.empty():
        what, about = said.get_nowait()
        if what == "error":
            lines = about.strip().splitlines()
    return lines[-1] if lines else f"the compiler ended with status {status}"
