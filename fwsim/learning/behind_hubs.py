"""Hubs and the sites behind them, as logs tell of their transfers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.before import line_belief
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.factors import Factors
from fwsim.learning.fetching import Doubts, Fetching, Line
from fwsim.learning.learnt import Kept
from fwsim.learning.line_loads import own_rate
from fwsim.learning.lines import Cuts, LineDownloads, told
from fwsim.learning.shared_lines import SharedLine
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import line_place
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.network_section import LineSection

Ints = NDArray[np.int64]
Place = tuple[str, ...]
Steps = list[tuple[int, float]]
_FACTORS_OF_HUB, _FACTORS_OF_SITE = 120, 60
_MOST_STRETCHES, _FEWEST_STRETCHES, _CELLS = 120, 25, 3000
"""So many stretches are looked at, fewer where there are many sites: cells of both together."""
_LEAST = 0.05
_LABEL = ("link", "goodput")
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
class StillUnderWay:
    """What a log tells of a rollout that goes on.

    Parameters
    ----------
    transfers
        Those under way whose bytes are known, by site.
    until
        When the log ends, milliseconds since the epoch.
    doubts
        How sure it is.
    known
        Places of lines whose factor is in no doubt, and stays as it is stated.
    """

    transfers: Mapping[str, OpenTransfers]
    until: int
    doubts: Doubts
    known: frozenset[Place]


@dataclass(frozen=True)
class HubFit:
    """What is believed of a hub and of the sites behind it.

    Parameters
    ----------
    place
        Of its factor.
    behind
        The sites behind it.
    rows
        Drawn factors by place, together: a row is what may be. What was told nothing is left out.
    downloads
        How many that are over tell of each place.
    least
        What the hub carries at least, nineteen times in twenty: the logarithm of its factor.
    """

    place: Place
    behind: tuple[str, ...]
    rows: Mapping[Place, Floats]
    downloads: Mapping[Place, int]
    least: float


def hubs_seen(
    seen: DownloadsSeen,
    rollout: Rollout,
    behind: Mapping[str, tuple[str, ...]],
    doubts: Doubts,
    rows: int,
    still: StillUnderWay | None = None,
) -> Iterator[HubFit]:
    """Yield what transfers tell of hubs over which something was fetched.

    Nothing can be told of a hub behind which proxies serve, where the repository may have been
    full, or where a label is in doubt: there is a third that may have held transfers back.

    Parameters
    ----------
    seen
        Transfers that are over, and who else took part of a line.
    rollout
        Of the scenario.
    behind
        Of hubs that are not hidden, by name, the sites behind each.
    doubts
        How sure logs are.
    rows
        How many draws.
    still
        Of a rollout that is under way.
    """
    under_way = {} if still is None else still.transfers
    for hub, sites in behind.items():
        line = rollout.scenario.network.hubs[hub]
        counts = {name: len(told(seen.sites.get(name, _NONE))) for name in sites}
        some = [name for name in sites if counts[name] or name in under_way]
        if not some:
            continue
        built = _Built(seen, rollout, some, line, still)
        fetching = [built.site(name, under_way.get(name, _NOT_OPEN)) for name in some]
        shared = SharedLine(built.edges, built.hub(hub), fetching, doubts)
        place = line_place("hubs", hub)
        luck = np.random.Generator(np.random.PCG64([1, *".".join(place).encode()]))
        of_hub, of_sites = shared.drawn(rows, luck)
        is_told, are_told = shared.told
        places = [place, *(line_place("sites", name) for name in some)]
        rows_of = zip(places, [of_hub, *of_sites], [is_told, *are_told], strict=True)
        each = [sum(counts.values()), *(counts[name] for name in some)]
        yield HubFit(
            place,
            sites,
            {of: drawn for of, drawn, is_new in rows_of if is_new},
            dict(zip(places, each, strict=True)),
            float(np.log(np.quantile(of_hub, _LEAST))),
        )


def sites_behind(rollout: Rollout) -> dict[str, tuple[str, ...]]:
    """Return the sites behind each hub; hubs without any are left out."""
    found: dict[int, list[str]] = {}
    for name, number in zip(rollout.fleet.site.values, rollout.hub_of.tolist(), strict=True):
        found.setdefault(number, []).append(name)
    hubs = enumerate(rollout.scenario.network.hubs)
    return {hub: tuple(found[number]) for number, hub in hubs if number in found}


def hidden_hubs(
    rollout: Rollout, behind: Mapping[str, tuple[str, ...]], served: Collection[str]
) -> dict[str, Kept]:
    """Return of which hubs no transfer tells, and why.

    Parameters
    ----------
    rollout
        Of the scenario.
    behind
        The sites behind each hub, by its name.
    served
        Sites where whoever fetched may have had it from a proxy.
    """
    hubs = rollout.scenario.network.hubs
    if not is_repository_ample(rollout):
        return dict.fromkeys(hubs, Kept.REPOSITORY_SMALL)
    proxied, vague = set(served), _of_vague_label(rollout)
    found = {}
    for hub in hubs:
        sites = behind.get(hub, ())
        lines = [("hubs", hub), *(("sites", _section_of(rollout, name)) for name in sites)]
        if not proxied.isdisjoint(sites):
            found[hub] = Kept.PROXY_SERVES
        elif not vague.isdisjoint(lines):
            found[hub] = Kept.LABEL_IN_DOUBT
    return found


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
    """Return the places of lines' factors of which the scenario has no doubt."""
    hubs = rollout.scenario.network.hubs
    doubted = {target.path for doubt in rollout.doubts for target in doubt.targets}
    of_hubs = {place for hub in hubs if (place := line_place("hubs", hub)) not in doubted}
    return frozenset(of_hubs) | {
        line_place("sites", name)
        for name in rollout.fleet.site.values
        if line_place("sites", _section_of(rollout, name)) not in doubted
    }


def _section_of(rollout: Rollout, site: str) -> str:
    return site if site in rollout.scenario.network.sites else DEFAULT


def _of_vague_label(rollout: Rollout) -> set[tuple[Any, Any]]:
    """Return the lines, by kind and name, of which it is in doubt what they would carry at most."""
    paths = [target.path for doubt in rollout.doubts for target in doubt.targets]
    return {(path[1], path[2]) for path in paths if path[0] == "network" and path[-1] in _LABEL}


class _Built:
    """Lays transfers of the sites behind one hub over stretches of time."""

    def __init__(
        self,
        seen: DownloadsSeen,
        rollout: Rollout,
        names: list[str],
        hub: LineSection,
        still: StillUnderWay | None,
    ) -> None:
        self._seen, self._rollout, self._line_of_hub = seen, rollout, hub
        self._known = frozenset() if still is None else still.known
        self._codes = {name: code for code, name in enumerate(rollout.fleet.site.values)}
        self._sites = dict(zip(self._codes, rollout.sites(), strict=True))
        self._all = {name: seen.sites.get(name, _NONE).that_count for name in names}
        self._everyone = everyone = LineDownloads.join(self._all.values())
        self._steps_of_hub = self._taken(hub, ())
        self._steps = {name: self._taken(self._sites[name], seen.cuts[name]) for name in names}
        until = int(everyone.end.max()) if still is None else still.until
        steps = {at for one in (self._steps_of_hub, *self._steps.values()) for at, _ in one}
        times = [everyone.begin, everyone.end, np.array([until]), _within(everyone, steps)]
        edges = np.unique(np.concatenate(times))
        edges = edges[(edges >= everyone.begin.min(initial=until)) & (edges <= until)]
        most = min(_MOST_STRETCHES, max(_FEWEST_STRETCHES, _CELLS // len(names)))
        if len(edges) > most + 1:
            edges = edges[np.rint(np.linspace(0, len(edges) - 1, most + 1)).astype(np.int64)]
        self.edges = edges if len(edges) > 1 else np.array([until - 1, until])

    def _taken(self, line: LineSection, cuts: Cuts) -> Steps:
        if not len(self._everyone):
            return []
        zone: ZoneInfo = self._rollout.zone
        return self._seen.taken_of(line, self._everyone, zone, cuts)

    def _line(self, line: LineSection, place: Place, steps: Steps, count: int) -> Line:
        middle, spread = line_belief(line)
        if place in self._known:
            middle, spread = float(np.log(line.line_factor)), 0.0
        factors = Factors.believed(middle, spread, count)
        left = _left(steps or [(0, 0.0)], self.edges)
        return Line(line.payload, left, float(line.lets_through), factors)

    def hub(self, name: str) -> Line:
        """Return the hub's own line."""
        place = line_place("hubs", name)
        return self._line(self._line_of_hub, place, self._steps_of_hub, _FACTORS_OF_HUB)

    def site(self, name: str, under_way: OpenTransfers) -> Fetching:
        """Return the transfers of a site.

        Parameters
        ----------
        name
            Of the site.
        under_way
            Those of it that are not over.
        """
        section = self._sites[name]
        line = self._line(section, line_place("sites", name), self._steps[name], _FACTORS_OF_SITE)
        over, every = told(self._all[name]), self._all[name]
        some, still = _evenly(over.begin), _evenly(under_way.begin)
        return Fetching(
            line,
            own_rate(self._rollout, self._codes[name], section),
            _busy(every, self.edges),
            _busy(_any(every), self.edges),
            over.begin[some],
            over.end[some],
            over.size[some],
            under_way.begin[still],
            under_way.size[still],
        )


def _evenly(begin: Ints) -> Ints:
    """Return the places of transfers that are looked at: all, or some evenly over time."""
    every = -(-len(begin) // _MOST_OF_SITE) or 1
    return np.argsort(begin, kind="stable")[::every]


def _left(steps: Steps, edges: Ints) -> Floats:
    """Return which share others leave between edges, on average: an outage ends within some."""
    times, shares = np.array(steps, np.float64).T
    place = np.maximum(np.searchsorted(times, edges, side="right") - 1, 0)
    so_far = np.concatenate([[0.0], np.cumsum(shares[:-1] * np.diff(times))])
    taken = so_far[place] + shares[place] * (edges - times[place])
    return np.asarray(np.clip(1.0 - np.diff(taken) / np.diff(edges), 0.0, 1.0))


def _within(downloads: LineDownloads, times: set[int]) -> Ints:
    """Return the times at which any was under way: others would only make stretches longer."""
    runs, at = _any(downloads), np.array(sorted(times), np.int64)
    place = np.searchsorted(runs.begin, at, side="right") - 1
    return at[(place >= 0) & (at < np.append(runs.end, at.min(initial=0))[place])]


def _any(downloads: LineDownloads) -> LineDownloads:
    """Return when any of them was under way, each time as one."""
    order = np.argsort(downloads.begin, kind="stable")
    begin, end = downloads.begin[order], np.maximum.accumulate(downloads.end[order])
    is_first = np.concatenate([[True], begin[1:] > end[:-1]])[: len(begin)]
    is_last = np.concatenate([is_first[1:], [True]])[: len(begin)]
    return LineDownloads(begin[is_first], end[is_last], downloads.size[order][is_first])


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
