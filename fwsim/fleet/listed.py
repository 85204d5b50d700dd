"""What a device list says, column by column, and what its bad rows leave open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from fwsim.problems import InputError, Problem


@dataclass(frozen=True)
class DeviceList:
    """The rows of a device list, column by column; what a row does not say is empty or 0.

    Parameters
    ----------
    names, macs, unit, site, people, power, installed, connection
        Text per device; a MAC is in Scout's spelling or empty.
    flash, device_rate
        Bytes, and bytes per second.
    attributes
        All other columns, by the attribute's name; the flash's size as it is written, too.
    warnings
        What was taken with a word.
    """

    names: list[str] = field(default_factory=list)
    macs: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    site: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    power: list[str] = field(default_factory=list)
    installed: list[str] = field(default_factory=list)
    connection: list[str] = field(default_factory=list)
    flash: list[int] = field(default_factory=list)
    device_rate: list[int] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def without(self, rows: Collection[int]) -> DeviceList:
        """Return the list without some of its rows, by their indices."""
        if not rows:
            return self
        left = [row for row in range(len(self.names)) if row not in rows]
        columns: dict[str, Any] = {
            of.name: [getattr(self, of.name)[row] for row in left]
            for of in fields(self)
            if of.name not in {"attributes", "warnings"}
        }
        attributes = {name: [own[row] for row in left] for name, own in self.attributes.items()}
        return replace(self, attributes=attributes, **columns)


@dataclass(frozen=True)
class UnclearRows:
    """What nobody knows of the devices of a list, because of its bad rows.

    Parameters
    ----------
    texts
        Rows of which no cell can be told from the next, as they are written.
    units
        The OUs of rows whose device has no name, or another's.
    lacks_macs
        Whether a MAC cannot be read, or is another's.
    """

    texts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    lacks_macs: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.texts or self.units or self.lacks_macs)

    def may_say(self, text: str) -> bool:
        """Tell whether a cell that cannot be told from the next may say something."""
        return any(text in row for row in self.texts)

    def may_name(self, name: str) -> bool:
        """Tell whether a row may be of a device, or of a place, of this name."""
        last = name.rpartition("/")[2]
        return any(last in text for text in self.texts) or any(
            "/" not in name or name.startswith(f"{unit}/") for unit in self.units
        )


class BadRowsError(InputError):
    """A device list was refused for some of its rows.

    Parameters
    ----------
    problems
        With them.
    rest
        What the other rows say.
    unclear
        What the bad ones leave open.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        rest: DeviceList | None = None,
        unclear: UnclearRows | None = None,
    ) -> None:
        super().__init__(problems)
        self.rest, self.unclear = rest or DeviceList(), unclear or UnclearRows()
