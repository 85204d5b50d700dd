"""Products as data: how each brings an image to its devices, every number with mark and source.

One TOML file a product in `fwsim/products/`. Marks: [H] read in the primary source, [M] an excerpt
or a secondary page, [A] assumed here.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from fwsim.measures.outcomes import ALL_OUTCOMES
from fwsim.messages import say
from fwsim.scenario.section import Section

FOLDER = Path(__file__).parents[1] / "products"
ORDER = (
    "scout",
    "hawkbit",
    "mender",
    "aws-iot-jobs",
    "configuration-manager",
    "hp-device-manager",
    "igel",
    "windows-update-for-business",
    "nudge",
)
"""The products, in the order in which they are told; the first is what others are set against."""


class ProductNumber(Section):
    """A number of a product.

    Attributes
    ----------
    key
        Where it goes: a key of an assignment, a key of one of its sections (``check_in.every``), or
        ``deadline_after`` and ``expires_after``, which count from when it is set.
    """

    key: str
    value: bool | int | float | str | list[str]
    mark: Literal["H", "M", "A", "S"]
    source: str = Field(min_length=10)


class Product(Section):
    """A product: its words, what it does, its numbers, and what fwsim does not play of it."""

    name: str
    trigger: Literal["command", "check-in"]
    says: str
    not_played: tuple[str, ...] = ()
    words: dict[str, str] = Field({})
    status: dict[str, str] = Field({})
    numbers: tuple[ProductNumber, ...] = ()

    @model_validator(mode="after")
    def _maps_to_outcomes(self) -> Product:
        strangers = sorted(set(self.status.values()) - {*ALL_OUTCOMES})
        if strangers:
            raise ValueError(say("products.no_outcome", names=", ".join(strangers)))
        return self

    def number(self, key: str) -> Any:
        """Return the value of a number; None if the product has none."""
        return next((n.value for n in self.numbers if n.key == key), None)

    def part(self, head: str) -> dict[str, Any]:
        """Return the numbers whose keys begin with a word and a dot, without it."""
        begin = f"{head}."
        return {n.key.removeprefix(begin): n.value for n in self.numbers if n.key.startswith(begin)}


@cache
def products() -> dict[str, Product]:
    """Return every product by the name of its file."""
    return {
        name: Product.model_validate(
            tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        )
        for name in ORDER
    }
