"""The answer of an experiment: every measure with its interval, curves with their bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.amounts import counted, shown, shown_interval
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure, read_measure
from fwsim.measures.outcomes import ALL_OUTCOMES
from fwsim.measures.precision import Precision
from fwsim.results.run.replication import Replication
from fwsim.results.run.stages import STAGES, STAGES_UNDER_WAY, Stage
from fwsim.results.run.stamps import console_stamps
from fwsim.results.statistics.estimate import USUAL_LEVEL, Estimate, estimate, pointwise_band
from fwsim.results.statistics.setting import Setting

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
BAND = 0.9
"""Share of the runs between the edges of a band."""


@dataclass(frozen=True)
class Band:
    """A curve over several runs; arrays have shape (points,).

    Parameters
    ----------
    times
        Milliseconds after the start.
    mean
        Over the runs.
    low, high
        Edges of the band that holds the middle 90 % of the runs, at each point by itself.
    """

    times: NDArray[np.int64]
    mean: Floats
    low: Floats
    high: Floats


class Answer:
    """What several runs of one scenario say together.

    Parameters
    ----------
    setting
        What was run.
    replications
        Its runs, in their order.
    provenance
        What it takes to run them again.
    requested
        How many runs were asked for; None if a precision decided.
    precision
        The precision that was asked for.
    interrupted
        Whether it was stopped before its end.
    """

    def __init__(
        self,
        setting: Setting,
        replications: Sequence[Replication],
        *,
        provenance: dict[str, Any],
        requested: int | None = None,
        precision: Precision | None = None,
        interrupted: bool = False,
    ) -> None:
        if not replications:
            raise ValueError("an answer needs at least one run")
        self.setting = setting
        self.replications = tuple(replications)
        self.provenance = provenance
        self.requested = requested
        self.precision = precision
        self.interrupted = interrupted

    @property
    def runs(self) -> int:
        """How many runs it stands on."""
        return len(self.replications)

    def without_custom(self) -> Answer:
        """Return the same answer without what the caller's own functions came to."""
        return Answer(
            self.setting,
            [replace(run, custom={}) for run in self.replications],
            provenance=self.provenance,
            requested=self.requested,
            precision=self.precision,
            interrupted=self.interrupted,
        )

    # Numbers

    def values(self, measure: Measure | str) -> list[float]:
        """Return what a measure came to in each run, in its unit; infinite is *not reached*.

        Raises
        ------
        KeyError
            If the runs did not look at it; ask for it before they run.
        """
        asked = read_measure(measure) if isinstance(measure, str) else measure
        default = 0.0 if asked.kind is Kind.OUTCOME and asked.unit is None else None
        if default is None and asked not in self.replications[0].values:
            raise KeyError(f"the runs did not look at {asked.name!r}; ask for it before they run")
        return [
            run.values[asked] if default is None else run.values.get(asked, default)
            for run in self.replications
        ]

    def estimate(self, measure: Measure | str, level: float = USUAL_LEVEL) -> Estimate:
        """Return what a measure is estimated to be, with its interval.

        Parameters
        ----------
        measure
            A measure, or its words.
        level
            Confidence of the interval, 0 to 1.
        """
        asked = read_measure(measure) if isinstance(measure, str) else measure
        return estimate(self.values(asked), asked.definition.unit, level)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure the runs looked at; outcomes in the order of the console's words."""
        seen = dict.fromkeys(m for run in self.replications for m in run.values)
        outcomes = sorted(
            (m for m in seen if m.kind is Kind.OUTCOME),
            key=lambda m: (ALL_OUTCOMES.index(m.outcome or ""), m.detail or "", m.unit or ""),
        )
        return (*outcomes, *(m for m in seen if m.kind is not Kind.OUTCOME))

    @cached_property
    def estimates(self) -> dict[Measure, Estimate]:
        """Every measure with its interval at 95 %."""
        return {measure: self.estimate(measure) for measure in self.measures}

    @property
    def custom_measures(self) -> dict[str, Estimate]:
        """What the caller's own functions came to, with intervals."""
        names = self.replications[0].custom
        return {
            name: estimate([run.custom[name] for run in self.replications], Unit.COUNT)
            for name in names
        }

    def wall_clock(self, measure: Measure, value: float) -> str:
        """Return when that is on the server's wall clock; empty if never, or no time."""
        if measure.kind is not Kind.TIME_TO or not math.isfinite(value):
            return ""
        at = min(run.first_command for run in self.replications) + round(value)
        return console_stamps(self.setting, np.array([at], np.int64))[0][:16]

    # Curves

    @property
    def times(self) -> NDArray[np.int64]:
        """The points of all curves, milliseconds after the start."""
        return self.replications[0].timeline.points

    def band(self, curves: Floats, times: NDArray[np.int64] | None = None) -> Band:
        """Return mean and band of curves, one a run; shape (runs, points)."""
        low, high = pointwise_band(curves, BAND)
        return Band(self.times if times is None else times, curves.mean(axis=0), low, high)

    @cached_property
    def stages(self) -> Floats:
        """Devices in each stage at each point, mean over the runs; shape (stages, points)."""
        total = np.zeros(self.replications[0].timeline.stages.shape)
        for run in self.replications:
            total += run.timeline.stages
        mean: Floats = total / self.runs
        return mean

    def completion(self) -> Band:
        """Return the share of targeted devices that were successful, over time."""
        row = STAGES.index(Stage.SUCCESSFUL)
        curves = np.array(
            [run.timeline.stages[row] / max(run.targeted, 1) for run in self.replications]
        )
        return self.band(curves)

    def time_spent(self) -> pd.DataFrame:
        """Return where the time went: stage, minutes on average for all and for the last 5 %.

        Waits for another command stand below the stages, those that occurred.
        """
        import pandas as pd

        done = [run.spent for run in self.replications if run.spent.devices]
        zero = [np.zeros(len(STAGES_UNDER_WAY))]
        by_all = np.mean([spent.by_all for spent in done] or zero, axis=0) / 60_000
        by_last = np.mean([spent.by_last for spent in done] or zero, axis=0) / 60_000
        table = pd.DataFrame(
            {
                "stage": [way.value for way in STAGES_UNDER_WAY],
                "all (min)": by_all,
                "last 5 % (min)": by_last,
                "more (min)": by_last - by_all,
            }
        )
        shown = [
            isinstance(way, Stage) or by_all[place] > 0
            for place, way in enumerate(STAGES_UNDER_WAY)
        ]
        return table[shown].reset_index(drop=True)

    # For people

    def table(self) -> pd.DataFrame:
        """Return one row a measure: estimate, interval, extremes, method, source."""
        import pandas as pd

        return pd.DataFrame(self._rows())

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for measure, found in self.estimates.items():
            definition = measure.definition
            rows.append(
                {
                    "measure": measure.name,
                    "value": found.value,
                    "low": found.low,
                    "high": found.high,
                    "unit": UNIT_NAMES[definition.unit.value] or f"{definition.noun}s",
                    "at": self.wall_clock(measure, found.value),
                    "level": found.level,
                    "method": found.method.value,
                    "runs": found.runs,
                    "reached": found.reached,
                    "least": found.least,
                    "most": found.most,
                    "source": definition.source,
                }
            )
        return rows

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        done = Measure(Kind.SUCCESSFUL)
        parts = [f"{with_interval(self.estimate(done), done)} of the devices successful"]
        for share in (0.95, 0.9, 0.5):
            time = Measure(Kind.TIME_TO, share=share)
            found = self.estimates.get(time)
            if found is not None and math.isfinite(found.value):
                parts.append(
                    f"{100 * share:g} % of those that needed the update after "
                    f"{with_interval(found, time)}, at {self.wall_clock(time, found.value)}"
                )
                break
        return "; ".join(parts)

    def as_data(self) -> dict[str, Any]:
        """Return plain data for ``summary.json``; what was never reached is null."""

        def plain(value: Any) -> Any:
            return value if not isinstance(value, float) or math.isfinite(value) else None

        return {
            "scenario": self.setting.name,
            "answer": self.headline,
            "runs": self.runs,
            "requested": self.requested,
            "precision": self.precision.text if self.precision else None,
            "interrupted": self.interrupted,
            "measures": [{k: plain(v) for k, v in row.items()} for row in self._rows()],
            "own_measures": {
                name: {key: plain(getattr(e, key)) for key in ("value", "low", "high")}
                for name, e in self.custom_measures.items()
            },
            "time_spent": self.time_spent().to_dict("records"),
            "provenance": self.provenance,
        }

    def __repr__(self) -> str:
        return f"<Answer on {self.setting.name!r} from {self.runs} runs: {self.headline}>"

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        rows = "".join(
            f"<tr><td {left}>{escape(measure.name)}</td>"
            f"<td {left}>{escape(with_interval(found, measure))}</td>"
            f"<td {left}>{escape(self.wall_clock(measure, found.value))}</td></tr>"
            for measure, found in self.estimates.items()
        )
        return (
            f"<h3>{escape(self.setting.name)}</h3><p>{escape(self.headline)}.</p>"
            f"<details><summary>Every measure, from {self.runs} runs</summary><table><thead><tr>"
            f"<th {left}>Measure</th><th {left}>Estimate, 95 % interval</th><th>At</th></tr>"
            f"</thead><tbody>{rows}</tbody></table></details>"
        )


def own_with_interval(found: Estimate) -> str:
    """Return an estimate of a caller's own measure, which has no unit, with its interval."""
    if math.isnan(found.low):
        return f"{found.value:g} (one run)"
    if not found.reached:
        return f"not reached in any of {counted(found.runs, 'run')}"
    for digits in (6, 9, 12):
        value, low, high = (f"{v:.{digits}g}" for v in (found.value, found.low, found.high))
        if low != high or found.low == found.high:
            break
    return value if low == high else f"{value} ({low} to {high})".replace("-", "−")


UNIT_NAMES = {
    "share": "share",
    "chance": "chance",
    "duration": "ms",
    "size": "bytes",
    "rate": "bytes/s",
    "count": "",
}


def with_interval(found: Estimate, measure: Measure) -> str:
    """Return an estimate with its interval, as people read it."""
    definition = measure.definition
    if math.isnan(found.low):
        return f"{shown(found.value, definition)} (one run)"
    if not found.reached:
        return f"not reached in any of {counted(found.runs, 'run')}"
    if found.low == found.high:
        return shown(found.value, definition)
    value, low, high = shown_interval(found.value, found.low, found.high, definition)
    if definition.unit is Unit.COUNT and math.isfinite(found.high):
        low, high = low.partition(" ")[0], high.partition(" ")[0]
    text = value if low == high else f"{value} ({low} to {high})"
    missed = found.runs - found.reached
    return f"{text}, not reached in {missed} of {found.runs} runs" if missed else text
