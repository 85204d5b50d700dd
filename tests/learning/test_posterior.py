"""Draws of a posterior: by weights where enough count, else by the normal law at the top."""

import numpy as np
import pytest

from fwsim.learning.posterior import Top, posterior_of

ROWS = 200
TOP = Top(np.array([1.0, -1.0]), np.diag([0.04, 0.01]), 0.0)


def normal(place):
    return float(-0.5 * ((place - TOP.place) ** 2 / np.diag(TOP.covariance)).sum())


def needle(place):
    return float(-0.5 * ((place - TOP.place) ** 2).sum() / 1e-14)


def nowhere(place):
    return -np.inf


@pytest.mark.parametrize("density", [normal, needle, nowhere])
def test_draws_lie_about_the_top_and_are_not_copies_of_one(density):
    found = posterior_of(density, TOP, ROWS, seed=1)
    assert len(np.unique(found.draws, axis=0)) > ROWS / 4
    assert found.draws.mean(axis=0) == pytest.approx(TOP.place, abs=0.08)
    assert found.draws.std(axis=0) == pytest.approx([0.2, 0.1], rel=0.3)
    assert 0 < found.effective <= ROWS
