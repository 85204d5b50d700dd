"""Lines of a job before the scenario's, in a log that does not name its jobs."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.clock_of_log import HOUR, shows_last_states
from fwsim.learning.journeys import Ints
from fwsim.learning.known_names import NOBODY, devices_of
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed, What
from fwsim.observations.words import ENDS

Flags = NDArray[np.bool_]
_SUCCESSES = What.DONE, What.NOT_NEEDED


def of_earlier_job(log: Observed, rollout: Rollout) -> Flags:
    """Tell which lines are of a job that came to devices before the scenario's commands did.

    There was one if devices came to an end before anything was due for them, and to more ends than
    they were commanded. Who was only out of reach came to nothing. If those that succeeded before
    are half of those to which something came in time [A], all that came before is of that job: who
    failed may have been tried again, on another clock. So it is where an export of the console
    shows last states of then. What was over before the first command, of devices that no command
    is for and half of which came to an end in it [A], is one, too.

    Parameters
    ----------
    log
        What was seen; its lines name no jobs.
    rollout
        Whose commands.
    """
    none = np.zeros(len(log), bool)
    code, count = log.device.codes, len(log.device.values)
    known = devices_of(log, rollout)
    first, commands = _commanded(rollout)
    tells = (known != NOBODY)[code] & ~np.isin(log.what, (What.ON, What.OFF))
    is_early = tells & (log.latest + log.resolution <= rollout.epoch + first[known][code])
    if not is_early.any() or not (tells & ~is_early).any():
        return none
    is_end = np.isin(log.what, list(ENDS))
    last_early, last = _last_of_each(code, is_early, count), _last_of_each(code, tells, count)
    has_more = last > last_early
    jobs = np.bincount(code[tells & is_end], minlength=count) + ~is_end[last]
    came_to = np.where(last_early >= 0, log.what[last_early], What.UNREACHED)
    is_again = has_more & np.isin(came_to, list(ENDS - {What.UNREACHED})) & (jobs > commands[known])
    again = (is_again & np.isin(came_to, _SUCCESSES)).sum()
    if (again and 2 * again >= has_more.sum()) or _are_last_states(log, is_early, rollout):
        is_again = known != NOBODY
    others = (known != NOBODY) & (commands[known] == 0) & ~has_more & (last_early >= 0)
    ended = others & np.isin(came_to, list(ENDS - {What.UNREACHED}))
    if 2 * ended.sum() >= others.sum() and _is_over(log, is_early & others[code], rollout):
        is_again = is_again | others
    return np.asarray(is_again[code] & (np.arange(len(log)) <= last_early[code]))


def _are_last_states(log: Observed, is_early: Flags, rollout: Rollout) -> bool:
    """Tell whether exports of the console show in early lines what came of a rollout before."""
    return shows_last_states(log) and _is_over(log, is_early, rollout)


def _is_over(log: Observed, is_early: Flags, rollout: Rollout) -> bool:
    """Tell whether early lines are of something that was over when the first command was due.

    Then nothing came for an hour before [A], and the clock is not UTC: some of these lines came
    earlier than that would tell.

    Parameters
    ----------
    log
        What was seen.
    is_early
        Which lines came before their devices were commanded.
    rollout
        Whose commands.
    """
    if not is_early.any():
        return False
    first = min(run.at for run in rollout.runs)
    before = rollout.epoch + first - log.latest[is_early]
    ahead = rollout.local_time(first).utcoffset() or timedelta()
    return bool(before.min() >= HOUR and before.max() > ahead / timedelta(milliseconds=1))


def _commanded(rollout: Rollout) -> tuple[Ints, Ints]:
    """Return when each device is commanded first, milliseconds after the start, and how often.

    Whoever is not commanded counts from the first command on; who is in a dynamic group shows only
    when its command runs.
    """
    first = np.full(len(rollout.fleet), min(run.at for run in rollout.runs), np.int64)
    commands = np.zeros(len(rollout.fleet), np.int64)
    for run in reversed(rollout.runs):
        target = run.command.target
        mine = slice(None) if isinstance(target, ClientGroupTarget) else rollout.find(target)
        first[mine] = run.at
        commands[mine] += 1
    return first, commands


def _last_of_each(code: NDArray[np.int32], some: Flags, count: int) -> Ints:
    """Return the last of some lines of each device; -1 where there is none."""
    last = np.full(count, -1, np.int64)
    np.maximum.at(last, code[some], np.flatnonzero(some))
    return last
