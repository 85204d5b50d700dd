"""Named choices in doubt: ``unattended_policy: {show: 70 %, skip_dialog: 30 %}``.

One is drawn a run; a story takes the heaviest.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails

from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.units import TOLERANCE, sum_of_shares
from fwsim.scenario.belief_values import SHARE

Weights = dict[str, float]


@cache
def choices_of(model: type[BaseModel]) -> dict[str, type[StrEnum]]:
    """Return the fields of a model that are a choice between names."""
    return {
        name: info.annotation
        for name, info in model.model_fields.items()
        if isinstance(info.annotation, type) and issubclass(info.annotation, StrEnum)
    }


def weights_taken_out(
    model: type[BaseModel], data: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Weights]]:
    """Return data with the heaviest choice in the place of weights, and the weights.

    Raises
    ------
    ValidationError
        With every field whose weights do not fit.
    """
    plain, weights = dict(data), {}
    problems: list[InitErrorDetails] = []
    for name, kind in choices_of(model).items():
        value = data.get(name)
        if not isinstance(value, Mapping):
            continue
        try:
            weights[name] = _read(value, [choice.value for choice in kind])
        except ValueError as error:
            detail = InitErrorDetails(
                type="value_error", loc=(name,), input=value, ctx={"error": error}
            )
            problems.append(detail)
            continue
        plain[name] = max(weights[name], key=lambda choice: weights[name][choice])
    if problems:
        raise ValidationError.from_exception_data(model.__name__, problems)
    return plain, weights


def _read(value: Mapping[Any, Any], names: list[str]) -> Weights:
    found: Weights = {}
    for name, share in value.items():
        if name not in names:
            known = ", ".join(names)
            near = nearest(str(name), names)
            raise ValueError(say("unknown.choice", name=name, known=known, near=near))
        found[str(name)] = SHARE.read(share)
    total, shown = sum_of_shares(found.values())
    if abs(total - 1) > TOLERANCE:
        raise ValueError(say("belief.weights", sum=shown))
    return found
