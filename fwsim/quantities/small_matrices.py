"""Algebra of a few rows and columns that gives the same bits on every machine.

Libraries of linear algebra sum in the order that suits the processor. Here only + - * / and square
roots are used, which IEEE 754 fixes, in an order that is written down.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from fwsim.quantities.elementary import summed
from fwsim.quantities.series import Floats

_MOST_SWEEPS = 50
_ROUNDING = 1e-16


def product(one: Floats, other: Floats) -> Floats:
    """Return the product of two matrices.

    Parameters
    ----------
    one, other
        Shapes (rows, few) and (few, columns).
    """
    whole = np.zeros((len(one), other.shape[1]))
    for number in range(len(other)):
        whole += one[:, number, None] * other[number]
    return whole


def inner(one: Floats, other: Floats) -> float:
    """Return the sum of the products of two rows of numbers."""
    return summed((one * other).tolist())


def spectrum(matrix: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues, in no order, and eigenvectors of a symmetric matrix (Jacobi's rotations).

    Parameters
    ----------
    matrix
        Shape (n, n), n a few.

    Returns
    -------
    tuple of array
        Values, shape (n,), and vectors as columns, shape (n, n).
    """
    count = len(matrix)
    left, vectors = np.array(matrix, np.float64), np.eye(count)
    pairs = [(one, other) for one in range(count) for other in range(one + 1, count)]
    for _ in range(_MOST_SWEEPS):
        negligible = _ROUNDING * float(np.abs(np.diag(left)).max(initial=0.0))
        coupled = [pair for pair in pairs if abs(left[pair]) > negligible]
        if not coupled:
            break
        for one, other in coupled:
            _turn(left, vectors, one, other)
    return np.diag(left).copy(), vectors


def _turn(matrix: Floats, vectors: Floats, one: int, other: int) -> None:
    """Turn a plane so that a pair is no longer coupled."""
    coupling = float(matrix[one, other])
    if coupling == 0.0:
        return
    angle = (float(matrix[other, other]) - float(matrix[one, one])) / (2.0 * coupling)
    tangent = (1.0 if angle >= 0 else -1.0) / (abs(angle) + sqrt(angle * angle + 1.0))
    cosine = 1.0 / sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for columns in (matrix, matrix.T, vectors):
        first, second = columns[:, one].copy(), columns[:, other].copy()
        columns[:, one] = cosine * first - sine * second
        columns[:, other] = sine * first + cosine * second
    matrix[one, other] = matrix[other, one] = 0.0


def with_values(values: Floats, vectors: Floats) -> Floats:
    """Return the symmetric matrix of a spectrum; any order and sign of its vectors give the same.

    Parameters
    ----------
    values, vectors
        As `spectrum` returns them.
    """
    return product(vectors * values, vectors.T)
