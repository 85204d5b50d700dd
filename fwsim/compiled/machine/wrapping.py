"""Whole numbers that run over: clocks of flows count millionths of a byte, and never stop.

Only differences between two readings are ever looked at, and those fit. Plain signed arithmetic
must not run over: the compiler takes it that it never does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types

from fwsim.compiled.machine.compiling import compiled
from fwsim.compiled.machine.memory import intrinsic

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


@compiled
def sum_of_bits(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the low 64 bits of a sum."""
    return a + b


@compiled
def product_of_bits(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the low 64 bits of a product."""
    return a * b


@intrinsic
def _overflow(_typing: Any, _a: Any, _b: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        twice = ir.IntType(128)
        product = builder.mul(*(builder.zext(factor, twice) for factor in args))
        return builder.trunc(builder.lshr(product, ir.Constant(twice, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


overflow_of_product: Callable[[np.uint64, np.uint64], np.uint64] = _overflow
"""Return the high 64 bits of a product."""
