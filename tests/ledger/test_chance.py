"""With which chance ranges are to hold, and by when one could be sure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fwsim.ledger.chance import sure_by
from fwsim.results.statistics import forecast
from tests.ledger.kept_forecasts import kept_measure


@pytest.mark.parametrize("runs", [115, 148, 455, 1005, 3010])
def test_of_many_runs_it_is_the_nearest_that_was_kept(runs):
    values = np.arange(runs, dtype=float)
    told = sure_by(kept_measure("time to 95 %", values), runs)
    assert abs(told - forecast.sure_by(values.tolist())) <= 1


@pytest.mark.parametrize("runs", [2, 8, 9, 12, 15, 18, 20, 25, 38, 47, 98, 100, 200, 1000])
def test_one_could_be_sure_of_what_the_forecast_told(runs):
    values = np.arange(runs, dtype=float)
    told = forecast.sure_by(values.tolist())
    assert sure_by(kept_measure("time to 95 %", values), runs) == (
        math.inf if math.isnan(told) else told
    )
