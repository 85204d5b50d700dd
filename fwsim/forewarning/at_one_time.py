"""Commands that begin at the same time and mean the same devices.

As long as a device is at work under one of them, or its user is being asked, it does only that one:
the other is rejected, or supersedes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command
from fwsim.forewarning.commands import MOST_FIRINGS
from fwsim.forewarning.oddity import Oddity, first_few
from fwsim.messages import say
from fwsim.model.first_due import may_mean_anybody
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError

_NOBODYS = -1


def oddities_of_one_time(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every command that means devices of another at the same time."""
    yield from first_few(_together(rollout))


def _together(rollout: Rollout) -> Iterator[Oddity]:
    commands = [section.command() for section in rollout.scenario.commands]
    by_time: dict[int, list[int]] = {}
    for number, command in enumerate(commands):
        for at in rollout.firings_of(command.schedule)[:MOST_FIRINGS]:
            by_time.setdefault(at, []).append(number)
    told: set[int] = set()
    for numbers in dict.fromkeys(map(tuple, by_time.values())):  # the same ones again say no more
        if len(numbers) > 1:
            yield from _of_one_time(rollout, commands, numbers, told)


def _of_one_time(
    rollout: Rollout, commands: Sequence[Command], numbers: Sequence[int], told: set[int]
) -> Iterator[Oddity]:
    """Yield what is odd about commands at one time, each command's once."""
    first = np.full(len(rollout.fleet), _NOBODYS, np.int64)
    for number in numbers:
        devices = _devices(rollout, commands[number])
        before = first[devices]
        twice = before[before != _NOBODYS]
        first[devices[before == _NOBODYS]] = number
        if len(twice) and number not in told:
            told.add(number)
            other = f"commands.{int(twice[0])}"
            text = say("warning.command.at_one_time", count=len(twice), other=other)
            yield Oddity(("commands", number), text)


def _devices(rollout: Rollout, command: Command) -> NDArray[np.int32]:
    """Return whom a command means; nobody where that shows only when it runs."""
    if may_mean_anybody(command.target, rollout):
        return np.zeros(0, np.int32)
    try:
        return rollout.find(command.target)
    except InputError:  # told elsewhere
        return np.zeros(0, np.int32)
