"""Stands in for `fwsim.compiled.machine.wrapping`: numbers of any size, cut to 64 bits."""

from __future__ import annotations

import numpy as np

_HALF = 1 << 63
_ALL = 1 << 64


def _run_over(number: int) -> int:
    return (number + _HALF) % _ALL - _HALF


def plus(a: int, b: int) -> int:
    """Return ``a + b``, run over."""
    return _run_over(int(a) + int(b))


def minus(a: int, b: int) -> int:
    """Return ``a - b``, run over."""
    return _run_over(int(a) - int(b))


def times(a: int, b: int) -> int:
    """Return ``a * b``, run over."""
    return _run_over(int(a) * int(b))


def sum_of_bits(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the low 64 bits of a sum."""
    return np.uint64((int(a) + int(b)) % _ALL)


def product_of_bits(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the low 64 bits of a product."""
    return np.uint64(int(a) * int(b) % _ALL)


def overflow_of_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return the high 64 bits of a product."""
    return np.uint64(int(a) * int(b) // _ALL)
