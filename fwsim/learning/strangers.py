"""Names in a log that are none of the scenario's devices, or are written otherwise there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.targets import ClientGroupTarget
from fwsim.fleet.fleet import Fleet
from fwsim.learning.begun import handed_out
from fwsim.learning.known_names import NOBODY, devices_of, known_devices, whole_names
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed
from fwsim.problems import nearest_to

_EXAMPLES = 3
_LONGEST_SHOWN = 60
_MOST_COMPARED = 20_000
"""Names of a fleet among which the nearest is looked for: that takes its time."""


@dataclass(frozen=True)
class Otherwise:
    """Devices that a log calls otherwise than the scenario, or shows in another OU.

    Parameters
    ----------
    how
        Which of these: ``other_case``, ``by_mac`` or ``moved``.
    count
        How many.
    name, own
        The first of them, and what it is in the scenario; with their OUs if these differ.
    """

    how: Literal["other_case", "by_mac", "moved"]
    count: int
    name: str
    own: str

    @property
    def text(self) -> str:
        """What to say of them."""
        told = {"name": _shown(self.name), "own": _shown(self.own)}
        return say(f"under_way.{self.how}", count=self.count, **told)


@dataclass(frozen=True)
class Unclear:
    """Devices that go by a name of several of the scenario's, where nothing tells which.

    Parameters
    ----------
    count
        How many names.
    name
        The first of them.
    """

    count: int
    name: str

    @property
    def text(self) -> str:
        """What to say of them."""
        return say("under_way.unclear", count=self.count, name=_shown(self.name))


Odd = Otherwise | Unclear


def told_of_strangers(log: Observed, rollout: Rollout) -> list[str]:
    """Return what to say of names that are left out, and of those that are told otherwise."""
    known = devices_of(log, rollout).tolist()
    told = []
    several = frozenset(_of_several(log, rollout, known))
    strange = [
        log.placed.get(name, name) if name in rollout.fleet.by_name else name
        for name, device in zip(log.device.values, known, strict=True)
        if device == NOBODY and name not in several
    ]
    if strange:
        near = "" if log.renamed else _near(strange[0], rollout.fleet)
        told.append(say("under_way.strangers", count=len(strange), names=examples(strange, near)))
    return [*told, *(odd.text for odd in _told_otherwise(log, rollout, known))]


def told_otherwise(log: Observed, rollout: Rollout) -> Iterator[Odd]:
    """Yield what is odd about names that stand in the scenario; of pseudonyms nothing is."""
    return _told_otherwise(log, rollout, devices_of(log, rollout).tolist())


def _told_otherwise(log: Observed, rollout: Rollout, known: list[int]) -> Iterator[Odd]:
    if log.renamed:
        return
    exact, fleet = known_devices(rollout), rollout.fleet
    pairs = zip(log.device.values, known, strict=True)
    found = {name: device for name, device in pairs if device != NOBODY}
    other, by_mac = _under_other_names(log, rollout, found)
    if other:
        name, device = other[0]
        same = (own for own in exact if exact[own] == device and own.casefold() == name.casefold())
        yield Otherwise("other_case", len(other), name, next(same, fleet.shown_names[device]))
    if by_mac:
        name, device = by_mac[0]
        yield Otherwise("by_mac", len(by_mac), name, fleet.shown_names[device])
    moved = []
    for name, device in found.items():
        there = log.placed.get(name, "")
        # An OU that the fleet does not have may be the same one, written otherwise.
        unit = there.removesuffix(name).removesuffix("/")
        if unit.casefold() not in {"", fleet.unit[device].casefold()} and fleet.has_unit(unit):
            moved.append((there, fleet.qualified_name(device)))
    if moved:
        yield Otherwise("moved", len(moved), *moved[0])
    unclear = _unclear(log, rollout, known)
    if unclear is not None:
        yield unclear


def _under_other_names(
    log: Observed, rollout: Rollout, found: Mapping[str, int]
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return names in other letters than the scenario's, and names known by their MAC alone."""
    exact, whole, fleet = known_devices(rollout), whole_names(rollout), rollout.fleet
    other: list[tuple[str, int]] = []
    by_mac: list[tuple[str, int]] = []
    for name, device in found.items():
        there = log.placed.get(name, "")
        if name in exact or device in {whole.get(name), whole.get(there)}:
            continue
        is_by_mac = exact.get(log.macs.get(name, "")) == device
        (by_mac if is_by_mac and not _is_alike(name, device, fleet) else other).append(
            (name, device)
        )
    return other, by_mac


def _is_alike(name: str, device: int, fleet: Fleet) -> bool:
    """Tell whether a name is a device's in other letters."""
    own = fleet.names[device], fleet.qualified_name(device)
    return name.casefold() in map(str.casefold, own)


def unclear_in(log: Observed, rollout: Rollout) -> Unclear | None:
    """Return names that may be several of the scenario's devices; None if there is none."""
    return _unclear(log, rollout, devices_of(log, rollout).tolist())


def _unclear(log: Observed, rollout: Rollout, known: list[int]) -> Unclear | None:
    several = _of_several(log, rollout, known)
    return Unclear(len(several), several[0]) if several else None


def _of_several(log: Observed, rollout: Rollout, known: list[int]) -> list[str]:
    if log.renamed:
        return []
    same = rollout.fleet.by_name
    return [
        name
        for name, device in zip(log.device.values, known, strict=True)
        if device == NOBODY and name not in log.placed and len(same.get(name, ())) > 1
    ]


def examples(names: Sequence[str], near: str = "") -> str:
    """Return the first of some names, and behind the first one what it is near to."""
    shown = [_shown(name) for name in names[:_EXAMPLES]]
    shown[0] += near
    return ", ".join(shown) + " …" * (len(names) > _EXAMPLES)


def lines_of_strangers(log: Observed, rollout: Rollout, until: int) -> NDArray[np.bool_]:
    """Tell which lines are of strangers; none if the log shows most of those that are due.

    An export of a whole console shows the scenario's devices among all others, and early in a
    rollout those that had their turn.

    Parameters
    ----------
    log
        What was seen.
    rollout
        Whose devices.
    until
        Up to when, milliseconds after the start.
    """
    known = devices_of(log, rollout)
    if shows_most(known, rollout, until):
        return np.zeros(len(log), bool)
    return np.asarray((known == NOBODY)[log.device.codes], bool)


def shows_most(known: NDArray[np.int64], rollout: Rollout, until: int) -> bool:
    """Tell whether at least half of the devices that had their turn are among some.

    Parameters
    ----------
    known
        Devices, or `NOBODY`.
    rollout
        Whose.
    until
        Up to when, milliseconds after the start.
    """
    is_due = _due_by(rollout, until)
    return bool(2 * is_due[np.unique(known[known != NOBODY])].sum() >= is_due.sum())


def _due_by(rollout: Rollout, until: int) -> NDArray[np.bool_]:
    """Tell which devices anything was due for; all where only the run itself shows for whom."""
    assignments = assigned_of(rollout).assignments
    found = np.full(len(rollout.fleet), not (rollout.runs or assignments))
    for number, run in enumerate(rollout.runs):
        if run.at > until:
            continue
        if isinstance(run.command.target, ClientGroupTarget):
            found[:] = True
            continue
        devices, at = handed_out(rollout, number)
        found[devices[at <= until]] = True
    for assignment in assignments:
        if assignment.at <= until:
            found[np.array(assignment.devices, np.int64)] = True
    return found


def _near(name: str, fleet: Fleet) -> str:
    unit, _, plain = name.rpartition("/")
    if unit and len(fleet.by_name.get(plain, ())) == 1:
        same = fleet.qualified_name(fleet.by_name[plain][0])
        return say("under_way.elsewhere", own=_shown(same))
    if len(fleet) > _MOST_COMPARED:
        return ""
    found = nearest_to(name, fleet.shown_names)
    return say("under_way.nearest", name=_shown(found)) if found else ""


def _shown(name: str) -> str:
    return repr(name[:_LONGEST_SHOWN] + "…" * (len(name) > _LONGEST_SHOWN))
