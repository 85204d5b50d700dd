"""How often Python looks for garbage while fleets are built and runs are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SELDOM = 50_000
"""Objects after which it looks: fleets and runs leave few in circles.

A full look at a million devices takes 0.05 s.
"""
_counting = Lock()
_inside: list[tuple[int, int, int]] = []


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """Let Python look for garbage less often; the last of several who wish it so puts it back."""
    with _counting:
        before = gc.get_threshold()
        _inside.append(_inside[0] if _inside else before)
        if 0 < before[0] < SELDOM:
            gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        with _counting:
            before = _inside.pop()
            if not _inside:
                gc.set_threshold(*before)
