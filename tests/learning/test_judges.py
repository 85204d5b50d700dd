"""Each likelihood against surpyval, which is of another make, on the same cut data.

Two judgements: at surpyval's best numbers both say the same likelihood, and fitted here the numbers
come out the same, to five digits each.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaincinv

from fwsim.commands.notice import Instead
from fwsim.learning.answer_likelihood import Likelihood, Unpacked
from fwsim.learning.durations import Spans, fit_law, log_likelihood
from fwsim.learning.families import FAMILIES, LOGNORMAL
from fwsim.learning.notices import Ended
from tests.learning.generator import notices_of

surpyval = pytest.importorskip("surpyval")
FIVE_DIGITS = 1e-5
JUDGES = {
    "lognormal": surpyval.LogNormal,
    "gamma": surpyval.Gamma,
    "Weibull": surpyval.Weibull,
    "log-logistic": surpyval.LogLogistic,
}
COUNT = 400


def as_here(name, parameters):
    """Return median and spread of a law by surpyval's two parameters."""
    first, second = (float(parameter) for parameter in parameters)
    if name == "lognormal":
        return np.exp(first), second
    if name == "gamma":
        return gammaincinv(first, 0.5) / second, first**-0.5
    if name == "Weibull":
        return first * np.log(2) ** (1 / second), 1 / second
    return first, 1 / second


def cut(kind, seen, luck):
    """Return times as surpyval and as fwsim take them, cut in one way."""
    count = len(seen)
    low, high = seen.copy(), seen.copy()
    code = np.zeros(count, int)
    after, before = np.zeros(count), np.full(count, np.inf)
    end, begin, room = luck.uniform(30, 120, count), luck.uniform(5, 60, count), 10.0
    share = 0.5 if kind == "mixed" else 1.0
    if kind in {"right", "mixed"}:
        open_ones = (seen > end) & (luck.random(count) < share)
        code[open_ones], low[open_ones], high[open_ones] = 1, end[open_ones], np.inf
    if kind in {"left", "mixed"}:
        early = (
            (seen < begin) & (code == 0) & (luck.random(count) < (0.5 if kind == "mixed" else 1))
        )
        code[early], low[early], high[early] = -1, 0.0, begin[early]
    if kind in {"interval", "mixed"}:
        wide = (code == 0) & (seen > room) & (luck.random(count) < 0.6)
        code[wide] = 2
        low[wide] = np.floor(seen[wide] / room) * room
        high[wide] = low[wide] + room
    kept = np.ones(count, bool)
    if kind == "right-truncated":
        before = luck.uniform(60, 300, count)
        kept = seen <= before
    if kind == "left-truncated":
        after = luck.uniform(0, 30, count)
        kept = seen > after
    return code[kept], Spans(low[kept], high[kept], after[kept], before[kept])


def judged(name, code, spans):
    """Return surpyval's fit."""
    shown_high = np.where(code == 1, spans.low, spans.high)
    shown_low = np.where(code == -1, spans.high, spans.low)
    exact = code != 2
    x = [
        float(a) if whole else [float(a), float(b)]
        for a, b, whole in zip(shown_low, shown_high, exact, strict=True)
    ]
    wishes = {}
    if (spans.after > 0).any():
        wishes["tl"] = spans.after
    if np.isfinite(spans.before).any():
        wishes["tr"] = spans.before
    return JUDGES[name].fit(x=x, c=code, **wishes)


KINDS = ("right", "left", "interval", "mixed", "right-truncated", "left-truncated")
FOR_ALL = {"mixed", "right-truncated"}
CUTS = [
    pytest.param(
        kind,
        family,
        marks=[] if family is LOGNORMAL or kind in FOR_ALL else [pytest.mark.slow],
        id=f"{kind}-{family.name}",
    )
    for kind in KINDS
    for family in FAMILIES
]
"""In `make test` every kind of cut by one law, and every law by the kinds that hold the others."""


@pytest.mark.parametrize(("kind", "family"), CUTS)
def test_cut_times_are_judged_alike(kind, family):
    luck = np.random.default_rng([FAMILIES.index(family), len(kind)])
    seen = 60 * family.quantile(luck.random(COUNT), 0.6 * family.usual_spread)
    code, spans = cut(kind, seen, luck)
    judge = judged(family.name, code, spans)
    median, spread = as_here(family.name, judge.params)
    wanted = -float(judge.neg_ll())
    assert log_likelihood(spans, family, median, spread) == pytest.approx(wanted, rel=FIVE_DIGITS)
    fit = fit_law(spans, rows=2, families=(family,))
    assert fit.median == pytest.approx(median, rel=FIVE_DIGITS)
    assert fit.spread == pytest.approx(spread, rel=FIVE_DIGITS)


@pytest.mark.parametrize("seconds", [20.0, 60.0, 300.0])
def test_notices_that_run_out_are_judged_as_a_limited_failure_population(seconds):
    """With one kind of click, q f(t) and 1 - q F(N) are surpyval's model with `lfp`."""
    n = notices_of(4, COUNT, shares=(0.7, 0.0, 0.0), seconds=seconds)
    judge = surpyval.LogNormal.fit(x=n.low, c=(n.ended == Ended.SILENT).astype(int), lfp=True)
    median, spread = as_here("lognormal", judge.params)
    q = float(judge.lfp_p)

    def here(q, median, spread):
        return Likelihood(n, Instead.IGNORED, LOGNORMAL)(
            Unpacked(np.array([q, 0.0, 0.0, 1.0 - q]), median, spread, 0.5)
        )

    best = here(q, median, spread)
    assert best == pytest.approx(-float(judge.neg_ll()), rel=FIVE_DIGITS)
    for step in (0.99, 1.01):
        assert here(min(q * step, 1.0), median, spread) <= best
        assert here(q, median * step, spread) < best
        assert here(q, median, spread * step) < best
