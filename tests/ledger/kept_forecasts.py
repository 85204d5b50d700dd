"""Forecasts and rollouts made to order, for tests of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from fwsim.ledger.happened import Happened
from fwsim.ledger.kept import KeptCurve, KeptForecast, KeptMeasure, reached
from fwsim.ledger.rules import quantiles_of

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR = 3_600_000.0
SHA = "a" * 64


def kept_measure(words, values):
    values = np.asarray(values, float)
    quantiles = quantiles_of(values).tolist()
    return KeptMeasure(
        words=words,
        quantiles=tuple(map(reached, quantiles)),
        middle=reached(quantiles[49]),
        low=reached(quantiles[4]),
        high=reached(quantiles[94]),
        mean=reached(float(values.mean())),
        missed=float(np.isinf(values).mean()),
    )


def kept_forecast(measures, *, data_up_to=None, sha=SHA, name="made to order", **more):
    """Return a forecast of measures, each with what it came to in every run."""
    usual = {
        "made_at": START - timedelta(days=1),
        "data_up_to": data_up_to,
        "scenario": name,
        "scenario_sha256": sha,
        "seed": 1,
        "fwsim": "0.1",
        "runs": max([len(values) for values in measures.values()], default=20),
        "level": 0.9,
        "holds": 0.9,
        "start": START,
        "zone": "UTC",
        "horizon": round(24 * HOUR),
        "first_command": 0,
        "targeted": 100,
        "measures": tuple(kept_measure(*one) for one in measures.items()),
        "curve": KeptCurve(first=0, step=60_000, low=(0.0,), mean=(0.5,), high=(1.0,)),
    }
    return KeptForecast(**(usual | more))


def happened(values, *, sha=SHA, hours=24.0, is_whole=True, between=None, settled_at=None):
    return Happened(
        scenario_sha256=sha,
        kept_at=START + timedelta(days=2),
        log_sha256="b" * 64,
        until=START + timedelta(hours=hours),
        is_whole=is_whole,
        devices=100,
        values={words: reached(value) for words, value in values.items()},
        between=between or {},
        settled_at=settled_at or {},
    )
