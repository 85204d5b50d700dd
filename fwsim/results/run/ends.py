"""How the devices of one run ended, and when they were successful."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State

NOT_YET = np.iinfo(np.int64).max
MOST_STEPS = 500
"""So many moments at which devices were successful are kept of a run; of more, some evenly."""
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Ends:
    """How what a rollout is judged by ended on each targeted device; arrays of shape (targeted,).

    Parameters
    ----------
    targeted
        Index into the fleet, ascending.
    state, detail
        In which it ended, and why: codes of `State` and `Detail`.
    time
        When the line was written that tells so, milliseconds.
    success_time
        When it was successful under the command that tells its outcome; `NOT_YET` if it was not.
    first_command
        When the first of the commands was due, milliseconds; the same in every run.
    """

    targeted: NDArray[np.int32]
    state: NDArray[np.int8]
    detail: NDArray[np.int8]
    time: Whole
    success_time: Whole
    first_command: int

    def of(self, members: NDArray[np.bool_]) -> Ends:
        """Return the ends of some of the targeted devices; shape (targeted,)."""
        return Ends(
            self.targeted[members],
            self.state[members],
            self.detail[members],
            self.time[members],
            self.success_time[members],
            self.first_command,
        )

    @cached_property
    def needed(self) -> int:
        """Targeted devices but those found up to date; one never reached needed the update."""
        return len(self.targeted) - int((self.state == State.NOT_NEEDED).sum())

    @cached_property
    def _in_order(self) -> Whole:
        return np.sort(self.success_time)

    def time_to(self, share: float, of: int) -> int:
        """Return when a share of `of` devices was successful; `NOT_YET` if it never was."""
        rank = max(1, int(np.ceil(round(share * of, 9))))
        return int(self._in_order[rank - 1]) if rank <= len(self._in_order) else NOT_YET

    def steps(self) -> Whole:
        """Return when devices were successful, at `MOST_STEPS` moments of the run at the most.

        Returns
        -------
        ndarray of int64, shape (3, moments)
            The moments, milliseconds; how many devices were successful before each, and with it.
        """
        times = self._in_order[: np.searchsorted(self._in_order, NOT_YET)]
        lasts = np.flatnonzero(np.diff(times, append=NOT_YET))
        found = np.stack([times[lasts], np.append(0, lasts + 1)[: len(lasts)], lasts + 1])
        if len(lasts) > MOST_STEPS:
            found = found[:, np.linspace(0, len(lasts) - 1, MOST_STEPS).astype(np.int64)]
        return found
