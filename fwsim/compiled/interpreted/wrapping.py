"""Stands in for `fwsim.compiled.machine.wrapping`: numbers of any size, cut to 64 bits."""

from __future__ import annotations

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
