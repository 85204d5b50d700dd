"""Who fetched how much over which line by logs, and how well that is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from fwsim.learning.habits_then import lines_free_then
from fwsim.learning.journeys import Journeys
from fwsim.learning.line_loads import (
    busy_times,
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
from fwsim.scenario.network_section import LineSection
from fwsim.scenario.windows_section import HolidaysSection


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
    free
        When others took nothing of the lines with some days off, in the time of the log.
    """

    sites: Mapping[str, LineDownloads]
    as_told: Mapping[str, LineDownloads]
    is_web: bool
    step: int
    served: frozenset[str]
    cuts: Mapping[str, Cuts]
    begun: frozenset[str]
    free: Mapping[HolidaysSection, Cuts] = field(default_factory=dict)

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
            first = min(int(one.begin.min()) for one in told.values())
            last = max(int(one.end.max()) for one in told.values())
            free = lines_free_then(rollout, first, last)
            return cls(timed, told, True, step, frozenset(), cuts, begun.union(told), free)
        apart, step = (
            RolloutsApart.of(journeys, rollout.zone),
            int(journeys.resolution.max(initial=1)),
        )
        told = from_status_log(journeys, rollout, apart)
        timed = {name: one.timed_in(step) for name, one in told.items()}
        served = frozenset(sites_served(journeys, rollout))
        moved = {name: apart.cuts(each) for name, each in cuts.items()}
        free = lines_free_then(rollout, *apart.ends) if told else {}
        free = {off: apart.cuts(each) for off, each in free.items()}
        return cls(timed, told, False, step, served, moved, begun, free)

    def taken_of(
        self,
        line: LineSection,
        downloads: LineDownloads,
        zone: ZoneInfo,
        cuts: Cuts = (),
        busy: Mapping[str, float] | None = None,
    ) -> list[tuple[int, float]]:
        """Return which share of a line others take from each time on, as `busy_times` does.

        Parameters
        ----------
        line
            Of a site or a hub.
        downloads, zone, cuts
            As of `busy_times`.
        busy
            Shares by times of the week; by default the line's own.
        """
        shares = line.busy if busy is None else busy
        return busy_times(shares, downloads, zone, cuts, self.free_on(line))

    def free_on(self, line: LineSection) -> Cuts:
        """Return when others took nothing of a line, because these were days off."""
        return () if line.holidays is None else self.free.get(line.holidays, ())

    @property
    def crossing(self) -> dict[str, LineDownloads]:
        """Those that crossed a line: what a proxy serves does not, and so nothing above it."""
        return {name: one for name, one in self.sites.items() if name not in self.served}
