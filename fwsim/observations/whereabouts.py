"""In which OUs files show devices: one name in two OUs is two devices, unless it was moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.alike import row_hashes
from fwsim.observations.complaints import Complaints, and_more
from fwsim.observations.text_table import mapped

Units = Mapping[str, frozenset[str]]
"""By names, the OUs they stand in."""
_FEWEST_RENAMED = 2
"""Devices of an OU that stand in another one later: one alone may be another of its name [A]."""

_MOST_LOOKS = 1000
"""That differ; more are times of rows, and no exports of many devices."""


@dataclass(frozen=True)
class Shown:
    """What a file shows of its devices beside what became of them.

    Parameters
    ----------
    units
        By name, the OUs it stands in; of one that was moved meanwhile, the last.
    macs
        By name, its MAC, where that is one.
    names
        All of them.
    """

    units: Units = field(default_factory=dict)
    macs: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()

    def spelled(self, as_: Mapping[str, str]) -> Shown:
        """Return the same with some names in other letters."""
        if not as_:
            return self
        units = {as_.get(name, name): each for name, each in self.units.items()}
        macs = {as_.get(name, name): mac for name, mac in self.macs.items()}
        return Shown(units, macs, self.names)


def units_in(names: Column, units: Column) -> dict[str, frozenset[str]]:
    """Return in which OUs the names of a file stand; names without one are left out."""
    found = {name: frozenset(filter(None, each)) for name, each in _pairs(names, units).items()}
    return {name: each for name, each in found.items() if each}


def macs_in(names: Column, macs: Column) -> dict[str, str]:
    """Return the MACs of the names of a file, of those that have the same one in every row.

    A MAC beside several names is a dock's or a copied one, and tells of none whose it is.
    """
    found: dict[str, str] = {}
    times: dict[str, int] = {}
    for name, each in _pairs(names, macs).items():
        if len(each) == 1 and (mac := next(iter(each))):
            found[name] = mac
        if name not in each:  # a device without a name goes by its MAC
            for mac in each:
                times[mac] = times.get(mac, 0) + 1
    return {name: mac for name, mac in found.items() if times.get(mac, 0) < 2}


def _pairs(names: Column, others: Column) -> dict[str, set[str]]:
    """Return what stands beside each name."""
    count = max(len(others.values), 1)
    found: dict[str, set[str]] = {}
    for pair in np.unique(names.codes.astype(np.int64) * count + others.codes).tolist():
        found.setdefault(names.values[pair // count], set()).add(others.values[pair % count])
    return found


def moved_between(
    names: Column, units: Column, macs: Column, at: NDArray[np.int64]
) -> frozenset[str] | None:
    """Return which names stand in several OUs of a file because they were moved from look to look.

    None where too many looks differ to tell.

    Parameters
    ----------
    names, units, macs
        Of each row.
    at
        When somebody looked; each of shape (rows,).
    """
    order = np.argsort(at, kind="stable")
    begins = np.flatnonzero(np.concatenate([[True], np.diff(at[order]) != 0]))
    shown = row_hashes([column.codes[order] for column in (names, units, macs)])
    look = np.add.reduceat(shown, begins)
    ends = begins[1:][look[1:] != look[:-1]]  # one that shows what the look before it does is that
    if len(ends) >= _MOST_LOOKS:
        return None
    looks = Whereabouts({})
    for number, rows in enumerate(np.split(order, ends)):
        some = names.rows(rows)
        looks.add(number, Shown(units_in(some, units.rows(rows)), macs_in(some, macs.rows(rows))))
    return looks.moved


def last_rows(
    some: frozenset[str], names: Column, at: NDArray[np.int64] | None = None
) -> dict[str, int]:
    """Return the last row of each of some names: by its time, or as the rows stand."""
    wanted = np.array([name in some for name in names.values], bool)
    rows = np.flatnonzero(wanted[names.codes])
    if at is not None:
        rows = rows[np.argsort(at[rows], kind="stable")]
    return dict(zip((names[row] for row in rows.tolist()), rows.tolist(), strict=True))


class Whereabouts:
    """Tells devices of one name apart that stand in different OUs of different files.

    Parameters
    ----------
    own
        Names that a mapping file gives; what it names is what it says.
    """

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = own
        self._added: dict[int, Shown] = {}

    def add(self, number: int, shown: Shown) -> None:
        """Take what a file shows."""
        self._added[number] = shown

    def names(self, number: int, device: Column) -> Column:
        """Return a file's devices, with their OU where others show the name in another one.

        Where files write a name in other letters, it is as the first of them has it.
        """
        if self._spelling:
            device = mapped(device, lambda name: self._spelling.get(name, name))
        if not self._apart or not self._units(number):
            return device
        return mapped(device, lambda name: self._whole(number, name))

    @cached_property
    def _of(self) -> dict[int, Shown]:
        return {number: shown.spelled(self._spelling) for number, shown in self._added.items()}

    @cached_property
    def _spelling(self) -> dict[str, str]:
        """Names in other letters than in the file that has them first; two of a file are two."""
        found: dict[str, list[str]] = {}
        two: set[str] = set()
        for shown in self._added.values() if len(self._added) > 1 else ():
            here: dict[str, str] = {}
            for name in shown.names:
                folded = name.casefold()
                if here.setdefault(folded, name) != name:
                    two.add(folded)
                each = found.setdefault(folded, [])
                if name not in each:
                    each.append(name)
        return {
            name: each[0]
            for folded, each in found.items()
            if len(each) > 1 and folded not in two
            for name in each[1:]
        }

    def _whole(self, number: int, name: str) -> str:
        of = self._units(number)
        if name not in self._apart or len(of.get(name, ())) != 1:
            return name
        found = f"{next(iter(of[name]))}/{name}"
        return self._own.get(found, found)

    def _units(self, number: int) -> Units:
        return self._of.get(number, Shown()).units

    @cached_property
    def placed(self) -> dict[str, str]:
        """Fully qualified names of those that stand in one OU alone."""
        return {
            name: f"{next(iter(units))}/{name}"
            for name, units in self._everywhere.items()
            if len(units) == 1 and name not in self._own
        }

    @cached_property
    def macs(self) -> dict[str, str]:
        """MACs of devices, by the names that they go by; of those that have one in all files."""
        found: dict[str, set[str]] = {}
        for number, of in self._of.items():
            for name, mac in of.macs.items():
                found.setdefault(self._whole(number, name), set()).add(mac)
        return {name: next(iter(each)) for name, each in found.items() if len(each) == 1}

    @property
    def told(self) -> tuple[dict[str, str], dict[str, str]]:
        """What is to be known of devices by their names: `placed` and `macs`."""
        return self.placed, self.macs

    def tell_of_moved(self, complaints: Sequence[Complaints]) -> None:
        """Say which devices were taken for moved, in the last file that shows them."""
        for before, now, count in self._renamed:
            number = self._showing[now][-1]
            then, called = (complaints[number].shown(unit) for unit in (before, now))
            complaints[number].warn(say("log_file.renamed", unit=called, before=then, count=count))
        moved = self.moved - self._of_renamed
        if not moved:
            return
        name = min(moved)
        number = max(number for number in self._of if name in self._units(number))
        shown_name = complaints[number].shown(name)
        text = say("log_file.moved", device=shown_name, more=and_more(len(moved) - 1))
        complaints[number].warn(text)

    @cached_property
    def _everywhere(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for of in self._of.values():
            for name, units in of.units.items():
                found[name] = found.get(name, frozenset()) | units
        return found

    @cached_property
    def _in_several(self) -> frozenset[str]:
        several = (name for name, units in self._everywhere.items() if len(units) > 1)
        return frozenset(name for name in several if name not in self._own)

    @cached_property
    def _units_of(self) -> dict[int, frozenset[str]]:
        """The OUs that each file shows."""
        return {number: frozenset().union(*of.units.values()) for number, of in self._of.items()}

    @cached_property
    def moved(self) -> frozenset[str]:
        """Names that each file shows in one OU, though it shows the others, too; or of one MAC.

        Between OUs that have another name in common none is taken for moved: as in branches that
        name their devices alike, of which a log shows those alone to which something came.
        """
        macs = {name: self._macs_of(name) for name in self._in_several}
        by_unit = (
            name
            for name in self._in_several
            if len(macs[name] - {""}) < 2
            and all(
                len(units) == 1 and self._everywhere[name] <= self._units_of[number]
                for number, units in self._where(name)
            )
            and not any(len(self._everywhere[name] & units) > 1 for units in self._alike)
        )
        by_mac = (name for name, each in macs.items() if len(each) == 1 and "" not in each)
        return frozenset((*by_unit, *by_mac)) | self._of_renamed

    @cached_property
    def _alike(self) -> frozenset[frozenset[str]]:
        """OUs in which a file shows devices of one name."""
        shown = chain.from_iterable(of.units.values() for of in self._of.values())
        return frozenset(units for units in shown if len(units) > 1)

    def _where(self, name: str) -> Iterator[tuple[int, frozenset[str]]]:
        """Yield the files that show a name, and in which OUs."""
        for number in self._numbers_of[name]:
            yield number, self._of[number].units[name]

    @cached_property
    def _numbers_of(self) -> dict[str, list[int]]:
        """By name, the numbers of the files that show it."""
        found: dict[str, list[int]] = {}
        for number, of in self._of.items():
            for name in of.units:
                found.setdefault(name, []).append(number)
        return found

    @cached_property
    def _showing(self) -> dict[str, list[int]]:
        """By OU, the numbers of the files that show it."""
        found: dict[str, list[int]] = {}
        for number, units in self._units_of.items():
            for unit in units:
                found.setdefault(unit, []).append(number)
        return found

    def _macs_of(self, name: str) -> frozenset[str]:
        """Return a name's MACs; nothing among them where a file tells none."""
        return frozenset(self._of[number].macs.get(name, "") for number, _ in self._where(name))

    @cached_property
    def _apart(self) -> frozenset[str]:
        return self._in_several - self.moved

    @cached_property
    def _of_renamed(self) -> frozenset[str]:
        """Names in OUs that were renamed, once or several times."""
        now_of = {before: now for before, now, _ in self._renamed}

        def last(unit: str) -> str:
            while unit in now_of:
                unit = now_of[unit]
            return unit

        return frozenset(
            name for name in self._in_several if len({*map(last, self._everywhere[name])}) == 1
        )

    @cached_property
    def _renamed(self) -> tuple[tuple[str, str, int], ...]:
        """OUs that were renamed: how they were called, how they are, and by how many devices.

        Files that have another OU in common, as exports of a whole console, show the one and later
        the other, and there most devices of the names of the first.
        """
        count: Counter[tuple[str, str]] = Counter()
        for name in sorted(self._in_several):
            if len(self._macs_of(name) - {""}) < 2:
                units = self._everywhere[name]
                count.update(pairwise(sorted(units, key=lambda one: (self._showing[one][0], one))))
        found = []
        for (before, now), devices in count.items():
            numbers = self._showing[before], self._showing[now]
            shown = (self._units_of[n] for n in chain(*numbers))
            is_either = numbers[0][-1] < numbers[1][0]
            if (
                is_either
                and devices >= self._fewest((before, now))
                and frozenset.intersection(*shown)
            ):
                found.append((before, now, devices))
        return tuple(found)

    def _fewest(self, pair: tuple[str, str]) -> int:
        return max(_FEWEST_RENAMED, -(-max(self._sizes[unit] for unit in pair) // 2))

    @cached_property
    def _sizes(self) -> Counter[str]:
        """How many names each OU shows in any file."""
        return Counter(chain.from_iterable(self._everywhere.values()))
