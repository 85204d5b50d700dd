"""The table of a search: every plan looked at, a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fwsim.measures.catalogue import TIMES, Unit
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.statistics.estimate import estimate

if TYPE_CHECKING:
    import pandas as pd

_UNITS = {
    Unit.DURATION: " (ms)",
    Unit.SHARE: " (share)",
    Unit.CHANCE: " (share)",
    Unit.SIZE: " (bytes)",
    Unit.RATE: " (bytes/s)",
    Unit.COUNT: "",
}


def table(result: SearchResult) -> pd.DataFrame:
    """Return one row a plan looked at, best first: its parameters, what it came to.

    Plans are judged by means in which a run that never gets there counts as the horizon, and one in
    which no plan does is left out. What the plan that is told came to is of its held-out runs:
    those that selected it flatter it.
    """
    import pandas as pd

    front = {trial.choice for trial in result.front}
    rows: list[dict[str, Any]] = []
    for trial in result.trials:
        row: dict[str, Any] = dict(trial.words)
        held_out = result.told if result.is_told(trial) else None
        shown = held_out or trial
        row["runs"] = shown.runs
        row["told by"] = _told_by(shown, is_held_out=held_out is not None)
        row["keeps limits"] = trial.keeps_limits
        row["on the front"] = trial.choice in front
        row["ruled out"] = "; ".join(_why_out(trial))
        for goal, loss in zip(result.question.goals, trial.losses, strict=False):
            name = f"judged by {goal.name}{_UNITS[goal.definition.unit]}"
            row[name] = -loss if goal.more_is_better else loss
        for measure in result.question.measures:
            if shown.runs:
                e = estimate(shown.of(measure), measure.definition.unit)
                name, unit = measure.name, _UNITS[measure.definition.unit]
                row |= {
                    f"{name}{unit}": e.value,
                    f"{name} low{unit}": e.low,
                    f"{name} high{unit}": e.high,
                }
                if measure.kind in TIMES:
                    row[f"{name} never in runs"] = e.runs - e.reached
        rows.append(row)
    return pd.DataFrame(rows)


def _told_by(shown: Candidate, *, is_held_out: bool) -> str:
    """Return what the numbers of a plan are of; nothing where it has none."""
    if not shown.runs:
        return "bounds" if shown.ruled_out else ""
    return "held-out runs" if is_held_out else "runs of the search"


def _why_out(trial: Candidate) -> list[str]:
    """Return each reason why a plan is none, or cannot keep a limit, once."""
    return list(dict.fromkeys([*trial.faults, *(bound.reason for bound in trial.ruled_out)]))
