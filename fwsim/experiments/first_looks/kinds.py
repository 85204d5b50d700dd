"""Which devices of a rollout are alike: the same people, power, hardware, settings and commands."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, UefiUpdateCommand
from fwsim.fleet.fleet import Column
from fwsim.model.device_jobs import scheduler_files_of
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_lines import busy_of
from fwsim.scenario.fleet_build import DEFAULT, UnitSettings
from fwsim.scenario.sections import FaultPhase

Codes = NDArray[np.int64]
_ALIKE = 1.25
"""Rates of lines within this factor, about, are taken as one."""
_MODEL = ("Device type",)
_UEFI = ("BIOS", "Supplier")


def numbered(keys: Iterable[Hashable]) -> Codes:
    """Return a number for each key, equal ones the same, in order of first sight."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(key, len(seen)) for key in keys], np.int64)


def device_kinds(rollout: Rollout) -> Codes:
    """Return the kind of each device, from 0; neighbouring numbers are alike.

    Two devices are of one kind if nothing but luck, their line and their neighbours tells them
    apart: commands that mean them, people, power, hardware, installed image, connection, faults,
    and what is set at their OU.
    """
    fleet = rollout.fleet
    columns: list[NDArray[np.generic]] = [
        _commanded(rollout),
        _named(fleet.people, set(rollout.scenario.people)),
        _named(fleet.power, set(rollout.scenario.power)),
        *(rollout.fault_shares(phase) for phase in get_args(FaultPhase)),
        fleet.installed.codes,
        fleet.connection.codes,
        *_hardware(rollout),
        _unit_settings(rollout)[fleet.unit.codes],
    ]
    kinds = np.zeros(len(fleet), np.int64)
    for column in columns:
        _, codes = np.unique(column, return_inverse=True)
        _, kinds = np.unique(kinds * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    return kinds


def _commanded(rollout: Rollout) -> Codes:
    """Return which commands mean each device, as one number a combination."""
    found = np.zeros(len(rollout.fleet), np.int64)
    for target in dict.fromkeys(command.target for command in _sent(rollout)):
        mine = np.zeros(len(found), np.int64)
        mine[rollout.find(target)] = 1
        _, found = np.unique(found * 2 + mine, return_inverse=True)
    return found


def _sent(rollout: Rollout) -> list[Command]:
    """Return what is sent to devices or stored for them."""
    scenario = rollout.scenario
    sections = (*scenario.commands, *scenario.notifications, *scenario.assignments)
    return [section.command() for section in sections]


def _named(column: Column, known: set[str]) -> Codes:
    """Return the habits behind a column; names that none are written for share the default's."""
    return numbered(value if value in known else DEFAULT for value in column.values)[column.codes]


def _hardware(rollout: Rollout) -> list[NDArray[np.generic]]:
    fleet = rollout.fleet
    is_uefi = any(isinstance(command, UefiUpdateCommand) for command in _sent(rollout))
    names = (*_MODEL, *(_UEFI if is_uefi else ()))
    reported = [fleet.attributes[name].codes for name in names if name in fleet.attributes]
    return [fleet.flash, fleet.device_rate, *reported]


def _unit_settings(rollout: Rollout) -> Codes:
    """Return which OUs have the same firmware settings, zone and scheduler; shape (units,)."""
    settings = UnitSettings(rollout.scenario.fleet.units)
    paths = rollout.fleet.unit.values
    return numbered(
        (
            *rollout.configuration.over_time(path),
            settings.find(path, "zone"),
            settings.find(path, "encrypted"),
            files,
        )
        for path, files in zip(paths, scheduler_files_of(rollout), strict=True)
    )


def line_classes(rollout: Rollout) -> Codes:
    """Return which sites' lines are alike, slow ones first; shape (sites,).

    Rates that differ by less than a quarter, about, go together; busy times, wake-up, outages and
    the hub must be the same.
    """
    cut: dict[int, list[tuple[int, int]]] = {}
    for site, begin, end in rollout.outages():
        cut.setdefault(site, []).append((begin, end))
    lines = [
        (
            _rate_class(line.carries),
            _rate_class(line.most_for_updates),
            busy_of(line),
            line.wake_up,
            tuple(cut.get(site, ())),
            int(rollout.hub_of[site]),
        )
        for site, line in enumerate(rollout.sites())
    ]
    ordered = sorted(set(lines), key=lambda line: (line[0], repr(line)))
    places = {line: place for place, line in enumerate(ordered)}
    return np.array([places[line] for line in lines], np.int64)


def _rate_class(rate: int) -> int:
    return round(math.log(max(rate, 1)) / math.log(_ALIKE))
