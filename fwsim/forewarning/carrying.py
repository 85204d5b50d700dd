"""Whether the lines can carry what a command sends, in the time there is for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property, partial

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import (
    Command,
    DeliveryCommand,
    UefiUpdateCommand,
    UpdateCommand,
    asks_its_user,
)
from fwsim.forewarning.connections import held_by_few_sites
from fwsim.forewarning.habit import Devices
from fwsim.forewarning.line_needs import LineNeeds
from fwsim.forewarning.room import Room
from fwsim.measures.amounts import shown_duration
from fwsim.messages import say
from fwsim.model.first_due import may_mean_anybody, who_may_be_meant
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError
from fwsim.quantities.elementary import summed

Fetched = Callable[[int], tuple[Devices, NDArray[np.float64]]]
"""Who fetches by a command that runs at a time, and how much each of them."""
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
        self._lines = LineNeeds(rollout)
        self._room = Room(rollout)

    def of(self, command: Command, devices: Devices, times: list[int]) -> Iterator[tuple[str, str]]:
        """Yield the key and the text of what is odd about a command that runs at these times."""
        if isinstance(command, UefiUpdateCommand):
            return
        fetched = cache(partial(self._fetched_at, command, devices))
        yield from self._has_no_room(command, devices, times[0])
        yield from self._turns_to_no_proxy(command, devices)
        yield from self._waits_for_connections(command, fetched, times[0])
        in_window = [*self._too_slow_for_window(fetched, times)]
        yield from in_window or self._too_slow_for_horizon(fetched, times[0])
        if isinstance(command, DeliveryCommand):
            yield from self._too_slow_for_update(devices, fetched, times[0])

    def of_waiting(self, command: Command, devices: Devices, at: int) -> Iterator[tuple[str, str]]:
        """Yield the same of what devices take by themselves from a time on."""
        if at < self._rollout.horizon and not isinstance(command, UefiUpdateCommand):
            yield from self._has_no_room(command, devices, at)
            yield from self._too_slow_for_horizon(partial(self._fetched_at, command, devices), at)

    def _has_no_room(
        self, command: Command, devices: Devices, at: int
    ) -> Iterator[tuple[str, str]]:
        if count := self._room.too_small_for(command, devices, at):
            yield "target", say("warning.command.no_room", count=count)

    def _turns_to_no_proxy(self, command: Command, devices: Devices) -> Iterator[tuple[str, str]]:
        if not isinstance(command, DeliveryCommand):
            return
        count = int(self._rollout.configuration.may_be_served[devices].sum())
        if count > 1:
            yield "target", say("warning.command.no_proxy", count=count)

    def _waits_for_connections(
        self, command: Command, fetched: Fetched, at: int
    ) -> Iterator[tuple[str, str]]:
        if asks_its_user(command):
            return  # users answer in any order
        if text := held_by_few_sites(self._rollout, *fetched(at), command.devices_wait):
            yield "target", text

    def _too_slow_for_window(self, fetched: Fetched, times: list[int]) -> Iterator[tuple[str, str]]:
        """Compare what each line must carry with the maintenance window the command runs in."""
        rollout, window = self._rollout, self._rollout.scenario.window
        if window is None:
            return
        spans = rollout.week_intervals(window)
        inside = [at for at in times if any(start <= at < end for start, end in spans)]
        if not inside:
            return  # that no command runs in the window is told of by itself
        length = max(end - start for start, end in spans)
        at_sites = self._lines.at_sites(*fetched(inside[0]))
        needed = self._lines.times(at_sites)
        slowest = int(np.argmax(needed))
        if needed[slowest] > length:
            yield (
                "target",
                say(
                    "warning.command.window_too_short",
                    window=window.text,
                    length=shown_duration(length),
                    line=rollout.line_names()[slowest],
                    needed=shown_duration(needed[slowest]),
                    count=self._too_many(at_sites, needed > length),
                ),
            )

    def _too_slow_for_horizon(self, fetched: Fetched, at: int) -> Iterator[tuple[str, str]]:
        """Compare what each line must carry with the time until every run ends."""
        left = self._rollout.horizon - at
        at_sites = self._lines.at_sites(*fetched(at))
        needed = self._lines.times(at_sites)
        slowest = int(np.argmax(needed))
        if needed[slowest] > left:
            yield (
                "target",
                say(
                    "warning.command.horizon_too_short",
                    left=shown_duration(left),
                    line=self._rollout.line_names()[slowest],
                    needed=shown_duration(needed[slowest]),
                    count=self._too_many(at_sites, needed > left),
                ),
            )

    def _too_slow_for_update(
        self, devices: Devices, fetched: Fetched, at: int
    ) -> Iterator[tuple[str, str]]:
        """Compare what each line must carry with the time until devices on it are updated."""
        at_sites = self._lines.at_sites(*fetched(at))
        needed = self._lines.times(at_sites)
        for update_at, updated in self._updates_after(at):
            mine = devices[updated[devices]]
            met = self._lines.by_line(self._lines.at_sites(mine, np.ones(len(mine)))) > 0
            late = met & (needed > update_at - at)
            if late.any():
                slowest = int(np.argmax(np.where(late, needed, 0)))
                yield (
                    "target",
                    say(
                        "warning.command.update_too_soon",
                        later=shown_duration(update_at - at),
                        line=self._rollout.line_names()[slowest],
                        needed=shown_duration(needed[slowest]),
                        count=self._too_many(at_sites, late),
                    ),
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
            if not may_mean_anybody(target, self._rollout):
                try:
                    yield update_at, who_may_be_meant(self._rollout, [target])
                except InputError:
                    continue

    def _fetched_at(
        self, command: Command, devices: Devices, at: int
    ) -> tuple[Devices, NDArray[np.float64]]:
        """Return who fetches by a command that runs at a time, and how much each of them."""
        if isinstance(command, UpdateCommand):
            devices = devices[~self._delivered_before(at)[devices]]
        if not len(devices):
            return devices, np.zeros(0)
        return devices, self._bytes_to_fetch(command, devices, at)

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
        lacks, installed = self._room.lacks, self.installed
        without, formatted = (
            [
                [
                    summed(share * lacks(n, image, formats=formats) for n, share in choices)
                    for choices in installed
                ]
                for image in range(len(self._rollout.images))
            ]
            for formats in (False, True)
        )
        nothing = [[0.0] * len(installed)]
        return np.array(without + nothing), np.array(formatted + nothing)

    @cached_property
    def installed(self) -> list[list[tuple[int, float]]]:
        """The images that each value of the fleet's `installed` may stand for, with shares."""
        return self._rollout.installed_choices()
