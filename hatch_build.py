"""Puts the scenarios into the wheel, for `fwsim demo` and `fwsim list`; a clone has them."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EDITABLE = "editable"


class ShippedScenarios(BuildHookInterface):  # type: ignore[type-arg]
    """Adds a folder to all wheels but those of a clone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say what else goes in before the wheel is built."""
        if version != EDITABLE:
            build_data["force_include"]["scenarios"] = "fwsim/shipped"
