"""Runs that travel together to whoever makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")
PARTS_OF_A_WORKER = 8
"""So that no worker waits long for the last ones."""


def together(jobs: int, workers: int, most: int) -> int:
    """Return how many runs travel at once, at most so many."""
    return max(1, min(most, jobs // (PARTS_OF_A_WORKER * workers)))


def parts_of(jobs: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return the jobs in their order, so many at a time."""
    return [jobs[first : first + size] for first in range(0, len(jobs), size)]


def each_of(work: Callable[[S, int], T], part: Sequence[tuple[S, int]]) -> list[T]:
    """Return what comes of each job of a part."""
    return [work(what, number) for what, number in part]
