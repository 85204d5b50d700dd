"""What comes of a rollout under a policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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
        What was sent when.
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
        """How many devices the command was sent to."""
        return sum(part.end - part.first for part in self.sent)
