"""At which devices nobody ever answers a notice that stays until a button is clicked."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.notice import Instead, buttons, ignoring
from fwsim.commands.policies import UnattendedPolicy
from fwsim.commands.targets import Target
from fwsim.fleet.habits import People
from fwsim.forewarning.habit import Devices, Flags, Habit
from fwsim.model.hours import Hours
from fwsim.model.rollout import Rollout


class Unanswered:
    """Whose notices wait for a click that never comes, by the habits of those who sit there.

    Parameters
    ----------
    rollout
        Whose devices, people and commands count.
    hours
        Of the same rollout.
    """

    def __init__(self, rollout: Rollout, hours: Hours) -> None:
        self._rollout, self._hours = rollout, hours

    def among(self, command: UpdateCommand, devices: Devices, at: int) -> Devices:
        """Return at which of some devices a notice of a command is never answered.

        Parameters
        ----------
        command
            Whose notice stays until a button is clicked.
        devices
            At which it may come up.
        at
            When the command runs, milliseconds after the start.
        """
        answered = self._answered[bool(command.user_can_cancel)]
        waiting = devices[~answered[devices]]
        waiting = waiting[self._last_update[waiting] <= at] if len(waiting) else waiting
        if self._rollout.assumptions.unattended_policy is UnattendedPolicy.SKIP_DIALOG:
            waiting = waiting[self._present.holds_at(waiting, at)]
        return waiting

    @cached_property
    def _last_update(self) -> NDArray[np.int64]:
        """When each device gets its last update command, which takes the place of any before."""
        last = np.full(len(self._rollout.fleet), -1, np.int64)
        by_target: dict[Target, int] = {}
        for run in self._rollout.runs:
            if isinstance(run.command, UpdateCommand):
                by_target.pop(run.command.target, None)  # what comes later stands later
                by_target[run.command.target] = run.at
        for target, at in by_target.items():
            last[self._rollout.find(target)] = at
        return last

    @cached_property
    def _answered(self) -> tuple[Flags, Flags]:
        """Whether anybody ever sits at each device and ends a notice, without and with *cancel*.

        In the end there is no *defer*: what those do who would click it is an assumption.
        """
        instead = Instead[self._rollout.assumptions.missing_button.name]
        at_all = self._present.ever_holds
        without, with_cancel = (
            np.array([_ends_one(people, offered, instead) for people in self._rollout.people()])
            for offered in (buttons(True, cancels, 0) for cancels in (False, True))
        )
        codes = self._rollout.fleet.people.codes
        return at_all & without[codes], at_all & with_cancel[codes]

    @cached_property
    def _present(self) -> Habit:
        """When users are there."""
        weeks = [people.present for people in self._rollout.people()]
        return Habit.of(self._hours, self._rollout.fleet.people, weeks)


def _ends_one(people: People, offered: int, instead: Instead) -> bool:
    ignored, _ = ignoring(offered, people.now, people.defer, people.cancel, instead)
    return ignored < 1.0
