"""Transfers that are under way when a log ends, and how far a line has brought them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.firmware import ProxyType
from fwsim.commands.lifecycle import State
from fwsim.model.past import Past
from fwsim.model.rollout import NO_HUB, Rollout
from fwsim.model.set_up import SetUp
from fwsim.model.sharing_classes import weights_of
from fwsim.model.status_log import Integers
from fwsim.quantities.elementary import Floats


class OpenTransfers:
    """The transfers of a log, those under way at its end among them; arrays of shape (transfers,).

    While n devices of a site fetch, each gets an n-th of what the line carries, or its own rate.

    Parameters
    ----------
    past
        The log so far; of each transfer it tells the bytes.
    rollout
        Whose devices they are.

    Attributes
    ----------
    device, site
        Whose, and where: indices.
    start, stop
        Milliseconds; a transfer starts when it is set up, those under way stop when the log ends.
    size
        Bytes.
    is_open
        Which are under way.
    """

    def __init__(self, past: Past, rollout: Rollout) -> None:
        log = past.lines
        begins = np.flatnonzero(log.state == State.TRANSFER)
        after = np.minimum(begins + 1, len(log) - 1)
        self._until = past.until
        self.is_open: NDArray[np.bool_] = np.isin(begins + 1, past.firsts[1:])
        self.device: Integers = log.device[begins].astype(np.int64)
        self.site: Integers = rollout.fleet.site.codes[self.device].astype(np.int64)
        self.start: Integers = log.time[begins]
        self.stop: Integers = np.where(self.is_open, past.until, log.time[after])
        self.size: Integers = log.amount[begins]
        rates = rollout.fleet.device_rate[self.device]
        waited = SetUp(rollout).least_of(self.site, rates, self.size)
        self.start = np.minimum(self.start + waited, self.stop)

    def due(self, rollout: Rollout, site: int) -> Floats:
        """Return what each transfer under way at a site would have by now, were it endless; bytes.

        Parameters
        ----------
        rollout
            As it is believed, or in the world of a run.
        site
            Where.

        Returns
        -------
        ndarray of float64, shape (transfers under way at the site,)
        """
        mine = self.site == site
        starts, opened = self.start[mine], self.is_open[mine]
        edges, carried = _each_carries(rollout, site, starts, self.stop[mine])
        now: Floats = np.interp(self._until, edges, carried) - np.interp(
            starts[opened], edges, carried
        )
        return now


def only_lines_bind(rollout: Rollout) -> bool:
    """Tell whether nothing but a site's own line can hold its transfers back.

    Neither the repository, nor a hub, nor an outage; and no proxy takes anything off the line.
    """
    carry = sum(line.carries for line in rollout.sites())
    if carry > rollout.scenario.network.repository.carries or rollout.scenario.outages:
        return False
    if len(weights_of(rollout.assumptions.share_spread)) > 1:
        return False  # a small share of its own tells nothing of the line
    if bool((rollout.hub_of != NO_HUB).any()):
        return False
    settings = (settings for _, settings in rollout.configuration.settings_in_use())
    return all(one.proxy_type in {None, ProxyType.NONE} for one in settings)


def _each_carries(
    rollout: Rollout, site: int, starts: Integers, stops: Integers
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
    own = min(own, rollout.ceilings()[site])
    each = np.where(busy > 0, np.minimum(rate / np.maximum(busy, 1), own), 0.0)
    return edges, np.concatenate([[0.0], np.cumsum(each * np.diff(edges) / 1000.0)])
