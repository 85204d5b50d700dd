"""How sure fwsim is of a rule: seen in the manual, inferred from it, or assumed."""

from __future__ import annotations

from enum import Enum


class Mark(Enum):
    """The evidence behind a rule or a number."""

    SEEN = "S"
    INFERRED = "I"
    ASSUMED = "A"
