"""Every number of a scenario, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from types import NoneType
from typing import Annotated, Any, get_args

import annotated_types as rules
from pydantic import AfterValidator, BaseModel, TypeAdapter

from fwsim.quantities.counts import LARGEST_DOWNLOAD
from fwsim.quantities.laws import Law
from fwsim.scenario.assumptions import SECOND, Assumptions
from fwsim.scenario.belief_values import Quantity
from fwsim.scenario.document import Path_
from fwsim.scenario.doubt import Target
from fwsim.scenario.network_section import HubSection, SiteSection
from fwsim.scenario.sections import (
    BUTTONS,
    AnswerSection,
    FailingSection,
    FaultsSection,
    PackageSection,
    PeopleSection,
    PowerSection,
)

_NO_NUMBERS = (NoneType, str, bool)

VARY: dict[type[BaseModel], tuple[str, ...]] = {
    AnswerSection: (*BUTTONS, "after"),
    PowerSection: ("left_on", "unreported", "suspends"),
    FaultsSection: tuple(FaultsSection.model_fields),
    FailingSection: ("share",),
    SiteSection: ("wake_up", "line_factor"),
    HubSection: ("line_factor",),
    PeopleSection: ("persistence",),
    Assumptions: (
        "wake_up_sites",
        "wake_up_devices",
        "send_time",
        "install_rate",
        "restart_time",
        "boot_time",
        "outage",
        "bricked",
    ),
}
"""What differs from rollout to rollout by more than devices do; busy times, too."""
LEAST: dict[tuple[type[BaseModel], str], float] = {(Assumptions, "keep_alive"): SECOND}
MOST: dict[tuple[type[BaseModel], str], float] = {(PackageSection, "size"): LARGEST_DOWNLOAD}
"""Limits that no rule of a field tells."""


def key_of(element: Any, index: int) -> str:
    """Return the name of an element of a list."""
    if isinstance(element, PackageSection):
        return element.name
    if isinstance(element, FailingSection):
        return f"{element.phase} where {element.where}"
    return str(index)


def name_of(names: Iterable[str]) -> str:
    """Return keys as one name."""
    return ".".join(names)


@cache
def limits_of(model: type[BaseModel], name: str) -> tuple[float, float]:
    """Return where a field's numbers are cut: what a file could not say is not drawn either."""
    quantity = quantity_of(model, name)
    low = LEAST.get((model, name), 0.0)
    high = MOST.get((model, name), inf if quantity is None else quantity.most)
    for rule in model.model_fields[name].metadata:
        match rule:
            case rules.Ge(ge):
                low = float(ge)  # type: ignore[arg-type]
            case rules.Gt(gt):
                low = max(low, float(gt) + 1e-9)  # type: ignore[arg-type]
            case rules.Le(le):
                high = min(high, float(le))  # type: ignore[arg-type]
    return low, high


@cache
def rules_of(model: type[BaseModel], name: str) -> TypeAdapter[float] | None:
    """Return what checks a number of a field once it is read; None if every one will do."""
    kinds = (rules.Gt, rules.Ge, rules.Lt, rules.Le, AfterValidator)
    found = [rule for rule in model.model_fields[name].metadata if isinstance(rule, kinds)]
    return TypeAdapter(Annotated[(Any, *found)]) if found else None


@dataclass(frozen=True)
class Number:
    """A number or a law in a scenario.

    Parameters
    ----------
    path, names
        Where, as indices and as keys.
    value
        What is stated.
    parent
        The model it stands in.
    field
        Its field there, or the field of the map it stands in.
    """

    path: Path_
    names: tuple[str, ...]
    value: Any
    parent: BaseModel
    field: str

    @property
    def varies(self) -> bool:
        """Whether it differs from rollout to rollout."""
        return self.field == "busy" or self.field in VARY.get(type(self.parent), ())

    def target(self, part: int = 0) -> Target:
        """Return it as what a draw sets."""
        low, high = limits_of(type(self.parent), self.field)
        whole = isinstance(self.value, int)
        return Target(self.path, part, low, high, whole)


def numbers_in(model: BaseModel, path: Path_ = (), names: tuple[str, ...] = ()) -> Iterator[Number]:
    """Yield every number and law of a model, in the order of the file."""
    for field in type(model).model_fields:
        value = getattr(model, field)
        yield from _below(value, (*path, field), (*names, field), model, field)


def _below(
    value: Any,
    path: Path_,
    names: tuple[str, ...],
    parent: BaseModel,
    field: str,
) -> Iterator[Number]:
    if isinstance(value, _NO_NUMBERS):  # most values: a mapping is the slowest to be told
        return
    if isinstance(value, BaseModel):
        yield from numbers_in(value, path, names)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _below(item, (*path, key), (*names, str(key)), parent, field)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            below = (*names, key_of(item, index))
            yield from _below(item, (*path, index), below, parent, field)
    elif isinstance(value, (int, float, Law)):
        yield Number(path, names, value, parent, field)


@cache
def quantity_of(model: type[BaseModel], field: str) -> Quantity | None:
    """Return what a field holds; None if it is no number with a unit."""
    info = model.model_fields[field]
    found = [rule for rule in info.metadata if isinstance(rule, Quantity)]
    return found[0] if found else next(_quantities_in(info.annotation), None)


def _quantities_in(annotation: Any) -> Iterator[Quantity]:
    for part in get_args(annotation):
        if isinstance(part, Quantity):
            yield part
        yield from _quantities_in(part)
