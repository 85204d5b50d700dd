"""How many notices come up in each hour: of one run, and of the next rollout."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.model.tally import HOUR
from fwsim.results.run.cells import cells
from fwsim.results.run.record import RunRecord
from fwsim.results.run.stamps import Clock, iso_stamp_texts
from fwsim.results.run.timeline import by_hours, grid_of, hours_of, prompts_on_grid
from fwsim.results.statistics.estimate import mean_interval
from fwsim.results.statistics.forecast import forecast

if TYPE_CHECKING:
    import pandas as pd

    from fwsim.results.statistics.answer import Answer

NAME = "prompts-by-hour"
"""Of the table, and of its file."""
OF_ONE_RUN = ("from", "until", "prompts")
OF_RUNS = (
    *("from", "until", "median", "range_low", "range_high", "range_holds"),
    *("mean", "low", "high", "runs"),
)


def hours_with_prompts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the stretches from the first with a notice in any run to the last one."""
    busy = np.flatnonzero(counts.any(axis=0))
    return np.arange(busy[0], busy[-1] + 1) if len(busy) else busy


def prompts_in_hours(answer: Answer) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the notices of each run hour by hour, and which hours have some in any run."""
    timelines = [run.timeline for run in answer.replications]
    counts = by_hours(np.array([one.prompts for one in timelines]), timelines[0].step)
    return counts, hours_with_prompts(counts)


def prompts_of_run(record: RunRecord) -> pd.DataFrame:
    """Return how many notices came up in each hour of one run: from, until, prompts."""
    import pandas as pd

    step, _ = grid_of(record.rollout)
    counts = by_hours(prompts_on_grid(record)[None], step)
    shown = hours_with_prompts(counts)
    columns = (*ends_of(record.rollout, step, record.end, shown), counts[0, shown])
    return pd.DataFrame(dict(zip(OF_ONE_RUN, columns, strict=True)))


def prompts_by_hour(answer: Answer) -> pd.DataFrame:
    """Return how many notices come up in each hour of the next rollout, one row an hour.

    ``range_low`` to ``range_high`` hold what an hour of the next rollout comes to with the chance
    ``range_holds``, each hour by itself; ``low`` to ``high`` are the interval of the mean at 95 %.
    """
    import pandas as pd

    counts, shown = prompts_in_hours(answer)
    step = answer.replications[0].timeline.step
    end = min(answer.setting.end, answer.setting.horizon)
    begins, ends = ends_of(answer.setting, step, end, shown)
    hours = zip(begins, ends, counts[:, shown].T.astype(float).tolist(), strict=True)
    rows = [(begin, end, *of_an_hour(values)) for begin, end, values in hours]
    return pd.DataFrame(rows, columns=list(OF_RUNS))


def of_an_hour(values: list[float]) -> tuple[float, ...]:
    """Return what runs say of an hour, in the order of `OF_RUNS`; of one run there is no range."""
    found, runs = forecast(values), len(values)
    next_one = round(found.middle.value), found.low.value, found.high.value, found.holds
    if runs == 1:
        return (*next_one, values[0], math.nan, math.nan, runs)
    mean, low, high = mean_interval(values, 0.95)
    return (*next_one, mean, max(low, 0.0), high, runs)


def ends_of(
    clock: Clock, step: int, last: int, stretches: NDArray[np.int64]
) -> tuple[list[str], list[str]]:
    """Return when stretches begin and end; none of them goes on past where runs are stopped."""
    width = hours_of(step) * HOUR
    ends = np.minimum((stretches + 1) * width, last)
    begin, end = (cells().listed(iso_stamp_texts(clock, at)) for at in (stretches * width, ends))
    return begin, end
