"""Undo and redo: the states a desk has been in, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

S = TypeVar("S")
Words = Callable[[], str]
"""What made a step, told in the language that is spoken when somebody reads it."""
LONGEST = 200
"""States that are kept."""


class History(Generic[S]):
    """States in their order, and where one stands.

    Parameters
    ----------
    first
        The state to begin with.
    """

    def __init__(self, first: S) -> None:
        self._states: list[tuple[S, Words]] = [(first, str)]
        self._at = 0
        self._merging: Hashable = None
        self._ahead: list[tuple[S, Words]] = []  # of a drag: what could be redone before it

    @property
    def state(self) -> S:
        """The state one stands at."""
        return self._states[self._at][0]

    @property
    def undoes(self) -> str:
        """What the next undo takes back, in words; empty if there is nothing."""
        return self._states[self._at][1]() if self._at else ""

    @property
    def redoes(self) -> str:
        """What the next redo does again, in words; empty if there is nothing."""
        return self._states[self._at + 1][1]() if self._at + 1 < len(self._states) else ""

    def record(self, state: S, what: Words, merge: Hashable = None) -> None:
        """Add a state; what was undone before is gone, unless a drag ends where it began.

        Parameters
        ----------
        state
            The new one; the same as before is nothing new.
        what
            What made it, in words.
        merge
            Of a drag: states with the same one in a row are one step.
        """
        if state == self.state:
            return
        goes_on = merge is not None and merge == self._merging and self._at > 0
        if not goes_on:
            self._ahead = self._states[self._at + 1 :]
        elif state == self._states[self._at - 1][0]:  # dragged, and put back
            self.take_back(merge)
            return
        del self._states[self._at + (0 if goes_on else 1) :]
        self._states.append((state, what))
        del self._states[: max(0, len(self._states) - LONGEST)]
        self._at = len(self._states) - 1
        self._merging = merge

    def seal(self) -> None:
        """End a drag: what comes next is a step of its own."""
        self._merging, self._ahead = None, []

    def take_back(self, merge: Hashable) -> S | None:
        """Drop the step of a drag that goes on; return the state before, None if it made none.

        What could be redone before it can be redone again.
        """
        if merge is None or merge != self._merging or not self._at:
            return None
        self._states[self._at :] = self._ahead
        self._at -= 1
        self.seal()
        return self.state

    def undo(self) -> S | None:
        """Go back a step; None if there is none."""
        return self._go(-1)

    def redo(self) -> S | None:
        """Go forward a step; None if there is none."""
        return self._go(1)

    def _go(self, by: int) -> S | None:
        if not 0 <= self._at + by < len(self._states):
            return None
        self._at += by
        self.seal()
        return self.state
