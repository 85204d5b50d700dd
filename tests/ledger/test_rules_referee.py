"""Scores against scoringrules, which others keep; it takes seconds to import."""

import numpy as np
import pytest

from fwsim.ledger.rules import LEVELS, brier, crps, interval_score, quantile_scores, quantiles_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def referee():
    import scoringrules

    return scoringrules


@pytest.fixture
def laws():
    """What 200 forecasts of 200 runs each said, and what came."""
    rng = np.random.default_rng(11)
    runs = rng.lognormal(sigma=0.8, size=(200, 200))
    return np.array([quantiles_of(row) for row in runs]), rng.lognormal(sigma=0.8, size=200)


def test_scores_are_those_of_scoringrules(referee, laws):
    said, came = laws
    own = np.array([crps(q, y) for q, y in zip(said, came, strict=True)])
    assert own == pytest.approx(referee.crps_quantile(came, said, LEVELS))
    each = np.array([quantile_scores(q, y) for q, y in zip(said, came, strict=True)])
    for place in (4, 49, 94):
        wanted = referee.quantile_score(came, said[:, place], LEVELS[place])
        assert each[:, place] == pytest.approx(wanted)
    ends = said[:, 4], said[:, 94]
    wide = [interval_score(*end, y, 0.9) for *end, y in zip(*ends, came, strict=True)]
    assert np.array(wide) == pytest.approx(referee.interval_score(came, *ends, 0.1))
    assert brier(0.3, came=True) == pytest.approx(float(referee.brier_score(1.0, 0.3)))


def test_it_is_near_the_score_of_all_runs(referee):
    rng = np.random.default_rng(12)
    runs, came = rng.lognormal(size=(300, 1000)), rng.lognormal(size=300)
    own = np.mean([crps(quantiles_of(row), y) for row, y in zip(runs, came, strict=True)])
    assert own == pytest.approx(float(referee.crps_ensemble(came, runs).mean()), rel=0.01)


def test_cut_at_the_end_it_is_the_threshold_weighted_score(referee):
    rng = np.random.default_rng(13)
    runs, came, end = rng.lognormal(size=(300, 1000)), rng.lognormal(size=300), 1.5

    def cut(values):
        return np.minimum(values, end)

    wanted = float(referee.twcrps_ensemble(came, runs, b=end).mean())
    own = np.mean([crps(cut(quantiles_of(row)), cut(y)) for row, y in zip(runs, came, strict=True)])
    assert own == pytest.approx(wanted, rel=0.01)
