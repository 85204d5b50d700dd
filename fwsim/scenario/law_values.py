"""Laws as a scenario writes them: ``25 s``, ``{lognormal: {median: 25 s, p95: 3 min}}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.beliefs import Scale
from fwsim.quantities.counts import LARGEST_FACTOR
from fwsim.quantities.laws import (
    Constant,
    Exponential,
    Law,
    Lognormal,
    Sample,
    ScipyLaw,
    Uniform,
    scipy_law_names,
)
from fwsim.scenario.belief_values import (
    DURATION,
    Quantity,
    is_belief,
    is_resampled,
    read_number,
    read_resampled,
    write_number,
    written,
)
from fwsim.scenario.values import finite

_OWN = ("uniform", "exponential", "lognormal", "sample")
_EXAMPLE = "25 s or {lognormal: {median: 25 s, p95: 3 min}}"
LONGEST_SAMPLE = 100_000


def _factor(value: Any) -> float:
    number = finite(value)
    if number < 0:
        raise ValueError(say("law.factor_negative", value=value))
    if number > LARGEST_FACTOR:
        raise ValueError(say("law.factor_large", value=value, most=f"{LARGEST_FACTOR:g}"))
    return number


FACTOR = Quantity("a factor", _factor, float, Scale.LOG, LARGEST_FACTOR)
NUMBER = Quantity("a number", finite, float, Scale.LOG)


def _named(name: str, value: Any, names: tuple[str, ...], quantity: Quantity) -> list[float]:
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        wanted = ", ".join(f"{key}: …" for key in names)
        raise ValueError(say("law.parameters", name=name, wanted=wanted, value=value))
    return [read_number(value[key], quantity) for key in names]


def fault_of(law: Law, written: Mapping[str, Any]) -> str:
    """Return what is wrong with the parameters of a law beside one another; empty if nothing is.

    Parameters
    ----------
    law
        The law.
    written
        Its parameters as they were written.
    """
    match law:
        case Uniform(low, high) if low > high:
            return say("law.uniform", low=written["low"], high=written["high"])
        case Lognormal(median, p95) if not 0 < median <= p95:
            return say("law.lognormal", median=written["median"], p95=written["p95"])
    return ""


def _uniform(value: Any, quantity: Quantity) -> Law:
    low, high = _named("uniform", value, ("low", "high"), quantity)
    return _fitting(Uniform(low, high), value)


def _exponential(value: Any, quantity: Quantity) -> Law:
    (mean,) = _named("exponential", value, ("mean",), quantity)
    return Exponential(mean)


def _lognormal(value: Any, quantity: Quantity) -> Law:
    median, p95 = _named("lognormal", value, ("median", "p95"), quantity)
    return _fitting(Lognormal(median, p95), value)


def _fitting(law: Law, written: Any) -> Law:
    if fault := fault_of(law, written):
        raise ValueError(fault)
    return law


def _sample(value: Any, quantity: Quantity) -> Sample:
    if not isinstance(value, list) or not 0 < len(value) <= LONGEST_SAMPLE:
        raise ValueError(say("law.sample", most=LONGEST_SAMPLE))
    return Sample(tuple(quantity.read(item) for item in value))


_LAWS: dict[str, Callable[[Any, Quantity], Law]] = {
    "uniform": _uniform,
    "exponential": _exponential,
    "lognormal": _lognormal,
    "sample": _sample,
}


_IN_UNIT = {"loc", "scale"}


def _scipy(name: str, value: Any, quantity: Quantity) -> Law:
    if not isinstance(value, dict):
        raise ValueError(say("law.of_scipy", name=name, value=value))
    return ScipyLaw(
        name,
        tuple(
            (str(key), read_number(item, quantity if key in _IN_UNIT else NUMBER))
            for key, item in value.items()
        ),
    )


def _read(value: Any, quantity: Quantity) -> Law:
    if isinstance(value, Law):
        return value
    if not isinstance(value, dict) or is_belief(value):
        return Constant(read_number(value, quantity))
    if is_resampled(value):
        belief = read_resampled(value)
        return replace(_sample(value["sample"], quantity), resampled=belief)
    if len(value) != 1:
        raise ValueError(
            say(
                "law.one_name",
                given=", ".join(map(str, value)) or say("law.none"),
                example=_EXAMPLE,
            )
        )
    ((name, parameters),) = value.items()
    if name in _LAWS:
        return _LAWS[name](parameters, quantity)
    if name not in scipy_law_names():
        near = nearest(str(name), [*_OWN, *sorted(scipy_law_names())])
        raise ValueError(say("unknown.law", name=name, near=near, example=_EXAMPLE))
    return _scipy(str(name), parameters, quantity)


def _write(law: Any, quantity: Quantity) -> Any:
    def write(value: float) -> Any:
        return write_number(value, quantity)

    match law:
        case Constant(value):
            return write(value)
        case Uniform(low, high):
            return {"uniform": {"low": write(low), "high": write(high)}}
        case Exponential(mean):
            return {"exponential": {"mean": write(mean)}}
        case Lognormal(median, p95):
            return {"lognormal": {"median": write(median), "p95": write(p95)}}
        case Sample(values):
            data: dict[str, Any] = {"sample": [write(item) for item in values]}
            return data | (written(law.resampled, quantity) if law.resampled else {})
        case ScipyLaw():
            return {
                law.name: {
                    key: write_number(value, quantity if key in _IN_UNIT else NUMBER)
                    for key, value in law.parameters
                }
            }
    raise TypeError(f"no way to write {law!r}")


_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": ["string", "number"]},
            {"type": "object", "minProperties": 1, "maxProperties": 1},
        ],
        "examples": ["25 s", {"lognormal": {"median": "25 s", "p95": "3 min"}}],
    }
)

DurationLaw = Annotated[
    Any,
    BeforeValidator(lambda value: _read(value, DURATION)),
    PlainSerializer(lambda law: _write(law, DURATION)),
    _SCHEMA,
    DURATION,
]
"""A `Law` of durations; its values are milliseconds."""

FactorLaw = Annotated[
    Any,
    BeforeValidator(lambda value: _read(value, FACTOR)),
    PlainSerializer(lambda law: _write(law, FACTOR)),
    _SCHEMA,
    FACTOR,
]
"""A `Law` of factors around 1."""
