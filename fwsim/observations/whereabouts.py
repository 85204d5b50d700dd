"""In which OUs files show devices: one name in two OUs is two devices, unless it was moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from fwsim.fleet.fleet import Column
from fwsim.observations.complaints import Complaints
from fwsim.observations.text_table import mapped

Units = Mapping[str, frozenset[str]]
"""By the names in a file, the OUs they stand in there."""


def units_in(names: Column, units: Column) -> dict[str, frozenset[str]]:
    """Return in which OUs the names of a file stand; names without one are left out."""
    pairs = names.codes.astype(np.int64) * max(len(units.values), 1) + units.codes
    found: dict[str, set[str]] = {}
    for pair in np.unique(pairs).tolist():
        name, unit = divmod(pair, max(len(units.values), 1))
        if units.values[unit]:
            found.setdefault(names.values[name], set()).add(units.values[unit])
    return {name: frozenset(each) for name, each in found.items()}


class Whereabouts:
    """Tells devices of one name apart that stand in different OUs of different files.

    Parameters
    ----------
    own
        Names that a mapping file gives; what it names is what it says.
    """

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = own
        self._of: dict[int, Units] = {}

    def add(self, number: int, units: Units) -> None:
        """Take what a file shows."""
        self._of[number] = units

    def names(self, number: int, device: Column) -> Column:
        """Return a file's devices, with their OU where others show the name in another one."""
        of, own = self._of.get(number, {}), self._own
        if not self._apart or not of:
            return device

        def whole(name: str) -> str:
            if name not in self._apart or len(of.get(name, ())) != 1:
                return name
            found = f"{next(iter(of[name]))}/{name}"
            return own.get(found, found)

        return mapped(device, whole)

    @cached_property
    def placed(self) -> dict[str, str]:
        """Fully qualified names of those that stand in one OU alone."""
        return {
            name: f"{next(iter(units))}/{name}"
            for name, units in self._everywhere.items()
            if len(units) == 1 and name not in self._own
        }

    def tell_of_moved(self, complaints: Sequence[Complaints]) -> None:
        """Say which devices were taken for moved, in the last file that shows them."""
        if not self._moved:
            return
        name = min(self._moved)
        number = max(number for number, of in self._of.items() if name in of)
        shown = complaints[number].shown(name)
        more = f", as {len(self._moved) - 1} more do" if len(self._moved) > 1 else ""
        text = f"device {shown} stands in another OU than in a file before{more}; taken for moved"
        complaints[number].warn(text)

    @cached_property
    def _everywhere(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for of in self._of.values():
            for name, units in of.items():
                found[name] = found.get(name, frozenset()) | units
        return found

    @cached_property
    def _in_several(self) -> frozenset[str]:
        several = (name for name, units in self._everywhere.items() if len(units) > 1)
        return frozenset(name for name in several if name not in self._own)

    @cached_property
    def _moved(self) -> frozenset[str]:
        """Names that each file shows in one OU, though it shows the others, too."""
        shown = {number: frozenset().union(*of.values()) for number, of in self._of.items()}
        return frozenset(
            name
            for name in self._in_several
            if all(
                len(of[name]) == 1 and self._everywhere[name] <= shown[number]
                for number, of in self._of.items()
                if name in of
            )
        )

    @cached_property
    def _apart(self) -> frozenset[str]:
        return self._in_several - self._moved
