"""Which lines of a log tell how each device ended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.observations.observed import What
from fwsim.observations.words import ENDS

Ints = NDArray[np.int64]


def jobs_of(device: Ints, command: Ints, what: Ints, late: Ints) -> Ints:
    """Return a number of the job each line tells of: a device under one command.

    Where the log names no command, a device does one thing after the other: each end ends a job,
    and what comes later is of the next. Lines of the same instant as an end may stand behind it.
    """
    untold = np.flatnonzero(command < 0)  # in order of time, device by device
    is_end = np.isin(what[untold], list(ENDS))
    ended: Ints = np.cumsum(is_end) - is_end
    places = np.arange(len(untold))
    last_end = np.maximum.accumulate(np.where(is_end, places, -1))
    before = np.maximum(last_end, 0)
    of_it = (last_end >= 0) & ~is_end & (device[untold] == device[untold][before])
    of_it &= late[untold] <= late[untold][before]
    number = command.copy()
    # They ascend with time, below those of commands that have a name.
    number[untold] = ended - of_it - is_end.sum() - 1
    number -= number.min()
    return np.asarray(device * (int(number.max()) + 1) + number, np.int64)


def done_lines(device: Ints, job: Ints, what: Ints) -> Ints:
    """Return the line that tells so of each device that ended successful.

    A command that has not ended takes back nothing.
    """
    ended = np.flatnonzero(np.isin(job, job[np.isin(what, list(ENDS))]))
    if not len(ended):
        return ended
    found = ended[decisive_lines(device[ended], job[ended], what[ended])]
    return np.asarray(found[what[found] == What.DONE], np.int64)


def decisive_lines(device: Ints, job: Ints, what: Ints) -> Ints:
    """Return the line that tells each device's outcome, by ascending device.

    As `fwsim.results.run.jobs.Jobs.of_devices` has it: that of the latest command which reached the
    device and did not give way to another; a device that was successful before it was found up to
    date stays successful.
    """
    lines = np.arange(len(device))
    is_end = np.isin(what, list(ENDS))
    in_job = np.lexsort((lines, is_end, job))  # the last line that ends it, or else the last
    last = in_job[np.append(job[in_job][1:] != job[in_job][:-1], True)]
    rank = np.full(len(last), 2)
    rank[what[last] == What.UNREACHED] = 1
    rank[what[last] == What.SUPERSEDED] = 0
    order = np.lexsort((last, rank, device[last]))
    chosen = last[order][np.append(device[last][order][1:] != device[last][order][:-1], True)]
    success = np.full(int(device.max()) + 1, -1)
    done = last[what[last] == What.DONE]
    success[device[done]] = done
    before = success[device[chosen]]
    stays = (what[chosen] == What.NOT_NEEDED) & (before >= 0)
    found: Ints = np.where(stays, before, chosen)
    return found
