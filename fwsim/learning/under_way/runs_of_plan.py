"""Runs of the plan that a log is held against: played once for all that look at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fwsim.engine import Engine, choose_engine
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.results.run.record import RunRecord

_SEED = 1
_MOST_RUNS, _FEWEST_RUNS = 500, 60
_DEVICES = 1_000_000
"""Devices of all runs together, from which on there are fewer runs."""
_SOON = 1000.0
"""Milliseconds: what comes sooner after the first command comes as soon."""

Played = Callable[[int], None]
"""Told how many runs have been played."""


class Looking(Protocol):
    """Looks at runs of the plan, one after the other."""

    until: int
    """Up to when runs are played for it, milliseconds; what comes later it leaves out."""

    @property
    def is_through(self) -> bool:
        """Whether further runs tell it nothing."""

    def look(self, number: int, record: RunRecord) -> None:
        """Look at a run.

        Parameters
        ----------
        number
            Its number, from 0.
        record
            The run, up to `until` or later.
        """


def runs_of_plan(rollout: Rollout) -> int:
    """Return how many runs of a plan a log is held against: of a large fleet fewer."""
    return min(max(_DEVICES // max(len(rollout.fleet), 1), _FEWEST_RUNS), _MOST_RUNS)


def look_at_runs(
    rollout: Rollout,
    looking: Sequence[Looking],
    engine: Engine | str | None = None,
    tell: Played | None = None,
) -> None:
    """Play runs of a plan and show each to all that are not through, until all are.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    looking
        Who looks.
    engine
        Which clock plays; by default the faster one, for both come to the same.
    tell
        Told after every run.
    """
    for number in range(runs_of_plan(rollout)):
        open_yet = [one for one in looking if not one.is_through]
        if not open_yet:
            return
        until = max(one.until for one in open_yet)
        spec = RunSpec(rollout, _SEED, until=until, engine=choose_engine(engine).engine)
        record = played(spec, number)
        for one in open_yet:
            one.look(number, record)
        if tell is not None:
            tell(number + 1)


def log_since(times: Floats | NDArray[np.int64], due: NDArray[np.int64] | int) -> Floats:
    """Return the logarithm of times since something was due; what comes soon comes as soon.

    Late times are less alike by their nature, and a device that is off must not weigh more than all
    that are there.

    Parameters
    ----------
    times
        Milliseconds.
    due
        When it was due, milliseconds; of a shape that goes with theirs.
    """
    logs: Floats = np.log(np.maximum(times - due, _SOON))
    return logs
