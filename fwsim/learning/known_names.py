"""Whose the names in a log are: the fleet's devices, by all that a log may call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column, Fleet
from fwsim.model.rollout import Rollout
from fwsim.observations.addresses import plain_address
from fwsim.observations.alike import first_alike
from fwsim.observations.names import also_plain, plain_name
from fwsim.observations.observed import Looks, Observed, Renaming
from fwsim.observations.text_table import compact

NOBODY = -1
_ADDRESS = "IP address"
_CASES = (str.upper, str.lower)
_NOTHING_ELSE: Mapping[str, str] = {}


def devices_of(log: Observed, rollout: Rollout) -> NDArray[np.int64]:
    """Return the index of the fleet's device behind each name of a log."""
    return indices_of(log.device.values, rollout, log.renamed, log.placed, log.macs)


def indices_of(
    names: Sequence[str],
    rollout: Rollout,
    renamed: Renaming | None = None,
    placed: Mapping[str, str] = _NOTHING_ELSE,
    macs: Mapping[str, str] = _NOTHING_ELSE,
) -> NDArray[np.int64]:
    """Return the index of the fleet's device behind each of some names, in whatever case.

    Parameters
    ----------
    names
        The names.
    rollout
        Whose fleet.
    renamed
        What they have become pseudonyms by.
    placed
        By name, the fully qualified one: of several devices of a name it is the one in that OU.
    macs
        By name, the MAC: whose it is where the name is nobody's, or of several.
    """
    known = known_devices(rollout, renamed)
    found = np.array([known.get(name, NOBODY) for name in names], np.int64)
    unknown = np.flatnonzero(found == NOBODY).tolist()
    if unknown:
        whole, by_case = whole_names(rollout, renamed), _in_any_case(rollout, renamed)
        spelled = str.casefold if renamed is None else str
        for i in unknown:
            ways = [name for name in (names[i], placed.get(names[i])) if name is not None]
            if renamed is None:
                ways.append(plain_name(names[i]))
            devices = (
                *(whole.get(name, NOBODY) for name in ways),
                *(by_case.get(spelled(name), NOBODY) for name in ways),
                known.get(macs.get(names[i], ""), NOBODY),
            )
            found[i] = next((device for device in devices if device != NOBODY), NOBODY)
    return found


def whole_names(rollout: Rollout, renamed: Renaming | None = None) -> dict[str, int]:
    """Return the fleet's devices by their fully qualified names, as far as these are of one."""
    same = rollout.fleet.by_qualified_name
    found = {name: same[name][0] if len(same[name]) == 1 else NOBODY for name in same}
    found = also_plain(found)
    return found if renamed is None else {renamed(name): found[name] for name in found}


def _in_any_case(rollout: Rollout, renamed: Renaming | None) -> dict[str, int]:
    """Return devices by their names in other cases, where that leaves one.

    Of pseudonyms nobody sees the case: those of names in capitals and in small letters are made.
    """
    found: dict[str, int] = {}
    several = {name: NOBODY for name, same in rollout.fleet.by_name.items() if len(same) > 1}
    for name, device in (whole_names(rollout) | several | known_devices(rollout)).items():
        folded = name.casefold()
        found[folded] = device if found.get(folded, device) == device else NOBODY
    if renamed is None:
        return found
    spelled = ((way(name), device) for name, device in found.items() for way in _CASES)
    return {renamed(name): device for name, device in spelled}


def one_name_each(log: Observed, rollout: Rollout) -> Observed:
    """Return a log in which each of the fleet's devices goes by one name, in order of time."""
    known = devices_of(log, rollout).tolist()
    first: dict[int, int] = {}
    same = np.array(
        [
            code if device == NOBODY else first.setdefault(device, code)
            for code, device in enumerate(known)
        ],
        np.int32,
    )
    names = log.device.values
    looks = _looks_under({device: names[code] for device, code in first.items()}, log, rollout)
    if np.array_equal(same, np.arange(len(known))):
        return replace(log, looks=looks)
    codes = same[log.device.codes]
    order = np.lexsort((log.earliest, codes))
    # What was told of a device under two of its names was told twice.
    said = (codes, log.earliest, log.latest, log.what, log.amount, log.command)
    alike = first_alike([column[order] for column in said])
    order = order[alike == np.arange(len(order))]
    device = compact(Column(names, codes[order]))
    return replace(log.rows(order), device=device, looks=looks)


def _looks_under(known: dict[int, str], log: Observed, rollout: Rollout) -> Looks | None:
    """Return a log's looks, each of the fleet's devices under one name, and who is none of them.

    Names that devices have already are given.
    """
    if log.looks is None:
        return None
    names = log.looks.device.values
    devices = indices_of(names, rollout, log.renamed, log.placed, log.macs).tolist()
    told = [*zip(names, devices, strict=True)]
    looks = log.looks.under({n: known.setdefault(d, n) for n, d in told if d != NOBODY})
    return replace(looks, strangers=frozenset(n for n, d in told if d == NOBODY))


def known_devices(rollout: Rollout, renamed: Renaming | None = None) -> dict[str, int]:
    """Return the fleet's devices by all the names a log may call them.

    Parameters
    ----------
    rollout
        Whose fleet.
    renamed
        What the log's names have become pseudonyms by.
    """
    fleet = rollout.fleet
    found = _by_address(fleet) | {mac: device for mac, device in fleet.by_mac.items() if mac}
    found |= {name: devices[0] for name, devices in fleet.by_name.items() if len(devices) == 1}
    found |= {name: device for device, name in enumerate(fleet.shown_names)}
    # Devices may be named by a MAC with colons, and a log has it without.
    found = also_plain(found)
    return found if renamed is None else {renamed(name): found[name] for name in found}


def _by_address(fleet: Fleet) -> dict[str, int]:
    """Return devices by the IP address in the device list; one of several devices is nobody's."""
    addresses = fleet.reported(_ADDRESS)
    if addresses is None:
        return {}
    times = np.bincount(addresses.codes, minlength=len(addresses.values))
    alone = np.flatnonzero(times[addresses.codes] == 1).tolist()
    known = {addresses[device]: device for device in alone if addresses[device]}
    return {plain_address(address): device for address, device in known.items()} | known
