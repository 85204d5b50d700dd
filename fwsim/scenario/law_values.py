"""Laws as a scenario writes them: ``25 s``, ``{lognormal: {median: 25 s, p95: 3 min}}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from fwsim.problems import nearest
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
from fwsim.quantities.units import read_duration, write_duration
from fwsim.scenario.values import finite

Reader = Callable[[Any], float]
Writer = Callable[[float], Any]

_OWN = ("uniform", "exponential", "lognormal", "sample")
_EXAMPLE = "write for example 25 s or {lognormal: {median: 25 s, p95: 3 min}}"
LONGEST_SAMPLE = 100_000


def _duration(value: Any) -> float:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} has no unit; expected a duration such as 25 s")
    return float(read_duration(value))


def _factor(value: Any) -> float:
    number = finite(value)
    if number < 0:
        raise ValueError(f"{value!r} is negative; a factor is 0 or more")
    if number > LARGEST_FACTOR:
        raise ValueError(f"{value!r} is too large; a factor is {LARGEST_FACTOR:g} at most")
    return number


def _named(name: str, value: Any, names: tuple[str, ...], read: Reader) -> list[float]:
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        wanted = ", ".join(f"{key}: …" for key in names)
        raise ValueError(f"{name} needs exactly {{{wanted}}}, got {value!r}")
    return [read(value[key]) for key in names]


def _uniform(value: Any, read: Reader) -> Law:
    low, high = _named("uniform", value, ("low", "high"), read)
    if low > high:
        raise ValueError(f"uniform: low {value['low']!r} lies above high {value['high']!r}")
    return Uniform(low, high)


def _exponential(value: Any, read: Reader) -> Law:
    (mean,) = _named("exponential", value, ("mean",), read)
    return Exponential(mean)


def _lognormal(value: Any, read: Reader) -> Law:
    median, p95 = _named("lognormal", value, ("median", "p95"), read)
    if not 0 < median <= p95:
        raise ValueError(
            f"lognormal: expected 0 < median <= p95, "
            f"got median {value['median']!r}, p95 {value['p95']!r}"
        )
    return Lognormal(median, p95)


def _sample(value: Any, read: Reader) -> Law:
    if not isinstance(value, list) or not 0 < len(value) <= LONGEST_SAMPLE:
        raise ValueError(f"sample needs a list of 1 to {LONGEST_SAMPLE} measured values")
    return Sample(tuple(read(item) for item in value))


_LAWS: dict[str, Callable[[Any, Reader], Law]] = {
    "uniform": _uniform,
    "exponential": _exponential,
    "lognormal": _lognormal,
    "sample": _sample,
}


def _scipy(name: str, value: Any, read: Reader) -> Law:
    if not isinstance(value, dict):
        raise ValueError(
            f"{name} needs its parameters, such as {{a: 2, scale: 30 s}}, got {value!r}"
        )
    in_unit = {"loc", "scale"}
    return ScipyLaw(
        name,
        tuple(
            (str(key), read(item) if key in in_unit else finite(item))
            for key, item in value.items()
        ),
    )


def _read(value: Any, read: Reader) -> Law:
    if isinstance(value, Law):
        return value
    if not isinstance(value, dict):
        return Constant(read(value))
    if len(value) != 1:
        raise ValueError(
            f"a law has one name, got {', '.join(map(str, value)) or 'none'}; {_EXAMPLE}"
        )
    ((name, parameters),) = value.items()
    if name in _LAWS:
        return _LAWS[name](parameters, read)
    if name not in scipy_law_names():
        near = nearest(str(name), [*_OWN, *sorted(scipy_law_names())])
        raise ValueError(f"{name!r} is no law{near}; {_EXAMPLE}")
    return _scipy(str(name), parameters, read)


def _write(law: Any, write: Writer) -> Any:
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
            return {"sample": [write(item) for item in values]}
        case ScipyLaw():
            in_unit = {"loc", "scale"}
            return {law.name: {k: write(v) if k in in_unit else v for k, v in law.parameters}}
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
    BeforeValidator(lambda value: _read(value, _duration)),
    PlainSerializer(lambda law: _write(law, lambda v: write_duration(round(v)))),
    _SCHEMA,
]
"""A `Law` of durations; its values are milliseconds."""

FactorLaw = Annotated[
    Any,
    BeforeValidator(lambda value: _read(value, _factor)),
    PlainSerializer(lambda law: _write(law, lambda v: v)),
    _SCHEMA,
]
"""A `Law` of factors around 1."""
