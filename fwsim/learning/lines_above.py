"""What stands above the lines of sites and hides them where it is full: the repository, hubs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.before import line_belief
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.lines import Cuts, LineDownloads, told
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import Z95
from fwsim.quantities.elementary import Floats
from fwsim.scenario.network_section import HubSection

FULL = 0.8
"""From this share of its rate on a line is taken as full."""
_MINUTE = 60_000


@dataclass(frozen=True)
class LineAbove:
    """A line that several sites share.

    Parameters
    ----------
    rate
        Bytes per second that it carries at least.
    most
        Bytes per second that it lets through of updates.
    taken
        Share of it that others take, from each time on, milliseconds.
    """

    rate: float
    most: float = np.inf
    taken: Sequence[tuple[int, float]] = ((0, 0.0),)

    def room(self, at: NDArray[np.int64]) -> Floats:
        """Return what it has for updates at some times, bytes per second."""
        times, shares = np.array(self.taken, np.float64).T
        place = np.maximum(np.searchsorted(times, at, side="right") - 1, 0)
        return np.asarray(np.minimum(self.rate * (1.0 - shares[place]), self.most), np.float64)


def waits_for_hub(
    seen: DownloadsSeen,
    rollout: Rollout,
    least: Mapping[str, float],
) -> dict[str, float]:
    """Return which share of each site's bytes came while its hub may have been full.

    What a hub carries of its label is in doubt, too: nineteen times in twenty it is more than what
    it is held against.

    Parameters
    ----------
    seen
        Downloads by site.
    rollout
        Whose hubs.
    least
        Of hubs that were learnt, by name, what they carry at least: the logarithm of the factor.
    """
    sites = seen.crossing
    hub_of = dict(zip(rollout.fleet.site.values, rollout.hub_of.tolist(), strict=True))
    shares: dict[str, float] = {}
    for number, (hub, line) in enumerate(rollout.scenario.network.hubs.items()):
        behind = {name: found for name, found in sites.items() if hub_of[name] == number}
        if any(map(len, behind.values())):
            above = _above(line, behind, seen, rollout, least.get(hub))
            shares |= waits_for(behind, above, seen.cuts)
    return dict.fromkeys(sites, 0.0) | shares


def _above(
    hub: HubSection,
    behind: Mapping[str, LineDownloads],
    seen: DownloadsSeen,
    rollout: Rollout,
    least: float | None,
) -> LineAbove:
    middle, unsure = line_belief(hub)
    factor = float(np.exp(middle - Z95 * unsure if least is None else least))
    taken = seen.taken_of(hub, LineDownloads.join(behind.values()), rollout.zone)
    return LineAbove(factor * hub.payload, float(hub.lets_through), taken or ((0, 0.0),))


def waits_for(
    sites: Mapping[str, LineDownloads],
    above: LineAbove,
    cuts: Mapping[str, Cuts] | None = None,
) -> dict[str, float]:
    """Return which share of each site's bytes came while a line above them was full.

    Parameters
    ----------
    sites
        Downloads by site.
    above
        The line that they share.
    cuts
        When nothing came over each site's line.
    """
    some = {name: told(found) for name, found in sites.items()}
    some = {name: found for name, found in some.items() if len(found)}
    if not some:
        return dict.fromkeys(sites, 0.0)
    first = min(int(found.begin.min()) for found in some.values()) // _MINUTE
    last = max(int(found.end.max()) for found in some.values()) // _MINUTE + 1
    edges = np.arange(first, last + 1) * _MINUTE
    loads = {name: _load(found, edges, (cuts or {}).get(name, ())) for name, found in some.items()}
    is_full = sum(loads.values()) >= FULL * above.room(edges[:-1]) * _MINUTE / 1000.0
    shares = {
        name: float(load[is_full].sum() / load.sum()) for name, load in loads.items() if load.any()
    }
    return dict.fromkeys(sites, 0.0) | shares


def _load(downloads: LineDownloads, edges: NDArray[np.int64], cuts: Cuts) -> Floats:
    """Return bytes between edges, each download spread evenly over its time without cuts."""
    begin, end = _uncut(downloads.begin, cuts), _uncut(downloads.end, cuts)
    some = end > begin
    if not some.any():
        return np.zeros(len(edges) - 1)  # by what was stated, nothing could come
    begin, end = begin[some], end[some]
    steps = np.concatenate([begin, end])
    rate = downloads.size[some] / (end - begin)
    order = np.argsort(steps, kind="stable")
    rates = np.cumsum(np.concatenate([rate, -rate])[order])
    at = steps[order].astype(np.float64)
    so_far = np.concatenate([[0.0], np.cumsum(rates[:-1] * np.diff(at))])
    return np.asarray(np.diff(np.interp(_uncut(edges, cuts), at, so_far)), np.float64)


def _uncut(at: NDArray[np.int64], cuts: Cuts) -> NDArray[np.int64]:
    """Return times of a clock that stands still while a line is cut."""
    for begin, end in reversed(cuts):
        at = at - (np.clip(at, begin, end) - begin)
    return at
