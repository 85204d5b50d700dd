"""The answer of an experiment: a forecast of the next rollout, and what it stands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, a_level, a_number, refused, taking, word_of
from fwsim.commands.schedule import on_the_clock
from fwsim.fleet.grouping import Grouping
from fwsim.measures.catalogue import OF_PROXIES, TIMES, Kind
from fwsim.measures.measure import Measure, a_measure, read_measure
from fwsim.measures.outcomes import ALL_OUTCOMES
from fwsim.measures.precision import USUAL_LEVEL, Precision
from fwsim.messages import language, say
from fwsim.results.export.tables import Tables
from fwsim.results.run.replication import Replication
from fwsim.results.run.stamps import told_stamps
from fwsim.results.statistics.answer_tables import (
    TIME_SPENT,
    answer_data,
    answer_html,
    by_group,
    groupings_of,
    measure_rows,
    run_rows,
)
from fwsim.results.statistics.curves import (
    Band,
    Floats,
    band_of,
    completion_curves,
    mean_stages,
    minutes_by_stage,
)
from fwsim.results.statistics.estimate import Estimate, estimate
from fwsim.results.statistics.forecast import Forecast, forecast
from fwsim.results.statistics.headline import headline
from fwsim.results.statistics.in_words import (
    Cells,
    cells,
    minute_by,
    moment_in_words,
    none_needs_it,
    own_cells,
)
from fwsim.results.statistics.prompts_by_hour import prompts_by_hour
from fwsim.results.statistics.prompts_by_people import PEOPLE, prompt_tables, prompts_of_people
from fwsim.results.statistics.setting import Setting
from fwsim.results.statistics.stopping import before_any_in_words, nobody_in_words, stop_in_words
from fwsim.results.statistics.who_came import who_came

if TYPE_CHECKING:
    import pandas as pd


class Answer(Tables):
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

    @taking(measure=a_measure)
    def values(self, measure: Measure | str) -> list[float]:
        """Return what a measure came to in each run, in its unit; infinite is *not reached*.

        Raises
        ------
        KeyError
            If the runs did not look at it; ask for it before they run.
        """
        asked = read_measure(measure) if isinstance(measure, str) else measure
        default = 0.0 if asked.kind is Kind.OUTCOME and asked.is_of_all else None
        if asked.kind in OF_PROXIES and not self.tells_proxies:
            raise KeyError(f"an earlier fwsim could not tell {asked.name!r}; run again")
        if default is None and asked not in self.replications[0].values:
            raise KeyError(f"the runs did not look at {asked.name!r}; ask for it before they run")
        return [
            run.values[asked] if default is None else run.values.get(asked, default)
            for run in self.replications
        ]

    @cached_property
    def tells_proxies(self) -> bool:
        """Whether the runs tell when proxies sent; those of an earlier fwsim do not."""
        sent = (run.timeline.providers for run in self.replications)
        return self.setting.proxies_by_minute or not any(map(np.any, sent))

    @taking(measure=a_measure)
    def forecast(self, measure: Measure | str) -> Forecast:
        """Return what a measure comes to in the next rollout: the middle, and its range.

        Parameters
        ----------
        measure
            A measure, or its words.
        """
        asked = read_measure(measure) if isinstance(measure, str) else measure
        return forecast(self.values(asked), counted=asked.definition.is_counted)

    @taking(measure=a_measure, level=a_level)
    def estimate(self, measure: Measure | str, level: float = USUAL_LEVEL) -> Estimate:
        """Return what a measure is estimated to be on average, with its interval.

        It gets narrower with more runs; the range of the next rollout, `forecast`, does not.

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
    def forecasts(self) -> dict[Measure, Forecast]:
        """What every measure comes to in the next rollout."""
        return {measure: self.forecast(measure) for measure in self.measures}

    @cached_property
    def estimates(self) -> dict[Measure, Estimate]:
        """Every measure on average, with its interval at 95 %."""
        return {measure: self.estimate(measure) for measure in self.measures}

    @property
    def custom_measures(self) -> dict[str, Estimate]:
        """What the caller's own functions came to, with intervals."""
        names = self.replications[0].custom
        return {
            name: estimate([run.custom[name] for run in self.replications], None) for name in names
        }

    @taking(measure=a_measure)
    def wall_clock(self, measure: Measure, value: float) -> str:
        """Return when that is on the server's wall clock; empty if never, or no time.

        Of two times that the clock shows alike the offset from UTC says which it is.
        """
        if measure.kind not in TIMES or not math.isfinite(value):
            return ""
        at = self.counted_from(measure) + round(value)
        return told_stamps(self.setting, np.array([at], np.int64), places=16)[0]

    @taking(value=a_number)
    def moment(self, value: float, up: bool = True) -> datetime:
        """Return a time after the first command on the server's wall clock, in whole minutes.

        The first command is due at the same moment in every run, so a quantile of times is one of
        moments, too.

        Parameters
        ----------
        value
            Milliseconds.
        up
            Whether to round up, as for *by*; else down, as for *from*.

        Raises
        ------
        InputError
            If no calendar has it.
        """
        try:
            after = timedelta(milliseconds=self.first_command + math.ceil(value))
            at = (self.setting.start + after).astimezone(self.setting.zone)
            return minute_by(at) if up else at.replace(second=0, microsecond=0)
        except OverflowError:
            raise refused(value, say("argument.a.moment"), "value") from None

    @cached_property
    def first_command(self) -> int:
        """When the first command was due, milliseconds after the start."""
        return min(run.first_command for run in self.replications)

    def counted_from(self, measure: Measure) -> int:
        """Return from when a time counts, milliseconds after the start; the same in every run."""
        if measure.since is None:
            return self.first_command
        since = on_the_clock(measure.since, self.setting.zone)
        return round((since - self.setting.start).total_seconds() * 1000)

    @taking(measure=a_measure)
    def sure_by(self, measure: Measure) -> str:
        """Return by when one is 90 % sure of it, in words; empty if never, for none, or no time."""
        by = self.forecasts[measure].sure.value
        if measure.kind not in TIMES or not math.isfinite(by):
            return ""
        if none_needs_it(self.values(measure), measure):
            return ""
        return moment_in_words(self.moment(by + self.counted_from(measure) - self.first_command))

    @taking(measure=a_measure)
    def cells(self, measure: Measure) -> Cells:
        """Return what a table tells of a measure."""
        return cells(self.values(measure), measure)

    def own_cells(self, name: str) -> Cells:
        """Return what a table tells of a measure of the caller's own."""
        return own_cells([run.custom[name] for run in self.replications])

    # Curves

    @property
    def times(self) -> NDArray[np.int64]:
        """The points of all curves, milliseconds after the start."""
        return self.replications[0].timeline.points

    def band(self, curves: Floats, times: NDArray[np.int64] | None = None) -> Band:
        """Return mean and band of curves, one a run; shape (runs, points)."""
        return band_of(curves, self.times if times is None else times)

    @cached_property
    def stages(self) -> Floats:
        """Devices in each stage at each point, mean over the runs; shape (stages, points)."""
        return mean_stages(self.replications)

    def completion(self) -> Band:
        """Return the share of targeted devices that were successful, over time."""
        return self.band(self.completion_curves())

    def completion_curves(self) -> Floats:
        """Return that share of every run; shape (runs, points)."""
        return completion_curves(self.replications)

    def time_spent(self) -> pd.DataFrame:
        """Return where the time went: stage, minutes on average for all and for the last 5 %.

        Waits for another command stand below the stages, those that occurred; of the stages
        `SELDOM` ones only where they did.
        """
        import pandas as pd

        return pd.DataFrame(self.minutes_by_stage(), columns=list(TIME_SPENT))

    def minutes_by_stage(self) -> list[tuple[str, float, float, float]]:
        """Return the rows of `time_spent`; without pandas, which takes long to import."""
        return minutes_by_stage(self.replications, has_windows=self.setting.windows)

    @taking(by=word_of(PEOPLE))
    def prompts_by_hour(self, by: str | None = None) -> pd.DataFrame:
        """Return how many notices come up in each hour of the next rollout, one row an hour.

        From the first hour with one in any run to the last; hours are counted from the start.
        Where a horizon is so long that runs are kept in longer steps, a row is one of these.
        Columns: ``from`` and ``until`` with their offset from UTC; ``median``, ``range_low`` to
        ``range_high``, which hold what this hour by itself comes to with the chance
        ``range_holds``; ``mean``, with ``low`` to ``high`` as its interval at 95 %; ``runs``.

        Parameters
        ----------
        by
            ``people``: a row for each hour and kind of people, in a column ``people``. It is
            refused where runs do not tell that: those of an earlier fwsim.
        """
        return prompts_by_hour(self) if by is None else prompts_of_people(self)

    @taking(group=a("text", str))
    def by(self, group: str) -> pd.DataFrame:
        """Return what each site, model, unit or kind of people came to: one row a measure of each.

        The first column names the group: ``site``, ``model``, ``people``, and ``ou`` of units.

        Parameters
        ----------
        group
            ``site``, ``model``, ``unit`` or ``people``, as asked for by ``Experiment(by=)``. What
            the sites' lines carried is there without asking.

        Raises
        ------
        InputError
            If the runs looked at no such thing.
        """
        return by_group(self, group)

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return the measures, the runs, where the time went, prompts by hour, groups asked for."""
        groups = dict.fromkeys([Grouping.SITE, *groupings_of(self)])
        return {
            "measures": self.table(),
            "replications": run_rows(self),
            "time-spent": self.time_spent(),
            **prompt_tables(self),
            **{f"by-{by}": self.by(by) for by in groups},
        }

    # For people

    def table(self) -> pd.DataFrame:
        """Return one row a measure: forecast, estimate with its interval and method, source."""
        import pandas as pd

        return pd.DataFrame(measure_rows(self))

    @property
    def headline(self) -> str:
        """The answer in one sentence: by when one is 90 % sure, how many will be successful.

        Where no update is commanded it says of what else it speaks; where runs were stopped with
        something left to do, it says when.
        """
        spoken = language()
        if spoken not in self._headlines:
            stopped = stop_in_words(self)
            if text := before_any_in_words(self):
                stopped = ""
            else:
                text = nobody_in_words(self) or headline(self.values, self.moment)
            if judged := self.setting.judged:
                text = say("headline.both", one=text, other=say(f"headline.{judged}"))
            if came := who_came(self.setting, self.replications):
                text = say("headline.both", one=text, other=came)
            with_stop = say("headline.with_stop", text=text, stopped=stopped) if stopped else text
            self._headlines[spoken] = with_stop
        return self._headlines[spoken]

    @cached_property
    def _headlines(self) -> dict[str, str]:
        """The answer in each language it was asked for in."""
        return {}

    def as_data(self) -> dict[str, Any]:
        """Return plain data for ``summary.json``; what was never reached is null."""
        return answer_data(self)

    def __repr__(self) -> str:
        return f"<Answer on {self.setting.name!r} from {self.runs} runs: {self.headline}>"

    def _repr_html_(self) -> str:
        return answer_html(self)
