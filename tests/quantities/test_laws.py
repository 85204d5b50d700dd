"""Laws of several classes, drawn together."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.quantities.laws import Exponential, Law, Lognormal, Uniform, quantile_by_class

MIXED: list[list[Law]] = [
    [Lognormal(60.0, 600.0)],
    [Lognormal(60.0, 600.0), Lognormal(5.0, 5.0), Lognormal(1e-3, 7.0)],
    [Lognormal(60.0, 600.0), Uniform(1.0, 2.0), Exponential(40.0)],
]


@pytest.mark.parametrize("laws", MIXED, ids=["one", "lognormals", "of three kinds"])
def test_who_is_drawn_together_gets_the_very_bits_of_the_own_law(laws):
    random = np.random.default_rng(1)
    codes = random.integers(0, len(laws), 500).astype(np.int32)
    chances = random.random(500)
    together = quantile_by_class(laws)(chances, codes)
    alone = [laws[code].quantile(chances[place : place + 1])[0] for place, code in enumerate(codes)]
    assert together.tolist() == alone
