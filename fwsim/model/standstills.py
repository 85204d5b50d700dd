"""When nothing can get from the repository to a site, whatever the reason."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

import numpy as np

from fwsim.fleet.spans import Spans, merged
from fwsim.model.outages import FLOWING
from fwsim.model.rollout import REPOSITORY, Rollout
from fwsim.model.rollout_lines import NO_HUB, OverTime

_FOR_EVER = 1 << 62


class Standstills:
    """The stretches of time in which the lines of sites give nothing.

    Reasons that follow each other without a gap are one standstill: an outage of the repository,
    of the site or of its hub, and a line or a hub that others take whole.

    Parameters
    ----------
    rollout
        Names the lines, their rates over time and the outages.

    Attributes
    ----------
    kinds
        Stretches (from, to) in milliseconds, sorted and disjoint.
    of_site
        Which of them each site has.
    """

    def __init__(self, rollout: Rollout) -> None:
        over_time = rollout.rates_over_time()
        of_line = [id(rates) for _, rates in over_time]
        taken = _taken_whole(over_time)
        cuts: dict[int, Spans] = {}
        for site, start, end in rollout.outages():
            cuts.setdefault(site, []).append((start, end))
        known: dict[tuple[tuple[int, ...], tuple[tuple[int, int], ...]], int] = {}
        self.kinds: list[Spans] = []
        self.of_site: list[int] = []
        for site, hub in enumerate(rollout.hub_of.tolist()):
            lines = (site,) if hub == NO_HUB else (site, len(rollout.hub_of) + hub)
            whole = (of_line[line] for line in lines) if taken else ()
            key = tuple(line for line in whole if line in taken), tuple(cuts.get(site, ()))
            if key not in known:
                known[key] = len(self.kinds)
                reasons = [span for line in key[0] for span in taken[line]]
                self.kinds.append(merged([*reasons, *key[1], *cuts.get(REPOSITORY, ())]))
            self.of_site.append(known[key])

    def since(self, site: int, at: int) -> int:
        """Return since when a site's line has given nothing; `FLOWING` if it gives something."""
        spans = self.kinds[self.of_site[site]]
        place = bisect_right(spans, at, key=itemgetter(0)) - 1
        return spans[place][0] if place >= 0 and at < spans[place][1] else FLOWING


def _taken_whole(over_time: list[OverTime]) -> dict[int, Spans]:
    """Return when rates over time are zero, by the identity of those that ever are."""
    if np.concatenate([np.ones(0, np.int64), *(rates for _, rates in over_time)]).all():
        return {}
    ever = {id(line[1]): line for line in over_time if not line[1].all()}
    return {which: _without_rate(line) for which, line in ever.items()}


def _without_rate(line: OverTime) -> Spans:
    """Return when the rate of a line is zero; the last step lasts for ever."""
    moments, rates = line[0].tolist(), line[1].tolist()
    ends = [*moments[1:], _FOR_EVER]
    return [
        (start, end) for start, end, rate in zip(moments, ends, rates, strict=True) if rate == 0
    ]
