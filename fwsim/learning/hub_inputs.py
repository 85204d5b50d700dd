"""What logs tell of hubs and of the lines behind them, as inputs of a scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from fwsim.learning.behind_hubs import (
    HubFit,
    Place,
    StillUnderWay,
    hidden_hubs,
    hubs_seen,
    sites_behind,
)
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.fetching import Doubts
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.lines import TOLD_ERROR
from fwsim.learning.writing import Asked, moved, not_measured, ranged_line, share_cells
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import Drawn, Scale
from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import LEAST_FACTOR, line_place

_ROWS = 1000
_OFF_AGAIN = 0.05
"""Chance that a log's open transfer is none, where nothing else is said [A]."""


@dataclass(frozen=True)
class Hubs:
    """What was learnt of hubs.

    Parameters
    ----------
    hidden
        All hubs of the scenario by name: why no transfer tells of one, or not more than is known.
    fits
        Of those over which something was fetched, and that were not hidden themselves.
    asked
        How many draws.
    goes_on
        Whether the rollout is under way.
    """

    hidden: Mapping[str, Kept]
    fits: tuple[HubFit, ...]
    asked: Asked
    goes_on: bool

    @classmethod
    def seen(
        cls,
        seen: DownloadsSeen,
        rollout: Rollout,
        asked: Asked,
        error: float,
        still: StillUnderWay | None,
    ) -> Hubs:
        """Return what downloads tell.

        Parameters
        ----------
        seen, rollout, still
            As of `hubs_seen`.
        asked
            How many draws.
        error
            Standard error, on the logarithm, of what a status log alone tells.
        """
        plain = Doubts(TOLD_ERROR if seen.is_web else error, _OFF_AGAIN, each_open=False)
        doubts = plain if still is None else replace(still.doubts, error=plain.error)
        behind = sites_behind(rollout)
        hidden = hidden_hubs(rollout, behind, seen.served)
        some = {hub: sites for hub, sites in behind.items() if hub not in hidden}
        fits = tuple(hubs_seen(seen, rollout, some, doubts, max(_ROWS, asked.rows), still))
        fitted = {fit.place[2] for fit in fits}
        shown = {
            name: Kept.HUB_NOT_TOLD if name in fitted else _not_fitted(seen, behind.get(name, ()))
            for name in rollout.scenario.network.hubs
        }
        return cls({**shown, **hidden}, fits, asked, still is not None)

    @cached_property
    def least(self) -> dict[str, float]:
        """What hubs that were fitted carry at least, by name: the logarithm of the factor."""
        return {fit.place[2]: fit.least for fit in self.fits}

    @cached_property
    def fitted_with(self) -> frozenset[str]:
        """Sites of which a rollout under way learns with their hub, and never apart from it."""
        return frozenset(name for fit in self.fits for name in fit.behind if self.goes_on)

    @cached_property
    def _by_place(self) -> dict[Place, HubFit]:
        return {place: fit for fit in self.fits for place in fit.rows}

    def told_of(self, line: Input, rollouts: int) -> Input:
        """Return what a site's line and its hub tell of it together, where it alone tells nothing.

        Parameters
        ----------
        line
            Why it was kept.
        rollouts
            In how many it was seen.
        """
        fit = self._by_place.get(line.place)
        is_hidden = line.kept in (Kept.HUB_FULL, Kept.NO_DOWNLOAD, Kept.LINE_NOT_TIMED)
        return self._input(fit, line.place, rollouts) if fit and is_hidden else line

    def inputs(self, rollouts: int) -> Iterator[Input]:
        """Yield what was learnt of each hub, or why it was kept.

        Parameters
        ----------
        rollouts
            In how many devices were seen fetching.
        """
        fitted = {fit.place: fit for fit in self.fits}
        for name, hidden in self.hidden.items():
            place = line_place("hubs", name)
            if fit := self._by_place.get(place):
                yield self._input(fit, place, rollouts)
                continue
            known = fitted.get(place)
            count = known.downloads[place] if known else 0
            yield Input(place=place, noun="download", observations=count, kept=hidden)

    def _input(self, fit: HubFit, place: Place, rollouts: int) -> Input:
        drawn = fit.rows[place]
        rows = drawn[: self.asked.rows]
        return Input(
            place=place,
            value=ranged_line(drawn, not_measured(rollouts)),
            noun="download",
            observations=fit.downloads[place],
            rollouts=rollouts,
            columns={".".join(place): line_cells(place, rows, self.asked, rollouts)},
            belief=Drawn(tuple(drawn.tolist()), together=".".join(fit.place)),
        )


def _not_fitted(seen: DownloadsSeen, behind: Collection[str]) -> Kept:
    """Return why nothing tells of a hub that nothing hides."""
    return Kept.NO_DOWNLOAD if seen.begun.isdisjoint(behind) else Kept.LINE_NOT_TIMED


def line_cells(place: Place, drawn: Floats, asked: Asked, rollouts: int) -> tuple[Any, ...]:
    """Return what a line was drawn to carry of its label, as cells of a file of draws.

    Parameters
    ----------
    place
        Of its factor.
    drawn
        The draws.
    asked
        How rollouts differ.
    rollouts
        In how many it was seen.
    """
    steps = asked.steps(place, not_measured(rollouts))[:, 0]
    inside = np.minimum(drawn, 1 - 1e-6)
    return share_cells(np.maximum(moved(inside, steps, Scale.LOGIT), LEAST_FACTOR))
