"""Copies of sections, made by the hundred for every run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

S = TypeVar("S", bound=BaseModel)


def copied(section: S, update: Mapping[str, Any]) -> S:
    """Return a copy with other values, as `model_copy` does in many times the time.

    Parameters
    ----------
    section
        A plain one is copied here; one that keeps something beside its fields copies itself.
    update
        Field → value; neither checked nor counted as given by the scenario.
    """
    if section.__pydantic_private__ or section.__pydantic_extra__:
        return section.model_copy(update=update)
    made = section.__new__(type(section))
    for name, value in (
        ("__dict__", {**section.__dict__, **update}),
        ("__pydantic_fields_set__", section.__pydantic_fields_set__ | update.keys()),
        ("__pydantic_extra__", section.__pydantic_extra__),
        ("__pydantic_private__", section.__pydantic_private__),
    ):
        object.__setattr__(made, name, value)  # it is frozen
    return made
