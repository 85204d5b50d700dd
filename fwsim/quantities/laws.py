"""Laws of uncertain quantities: each turns chances in (0, 1) into values by its inverse CDF."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.messages import say
from fwsim.quantities.beliefs import Z95, Resampled
from fwsim.quantities.elementary import Floats, exponential, logarithm, normal_quantile

LONGEST_MS = 10 * 365 * 24 * 3600 * 1000


class Law(ABC):
    """The distribution of a quantity that is never negative."""

    __slots__ = ()

    @abstractmethod
    def quantile(self, chances: Floats) -> Floats:
        """Return the value at each of `chances`, in the law's own unit."""


@dataclass(frozen=True, slots=True)
class Constant(Law):
    """Always the same value."""

    value: float

    def quantile(self, chances: Floats) -> Floats:
        """Return the value, once for each of `chances`."""
        return np.full_like(chances, self.value)


@dataclass(frozen=True, slots=True)
class Uniform(Law):
    """Any value between `low` and `high`, all alike."""

    low: float
    high: float

    def quantile(self, chances: Floats) -> Floats:
        """Return ``low + u (high - low)``."""
        return self.low + chances * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Exponential(Law):
    """Waiting without memory, with the given mean."""

    mean: float

    def quantile(self, chances: Floats) -> Floats:
        """Return ``-mean ln(1 - u)``."""
        return -self.mean * logarithm(1.0 - chances)


@dataclass(frozen=True, slots=True)
class Lognormal(Law):
    """A long tail to the right, given by its median and its 95 % quantile."""

    median: float
    p95: float

    @property
    def steepness(self) -> float:
        """Standard deviation of the logarithm."""
        return float(logarithm(np.array([self.p95 / self.median]))[0]) / Z95

    def quantile(self, chances: Floats) -> Floats:
        """Return ``median (p95 / median) ** (z(u) / z(0.95))``."""
        return self.median * exponential(self.steepness * normal_quantile(chances))


@dataclass(frozen=True, slots=True)
class Sample(Law):
    """Measured values; steps, no interpolation.

    Parameters
    ----------
    values
        What was measured.
    weights
        How often each comes, adding up to 1; None if each is as likely as the others.
    resampled
        What is believed of the weights, if they are in doubt.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...] | None = None
    resampled: Resampled | None = None

    def quantile(self, chances: Floats) -> Floats:
        """Return the smallest value that a share u of the weights does not exceed."""
        if self.weights is not None:
            order = np.argsort(np.array(self.values), kind="stable")
            edges = np.cumsum(np.array(self.weights)[order])
            places = np.searchsorted(edges, chances, side="left")
            return np.array(self.values)[order][np.minimum(places, len(order) - 1)]
        ordered = np.sort(np.array(self.values, dtype=np.float64))
        index = np.minimum((chances * len(ordered)).astype(np.int64), len(ordered) - 1)
        return ordered[index]


@cache
def scipy_law_names() -> frozenset[str]:
    """Return the names of the continuous laws of `scipy.stats`."""
    from scipy import stats

    return frozenset(
        name for name in dir(stats) if isinstance(getattr(stats, name), stats.rv_continuous)
    )


@dataclass(frozen=True)
class ScipyLaw(Law):
    """A continuous law of `scipy.stats` by its name; equal bits only with an equal SciPy.

    Parameters
    ----------
    name
        One of `scipy_law_names`.
    parameters
        Its keyword arguments; ``loc`` and ``scale`` in the quantity's unit.
    """

    name: str
    parameters: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        if self.name not in scipy_law_names():
            raise ValueError(say("law.not_continuous", name=self.name))
        try:
            probe = self.quantile(np.array([1e-12, 0.01, 0.5, 0.99, 1 - 1e-12]))
        except TypeError as error:
            raise ValueError(f"{self.name}: {error}") from None
        if np.isnan(probe).any() or not np.isfinite(probe[1:-1]).all():
            raise ValueError(say("law.no_law", name=self.name))

    def quantile(self, chances: Floats) -> Floats:
        """Return the library's percent point function."""
        from scipy import stats

        keywords: Mapping[str, Any] = dict(self.parameters)
        with np.errstate(all="ignore"):  # what comes of it is looked at when the law is made
            values = getattr(stats, self.name).ppf(chances, **keywords)
        return np.asarray(values, dtype=np.float64)


def quantile_by_class(laws: Sequence[Law]) -> Callable[[Floats, NDArray[np.int32]], Floats]:
    """Return what gives many their values by their chances, and by their classes.

    Parameters
    ----------
    laws
        Of each class.
    """
    lognormals = [law for law in laws if isinstance(law, Lognormal)]
    if len(lognormals) == len(laws):  # all at once, to the same bits
        medians = np.array([law.median for law in lognormals])
        steepness = np.array([law.steepness for law in lognormals])

        def lognormal(chances: Floats, codes: NDArray[np.int32]) -> Floats:
            steps = steepness.take(codes) * normal_quantile(chances)
            return np.asarray(medians.take(codes) * exponential(steps))

        return lognormal

    def one_by_one(chances: Floats, codes: NDArray[np.int32]) -> Floats:
        values = np.zeros_like(chances)
        for code, law in enumerate(laws):
            mine = np.flatnonzero(codes == code)
            values[mine] = law.quantile(chances.take(mine))
        return values

    return one_by_one


def scaled(law: Law, factor: float) -> Law:
    """Return a law all of whose values are so many times as large.

    Raises
    ------
    TypeError
        If it is a law of a kind that has no scale.
    """
    match law:
        case Constant(value):
            return Constant(value * factor)
        case Uniform(low, high):
            return Uniform(low * factor, high * factor)
        case Exponential(mean):
            return Exponential(mean * factor)
        case Lognormal(median, p95):
            return Lognormal(median * factor, p95 * factor)
        case Sample(values):
            return replace(law, values=tuple(value * factor for value in values))
        case ScipyLaw(name, parameters):
            given = {"loc": 0.0, "scale": 1.0} | dict(parameters)
            moved = {key: given[key] * factor for key in ("loc", "scale")}
            return ScipyLaw(name, tuple((given | moved).items()))
    raise TypeError(f"no way to scale {law!r}")


def whole_milliseconds(values: Floats) -> NDArray[np.int64]:
    """Round values in milliseconds once, at the border between chance and clock.

    Negative values become 0; values beyond ten years are cut there.
    """
    return np.rint(np.clip(values, 0.0, LONGEST_MS)).astype(np.int64)
