"""Whole numbers that run over: clocks of flows count millionths of a byte, and never stop.

Only differences between two readings are ever looked at, and those fit. Plain signed arithmetic
must not run over: the compiler takes it that it never does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fwsim.compiled.machine.compiling import compiled

_signed: Any = np.int64


@compiled
def plus(a: int, b: int) -> int:
    """Return ``a + b``, run over."""
    return _signed(np.uint64(a) + np.uint64(b))


@compiled
def minus(a: int, b: int) -> int:
    """Return ``a - b``, run over."""
    return _signed(np.uint64(a) - np.uint64(b))


@compiled
def times(a: int, b: int) -> int:
    """Return ``a * b``, run over."""
    return _signed(np.uint64(a) * np.uint64(b))
