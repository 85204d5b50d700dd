"""Hubs and the sites behind them, as logs tell of their transfers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.before import line_belief
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.line_loads import busy_times
from fwsim.learning.lines import Cuts, LineDownloads, told
from fwsim.learning.shared_lines import Doubts, Factors, Fetching, Line, SharedLine
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.network_section import LineSection

Ints = NDArray[np.int64]
Place = tuple[str, ...]
_FACTORS_OF_HUB, _FACTORS_OF_SITE = 120, 60
_MOST_STRETCHES, _FEWEST_STRETCHES, _CELLS = 150, 30, 6000
"""So many stretches are looked at, fewer where there are many sites: cells of both together."""
_MOST_OF_SITE = 200
"""Transfers of a site that are looked at, evenly over time."""


@dataclass(frozen=True)
class OpenTransfers:
    """Transfers under way; arrays have shape (transfers,).

    Parameters
    ----------
    begin
        When the first byte came, milliseconds since the epoch.
    size
        Bytes that they are to bring.
    """

    begin: Ints
    size: Ints


@dataclass(frozen=True)
class HubFit:
    """What is believed of a hub and of the sites behind it.

    Parameters
    ----------
    hub
        Its name.
    behind
        The sites behind it.
    rows
        Drawn factors by place, together: a row is what may be. What was told nothing is left out.
    downloads
        How many that are over tell of each place.
    """

    hub: str
    behind: tuple[str, ...]
    rows: Mapping[Place, Floats]
    downloads: Mapping[Place, int]


def hubs_seen(
    seen: DownloadsSeen,
    rollout: Rollout,
    under_way: Mapping[str, OpenTransfers],
    until: int,
    doubts: Doubts,
    rows: int,
) -> Iterator[HubFit]:
    """Yield what transfers tell of hubs over which something was fetched.

    Nothing is said of a hub behind which proxies serve, or where the repository may have been
    full: there is a third that may have held transfers back.

    Parameters
    ----------
    seen
        Transfers that are over, and who else took part of a line.
    rollout
        Of the scenario.
    under_way
        By site, those whose bytes are known.
    until
        When the log ends, milliseconds since the epoch.
    doubts
        How sure it is.
    rows
        How many draws.
    """
    if not is_repository_ample(rollout):
        return
    names = rollout.fleet.site.values
    sections = [*rollout.scenario.network.hubs.items()]
    for number in np.unique(rollout.hub_of[rollout.hub_of >= 0]).tolist():
        hub, line = sections[number]
        behind = [names[code] for code in np.flatnonzero(rollout.hub_of == number).tolist()]
        some = [
            name for name in behind if len(told(seen.sites.get(name, _NONE))) or name in under_way
        ]
        if not some or seen.served.intersection(behind):
            continue
        built = _Built(seen, rollout, until, some, line)
        fetching = [built.site(name, under_way.get(name, _NOT_OPEN)) for name in some]
        shared = SharedLine(built.edges, built.hub(hub), fetching, doubts)
        place = ("network", "hubs", hub, "line_factor")
        luck = np.random.Generator(np.random.PCG64([1, *".".join(place).encode()]))
        of_hub, of_sites = shared.drawn(rows, luck)
        is_told, are_told = shared.told
        places = [place, *(("network", "sites", name, "line_factor") for name in some)]
        counts = [len(told(seen.sites.get(name, _NONE))) for name in some]
        rows_of = zip(places, [of_hub, *of_sites], [is_told, *are_told], strict=True)
        yield HubFit(
            hub,
            tuple(behind),
            {of: drawn for of, drawn, is_new in rows_of if is_new},
            dict(zip(places, [sum(counts), *counts], strict=True)),
        )


def is_repository_ample(rollout: Rollout) -> bool:
    """Tell whether the repository lets through all that hubs and sites can carry."""
    lines = np.array([line.most_for_updates for line in rollout.sites()], np.float64)
    alone = rollout.hub_of < 0
    behind = np.bincount(rollout.hub_of[~alone], lines[~alone], len(rollout.hubs()))
    hubs = [line.most_for_updates for line in rollout.hubs()]
    most = lines[alone].sum() + np.minimum(behind, hubs).sum()
    return bool(most <= rollout.scenario.network.repository.carries)


_NONE = LineDownloads(*(np.zeros(0, np.int64),) * 3)
_NOT_OPEN = OpenTransfers(*(np.zeros(0, np.int64),) * 2)


def known_factors(rollout: Rollout) -> frozenset[Place]:
    """Return the sections of lines whose factor is known: the scenario has no doubt of it."""
    network = rollout.scenario.network
    every = {("network", "sites", name) for name in network.sites}
    every |= {("network", "hubs", name) for name in network.hubs}
    doubted = {
        target.path[:3]
        for doubt in rollout.doubts
        for target in doubt.targets
        if target.path[0] == "network" and target.path[-1] == "line_factor"
    }
    return frozenset(every - doubted)


class _Built:
    """Lays transfers of the sites behind one hub over stretches of time."""

    def __init__(
        self,
        seen: DownloadsSeen,
        rollout: Rollout,
        until: int,
        names: list[str],
        hub: LineSection,
    ) -> None:
        self._seen, self._rollout, self._until = seen, rollout, until
        self._known = known_factors(rollout)
        self._line_of_hub = hub
        self._sites = dict(zip(rollout.fleet.site.values, rollout.sites(), strict=True))
        self._all = {name: seen.sites.get(name, _NONE).that_count for name in names}
        everyone = LineDownloads.join(self._all.values())
        self._cut = [cut for name in names for cut in seen.cuts[name]]
        self._everyone = everyone
        times = [everyone.begin, everyone.end, np.array([until])]
        times.append(np.array([at for at, _ in self._taken(hub, ())], np.int64))
        edges = np.unique(np.concatenate(times))
        edges = edges[(edges >= everyone.begin.min(initial=until)) & (edges <= until)]
        most = min(_MOST_STRETCHES, max(_FEWEST_STRETCHES, _CELLS // len(names)))
        if len(edges) > most + 1:
            edges = edges[np.rint(np.linspace(0, len(edges) - 1, most + 1)).astype(np.int64)]
        self.edges = edges if len(edges) > 1 else np.array([until - 1, until])

    def _taken(self, line: LineSection, cuts: Cuts) -> list[tuple[int, float]]:
        zone: ZoneInfo = self._rollout.zone
        return busy_times(line.busy, self._everyone, zone, cuts) if len(self._everyone) else []

    def _line(self, line: LineSection, place: Place, cuts: Cuts, count: int) -> Line:
        steps = self._taken(line, cuts) or [(0, 0.0)]
        times, shares = np.array(steps, np.float64).T
        at = np.maximum(np.searchsorted(times, self.edges[:-1], side="right") - 1, 0)
        middle, spread = line_belief(line)
        if place in self._known:
            middle, spread = float(np.log(line.line_factor)), 0.0
        factors = Factors.believed(middle, spread, count)
        return Line(line.payload, 1.0 - shares[at], float(line.lets_through), factors)

    def hub(self, name: str) -> Line:
        """Return the hub's own line."""
        return self._line(self._line_of_hub, ("network", "hubs", name), (), _FACTORS_OF_HUB)

    def site(self, name: str, under_way: OpenTransfers) -> Fetching:
        """Return the transfers of a site.

        Parameters
        ----------
        name
            Of the site.
        under_way
            Those of it that are not over.
        """
        section, rollout = self._sites[name], self._rollout
        named = name if name in rollout.scenario.network.sites else DEFAULT
        cuts, place = self._seen.cuts[name], ("network", "sites", named)
        line = self._line(section, place, cuts, _FACTORS_OF_SITE)
        code = rollout.fleet.site.values.index(name)
        rate = float(np.median(rollout.fleet.device_rate[rollout.fleet.site.codes == code]))
        over, every = told(self._all[name]), self._all[name]
        some = slice(None, None, -(-len(over) // _MOST_OF_SITE) or 1)
        still = slice(None, None, -(-len(under_way.begin) // _MOST_OF_SITE) or 1)
        return Fetching(
            line,
            min(rate, float(section.ceiling(rollout.assumptions))),
            _busy(every, self.edges),
            over.begin[some],
            over.end[some],
            over.size[some],
            under_way.begin[still],
            under_way.size[still],
        )


def _busy(downloads: LineDownloads, edges: Ints) -> Floats:
    """Return how many downloads were under way between edges, on average."""
    began, ended = (_since(times, edges) for times in (downloads.begin, downloads.end))
    return np.asarray(np.diff(began - ended) / np.diff(edges))


def _since(times: Ints, edges: Ints) -> Floats:
    """Return for each edge the time since each of some times before it, added up."""
    ordered, at = np.sort(times - edges[0]), (edges - edges[0]).astype(np.float64)
    before = np.searchsorted(ordered, at, side="right")
    total = np.concatenate([[0.0], np.cumsum(ordered.astype(np.float64))])
    return np.asarray(before * at - total[before])
