"""An answer as tables and plain data: every measure, every run, what each site or model came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.grouping import Grouping, grouping_meant
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.problems import InputError, Problem, nearest
from fwsim.results.statistics.forecast import forecast
from fwsim.results.statistics.fullest import others_use_lines
from fwsim.results.statistics.in_words import median_head, range_head
from fwsim.screen import escaped
from fwsim.spelling import meant

if TYPE_CHECKING:
    import pandas as pd

    from fwsim.results.statistics.answer import Answer

UNIT_NAMES = {
    Unit.SHARE: "share",
    Unit.CHANCE: "chance",
    Unit.DURATION: "ms",
    Unit.SIZE: "bytes",
    Unit.RATE: "bytes/s",
    Unit.COUNT: "",
}
RUN_COLUMN = "replication"
"""What tells the number of a run."""
TIME_SPENT = ("stage", "all (min)", "last 5 % (min)", "more (min)")
"""Columns of where the time went."""
_DIGITS = 9
"""A mean of equal shares may miss them by the last of its digits."""
_ROW = ("median", "range_low", "range_high", "mean", "unit", "runs")
_LINES = (
    ("size", "WAN bytes", "bytes"),
    ("peak", "peak link utilisation", "share"),
    ("busy_hour", "busy-hour link utilisation", "share"),
)
"""What is kept of every line: its array, the measure's words, its unit."""


def measure_rows(answer: Answer) -> list[dict[str, Any]]:
    """Return one row a measure: forecast, estimate with its interval and method, source."""
    rows = []
    for measure, found in answer.estimates.items():
        definition = measure.definition
        rows.append(
            {
                "measure": measure.name,
                **_next_one(answer, measure),
                "value": found.value,
                "low": found.low,
                "high": found.high,
                "unit": _unit_of(measure),
                "at": answer.wall_clock(measure, found.value),
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


def _next_one(answer: Answer, measure: Measure) -> dict[str, Any]:
    """Return what a row tells of the next rollout: nothing of a chance, a share of many."""
    found, is_chance = answer.forecasts[measure], measure.definition.unit is Unit.CHANCE
    told = {
        "median": found.middle.value,
        "median_low": found.middle.low,
        "median_high": found.middle.high,
        "range_low": found.low.value,
        "range_high": found.high.value,
        "range_holds": found.holds,
        "at_most_90": found.sure.value,
    }
    kept = dict.fromkeys(told, math.nan) if is_chance and not found.is_one_run else told
    return {**kept, "sure_at": answer.sure_by(measure)}


def _unit_of(measure: Measure) -> str:
    definition = measure.definition
    return UNIT_NAMES[definition.unit] or f"{definition.noun}s"


def answer_data(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain data for JSON; what was never reached is null."""
    return {
        "scenario": answer.setting.name,
        "answer": answer.headline,
        "runs": answer.runs,
        "requested": answer.requested,
        "precision": answer.precision.text if answer.precision else None,
        "interrupted": answer.interrupted,
        "measures": [{k: _plain(v) for k, v in row.items()} for row in measure_rows(answer)],
        "own_measures": {
            name: {key: _plain(getattr(e, key)) for key in ("value", "low", "high")}
            for name, e in answer.custom_measures.items()
        },
        "time_spent": [
            dict(zip(TIME_SPENT, row, strict=True)) for row in answer.minutes_by_stage()
        ],
        "provenance": answer.provenance,
    }


def _plain(value: Any) -> Any:
    return value if not isinstance(value, float) or math.isfinite(value) else None


def run_rows(answer: Answer) -> pd.DataFrame:
    """Return one row a run: its number, and what every measure came to."""
    import pandas as pd

    columns: dict[str, Any] = {RUN_COLUMN: [run.number for run in answer.replications]}
    for measure in answer.measures:
        columns[measure.name] = answer.values(measure)
    for name in answer.custom_measures:
        columns[name] = [run.custom[name] for run in answer.replications]
    return pd.DataFrame(columns)


def read_grouping(by: str) -> Grouping:
    """Return by what devices are told apart.

    Raises
    ------
    InputError
        If there is no such thing; names the nearest.
    """
    try:
        return Grouping(by)
    except ValueError:
        is_known = grouping_meant(by)
        near = meant(by, is_known.value) if is_known else nearest(by, map(str, Grouping))
        words = {"by": by, "near": near, "known": ", ".join(Grouping)}
        raise InputError([Problem(say("by_group.unknown", **words))]) from None


def by_group(answer: Answer, by: str) -> pd.DataFrame:
    """Return what each site, model, unit or kind of people came to, one row a measure.

    Groups without a targeted device are left out; the lines of their sites are not.

    The first column names the group; it is ``ou`` of units, as ``unit`` is that of the measure.

    Parameters
    ----------
    answer
        Runs that looked at it (``Experiment(by=)``); what lines carried is always there.
    by
        One of `Grouping`.

    Raises
    ------
    InputError
        If the runs looked at no such thing.
    """
    import pandas as pd

    grouping = read_grouping(by)
    head = "ou" if grouping is Grouping.UNIT else str(grouping)
    rows = []
    of_each = measures_of_groups(answer, grouping)
    for name, own in of_each.items():
        if not has_targets(answer, own):
            continue
        for of_all, measure in own.items():
            row = {head: name, "measure": of_all.name}
            values, counted = answer.values(measure), measure.definition.is_counted
            rows.append(row | _row(values, _unit_of(measure), counted=counted))
    if grouping is Grouping.SITE:
        rows += _line_rows(answer)
    if not rows and not of_each:
        raise InputError([Problem(say("by_group.not_looked_at", by=grouping))])
    columns = [head, "measure", *_ROW]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(head, kind="stable", ignore_index=True)


def measures_of_groups(answer: Answer, by: Grouping) -> dict[str, dict[Measure, Measure]]:
    """Return the measures of each group the runs looked at, by what they are of all devices."""
    found: dict[str, dict[Measure, Measure]] = {}
    for measure in answer.measures:
        if measure.grouping is not None and measure.grouping[0] is by:
            found.setdefault(measure.grouping[1], {})[measure.of_all] = measure
    return found


def has_targets(answer: Answer, own: Mapping[Measure, Measure]) -> bool:
    """Tell whether a group has a targeted device in some run, or nobody knows.

    Parameters
    ----------
    answer
        The runs.
    own
        The group's measures, as `measures_of_groups` returns them.
    """
    targeted = own.get(Measure(Kind.TARGETED))
    return targeted is None or any(answer.values(targeted))


def share_of_needed(answer: Answer, own: Mapping[Measure, Measure]) -> float | None:
    """Return which share of a group's devices that need the update get it, the mean of the runs.

    The median would hide what fails in fewer than half of them.

    None where none of them needs it in any run. Parameters as those of `has_targets`.
    """
    done = np.array(answer.values(own[Measure(Kind.SUCCESSFUL)]))
    up_to_date = np.array(answer.values(own[Measure(Kind.UP_TO_DATE)]))
    needed = 1 - (up_to_date - done)
    asked = needed > 1e-9
    return float(np.mean(done[asked] / needed[asked])) if asked.any() else None


def worst_first(answer: Answer, of_each: Mapping[str, Mapping[Measure, Measure]]) -> list[str]:
    """Return the groups where a targeted device needs the update, those that end worst first.

    That is: where the smallest share of those devices get it; of equal ones, where it takes
    longest until most have it.

    Parameters
    ----------
    answer
        The runs.
    of_each
        The groups' measures, as `measures_of_groups` returns them.
    """
    shares = {name: share_of_needed(answer, own) for name, own in of_each.items()}
    t95 = Measure(Kind.TIME_TO, share=0.95)

    def key(name: str) -> tuple[float, float, str]:
        took = answer.forecast(of_each[name][t95]).middle.value
        return round(shares[name] or 0.0, _DIGITS), -took, name

    return sorted((name for name, share in shares.items() if share is not None), key=key)


def groupings_of(answer: Answer) -> list[Grouping]:
    """Return by what the runs told devices apart (``Experiment(by=)``)."""
    asked = {m.grouping[0] for m in answer.measures if m.kind is Kind.TIME_TO and m.grouping}
    return [by for by in Grouping if by in asked]


def _row(values: NDArray[Any] | list[float], unit: str, *, counted: bool = False) -> dict[str, Any]:
    found = forecast([float(value) for value in values], counted=counted)
    return {
        "median": found.middle.value,
        "range_low": found.low.value,
        "range_high": found.high.value,
        "mean": float(np.mean(values)),
        "unit": unit,
        "runs": len(values),
    }


def _line_rows(answer: Answer) -> list[dict[str, Any]]:
    setting = answer.setting
    rows = []
    for array, words, unit in _LINES:
        values = np.array([getattr(run.sites, array) for run in answer.replications], float)
        for line, name in enumerate(setting.sites):
            if not setting.is_hub(line):
                rows.append({"site": name, "measure": words} | _row(values[:, line], unit))
    return rows


def answer_html(answer: Answer) -> str:
    """Return an answer as a notebook shows it."""
    head = f"<h3>{escaped(answer.setting.name)}</h3><p>{escaped(answer.headline)}.</p>"
    return f"{head}{measures_html(answer)}"


def measures_html(answer: Answer) -> str:
    """Return every measure of an answer as people read it, folded."""
    left = "style='text-align:left'"

    def row(tag: str, *texts: str) -> str:
        return f"<tr>{''.join(f'<{tag} {left}>{escaped(t)}</{tag[:2]}>' for t in texts)}</tr>"

    rows = ""
    for measure in answer.measures:
        found = answer.cells(measure)
        rows += row(
            "td", measure_in_words(measure), found.middle, found.range, answer.sure_by(measure)
        )
    heads = row(
        "th scope='col'",
        say("table.measure"),
        median_head(answer.runs),
        range_head(answer.runs),
        say("table.sure_by"),
    )
    return (
        f"<details><summary>{escaped(say('table.every_measure', count=answer.runs))}</summary>"
        f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"
        f"<p>{escaped(others_use_lines(answer))}</p></details>"
    )
