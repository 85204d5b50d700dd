"""Who is late at a time, and why; from the run whose devices are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.messages import say, translated
from fwsim.results.output.result import Result
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.stages import STAGE_OF_STATE, STAGES, STAGES_UNDER_WAY, way_name
from fwsim.results.run.stamps import told_stamps
from fwsim.results.run.tail import Attempts
from fwsim.results.statistics.causes import CAUSE_OF

_CAUSES = tuple(dict.fromkeys(CAUSE_OF.values()))
_CAUSE_OF_WAY = np.array([_CAUSES.index(CAUSE_OF[way]) for way in STAGES_UNDER_WAY], np.int64)
_LAST = 0.05
"""Share of the devices that are over whose cause is asked for."""


@dataclass(frozen=True, eq=False)
class Lateness:
    """When each device of a run was over, and what took it longest; arrays of shape (devices,).

    Parameters
    ----------
    run
        Which run.
    """

    run: Result

    @cached_property
    def over(self) -> Any:
        """When each device was successful, milliseconds; `NOT_YET` if it never was."""
        over = np.full(len(self.run.rollout.fleet), NOT_YET, np.int64)
        updates = self.run.record.judged
        over[updates.targeted] = updates.success_time
        return over

    @cached_property
    def is_targeted(self) -> Any:
        """Whether an update is for it, and is needed."""
        updates = self.run.record.judged
        targeted = np.zeros(len(self.over), bool)
        needed = updates.outcome_state != State.NOT_NEEDED
        targeted[updates.targeted[needed]] = True
        return targeted

    @cached_property
    def longest(self) -> Any:
        """Index of what took each successful device longest; -1 where there is nothing."""
        times = np.zeros((len(self.over), len(_CAUSES)))
        updates = self.run.record.judged
        done = updates.targeted[updates.success_time < NOT_YET]
        if len(done):
            for row, way, lasted in Attempts(updates, done).stretches():
                np.add.at(times, (done[row], _CAUSE_OF_WAY[way]), lasted)
        longest = times.argmax(axis=1)
        return np.where(times.max(axis=1) > 0, longest, -1)

    def why(self) -> list[str]:
        """Return what took each device longest, in words; how it ended if that was no success."""
        updates = self.run.record.judged
        has_windows = self.run.rollout.scenario.windows is not None
        texts = ["" for _ in range(len(self.over))]
        for device, state in zip(
            updates.targeted.tolist(), updates.outcome_state.tolist(), strict=True
        ):
            stage = STAGES[STAGE_OF_STATE[state]]
            texts[device] = translated("stage", way_name(stage, has_windows=has_windows))
        for device in np.flatnonzero((self.over < NOT_YET) & (self.longest >= 0)).tolist():
            texts[device] = say(f"board.why.{_CAUSES[self.longest[device]]}")
        return texts

    def ends(self) -> list[str]:
        """Return when each device was successful, on the server's clock; empty if it never was."""
        done = np.flatnonzero(self.over < NOT_YET)
        stamps = told_stamps(self.run.rollout, self.over[done], places=16)
        texts = ["" for _ in range(len(self.over))]
        for device, stamp in zip(done.tolist(), stamps, strict=True):
            texts[device] = stamp
        return texts

    def late_at(self, at: int) -> Any:
        """Tell of each device whether it still needs the update at a time."""
        return self.is_targeted & (self.over > at)

    def late_because(self, cause: str) -> Any:
        """Tell of each device whether it is one of the last, and this is what took it longest."""
        done = np.flatnonzero(self.over < NOT_YET)
        mask = np.zeros(len(self.over), bool)
        if len(done):
            last = done[
                np.argsort(self.over[done], kind="stable")[-max(1, int(_LAST * len(done))) :]
            ]
            mask[last] = self.longest[last] == _CAUSES.index(cause)
        return mask

    def at_site(self, name: str) -> Any:
        """Tell of each device whether it is at a site; every device for a name that is none."""
        site = self.run.rollout.fleet.site
        if name not in site.values:
            return np.ones(len(self.over), bool)
        return site.codes == site.values.index(name)
