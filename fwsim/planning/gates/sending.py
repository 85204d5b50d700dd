"""What is sent when, and the run that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.targets import DeviceListTarget
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.planning.products import assigned_groups
from fwsim.results.run.record import RunRecord
from fwsim.scenario.products import products

MINUTE = 60_000
Play = Callable[[Rollout], RunRecord]


@dataclass(frozen=True)
class Setup:
    """What is staged.

    Parameters
    ----------
    rollout
        The scenario made ready; its first update says what is sent, to whom, from when on.
    shares
        Groups of gated policies: their number, or the share of each.
    mixed
        Whether the devices are shuffled first, so that each group is like the fleet; else they
        come in the order of the device list.
    person_takes
        Milliseconds until a person who was asked lets a paused rollout go on.
    goes_on_after_errors
        Whether that person lets it go on after errors, too.
    devices_of
        Whose devices: they come by themselves as that product's do; None if they are commanded.
    """

    rollout: Rollout
    shares: tuple[float, ...] | int = 5
    mixed: bool = True
    person_takes: int = 60 * MINUTE
    goes_on_after_errors: bool = False
    devices_of: str | None = None

    @cached_property
    def first(self) -> CommandRun:
        """The update that is staged."""
        return next(run for run in self.rollout.runs if type(run.command) is UpdateCommand)

    @cached_property
    def before(self) -> tuple[CommandRun, ...]:
        """What the scenario commands besides: deliveries."""
        return tuple(run for run in self.rollout.runs if type(run.command) is not UpdateCommand)

    @cached_property
    def devices(self) -> NDArray[np.int32]:
        """The devices in the order in which they are sent."""
        devices = self.rollout.find(self.first.command.target)
        if not self.mixed:
            return devices
        key = self.rollout.scenario.seed
        return np.random.Generator(np.random.Philox(key=key)).permutation(devices)

    @cached_property
    def names(self) -> list[str]:
        """Qualified names of all devices of the fleet, as a hand-picked list needs them."""
        fleet = self.rollout.fleet
        return [fleet.qualified_name(device) for device in range(len(fleet))]


@dataclass(frozen=True)
class Sent:
    """Devices sent together.

    Parameters
    ----------
    at
        Milliseconds after the start.
    first, end
        Which, as places in `Setup.devices`.
    wait
        Milliseconds from one device to the next.
    """

    at: int
    first: int
    end: int
    wait: int


def in_time(setup: Setup, sent: Sequence[Sent]) -> list[Sent]:
    """Return what is sent before the run ends."""
    return [part for part in sent if part.at < setup.rollout.horizon]


def played(setup: Setup, sent: Sequence[Sent], play: Play) -> RunRecord:
    """Return the run in which just this is sent."""
    if setup.devices_of is not None:
        groups_sent = [
            (part.at, setup.devices[part.first : part.end].tolist())
            for part in in_time(setup, sent)
        ]
        product = products()[setup.devices_of]
        assigned = assigned_groups(
            setup.rollout, product, setup.first.command, groups_sent, setup.names
        )
        return play(Rollout(setup.rollout.scenario, setup.rollout.fleet, setup.before, assigned))
    command: Command = setup.first.command
    runs = list(setup.before)
    for number, part in enumerate(in_time(setup, sent), 1):
        names = tuple(setup.names[d] for d in setup.devices[part.first : part.end].tolist())
        own = replace(command, target=DeviceListTarget(names), devices_wait=part.wait)
        runs.append(CommandRun(own, part.at, f"group {number}"))  # type: ignore[arg-type]
    runs.sort(key=lambda run: run.at)
    return play(Rollout(setup.rollout.scenario, setup.rollout.fleet, tuple(runs)))
