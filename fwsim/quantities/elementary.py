"""Exponential, logarithm and normal quantile that give the same bits on every machine.

The library versions differ in the last bits from CPU to CPU, and a chance that sits on the
edge of a millisecond would fall to either side. Here only + - * / and the square root are used,
which IEEE 754 fixes exactly, and the exponent of a number, which is taken from its bits.

Each is written twice, to the same bits: for one number, which can be compiled, and for arrays.
Where the compiled clock is there, it works arrays out number by number, several times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.series import Floats, faster

__all__ = ["Floats", "exponential", "logarithm", "normal_quantile", "summed"]


# ln 2 in two parts: the first has trailing zeros, so that k times it is exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_SQRT_HALF = 0.7071067811865476
_TO_WHOLE = 6755399441055744.0
"""1.5 · 2^52: a number to which it is added loses its fraction, rounded half to even."""
_MOST_DOUBLINGS = 2000.0
_BITS_OF_FRACTION = 52
_FRACTION = (1 << _BITS_OF_FRACTION) - 1
_BIAS = 1023
_HALF = (_BIAS - 1) << _BITS_OF_FRACTION
"""The bits of 0.5."""
_FEW = 6
"""Up to so many numbers are worked out one by one: arrays cost 0.1 ms a call."""


def summed(numbers: Iterable[float]) -> float:
    """Return the sum of numbers, one added to the other in their order.

    Python's own `sum` gives other bits from 3.12 on: it carries along what was rounded away.
    """
    total = 0.0
    for number in numbers:
        total += number
    return total


def exponential(x: Floats) -> Floats:
    """Return e to the power of `x`, elementwise; relative error below 1e-14.

    Parameters
    ----------
    x
        Any shape, between -700 and 700.
    """
    if x.size <= _FEW:
        return _one_by_one(exponential_of, x)
    series = faster()
    return _exponentials(x) if series is None else series.exponential(x)


def logarithm(x: Floats) -> Floats:
    """Return the natural logarithm, elementwise; absolute error below 1e-14.

    Parameters
    ----------
    x
        Any shape, from 2.3e-308 on: smaller numbers have lost digits.
    """
    if x.size <= _FEW:
        return _one_by_one(logarithm_of, x)
    series = faster()
    return _logarithms(x) if series is None else series.logarithm(x)


def normal_quantile(u: Floats) -> Floats:
    """Return the standard normal quantile of `u` in (0, 1), elementwise.

    Wichura, "The percentage points of the normal distribution", Applied Statistics 37 (1988),
    algorithm AS 241 (PPND16); relative error about 1e-15.
    """
    if u.size <= _FEW:
        return _one_by_one(normal_quantile_of, u)
    series = faster()
    return _normal_quantiles(u) if series is None else series.normal_quantile(u)


def _one_by_one(function: Callable[[float], float], x: Floats) -> Floats:
    return np.array([function(value) for value in x.ravel().tolist()], np.float64).reshape(x.shape)


# For arrays


def _exponentials(x: Floats) -> Floats:
    k = (x / (_LN2_HIGH + _LN2_LOW) + _TO_WHOLE) - _TO_WHOLE
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    total, term = np.ones_like(r), np.empty_like(r)
    for n in range(16, 0, -1):
        np.divide(r, n, out=term)
        total *= term
        total += 1.0
    doublings = np.clip(k, -_MOST_DOUBLINGS, _MOST_DOUBLINGS).astype(np.int64)
    half = doublings >> 1
    total *= _powers_of_two(half)
    total *= _powers_of_two(doublings - half)
    return total


def _powers_of_two(exponents: NDArray[np.int64]) -> Floats:
    return ((exponents + _BIAS) << _BITS_OF_FRACTION).view(np.float64)


def _logarithms(x: Floats) -> Floats:
    bits = np.ascontiguousarray(x).view(np.int64).reshape(x.shape)
    exponent = (bits >> _BITS_OF_FRACTION) - (_BIAS - 1)
    mantissa = ((bits & _FRACTION) | _HALF).view(np.float64)
    low = mantissa < _SQRT_HALF
    mantissa = np.where(low, 2.0 * mantissa, mantissa)
    k = np.where(low, exponent - 1, exponent).astype(np.float64)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    series = np.zeros_like(s)
    for n in range(25, 0, -2):
        series *= square
        series += 1.0 / n
    return k * _LN2_HIGH + (2.0 * s * series + k * _LN2_LOW)


_CENTRE = (
    (
        2509.0809287301226727,
        33430.575583588128105,
        67265.770927008700853,
        45921.953931549871457,
        13731.693765509461125,
        1971.5909503065514427,
        133.14166789178437745,
        3.387132872796366608,
    ),
    (
        5226.495278852545925,
        28729.085735721942674,
        39307.89580009271061,
        21213.794301586595867,
        5394.1960214247511077,
        687.1870074920579083,
        42.313330701600911252,
        1.0,
    ),
)
_SHOULDER = (
    (
        7.7454501427834140764e-4,
        0.0227238449892691845833,
        0.24178072517745061177,
        1.27045825245236838258,
        3.64784832476320460504,
        5.7694972214606914055,
        4.6303378461565452959,
        1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9,
        5.475938084995344946e-4,
        0.0151986665636164571966,
        0.14810397642748007459,
        0.68976733498510000455,
        1.6763848301838038494,
        2.05319162663775882187,
        1.0,
    ),
)
_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        0.0012426609473880784386,
        0.026532189526576123093,
        0.29656057182850489123,
        1.7848265399172913358,
        5.4637849111641143699,
        6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15,
        1.4215117583164458887e-7,
        1.8463183175100546818e-5,
        7.868691311456132591e-4,
        0.0148753612908506148525,
        0.13692988092273580531,
        0.59983220655588793769,
        1.0,
    ),
)


Polynomials = tuple[tuple[float, ...], tuple[float, ...]]


def _ratios(x: Floats, polynomials: Polynomials) -> Floats:
    above, below = (np.zeros_like(x) for _ in polynomials)
    for high, low in zip(*polynomials, strict=True):
        above *= x
        above += high
        below *= x
        below += low
    above /= below
    return above


def _normal_quantiles(u: Floats) -> Floats:
    q = u - 0.5
    centre = q * _ratios(0.180625 - q * q, _CENTRE)
    outer = np.abs(q) > 0.425
    edge = np.sqrt(-_logarithms(np.minimum(u, 1.0 - u)[outer]))
    far = edge > 5.0
    outside = _ratios(edge - 1.6, _SHOULDER)
    outside[far] = _ratios(edge[far] - 5.0, _TAIL)
    centre[outer] = outside * np.sign(q[outer])
    return centre


# For one number, in words that can be compiled


def exponential_of(x: float) -> float:
    """Return e to the power of `x`; as `exponential`."""
    k = (x / (_LN2_HIGH + _LN2_LOW) + _TO_WHOLE) - _TO_WHOLE
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    total = 1.0
    for n in range(16, 0, -1):
        total = total * (r / n) + 1.0
    doublings = int(max(-_MOST_DOUBLINGS, min(k, _MOST_DOUBLINGS)))
    half = doublings >> 1
    total *= power_of_two(half)
    return total * power_of_two(doublings - half)


def power_of_two(exponent: int) -> float:
    """Return 2 to the power of a whole number between -1022 and 1023."""
    bits: Any = np.int64((exponent + _BIAS) << _BITS_OF_FRACTION)
    power: float = bits.view(np.float64)
    return power


def logarithm_of(x: float) -> float:
    """Return the natural logarithm of `x` > 0; as `logarithm`."""
    number: Any = np.float64(x)
    bits = int(number.view(np.int64))
    fraction: Any = np.int64((bits & _FRACTION) | _HALF)
    exponent = (bits >> _BITS_OF_FRACTION) - (_BIAS - 1)
    mantissa: float = fraction.view(np.float64)
    if mantissa < _SQRT_HALF:
        mantissa, exponent = 2.0 * mantissa, exponent - 1
    k = float(exponent)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    series = 0.0
    for n in range(25, 0, -2):
        series = series * square + 1.0 / n
    return k * _LN2_HIGH + (2.0 * s * series + k * _LN2_LOW)


def ratio_of(x: float, polynomials: Polynomials) -> float:
    """Return the ratio of two polynomials, the highest power first."""
    above = below = 0.0
    for place in range(len(polynomials[0])):
        above = above * x + polynomials[0][place]
        below = below * x + polynomials[1][place]
    return above / below


def normal_quantile_of(u: float) -> float:
    """Return the standard normal quantile of `u` in (0, 1); as `normal_quantile`."""
    q = u - 0.5
    if abs(q) > 0.425:
        edge = sqrt(-logarithm_of(min(u, 1.0 - u)))
        outside = ratio_of(edge - 5.0, _TAIL) if edge > 5.0 else ratio_of(edge - 1.6, _SHOULDER)
        return outside if q > 0 else -outside
    return q * ratio_of(0.180625 - q * q, _CENTRE)
