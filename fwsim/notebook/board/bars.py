"""Commands as bars on the board, and what becomes of one that is dragged."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import (
    LONGEST_DEVICES_WAIT_MS,
    LONGEST_NOTICE_SECONDS,
    Sent,
    UpdateCommand,
)
from fwsim.commands.schedule import Every, Once
from fwsim.messages import say
from fwsim.model.draws import NEVER
from fwsim.model.first_due import may_mean_anybody
from fwsim.model.order import force_at_of
from fwsim.model.rollout import Rollout
from fwsim.notebook.board.axis import MINUTE
from fwsim.notebook.board.sentences import command_in_words, short_name
from fwsim.planning.levers import with_start
from fwsim.scenario.server_clock import shown

PARTS = ("start", "spread", "notice")
MOST_BARS = 12
MOST_FIRINGS = 60


@dataclass(frozen=True)
class Bar:
    """A command over the hours; times in milliseconds.

    Parameters
    ----------
    number
        Which command of the plan, from 0; below zero one that a lever adds.
    name, text
        Short, and as a sentence.
    firings
        When it runs, after the scenario's start.
    spread
        From its first device to its last.
    notice
        How long a notice is shown; 0 for one that stays, None for none.
    reminders
        How long after a notice the last reminder may come, at most.
    forced
        When who still waits is started; None for never.
    devices
        How many it is for.
    kind
        ``update``, ``delivery`` or ``uefi``.
    """

    number: int
    name: str
    text: str
    firings: tuple[int, ...]
    spread: int
    notice: int | None
    reminders: int
    forced: int | None
    devices: int
    kind: str

    def as_data(self) -> dict[str, Any]:
        """Return it as the browser gets it."""
        return {
            "number": self.number,
            "name": self.name,
            "text": self.text,
            "firings": list(self.firings[:MOST_FIRINGS]),
            "spread": self.spread,
            "notice": self.notice,
            "reminders": self.reminders,
            "forced": self.forced,
            "devices": self.devices,
            "kind": self.kind,
        }


def bars_of(rollout: Rollout, of_plan: tuple[Sent, ...]) -> list[Bar]:
    """Return the bars of a plan.

    Parameters
    ----------
    rollout
        The plan, levers turned.
    of_plan
        Its commands as they are written; a lever may have put others before them.
    """
    sections = rollout.scenario.commands
    more = len(sections) - len(of_plan)
    bars = []
    for place, section in enumerate(sections[: MOST_BARS + max(0, more)]):
        command = section.command()
        found = rollout.find(command.target)
        devices, firings = len(found), tuple(rollout.firings_of(command.schedule))
        seconds = command.inform_user if isinstance(command, UpdateCommand) else None
        bars.append(
            Bar(
                number=place - max(0, more) if more >= 0 else -1,
                name=short_name(command),
                text=command_in_words(command, rollout),
                firings=firings,
                spread=command.devices_wait * max(0, devices - 1),
                notice=None if seconds is None else seconds * 1000,
                reminders=0
                if seconds is None
                else _longest_deferred(command, found, firings, rollout),
                forced=_forced(command, rollout),
                devices=devices,
                kind=kind_of(command),
            )
        )
    return bars


def _longest_deferred(
    command: Sent, devices: NDArray[np.int32], firings: tuple[int, ...], rollout: Rollout
) -> int:
    """Return how long users of a command may put it off, at most, by the settings as it runs."""
    configuration, everybody = rollout.configuration, rollout.fleet.unit.codes
    asked = everybody if may_mean_anybody(command.target, rollout) else everybody[devices]
    units = np.flatnonzero(np.bincount(asked))
    stretches = {bisect_right(configuration.change_times, at) for at in firings}
    longest = (configuration.longest_deferred[stretch][units] for stretch in stretches)
    return max((int(one.max(initial=0)) for one in longest), default=0)


def _forced(command: Sent, rollout: Rollout) -> int | None:
    """Return when who still waits is started; None for never."""
    at = force_at_of(command, rollout) if isinstance(command, UpdateCommand) else NEVER
    return None if at == NEVER else at


def kind_of(command: Sent) -> str:
    """Return the kind of a command as the browser knows it."""
    if not isinstance(command, UpdateCommand):
        return "delivery"
    return "update" if type(command) is UpdateCommand else "uefi"


def moved(command: Sent, part: str, value: int, rollout: Rollout) -> Sent:
    """Return a command of which a part was dragged.

    Parameters
    ----------
    command
        As it was.
    part
        One of `PARTS`.
    value
        Of a start milliseconds after the scenario's start, else how long, in milliseconds.
    rollout
        On whose clock, and for how many devices.

    Raises
    ------
    ValueError
        If there is no such part, or the command cannot be so.
    """
    match part:
        case "start":
            return _started(command, value, rollout)
        case "spread":
            devices = len(rollout.find(command.target))
            wait = round(max(0, value) / max(1, devices - 1))
            return replace(command, devices_wait=min(wait, LONGEST_DEVICES_WAIT_MS))
        case "notice" if isinstance(command, UpdateCommand):
            return replace(command, inform_user=min(max(0, value) // 1000, LONGEST_NOTICE_SECONDS))
    raise ValueError(say("board.no_such_part", part=part))


def _started(command: Sent, value: int, rollout: Rollout) -> Sent:
    value = min(max(0, value), max(0, rollout.horizon - MINUTE))
    wall = shown(rollout.scenario, rollout.start + timedelta(milliseconds=value))
    wall = wall.replace(microsecond=0)
    schedule = command.schedule
    if isinstance(schedule, Every):
        return replace(command, schedule=replace(schedule, at=wall.time()))
    return with_start(command, Once(wall), rollout.scenario)
