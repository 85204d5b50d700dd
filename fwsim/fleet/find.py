"""From a target to the devices it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.client_group import (
    REPORTED_ATTRIBUTES,
    UPDATE_STATE,
    Comparison,
    attribute_key,
    begins_with,
    evaluate,
    parse_filter,
)
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
    Target,
    normal_mac,
)
from fwsim.fleet.fleet import Codes, Column, Fleet
from fwsim.messages import say
from fwsim.problems import Hints, InputError, Problem, nearest

ReadList = Callable[[str], str]
_MOST_COMPARED = 20_000


def _wrong(message: str) -> InputError:
    return InputError([Problem(message)])


def _named(target: NamedTarget, fleet: Fleet, hints: Hints) -> Codes:
    name = target.name.strip("/")
    if fleet.has_unit(name):
        members = fleet.in_unit(name, subordinate_units=target.subordinate_units)
        if not len(members):
            below = len(fleet.in_unit(name, subordinate_units=True))
            raise _wrong(say("target.only_below", name=name, count=below))
        return members
    devices = fleet.find(name)
    if not devices and fleet.is_empty_unit(name):
        return np.zeros(0, np.int32)
    if len(devices) > 1:
        raise _wrong(_ambiguous(name, devices, fleet))
    if not devices:
        near = hints.nearest_of(name, lambda: [*fleet.unit_paths, *_some_names(fleet)])
        raise _wrong(say("target.unknown", name=name, near=near))
    if target.subordinate_units:
        raise _wrong(say("target.is_device", name=name))
    return np.array(devices, np.int32)


def _ambiguous(name: str, devices: list[int], fleet: Fleet) -> str:
    some = ", ".join(fleet.qualified_name(device) for device in devices[:3])
    return say("target.ambiguous", count=len(devices), name=name, some=some)


def _some_names(fleet: Fleet) -> list[str]:
    count = min(len(fleet), _MOST_COMPARED)
    return [text for d in range(count) for text in (fleet.names[d], fleet.qualified_name(d))]


def _by_mac(mac: str, fleet: Fleet) -> Codes:
    device = fleet.by_mac.get(mac)
    if device is None:
        raise _wrong(say("target.no_mac", mac=mac))
    return np.array([device], np.int32)


def _listed(file: str, text: str, fleet: Fleet) -> Codes:
    macs, problems = macs_in(file, text)
    for line, mac in macs:
        if mac not in fleet.by_mac:
            problems.append(Problem(say("target.no_mac", mac=mac), source=file, line=line))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return np.array(sorted({fleet.by_mac[mac] for _, mac in macs}), np.int32)


def macs_in(file: str, text: str) -> tuple[list[tuple[int, str]], list[Problem]]:
    """Return the MACs that a list file holds, with their lines, and the lines that hold none."""
    entries = [(line, entry) for line, entry in enumerate(text.splitlines(), 1) if entry.strip()]
    read = [(line, normal_mac(entry), entry) for line, entry in entries]
    macs = [(line, mac) for line, mac, _ in read if mac is not None]
    if not macs:
        # It may be any file: what it holds is not told.
        return [], [Problem(say("target.no_macs"), source=file)]
    return macs, [
        Problem(say("target.not_a_mac", text=entry.strip()[:40]), source=file, line=line)
        for line, mac, entry in read
        if mac is None
    ]


def _picked(names: tuple[str, ...], fleet: Fleet, hints: Hints) -> Codes:
    problems, matches = [], set()
    for name in names:
        devices = fleet.find(name)
        mac = normal_mac(name)
        if not devices and mac in fleet.by_mac:
            devices = [fleet.by_mac[mac]] if mac else []
        if len(devices) == 1:
            matches.add(devices[0])
        elif devices:
            problems.append(Problem(_ambiguous(name, devices, fleet)))
        else:
            near = hints.nearest_of(name, partial(_some_names, fleet), "device")
            problems.append(Problem(say("target.no_device", name=name, near=near)))
    if problems:
        raise InputError(problems)
    return np.array(sorted(matches), np.int32)


def _attributes(fleet: Fleet, live: Mapping[str, Column]) -> dict[str, str]:
    """Return the spelling of every attribute a filter can ask for, by its key."""
    names = [*REPORTED_ATTRIBUTES, UPDATE_STATE, *fleet.attributes, *live]
    return {attribute_key(name): name for name in names}


def _in_group(text: str, fleet: Fleet, live: Mapping[str, Column], *, ignore_case: bool) -> Codes:
    known = _attributes(fleet, live)

    def holds(comparison: Comparison) -> NDArray[np.bool_]:
        name = known.get(attribute_key(comparison.attribute))
        if name is None:
            near = nearest(comparison.attribute, known.values())
            raise _wrong(say("target.attribute", name=comparison.attribute, near=near))
        column = live.get(name) or fleet.reported(name)
        if column is None:
            return np.zeros(len(fleet), bool)
        matching = [
            begins_with(value, comparison.value, ignore_case=ignore_case) for value in column.values
        ]
        return np.array(matching, bool)[column.codes]

    return np.flatnonzero(evaluate(parse_filter(text), holds)).astype(np.int32)


def find_targets(
    target: Target,
    fleet: Fleet,
    live: Mapping[str, Column],
    read_list: ReadList,
    *,
    ignore_case: bool = True,
    hints: Hints | None = None,
) -> Codes:
    """Return the devices a target means, as ascending indices.

    Parameters
    ----------
    target
        An OU, a device, a list or a group.
    fleet
        Where they are looked up.
    live
        Attributes that change while time goes on, as they are now; they come before the fleet's.
    read_list
        Returns the content of a list file.
    ignore_case
        Whether a group's values match in either case [A].
    hints
        What is meant by wrong names; one for all targets of a scenario.

    Raises
    ------
    InputError
        If a name leads nowhere; with every such name, and the nearest right one.
    """
    hints = hints or Hints()
    match target:
        case NamedTarget():
            return _named(target, fleet, hints)
        case MacTarget(mac):
            return _by_mac(mac, fleet)
        case ListFileTarget(file):
            return _listed(file, read_list(file), fleet)
        case DeviceListTarget(devices):
            return _picked(devices, fleet, hints)
        case ClientGroupTarget(text):
            return _in_group(text, fleet, live, ignore_case=ignore_case)
