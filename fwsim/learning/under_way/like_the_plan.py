"""Whether a site's devices ended as in any run of the plan: what is unlike all tells of no line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.elementary import Floats

_TAKEN_FOR_LOGS = 100
"""Runs that are taken for logs, so that the log of one plan in so many is called unlike it."""
_NEAREST = 3
"""The run by which a log's distance from the likest is told: the third, for one may be luck."""
_USUAL = 0.9
_HARDLY_APART = 0.1
"""Logarithm of a time: sites whose runs lie no farther apart are measured by this."""
_CELLS = 4_000_000
"""Numbers that are held at a time."""


class LikeThePlan:
    """Measures how far logs are from the runs that are likest to them, site by site.

    What is far is told by the runs themselves: some are taken for logs of the rollout, as a log of
    the plan is one of its runs. What lies farther off than any of them, at any site, is unlike.
    """

    def __init__(self) -> None:
        self._sites: list[str] = []
        self._far: list[float] = []
        self._farthest = 0.0

    def look(
        self, site: str, distance: Floats, each: Sequence[Floats], cuts: Sequence[float]
    ) -> None:
        """Take the runs of one more site, and the log's distance from each of them.

        Parameters
        ----------
        site
            Its name.
        distance
            Those distances; shape (runs,).
        each
            Of each kind of command, when devices ended in runs, the soonest first; (runs, devices).
        cuts
            Of each kind, when the log ends: from then on it tells nothing.
        """
        runs = len(each[0])
        logs = np.unique(np.linspace(0, runs - 1, min(_TAKEN_FOR_LOGS, runs)).round().astype(int))
        apart = sum(_apart(one, cut, logs) for one, cut in zip(each, cuts, strict=True))
        devices = sum(one.shape[1] for one in each)
        place = min(_NEAREST, runs - 1)  # the first is the run itself
        reached = np.partition(np.asarray(apart) / devices, place, axis=1)[:, place]
        usual = max(float(np.quantile(reached, _USUAL)), _HARDLY_APART)
        self._farthest = max(self._farthest, float(reached.max()) / usual)
        self._sites.append(site)
        self._far.append(float(np.partition(distance, place - 1)[place - 1]) / usual)

    @property
    def unlike(self) -> tuple[str, ...]:
        """The sites at which the log is unlike all runs of the plan."""
        pairs = zip(self._sites, self._far, strict=True)
        return tuple(site for site, far in pairs if far > max(self._farthest, 1.0))


def _apart(each: Floats, cut: float, logs: NDArray[np.int64]) -> Floats:
    """Return by how much, added up, runs end apart from some of them; shape (logs, runs)."""
    found = np.empty((len(logs), len(each)))
    step = max(_CELLS // max(each.size, 1), 1)
    for begin in range(0, len(logs), step):
        log = each[logs[begin : begin + step], np.newaxis]
        latest = np.where(log < cut, log, np.inf)
        found[begin : begin + step] = np.abs(
            each - np.clip(each, np.minimum(log, cut), latest)
        ).sum(axis=2)
    return found
