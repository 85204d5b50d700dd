"""Families of laws that a positive time may follow, all told by median and spread.

With x = t / median each has one parameter, the spread s; 1 / s is the steepness on the logarithm of
time. So a belief about the median means the same for each, and all are fitted on one scale.
Source: notes A1; Johnson, Kotz, Balakrishnan, *Continuous Univariate Distributions* 1, chapters
14, 17, 21, and 2, chapter 23.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from fwsim.quantities.beliefs import Z95
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Law, Lognormal, ScipyLaw

_LN2 = float(np.log(2.0))
_SMALLEST = 1e-300
_LEAST_LOG = float(np.log(_SMALLEST))
_LARGEST_LOG = 700.0
"""Of what a floating-point number holds."""


class Family(ABC):
    """A family of laws of a positive time, by its median and its spread."""

    name: ClassVar[str]
    usual_spread: ClassVar[float]
    """What makes it about as wide as a lognormal law of spread 1."""

    @abstractmethod
    def log_density_of_log(self, logs: Floats, spread: float) -> Floats:
        """Return the log density of log(x), x being times over their median."""

    @abstractmethod
    def below(self, x: Floats, spread: float) -> Floats:
        """Return the chance of no more than x medians."""

    @abstractmethod
    def above(self, x: Floats, spread: float) -> Floats:
        """Return the chance of more than x medians."""

    @abstractmethod
    def quantile(self, chances: Floats, spread: float) -> Floats:
        """Return, in medians, what comes at each chance."""

    @abstractmethod
    def law(self, median: float, spread: float) -> Law:
        """Return the law in the form that a scenario writes."""

    def log_density(self, logs: Floats, median: float, spread: float) -> Floats:
        """Return the log density of times whose logarithms are given, never quite nothing."""
        of_log = self.log_density_of_log(logs - np.log(median), spread)
        return np.maximum(of_log - logs, _LEAST_LOG)

    def density(self, times: Floats, median: float, spread: float) -> Floats:
        """Return the density of times, never quite 0."""
        return np.asarray(np.exp(self.log_density(_log(times), median, spread)))


class LognormalFamily(Family):
    """log t is normal."""

    name: ClassVar[str] = "lognormal"
    usual_spread: ClassVar[float] = 1.0

    def log_density_of_log(self, logs: Floats, spread: float) -> Floats:
        """Return the normal one."""
        z = logs / spread
        return np.asarray(-0.5 * z * z - np.log(spread * np.sqrt(2 * np.pi)))

    def below(self, x: Floats, spread: float) -> Floats:
        """Return the normal distribution."""
        from scipy.special import ndtr

        return np.asarray(ndtr(_log(x) / spread))

    def above(self, x: Floats, spread: float) -> Floats:
        """Return its complement without loss of digits."""
        from scipy.special import ndtr

        return np.asarray(ndtr(-_log(x) / spread))

    def quantile(self, chances: Floats, spread: float) -> Floats:
        """Return exp(s z)."""
        from scipy.special import ndtri

        return np.asarray(np.exp(spread * ndtri(chances)))

    def law(self, median: float, spread: float) -> Law:
        """Return it by median and p95."""
        return Lognormal(median, float(median * np.exp(Z95 * spread)))


class GammaFamily(Family):
    """Shape 1 / s², so that s is the coefficient of variation."""

    name: ClassVar[str] = "gamma"
    usual_spread: ClassVar[float] = 0.9

    @staticmethod
    def _shape(spread: float) -> tuple[float, float]:
        """Return shape and median of the law with scale 1."""
        from scipy.special import gammaincinv

        shape = 1.0 / min(max(spread, 1e-4), 20.0) ** 2
        return shape, max(float(gammaincinv(shape, 0.5)), _SMALLEST)

    def log_density_of_log(self, logs: Floats, spread: float) -> Floats:
        """Return a log(y) - y - log Γ(a)."""
        from scipy.special import gammaln

        shape, median = self._shape(spread)
        of_y = np.minimum(logs + np.log(median), _LARGEST_LOG)
        return np.asarray(shape * of_y - np.exp(of_y) - gammaln(shape))

    def below(self, x: Floats, spread: float) -> Floats:
        """Return the lower incomplete gamma function."""
        from scipy.special import gammainc

        shape, median = self._shape(spread)
        return np.asarray(gammainc(shape, x * median))

    def above(self, x: Floats, spread: float) -> Floats:
        """Return the upper one."""
        from scipy.special import gammaincc

        shape, median = self._shape(spread)
        return np.asarray(gammaincc(shape, x * median))

    def quantile(self, chances: Floats, spread: float) -> Floats:
        """Return the inverse of the lower one."""
        from scipy.special import gammaincinv

        shape, median = self._shape(spread)
        return np.asarray(gammaincinv(shape, chances) / median)

    def law(self, median: float, spread: float) -> Law:
        """Return SciPy's gamma."""
        shape, of_one = self._shape(spread)
        return ScipyLaw("gamma", (("a", shape), ("scale", median / of_one)))


class WeibullFamily(Family):
    """Shape 1 / s."""

    name: ClassVar[str] = "Weibull"
    usual_spread: ClassVar[float] = 0.8

    @staticmethod
    def _waits(x: Floats, spread: float) -> Floats:
        """Return what is exponential."""
        return _LN2 * np.exp(np.minimum(_log(x) / spread, _LARGEST_LOG))

    def log_density_of_log(self, logs: Floats, spread: float) -> Floats:
        """Return log E - E - log s."""
        steep = np.minimum(logs / spread, _LARGEST_LOG)
        return np.asarray(steep + np.log(_LN2 / spread) - _LN2 * np.exp(steep))

    def below(self, x: Floats, spread: float) -> Floats:
        """Return 1 - exp(-E)."""
        return -np.expm1(-self._waits(x, spread))

    def above(self, x: Floats, spread: float) -> Floats:
        """Return exp(-E)."""
        return np.exp(-self._waits(x, spread))

    def quantile(self, chances: Floats, spread: float) -> Floats:
        """Return (-log(1 - u) / log 2)^s."""
        return (-np.log1p(-chances) / _LN2) ** spread

    def law(self, median: float, spread: float) -> Law:
        """Return SciPy's weibull_min."""
        return ScipyLaw("weibull_min", (("c", 1.0 / spread), ("scale", median / _LN2**spread)))


class LogLogisticFamily(Family):
    """log t is logistic."""

    name: ClassVar[str] = "log-logistic"
    usual_spread: ClassVar[float] = 0.55

    def log_density_of_log(self, logs: Floats, spread: float) -> Floats:
        """Return the logistic one."""
        z = np.abs(logs) / spread
        return np.asarray(-z - 2.0 * np.log1p(np.exp(-z)) - np.log(spread))

    def below(self, x: Floats, spread: float) -> Floats:
        """Return the logistic distribution."""
        from scipy.special import expit

        return np.asarray(expit(_log(x) / spread))

    def above(self, x: Floats, spread: float) -> Floats:
        """Return its complement."""
        from scipy.special import expit

        return np.asarray(expit(-_log(x) / spread))

    def quantile(self, chances: Floats, spread: float) -> Floats:
        """Return (u / (1 - u))^s."""
        return np.asarray((chances / (1.0 - chances)) ** spread)

    def law(self, median: float, spread: float) -> Law:
        """Return SciPy's fisk."""
        return ScipyLaw("fisk", (("c", 1.0 / spread), ("scale", median)))


def _log(x: Floats) -> Floats:
    """Return the logarithm; of nothing a very small one."""
    return np.log(np.maximum(x, _SMALLEST))


LOGNORMAL = LognormalFamily()
FAMILIES: tuple[Family, ...] = (LOGNORMAL, GammaFamily(), WeibullFamily(), LogLogisticFamily())
CLEARLY_BETTER = 2.0
"""By how much an information criterion must be lower before another law than the lognormal is
taken; within 2 both have substantial support (Burnham & Anderson 2002, section 2.6)."""


def chosen(criteria: dict[str, float]) -> Family:
    """Return the family that an information criterion chooses, the lognormal unless clearly worse.

    Parameters
    ----------
    criteria
        AIC by the family's name.
    """
    best = min(FAMILIES, key=lambda family: criteria.get(family.name, np.inf))
    if LOGNORMAL.name in criteria:
        lead = criteria[LOGNORMAL.name] - criteria[best.name]
        return best if lead > CLEARLY_BETTER else LOGNORMAL
    return best
