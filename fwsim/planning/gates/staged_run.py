"""What comes of a rollout under a policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.model.tries import assigned_in, number_in
from fwsim.planning.gates.sending import Sent
from fwsim.results.run.record import RunRecord


class HeldBy(Enum):
    """Why a gate stayed shut until the end; the value says so."""

    SILENT = "silent"
    FAILED = "failed"


@dataclass(frozen=True)
class StagedRun:
    """One run under a policy.

    Parameters
    ----------
    record
        The run as it went in the end.
    sent
        What was to be sent when.
    stopped_at
        When the policy stopped the rollout for errors, milliseconds; None if it did not.
    held_by
        Why a gate stayed shut until the end; None if none did.
    """

    record: RunRecord
    sent: tuple[Sent, ...]
    stopped_at: int | None = None
    held_by: HeldBy | None = None

    @property
    def held(self) -> bool:
        """Whether a gate stayed shut until the end, though nothing had stopped the rollout."""
        return self.held_by is not None

    @property
    def reached(self) -> int:
        """How many devices the command was sent to, or came for it, before the run ended.

        Whose turn had not come by then, or whose window had not opened, is left out.
        """
        log = self.record.updates.log
        mine = np.array([self._is_of_a_part(number) for number in range(len(log.runs))], bool)
        begun = mine[log.run] & ~log.in_state(State.PROBING, State.ASSIGNED)
        return len(np.unique(log.device[begun]))

    def _is_of_a_part(self, run: int) -> bool:
        """Tell what was sent here from what devices start by themselves besides."""
        rollout = self.record.rollout
        if rollout.given_assigned is None:
            return run < len(rollout.runs)
        word, _ = number_in(self.record.log.runs[run].label)
        return assigned_in(word) >= 0
