"""Who fetched how much over which line by logs, and how well that is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fwsim.learning.journeys import Journeys
from fwsim.learning.line_loads import (
    cuts_of,
    from_status_log,
    from_web_log,
    sites_fetching,
    sites_served,
)
from fwsim.learning.lines import Cuts, LineDownloads
from fwsim.learning.rollouts_apart import RolloutsApart
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Transfers


@dataclass(frozen=True)
class DownloadsSeen:
    """Downloads by site.

    Parameters
    ----------
    sites
        As far as the clock of the log tells their times.
    as_told
        As the log has them: how long one took may be told exactly, but not when that was.
    is_web
        Whether the repository's web server tells of them, and not status logs alone.
    step
        Of the log's clock, milliseconds.
    served
        Sites where whoever fetched may have had it from a proxy.
    cuts
        When nothing came over each site's line.
    begun
        Sites where somebody was seen fetching, whether or not it is told when that was over.
    """

    sites: Mapping[str, LineDownloads]
    as_told: Mapping[str, LineDownloads]
    is_web: bool
    step: int
    served: frozenset[str]
    cuts: Mapping[str, Cuts]
    begun: frozenset[str]

    @classmethod
    def of(cls, journeys: Journeys, rollout: Rollout, web: Transfers | None) -> DownloadsSeen:
        """Return what logs tell: the web server's, or where it tells no times, the others.

        Parameters
        ----------
        journeys
            What was seen of the devices.
        rollout
            Of the scenario.
        web
            What the web server saw; None if nothing was seen of it.
        """
        cuts, begun = cuts_of(rollout), frozenset(sites_fetching(journeys, rollout))
        if web is not None and web.timed and (told := from_web_log(web, journeys, rollout)):
            step = web.resolution
            timed = {
                name: one.timed_in(step) if one.is_mostly_short(step) else one
                for name, one in told.items()
            }
            return cls(timed, told, True, step, frozenset(), cuts, begun.union(told))
        apart, step = (
            RolloutsApart.of(journeys, rollout.zone),
            int(journeys.resolution.max(initial=1)),
        )
        told = from_status_log(journeys, rollout, apart)
        timed = {name: one.timed_in(step) for name, one in told.items()}
        served = frozenset(sites_served(journeys, rollout))
        moved = {name: apart.cuts(each) for name, each in cuts.items()}
        return cls(timed, told, False, step, served, moved, begun)

    @property
    def crossing(self) -> dict[str, LineDownloads]:
        """Those that crossed a line: what a proxy serves does not, and so nothing above it."""
        return {name: one for name, one in self.sites.items() if name not in self.served}
