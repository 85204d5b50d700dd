"""What the columns of a device list mean, by their headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from fwsim import spelling
from fwsim.commands.client_group import attribute_key, attribute_name
from fwsim.fleet.list_cells import LONGEST_CELL, cell_text
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.spelling import Spellings, meant

HEADERS: dict[str, str] = {
    "name": "name",
    "device": "name",
    "device name": "name",
    "host name": "name",
    "hostname": "name",
    "computer name": "name",
    "client name": "name",
    "gerätename": "name",
    "gerät": "name",
    "rechnername": "name",
    "computername": "name",
    "mac": "mac",
    "mac address": "mac",
    "mac adresse": "mac",
    "macaddress": "mac",
    "mac addr": "mac",
    "mac addr.": "mac",
    "mac adr": "mac",
    "mac adr.": "mac",
    "device mac": "mac",
    "ou": "unit",
    "unit": "unit",
    "organisational unit": "unit",
    "organizational unit": "unit",
    "group": "unit",
    "path": "unit",
    "ou path": "unit",
    "oe": "unit",
    "organisationseinheit": "unit",
    "gruppe": "unit",
    "pfad": "unit",
    "oe pfad": "unit",
    "ou pfad": "unit",
    "site": "site",
    "location": "site",
    "standort": "site",
    "people": "people",
    "personen": "people",
    "power": "power",
    "image": "installed",
    "image file": "installed",
    "idf": "installed",
    "idf name": "installed",
    "installed": "installed",
    "abbild": "installed",
    "image datei": "installed",
    "imagedatei": "installed",
    "abbilddatei": "installed",
    "installiert": "installed",
    "connection": "connection",
    "verbindung": "connection",
    "verbindungsart": "connection",
    "flash": "flash",
    "flash size": "flash",
    "flash größe": "flash",
    "flashgröße": "flash",
    "flash speicher": "flash",
    "flashspeicher": "flash",
    "device rate": "device_rate",
    "rate": "device_rate",
    "datenrate": "device_rate",
}
"""Which header, in small letters, means which field. A scenario's ``headers`` come first."""

FIELDS = (
    "name",
    "mac",
    "unit",
    "site",
    "people",
    "power",
    "installed",
    "connection",
    "flash",
    "device_rate",
)
_LONGEST_SHOWN = 40
_REMARK = re.compile(r"\s*(?:[(\[][^()\[\]]*[)\]]|\bin\s+[A-Za-z/]+)?[\s*:#]*$")
"""What people put behind a header: a unit, a mark that it is needed."""
_PLURALS = ("s", "es", "e", "n", "en", "er")
_SHORTEST_SLIP = 6
"""Shorter words are too often one letter from another word: Date, rate; Owner, power."""


def folded(header: str) -> str:
    """Return a header without its case, its kind of blanks and how its accents are composed."""
    return spelling.folded(cell_text(header))


def _spelled_out(header: str) -> str:
    return spelling.spelled_out(folded(header))


_KNOWN = {_spelled_out(name): target for name, target in HEADERS.items()}
_IN_ONE_WORD = {name.replace(" ", ""): target for name, target in _KNOWN.items()}
_NEARLY = Spellings(HEADERS)
_ALIKE = Spellings(HEADERS, typos=False)


def _column(name: str) -> str:
    """Return the field or attribute a name stands for, in whatever spelling; itself if none."""
    known = _spelled_out(name)
    return _KNOWN.get(known) or _IN_ONE_WORD.get(known) or attribute_name(name)


def _written_for(header: str) -> str | None:
    """Return the known header that one in a file was surely meant to be; None if there is none."""
    spelled_out = _spelled_out(header)
    bare = _REMARK.sub("", spelled_out[:LONGEST_CELL], count=1)
    if bare != spelled_out and bare in _KNOWN:
        return bare
    for ending in _PLURALS:
        if spelled_out.endswith(ending) and (one := spelled_out.removesuffix(ending)) in _KNOWN:
            return one
    if alike := _ALIKE.nearest(header):
        return alike
    near = _spelled_out(_NEARLY.nearest(header) or "")
    words, others = spelled_out.split(), near.split()
    if len(words) != len(others):
        return None
    slips = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    is_sure = all(min(map(len, pair)) >= _SHORTEST_SLIP for pair in slips)
    return near if is_sure else None


class Headers:
    """How headers are understood.

    Parameters
    ----------
    given
        A scenario's own: header → field, or name of an attribute.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._targets = {folded(name): _column(target) for name, target in given.items()}

    def target(self, header: str) -> str:
        """Return the field or attribute a header means; empty for an empty one."""
        own = " ".join(unicodedata.normalize("NFC", cell_text(header)).split())
        return self._targets.get(folded(header)) or _column(own)

    def has_name(self, header: Iterable[str]) -> bool:
        """Tell whether a row of cells has the header of the devices' names."""
        return any(self.target(cell) == "name" for cell in header)

    def columns(self, header: list[str]) -> tuple[list[str], list[str]]:
        """Return the field or attribute of each column, and what is wrong with the headers."""
        targets = [self.target(name) for name in header]
        missing = self._missing(header)
        if "name" not in targets:
            # Nothing else is told: this may be any file, and what it holds is no business of ours.
            shown = [name for name in header if len(name) <= _LONGEST_SHOWN]
            meant_so = (name for name in shown if self.target(_REMARK.sub("", name, 1)) == "name")
            near = meant("name", next(meant_so, None)) or nearest("name", shown)
            return targets, [text for name, text in missing if self._swapped(name, header)] or [
                say("list.no_names", near=near)
            ]
        keys = [attribute_key(target) for target in targets]
        faults: list[str] = []
        for number, (name, target) in enumerate(zip(header, targets, strict=True), 1):
            first = keys.index(keys[number - 1])
            if not target:
                faults.append(say("list.no_header_at", number=number))
            elif first < number - 1:
                both = {"one": header[first], "other": name, "field": target}
                faults.append(say("list.two_headers", **both))
        return targets, [*faults, *(text for _, text in missing)]

    def _missing(self, header: list[str]) -> list[tuple[str, str]]:
        """Return the headers that a scenario names and the file has not, with a word on each."""
        there = {folded(name) for name in header}
        return [
            (name, say("list.no_header", name=name, near=self._hint(name, header)))
            for name in sorted(self._given)
            if folded(name) not in there
        ]

    def _hint(self, name: str, header: list[str]) -> str:
        swapped = self._swapped(name, header)
        if not swapped:
            return nearest(name, header)
        return say("near.meant_plain", name=f"{swapped}: {name}")

    def _swapped(self, name: str, header: list[str]) -> str:
        """Return the file's header if one stands where fwsim's field does, and the field first."""
        target = self._given[name]
        there = folded(target) in map(folded, header)
        return target if there and _column(name) in FIELDS else ""

    def doubts(self, header: list[str]) -> Iterator[str]:
        """Yield a word on each column kept as an attribute whose name is nearly that of a field.

        A scenario's headers mostly name fields, so less is enough to doubt those.
        """
        targets = [self.target(name) for name in header]
        for name, target in zip(header, targets, strict=True):
            is_mapped = folded(name) in self._targets
            nearly = _NEARLY.nearest if is_mapped else _written_for
            near = None if target in FIELDS else nearly(target)
            field = _KNOWN.get(_spelled_out(near or ""), "")
            if field and field not in targets:
                yield say("list.doubted", name=name, kept=target, field=field)
