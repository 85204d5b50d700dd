"""What takes long is done in a thread of its own, and told to widgets that watch."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import traitlets

from fwsim.bugs import place_of_bug
from fwsim.interrupts import stoppable
from fwsim.messages import say
from fwsim.problems import InputError, first_lines
from fwsim.scenario.complaints import in_plain_words


class InBackground(traitlets.HasTraits):
    """Does one thing at a time in a thread of its own.

    Attributes
    ----------
    is_running
        Whether it is being done.
    """

    is_running = traitlets.Bool(False)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._thread: threading.Thread | None = None
        self._next: Callable[[], None] | None = None

    def _begin(self, work: Callable[[], None]) -> None:
        self.is_running = True

        def whole() -> None:
            try:
                work()
            finally:
                self.is_running = False
                self._begin_next()

        self._thread = threading.Thread(target=whole, daemon=True)
        self._thread.start()

    def _begin_when_over(self, work: Callable[[], None]) -> None:
        """Begin it now, or once what is being done has ended."""
        self._next = work
        if not self.is_running:
            self._begin_next()

    def _begin_next(self) -> None:
        work, self._next = self._next, None
        if work is not None:
            self._begin(work)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is over."""
        if self._thread is not None:
            self._thread.join(seconds)


MOST_TOLD = 8
"""Problems that are listed beside a button: the first says what the others are of."""
ENDS = (Exception, KeyboardInterrupt)
"""How what was begun ends without a result."""


def why_ended(end: Exception | KeyboardInterrupt) -> str:
    """Return why what was begun has no result, in words.

    Workers that are interrupted with the kernel, or killed, end with errors of their library.
    """
    if isinstance(end, KeyboardInterrupt):
        return say("desk.stopped")
    return say("desk.broken_off") if isinstance(end, RuntimeError) else what_went_wrong(end)


def what_went_wrong(error: Exception) -> str:
    """Return what a person is told of an error, foreseen or not; never nothing.

    The traceback of a bug goes to where the kernel's own messages go, for who reports it.
    """
    if isinstance(error, MemoryError):
        return say("desk.no_memory")
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return say("cli.not_possible", what=f"{error.filename}: {error.strerror}")
    if isinstance(error, InputError) and len(error.problems) > MOST_TOLD:
        shown = [str(problem) for problem in error.problems[:MOST_TOLD]]
        return first_lines(shown, len(error.problems))
    if isinstance(error, (ValueError, OSError)) and (told := in_plain_words(error)):
        return told
    traceback.print_exception(error, file=sys.__stderr__)
    return say("desk.bug", what=type(error).__name__, where=place_of_bug(error))


class WhenQuiet:
    """Does something once nothing has been asked for a while."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def then(self, seconds: float, work: Callable[..., None], *args: Any) -> None:
        """Do it after so many seconds, and not what was asked for before."""
        self.cancel()
        self._timer = threading.Timer(seconds, work, args)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Do nothing, unless it is being done."""
        if self._timer is not None:
            self._timer.cancel()

    def wait(self) -> None:
        """Wait until it has been begun, or is not to be."""
        if self._timer is not None:
            self._timer.join()


class Stoppable(InBackground):
    """Does what can be stopped on the way."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._stop = threading.Event()

    def _begin(self, work: Callable[[], None]) -> None:
        self._stop.clear()

        def whole() -> None:
            with stoppable(self._check_stop):
                work()

        super()._begin(whole)

    def stop(self) -> None:
        """Stop, and do not wait for the runs that are being made."""
        self._stop.set()

    def _check_stop(self) -> None:
        """Give up if it is to stop.

        Raises
        ------
        KeyboardInterrupt
            If somebody said so.
        """
        if self._stop.is_set():
            raise KeyboardInterrupt


class CountedRuns(Stoppable):
    """Makes runs that a bar shows; what is not whole says nothing.

    Attributes
    ----------
    done, wanted
        Runs.
    problem
        What went wrong.
    """

    done = traitlets.Int(0)
    wanted = traitlets.Int(0)
    problem = traitlets.Unicode("")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._end: Exception | KeyboardInterrupt | None = None

    def speak(self) -> None:
        """Say in the language that is spoken now how it ended."""
        if self._end is not None and self.problem:
            self.problem = why_ended(self._end)

    def _begin(self, work: Callable[[], None]) -> None:
        self.problem, self.done, self._end = "", 0, None

        def told() -> None:
            try:
                work()
            except ENDS as end:
                if isinstance(end, (KeyboardInterrupt, RuntimeError)):
                    self._give_up()
                self._end = end
                self.problem = why_ended(end)

        super()._begin(told)

    def _give_up(self) -> None:
        """Forget what was begun."""

    def _tell(self, done: int, wanted: int | None) -> None:
        self.wanted, self.done = wanted or done, done
        self._check_stop()
