"""What lines carry at best, but for the outages that the scenario states."""

from __future__ import annotations

import numpy as np

from fwsim.fleet.spans import merged
from fwsim.model.rollout import REPOSITORY, Rollout

Steps = list[tuple[int, int]]
Spans = tuple[tuple[int, int], ...]


def steps_between_outages(rollout: Rollout) -> list[Steps]:
    """Return how the rate of each line changes, zero while it is cut; equal ones share a list.

    The sites' lines come first, then the hubs'. A hub carries nothing while all of its sites are
    cut at once.

    Parameters
    ----------
    rollout
        Names the lines and the outages.
    """
    steps = rollout.steps_of_lines()
    if not rollout.outages():
        return steps
    known: dict[tuple[int, Spans], Steps] = {}
    found = []
    for of_line, cuts in zip(steps, _cuts_of_lines(rollout), strict=True):
        key = id(of_line), cuts
        if key not in known:
            known[key] = _cut(of_line, cuts) if cuts else of_line
        found.append(known[key])
    return found


def repository_down(rollout: Rollout) -> Spans:
    """Return when the repository sends nothing, milliseconds; ascending and apart."""
    down = [(start, end) for site, start, end in rollout.outages() if site == REPOSITORY]
    return tuple(merged(down))


def open_time(down: Spans, since: int, until: int) -> int:
    """Return how long of a stretch something is not down, milliseconds."""
    if until <= since:
        return 0
    lost = (min(end, until) - max(start, since) for start, end in down)
    return until - since - sum(max(0, some) for some in lost)


def _cuts_of_lines(rollout: Rollout) -> list[Spans]:
    """Return when each line is cut, the repository's outages included."""
    sites, hubs = len(rollout.hub_of), len(rollout.hubs())
    of_site: list[set[tuple[int, int]]] = [set() for _ in range(sites)]
    of_all: set[tuple[int, int]] = set()
    for site, start, end in rollout.outages():
        (of_all if site == REPOSITORY else of_site[site]).add((start, end))
    of_hub = [
        set.intersection(*(of_site[site] for site in np.flatnonzero(rollout.hub_of == hub)))
        if (rollout.hub_of == hub).any()
        else set[tuple[int, int]]()
        for hub in range(hubs)
    ]
    return [tuple(merged([*cuts, *of_all])) for cuts in (*of_site, *of_hub)]


def _cut(steps: Steps, cuts: Spans) -> Steps:
    """Return the same steps with nothing while the line is cut."""
    at, rate = (np.array(column, np.int64) for column in zip(*steps, strict=True))
    edges = np.unique([*at.tolist(), *(edge for cut in cuts for edge in cut)])
    now = rate[np.searchsorted(at, edges, "right") - 1]
    for start, end in cuts:
        now[(edges >= start) & (edges < end)] = 0
    return list(zip(edges.tolist(), now.tolist(), strict=True))
