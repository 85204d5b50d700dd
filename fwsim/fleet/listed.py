"""What a device list says, column by column, and what its bad rows leave open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from fwsim.problems import InputError, Problem

MOST_UNCLEAR = 1000
"""Of more rows, or OUs, that nobody knows, any may be meant: to look at each costs too much."""


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
    nameless
        Rows whose device has no name, or another's: their OU, and what they say.
    fields
        Those of which a cell cannot be read, or names nothing.
    lacks_macs
        Whether a MAC cannot be read, or is another's.
    """

    texts: tuple[str, ...] = ()
    nameless: tuple[tuple[str, str], ...] = ()
    fields: frozenset[str] = frozenset()
    lacks_macs: bool = False

    def __bool__(self) -> bool:
        """Whether there may be other devices, or other MACs."""
        return bool(self.texts or self.nameless or self.lacks_macs)

    def may_say(self, text: str) -> bool:
        """Tell whether a row that is not among the devices may say something."""
        rows = (*self.texts, *(row for _, row in self.nameless))
        return len(rows) > MOST_UNCLEAR or any(text in row for row in rows)

    def may_name(self, name: str) -> bool:
        """Tell whether a row may be of a device, or of a place, of this name."""
        if len(self.texts) + len(self.nameless) > MOST_UNCLEAR:
            return True
        last = name.rpartition("/")[2]
        return any(last in text for text in self.texts) or any(
            "/" not in name or f"{name}/".startswith(f"{unit}/") or unit.startswith(f"{name}/")
            for unit, _ in self.nameless
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
        self.rest = DeviceList() if rest is None else rest
        self.unclear = UnclearRows() if unclear is None else unclear
