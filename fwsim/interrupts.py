"""Ctrl-C that waits for the end of a step; a button that stops work in another thread."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any

_PAUSE = 0.02
"""Seconds until an interrupt is sent again that came where it would be, or was, lost."""
_check: ContextVar[Callable[[], None] | None] = ContextVar("fwsim_check_stop", default=None)


@contextmanager
def stoppable(check: Callable[[], None]) -> Iterator[None]:
    """Let a button end what this thread does within a block, also while it waits for runs.

    Ctrl-C reaches the main thread only; the others look whether they are to stop.

    Parameters
    ----------
    check
        Raises `KeyboardInterrupt` if somebody wants it to stop.
    """
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


def is_stoppable() -> bool:
    """Tell whether a button may end what this thread does."""
    return _check.get() is not None


def check_stop() -> None:
    """Give up if a button was pressed.

    Raises
    ------
    KeyboardInterrupt
        If it was.
    """
    check = _check.get()
    if check is not None:
        check()


@contextmanager
def kept_from_processes() -> Iterator[None]:
    """Keep Ctrl-C from processes that begin within a block: who has begun them ends them.

    A terminal sends it to all of a program's processes, as Jupyter does, and they would tell where
    they were. One that comes meanwhile waits for the end of the block. Windows knows no such thing.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # else it begins with the first process, and takes the block away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_interrupts() -> None:
    """Have Ctrl-C no longer do anything in this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def interrupts_held(
    tell: Callable[[BaseException], object] | None = None,
) -> Iterator[list[BaseException]]:
    """Hold what an interrupt from the keyboard raises until the end of a step.

    Raised wherever Python happens to be, it would cut the step in two; in a function that compiled
    code has called, it would be lost. Whoever takes interrupts and raises nothing, as a step around
    this one does, is told of them at once, and the step goes on.

    Parameters
    ----------
    tell
        Told at once, if the step is to come to its end early.

    Yields
    ------
    list of BaseException
        What will be raised at the end; empty while there was no interrupt.
    """
    held: list[BaseException] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield held
        return

    def hold(number: int, frame: FrameType | None) -> None:
        try:
            before(number, frame)
        except BaseException as interrupt:  # noqa: BLE001 - raised at the end of the step
            held.append(interrupt)
            if tell is not None:
                tell(interrupt)

    signal.signal(signal.SIGINT, hold)
    try:
        yield held
    except Exception as fault:
        if held:
            raise held[0] from fault
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if held:  # it came too late to stop anything
        raise held[0]


def interrupted_unless_lost(_number: int, frame: FrameType | None) -> None:
    """Raise an interrupt from the keyboard, but not where it would be lost.

    Code written in C loses what is raised in Python that it calls, and the program goes on: that of
    pydantic, and any that asks whether an object has an attribute, as numpy does of what it is to
    compare with.

    Raises
    ------
    KeyboardInterrupt
        If it would not be lost; else it comes again.
    """
    is_asked = frame is not None and frame.f_code.co_name == "__getattr__"
    if not is_asked and not _is_in_pydantic(frame):
        raise KeyboardInterrupt
    _send_again_soon()


def tell_unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Send an interrupt again that was raised while Python tidied up; tell of all else.

    Parameters
    ----------
    lost
        What was raised where nothing can be, as Python tells it.
    """
    if lost.exc_type is KeyboardInterrupt:
        _send_again_soon()
    else:
        sys.__unraisablehook__(lost)


def _send_again_soon() -> None:
    again = threading.Timer(_PAUSE, _interrupt_again)
    again.daemon = True
    again.start()


def _is_in_pydantic(frame: Any) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] == "pydantic":
            return True
        frame = frame.f_back
    return False


def _interrupt_again() -> None:
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        _thread.interrupt_main()
    else:  # it wakes who waits for something, too
        signal.pthread_kill(main, signal.SIGINT)
