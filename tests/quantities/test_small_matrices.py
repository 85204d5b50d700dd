"""Algebra in a fixed order gives what a library of linear algebra gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fwsim.quantities.small_matrices import inner, product, spectrum, with_values

NUMBERS = st.floats(-1e3, 1e3, allow_subnormal=False)
SYMMETRIC = st.integers(1, 8).flatmap(
    lambda n: arrays(np.float64, (n, n), elements=NUMBERS).map(lambda a: (a + a.T) / 2)
)


@given(SYMMETRIC)
def test_a_spectrum_is_that_of_lapack_and_makes_the_matrix_again(matrix):
    values, vectors = spectrum(matrix)
    size = 1e-12 * (1.0 + np.abs(matrix).max())
    assert np.sort(values) == pytest.approx(np.linalg.eigvalsh(matrix), abs=len(matrix) * size)
    assert with_values(values, vectors) == pytest.approx(matrix, abs=len(matrix) * size)
    assert product(vectors, vectors.T) == pytest.approx(np.eye(len(matrix)), abs=1e-12)


def test_a_matrix_that_has_its_spectrum_on_the_diagonal_is_left_as_it_is():
    values, vectors = spectrum(np.diag([3.0, 0.0, -1.0]))
    assert values.tolist() == [3.0, 0.0, -1.0]
    assert vectors.tolist() == np.eye(3).tolist()


def test_nothing_has_no_spectrum():
    values, vectors = spectrum(np.zeros((0, 0)))
    assert (values.shape, vectors.shape) == ((0,), (0, 0))


@given(st.data(), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_products_are_those_of_numpy(data, rows, few, columns):
    one = data.draw(arrays(np.float64, (rows, few), elements=NUMBERS))
    other = data.draw(arrays(np.float64, (few, columns), elements=NUMBERS))
    assert product(one, other) == pytest.approx(one @ other, rel=1e-12, abs=1e-6)


def test_the_inner_product_is_summed_from_the_left():
    large = 2.0**53
    assert inner(np.array([large, 1.0, -large]), np.ones(3)) == 0.0
    assert inner(np.array([large, -large, 1.0]), np.ones(3)) == 1.0
