"""Bytes that crossed a line by the log of a rollout under way, but not yet in a run of it.

A transfer that the log tells to have ended has brought its bytes over its lines, however slow those
are in the world of a run.
"""

from __future__ import annotations

import numpy as np

from fwsim.model.past import Past
from fwsim.model.status_log import Integers, LinkLoad

CELLS_OF_A_ROW = 16
"""Up to so many minutes of lines for each row, a table of all is faster than sorting."""


def with_bytes_of_the_past(
    load: LinkLoad, past: Past, line: Integers, site: Integers, size: Integers
) -> LinkLoad:
    """Return a load with what was missing, each evenly over the time of its transfer.

    Parameters
    ----------
    load
        What the lines carried in the run, minute by minute.
    past
        What the log tells.
    line
        The line of `Past.lines` that ended each transfer; shape (transfers,).
    site
        Whose line was to carry it.
    size
        Bytes that were missing.

    Returns
    -------
    LinkLoad
        Its rows in the order of time and then of sites.
    """
    stretch = load.stretch
    end = np.maximum(past.lines.time[line], 1)
    of_job = np.searchsorted(past.firsts, line, side="right") - 1
    begin = np.where(line > past.firsts[of_job], past.lines.time[np.maximum(line - 1, 0)], end)
    begin = np.minimum(begin, end - 1)
    first, last = begin // stretch, (end - 1) // stretch
    counts = last - first + 1
    transfer = np.repeat(np.arange(len(line)), counts)
    minute = (
        first[transfer] + np.arange(len(transfer)) - np.repeat(np.cumsum(counts) - counts, counts)
    )
    lasted = (end - begin)[transfer]
    until = np.minimum((minute + 1) * stretch - begin[transfer], lasted)
    since = np.maximum(minute * stretch - begin[transfer], 0)
    part = size[transfer].astype(np.float64) / lasted
    carried = np.rint(part * until).astype(np.int64) - np.rint(part * since).astype(np.int64)
    return _added_up(
        np.concatenate([load.minute, minute * stretch]),
        np.concatenate([load.site, site[transfer]]),
        np.concatenate([load.size, carried]),
        stretch,
    )


def _added_up(minute: Integers, site: Integers, size: Integers, stretch: int) -> LinkLoad:
    width = int(site.max(initial=0)) + 1
    of_cell = minute // stretch * width + site
    if of_cell.max(initial=0) < CELLS_OF_A_ROW * len(of_cell):
        sums = np.bincount(of_cell, weights=size)  # exact up to 2^53 bytes
        cell = np.flatnonzero(sums)
        sums = sums[cell]
    else:
        cell, of_sum = np.unique(of_cell, return_inverse=True)
        sums = np.bincount(of_sum, weights=size)
    return LinkLoad(
        cell // width * stretch, (cell % width).astype(np.int32), sums.astype(np.int64), stretch
    )
