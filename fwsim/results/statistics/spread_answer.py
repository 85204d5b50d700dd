"""Where the spread of a forecast comes from, measure by measure, and as bands over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import taking
from fwsim.measures.measure import Measure, a_measure, read_measure
from fwsim.results.export.tables import Tables
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.curves import BAND
from fwsim.results.statistics.estimate import pointwise_band
from fwsim.results.statistics.forecast import predictive_band
from fwsim.results.statistics.input_shares import Shares
from fwsim.results.statistics.spread import Split, two_way_split

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Edges = tuple[Floats, Floats]


@dataclass(frozen=True)
class SpreadOf:
    """Where the spread of one measure comes from.

    Parameters
    ----------
    measure
        Which. A time that was not reached counts as the horizon.
    split
        Of its variance.
    shares
        Which inputs make the doubt.
    reached
        In what share of the runs it was reached.
    reach
        Of the variance of reaching it, where some runs do and some do not.
    """

    measure: Measure
    split: Split
    shares: Shares
    reached: float = 1.0
    reach: Split | None = None

    @property
    def told_split(self) -> Split:
        """That of reaching it, where some runs do and some do not; else that of the measure."""
        return self.split if self.reach is None else self.reach


@dataclass(frozen=True)
class Fan:
    """Three bands of the completion curve; arrays have shape (points,).

    Each holds the middle 90 % at each time by itself, that of both the next rollout with 90 %, as
    a forecast does. Bands do not add.

    Parameters
    ----------
    times
        Milliseconds after the start.
    middle
        Median of the forecast's runs.
    luck
        What luck alone makes of the mean world.
    doubt
        What is not known, luck averaged out.
    both
        The forecast's runs.
    """

    times: NDArray[np.int64]
    middle: Floats
    luck: Edges
    doubt: Edges
    both: Edges


@dataclass(frozen=True)
class Spread(Tables):
    """Where the spread of a forecast comes from.

    Parameters
    ----------
    forecast
        Runs with a world of their own each.
    draws, lucks
        Worlds that were crossed, and replications in each.
    measures
        Of each measure.
    fan
        The same of the completion curve.
    asked
        Measures requested besides the usual ones.
    """

    forecast: Answer
    draws: int
    lucks: int
    measures: tuple[SpreadOf, ...]
    fan: Fan
    asked: tuple[Measure, ...] = ()

    @taking(measure=a_measure)
    def of(self, measure: Measure | str) -> SpreadOf:
        """Return where the spread of a measure comes from.

        Raises
        ------
        KeyError
            If it was not looked at, or nothing of it varies.
        """
        wanted = read_measure(measure) if isinstance(measure, str) else measure
        for one in self.measures:
            if one.measure == wanted:
                return one
        raise KeyError(f"{wanted.name!r} was not looked at, or does not vary")

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return how much of each measure's doubt every input makes."""
        import pandas as pd

        return {"spread": pd.DataFrame(self.rows()), "measures": self.forecast.table()}

    def __repr__(self) -> str:
        return f"<Spread of {self.forecast.setting.name!r}: {self.draws} worlds>"

    def _repr_html_(self) -> str:
        from fwsim.results.statistics.spread_in_words import spread_html

        return spread_html(self)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a measure and input, for a table."""
        return [
            {
                "measure": one.measure.name,
                "input": share.place,
                "share of the doubt": share.share,
                "standard error": share.error,
                "left with ten times the observations": share.left,
                "doubt": one.split.share(one.split.doubt),
                "luck": one.split.share(one.split.luck),
                "together": one.split.share(one.split.together),
            }
            for one in self.measures
            for share in one.shares.inputs
        ]


def fan_of(forecast: Answer, crossed: Answer, draws: int, lucks: int) -> Fan:
    """Return the three bands of the completion curve.

    Parameters
    ----------
    forecast
        Runs with a world of their own each.
    crossed
        The same replications in every world, world by world.
    draws, lucks
        Worlds, and replications in each.
    """
    alone = forecast.completion_curves()
    points = min(alone.shape[1], crossed.times.size)
    curves = crossed.completion_curves()[:, :points].reshape(draws, lucks, points)
    worlds = np.empty((draws, points))
    luck = np.empty((draws * lucks, points))
    for point in range(points):
        split = two_way_split(curves[:, :, point])
        worlds[:, point], luck[:, point] = split.worlds, split.lucks
    return Fan(
        forecast.times[:points],
        np.median(alone[:, :points], axis=0),
        pointwise_band(np.clip(luck, 0, 1), BAND),
        pointwise_band(np.clip(worlds, 0, 1), BAND),
        predictive_band(alone[:, :points]),
    )
