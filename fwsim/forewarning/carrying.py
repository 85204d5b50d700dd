"""Whether the lines can carry what a command sends, in the time there is for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, DeliveryCommand, UefiUpdateCommand, UpdateCommand
from fwsim.commands.image import ImageDefinition, fetch_plan, is_modified
from fwsim.forewarning.connections import held_by_few_sites
from fwsim.forewarning.habit import Devices
from fwsim.measures.amounts import counted, shown_duration
from fwsim.model.first_due import may_mean_anybody, who_may_be_meant
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.problems import InputError

MOST_UPDATES = 20
"""So many later updates are looked at."""


class Carrying:
    """What the lines of a rollout must carry for commands.

    Parameters
    ----------
    rollout
        Whose lines.
    """

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._fleet = rollout.fleet

    def of(self, command: Command, devices: Devices, times: list[int]) -> Iterator[tuple[str, str]]:
        """Yield the key and the text of what is odd about a command that runs at these times."""
        if isinstance(command, UefiUpdateCommand):
            return
        yield from self._turns_to_no_proxy(command, devices)
        yield from self._waits_for_connections(command, devices, times[0])
        yield from self._too_slow_for_window(command, devices, times)
        if isinstance(command, DeliveryCommand):
            yield from self._too_slow_for_update(command, devices, times[0])

    def _turns_to_no_proxy(self, command: Command, devices: Devices) -> Iterator[tuple[str, str]]:
        if not isinstance(command, DeliveryCommand):
            return
        count = int(self._rollout.configuration.may_be_served[devices].sum())
        if count > 1:
            yield (
                "target",
                f"a delivery turns to no proxy: each of {count} devices that have one fetches the "
                "packages itself, over its site's line",
            )

    def _waits_for_connections(
        self, command: Command, devices: Devices, at: int
    ) -> Iterator[tuple[str, str]]:
        if isinstance(command, UpdateCommand):
            if command.inform_user is not None:
                return  # users answer in any order
            devices = devices[~self._delivered_before(at)[devices]]
        if len(devices):
            size = self._bytes_to_fetch(command, devices, at)
            if text := held_by_few_sites(self._rollout, devices, size, command.devices_wait):
                yield "target", text

    def _too_slow_for_window(
        self, command: Command, devices: Devices, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        """Compare what each line must carry with the maintenance window the command runs in."""
        rollout, window = self._rollout, self._rollout.scenario.window
        if window is None:
            return
        spans = rollout.week_intervals(window)
        inside = [at for at in times if any(start <= at < end for start, end in spans)]
        if not inside:
            return  # that no command runs in the window is told of by itself
        length = max(end - start for start, end in spans)
        at_sites, needed = self._needed(command, devices, inside[0])
        slowest = int(np.argmax(needed))
        if needed[slowest] > length:
            more = counted(self._too_many(at_sites, needed > length), "site")
            yield (
                "target",
                f"the window {window.text} lasts {shown_duration(length)}, but the line of "
                f"{rollout.line_names()[slowest]} needs {shown_duration(needed[slowest])} if "
                f"all its devices fetch what they lack; {more} may not finish in it",
            )

    def _too_slow_for_update(
        self, command: Command, devices: Devices, at: int
    ) -> Iterator[tuple[str, str]]:
        """Compare what each line must carry with the time until devices on it are updated."""
        at_sites, needed = self._needed(command, devices, at)
        for update_at, updated in self._updates_after(at):
            met = (
                self._by_line(
                    np.bincount(
                        self._fleet.site.codes[devices[updated[devices]]], minlength=len(at_sites)
                    )
                )
                > 0
            )
            late = met & (needed > update_at - at)
            if late.any():
                slowest = int(np.argmax(np.where(late, needed, 0)))
                more = counted(self._too_many(at_sites, late), "site")
                yield (
                    "target",
                    f"an update of its devices comes {shown_duration(update_at - at)} later, but "
                    f"the line of {self._rollout.line_names()[slowest]} needs "
                    f"{shown_duration(needed[slowest])} if all its devices fetch what they lack; "
                    f"at {more} the delivery may not be over by then",
                )
                return

    def _updates_after(self, at: int) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Yield when later updates run, and whom they mean for certain."""
        targets = [
            (run.at, run.command.target)
            for run in self._rollout.runs
            if type(run.command) is UpdateCommand and run.at > at
        ]
        for update_at, target in targets[:MOST_UPDATES]:
            if not may_mean_anybody(target):
                try:
                    yield update_at, who_may_be_meant(self._rollout, [target])
                except InputError:
                    continue

    def _needed(
        self, command: Command, devices: Devices, at: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the bytes each site fetches, and the milliseconds each line needs for its own."""
        if isinstance(command, UpdateCommand):
            devices = devices[~self._delivered_before(at)[devices]]
        size = self._bytes_to_fetch(command, devices, at) if len(devices) else np.zeros(0)
        sites = self._fleet.site.codes[devices]
        at_sites = np.bincount(sites, size, len(self._rollout.hub_of)).astype(np.float64)
        return at_sites, self._by_line(at_sites) / self._links * 1000

    def _by_line(self, at_sites: NDArray[np.number]) -> NDArray[np.float64]:
        rollout = self._rollout
        at_hubs = [at_sites[rollout.hub_of == hub].sum() for hub in range(len(rollout.hubs()))]
        return np.append(at_sites, at_hubs).astype(np.float64)

    def _too_many(self, at_sites: NDArray[np.float64], too_slow: NDArray[np.bool_]) -> int:
        """Return how many sites fetch over a line that is too slow, their own or their hub's."""
        sites = len(self._rollout.hub_of)
        hub_is = np.append(too_slow[sites:], False)  # the last stands for none
        is_slow = too_slow[:sites] | hub_is[self._rollout.hub_of]
        return int((is_slow & (at_sites > 0)).sum())

    def _delivered_before(self, at: int) -> NDArray[np.bool_]:
        """Tell to which devices packages may have been delivered by a time; shape (devices,)."""
        deliveries = [r for r in self._rollout.runs if isinstance(r.command, DeliveryCommand)]
        try:
            return who_may_be_meant(
                self._rollout, [r.command.target for r in deliveries if r.at < at]
            )
        except InputError:
            return np.zeros(len(self._fleet), bool)

    def _bytes_to_fetch(self, command: Command, devices: Devices, at: int) -> NDArray[np.float64]:
        """Return what each device fetches over its site's line; nothing where it is not known.

        Behind a proxy a line carries less, and how much less shows in a run; deliveries turn to
        none.
        """
        configuration, fleet = self._rollout.configuration, self._fleet
        is_update = isinstance(command, UpdateCommand)
        formats = isinstance(command, UpdateCommand) and command.format_system_partition
        table = self._tables[formats]
        units, places = np.unique(fleet.unit.codes[devices], return_inverse=True)
        wanted = []
        for unit in units.tolist():
            path = fleet.unit.values[unit]
            image = configuration.image_for(path, at)
            has_proxy = is_update and configuration.ever_has_proxy(path)
            known = image is not None and not has_proxy
            wanted.append(image if known else len(table) - 1)
        sizes: NDArray[np.float64] = table[np.array(wanted)[places], fleet.installed.codes[devices]]
        return sizes

    @cached_property
    def _tables(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Bytes by image wanted and image run, without and with formatting; the last row is 0."""
        images, installed = self._rollout.images, self._installed
        without, formatted = (
            [
                [
                    sum(share * self._fetched(n, image, formats=formats) for n, share in choices)
                    for choices in installed
                ]
                for image in images
            ]
            for formats in (False, True)
        )
        nothing = [[0.0] * len(installed)]
        return np.array(without + nothing), np.array(formatted + nothing)

    def _fetched(self, installed: int, wanted: ImageDefinition, *, formats: bool) -> int:
        have = None if installed == UNKNOWN_IMAGE else self._rollout.images[installed]
        newer_only = self._rollout.assumptions.newer_only
        if not formats and not is_modified(have, wanted, newer_only=newer_only):
            return 0
        return fetch_plan(have, wanted, format_first=formats).total

    @cached_property
    def _links(self) -> NDArray[np.float64]:
        return np.array(
            [max(line.most_for_updates, 1) for line in self._rollout.lines()], np.float64
        )

    @cached_property
    def _installed(self) -> list[list[tuple[int, float]]]:
        return self._rollout.installed_choices()
