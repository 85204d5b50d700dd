"""Which devices a list has named so far, and in which line: none may be there twice."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence

from fwsim.spelling import seen


class KnownDevices:
    """The names and MACs of the rows before.

    Kept are texts and numbers: unlike pairs of them, they are nothing that looks for garbage goes
    through.
    """

    def __init__(self) -> None:
        self._place_alike: dict[str, int] = {}
        self._names: list[str] = []
        self._lines = array("q")
        self._line_of_other: dict[str, int] = {}
        self._line_of_mac: dict[str, int] = {}

    def line_of_name(self, unit: str, name: str, line: int) -> int:
        """Return where the name was first in this OU; if it is new, it is from now on `line`."""
        place = self._place_alike.setdefault(_key(unit, name), len(self._names))
        if place == len(self._names):
            self._names.append(name)
            self._lines.append(line)
            return line
        if self._names[place] == name:
            return self._lines[place]
        return self._line_of_other.setdefault(f"{unit}/{name}", line)

    def first_alike(self, unit: str, name: str) -> tuple[str, int]:
        """Return the first name of the OU that at most its spelling tells apart, and its line."""
        place = self._place_alike[_key(unit, name)]
        return self._names[place], self._lines[place]

    def line_of_mac(self, mac: str, line: int) -> int:
        """Return where a MAC was first; if it is new, it is from now on `line`."""
        return self._line_of_mac.setdefault(mac, line) if mac else line

    def add_new(
        self, lines: Sequence[int], names: list[str], units: list[str], macs: list[str]
    ) -> bool:
        """Take many devices if no name is like another and no MAC is there twice; else none.

        Parameters
        ----------
        lines
            Where they stand.
        names, units, macs
            As the list tells them: names on one line, a MAC may be empty.
        """
        alike = _alike("\n".join(names)).split("\n")
        keys = map("\0".join, zip(units, alike, strict=True))
        places = dict(
            zip(keys, range(len(self._names), len(self._names) + len(names)), strict=True)
        )
        line_of_mac = dict(zip(macs, lines, strict=True))
        line_of_mac.pop("", None)
        if len(places) < len(names) or len(line_of_mac) < len(macs) - macs.count(""):
            return False
        if not (
            self._place_alike.keys().isdisjoint(places)
            and self._line_of_mac.keys().isdisjoint(line_of_mac)
        ):
            return False
        self._place_alike |= places
        self._names += names
        self._lines.extend(lines)
        self._line_of_mac |= line_of_mac
        return True


def _alike(name: str) -> str:
    """Return a name without its case, what is not seen of it, and how its letters are composed."""
    return (name if name.isascii() else unicodedata.normalize("NFKC", seen(name))).casefold()


def _key(unit: str, name: str) -> str:
    return f"{unit}\0{_alike(name)}"
