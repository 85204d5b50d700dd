"""On which clock a log is: its times may be those of another time zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.journeys import Ints
from fwsim.learning.known_names import NOBODY, devices_of
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, Observed, What
from fwsim.observations.words import ENDS

HOUR = 3600 * 1000
FURTHEST_ZONE = 14
"""Hours between a clock and UTC, at most.

What is older at the start is of a rollout before, and speaks against nothing [A].
"""


@dataclass(frozen=True)
class OtherClock:
    """A log of which most lines do not fit.

    Parameters
    ----------
    bad, count
        How many do not, and how many there are.
    hours
        By how many hours all would have to be later to come after what is due; 0 if that does not
        help.
    zone
        Whose times are expected.
    """

    bad: int
    count: int
    hours: int
    zone: str

    @property
    def text(self) -> str:
        """What to say of it."""
        text = say("under_way.mostly_unfit", bad=self.bad, count=self.count)
        if self.hours:
            text += say("under_way.other_zone", count=self.hours, zone=self.zone)
        return text


def hours_that_fit(time: Ints, due: Ints, horizon: int) -> int:
    """Return by how many hours all lines would have to be later to come after what is due; or 0.

    Parameters
    ----------
    time, due
        Of each line, and of what it is of; milliseconds after the start.
    horizon
        When the rollout ends.
    """
    lacking = int((np.maximum(due, 0) - time).max(initial=0))
    hours = -(-lacking // HOUR)
    last = int(time.max(initial=0)) + hours * HOUR
    return hours if hours <= FURTHEST_ZONE and last <= horizon else 0


def other_clock(
    log: Observed, begins: int, due: Ints | int, horizon: int, zone: str, commands: int = 1
) -> OtherClock | None:
    """Return what tells that a log is on another clock; None if nothing does.

    More than half of its lines come too early, and some hours later none would. What a device came
    to before, if it ended once more than it was commanded, says nothing.

    Parameters
    ----------
    log
        What was seen.
    begins
        When the rollout begins, milliseconds since the epoch.
    due
        When what each line is of is due, milliseconds after that.
    horizon
        When the rollout ends, as `due`.
    zone
        Whose times are expected.
    commands
        How many may come to a device.
    """
    due = np.broadcast_to(due, len(log))
    is_early = log.latest - begins + log.resolution <= due
    speaks = is_recent(log, begins) & ~np.isin(log.what, (What.ON, What.OFF))
    speaks &= (log.earliest > LONG_AGO) | (not shows_last_states(log))
    speaks &= ~(is_early & _are_of_more(log, speaks, is_early, commands))
    rows = np.flatnonzero(speaks)
    bad = int(is_early[rows].sum())
    if 2 * bad <= len(rows):
        return None
    hours = hours_that_fit(log.latest[rows] - begins, due[rows], horizon)
    return OtherClock(bad, len(rows), hours, zone) if hours else None


def _are_of_more(
    log: Observed, some: NDArray[np.bool_], is_early: NDArray[np.bool_], commands: int
) -> NDArray[np.bool_]:
    """Tell which lines are of devices that come to more ends than there are commands.

    If they end before what is due and after, they came to something else before.
    """
    ends = np.isin(log.what, list(ENDS)) & some
    early, late = (
        np.bincount(log.device.codes[ends & which], minlength=len(log.device.values))
        for which in (is_early, ~is_early)
    )
    return np.asarray(((early > 0) & (late > 0) & (early + late > commands))[log.device.codes])


def is_recent(log: Observed, begins: int) -> NDArray[np.bool_]:
    """Tell which lines can be of a rollout; all others are of rollouts before it.

    A look at the console shows each device's last state, be it of a rollout before.

    Parameters
    ----------
    log
        What was seen.
    begins
        When the rollout begins, milliseconds since the epoch.
    """
    zones = 0 if shows_last_states(log) else FURTHEST_ZONE * HOUR
    return np.asarray(log.latest >= begins - zones)


def shows_last_states(log: Observed) -> bool:
    """Tell whether looks at the console are among what was seen."""
    return any(account.is_of_console for account in log.accounts)


def other_clock_of(log: Observed, rollout: Rollout) -> OtherClock | None:
    """Return the same of the lines of a scenario's devices.

    Parameters
    ----------
    log
        What was seen.
    rollout
        Whose commands.
    """
    known = devices_of(log, rollout) != NOBODY
    log = log.where(known[log.device.codes])
    zone, commands = rollout.scenario.zone, max(len(rollout.runs), 1)
    return other_clock(log, rollout.epoch, _due(log, rollout), rollout.horizon, zone, commands)


def _due(log: Observed, rollout: Rollout) -> Ints:
    """Return when the command of each line is due; where the log names none, when the first is."""
    scenario = rollout.scenario
    at = {run.label: run.at for run in rollout.runs}
    begins_alone = scenario.assignments or scenario.notifications or scenario.scheduler
    first = 0 if begins_alone else min(at.values(), default=0)
    due = [at.get(label, first) for label in log.commands] if log.commands else [*at.values()]
    return np.append(due, first).astype(np.int64)[np.minimum(log.command, len(due))]
