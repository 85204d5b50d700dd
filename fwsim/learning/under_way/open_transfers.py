"""What transfers that are under way say of their line: it has not carried them through yet."""

from __future__ import annotations

import numpy as np

from fwsim.model.open_transfers import OpenTransfers, only_lines_bind
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout


def most_carried(past: Past, rollout: Rollout) -> dict[str, float]:
    """Return how many times what is believed of it each site's line carries at the most.

    What a transfer under way would have by now, if the line carried as much as believed, is
    compared with what it fetches. Where something else than the line may hold it back, nothing is
    said.

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
    if not only_lines_bind(rollout):
        return {}
    transfers = OpenTransfers(past, rollout)
    found: dict[str, float] = {}
    for site in np.unique(transfers.site[transfers.is_open]).tolist():
        size = transfers.size[transfers.is_open & (transfers.site == site)]
        due = transfers.due(rollout, site)
        told = (due > 0) & (size > 0)
        if told.any():
            found[rollout.fleet.site.values[site]] = float((size[told] / due[told]).min())
    return found
