"""What transfers that are under way say of their line: it has not carried them through yet."""

from __future__ import annotations

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats


def most_carried(past: Past, rollout: Rollout) -> dict[str, float]:
    """Return how many times what is believed of it each site's line carries at the most.

    While n devices of a site fetch, each gets an n-th of what the line carries, or its own rate.
    What one of them would have by now, if the line carried as much as believed, is compared with
    what it fetches. Where the site's lines together may fill the repository's uplink nothing is
    said: a share may be smaller then.

    Parameters
    ----------
    past
        The log so far; of each transfer it tells the bytes.
    rollout
        As it is believed.

    Returns
    -------
    dict of str to float
        By site; those without a transfer under way are left out.
    """
    lines = rollout.sites()
    if sum(line.carries for line in lines) > rollout.scenario.network.repository.uplink:
        return {}
    log = past.lines
    begins = np.flatnonzero(log.state == State.TRANSFER)
    is_open = np.isin(begins + 1, past.firsts[1:])
    after = np.minimum(begins + 1, len(log) - 1)
    ends = np.where(is_open, past.until, log.time[after])
    site = rollout.fleet.site.codes[log.device[begins]]
    found: dict[str, float] = {}
    for code in np.unique(site[is_open]).tolist():
        mine = site == code
        starts, stops, opened = log.time[begins[mine]], ends[mine], is_open[mine]
        edges, carried = _each_carries(rollout, code, starts, stops)
        till = np.interp(past.until, edges, carried)
        due = till - np.interp(starts[opened], edges, carried)
        size = log.amount[begins[mine]][opened]
        told = (due > 0) & (size > 0)
        if told.any():
            found[rollout.fleet.site.values[code]] = float((size[told] / due[told]).min())
    return found


def _each_carries(
    rollout: Rollout, site: int, starts: np.ndarray, stops: np.ndarray
) -> tuple[Floats, Floats]:
    """Return times, and the bytes that one device which fetches all the while has by then."""
    steps = np.array(rollout.link_steps(rollout.sites()[site]), np.float64)
    edges = np.unique(np.concatenate([starts, stops, steps[:, 0]])).astype(np.float64)
    at = edges[:-1]
    rate = steps[np.searchsorted(steps[:, 0], at, side="right") - 1, 1]
    busy = np.searchsorted(np.sort(starts), at, side="right") - np.searchsorted(
        np.sort(stops), at, side="right"
    )
    own = float(np.median(rollout.fleet.device_rate[rollout.fleet.site.codes == site]))
    each = np.where(busy > 0, np.minimum(rate / np.maximum(busy, 1), own), 0.0)
    return edges, np.concatenate([[0.0], np.cumsum(each * np.diff(edges) / 1000.0)])
