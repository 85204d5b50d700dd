"""What stands around the numbers of an answer, in sentences."""

from __future__ import annotations

import math

from fwsim.measures.amounts import counted, shown_duration
from fwsim.results.statistics.answer import Answer


def tail_in_words(answer: Answer) -> str:
    """Return in what the last 5 % of the devices lost most time: stages, and waits."""
    if not any(run.spent.devices for run in answer.replications):
        return "No device was successful in any run."
    table = answer.time_spent().sort_values("more (min)", ascending=False, kind="stable")
    longer = table[table["more (min)"] > 0.5].head(2)
    if longer.empty:
        return "The last 5 % of the devices spent their time as the others did."
    parts = [
        f"{shown_duration(row['last 5 % (min)'] * 60_000)} {row['stage']} "
        f"(all: {shown_duration(row['all (min)'] * 60_000)})"
        for _, row in longer.iterrows()
    ]
    return "The last 5 % of the devices are late because of " + " and ".join(parts) + "."


def runs_in_words(answer: Answer) -> str:
    """Return how many runs there were, and why no more."""
    runs = counted(answer.runs, "run")
    if answer.interrupted:
        return f"{runs}, then it was stopped"
    if answer.precision is None:
        return runs
    values = answer.values(answer.precision.measure)
    missed = sum(math.isinf(value) for value in values)
    if missed:
        return (
            f"{runs}; no number of runs gives {answer.precision.text}: "
            f"in {missed} of them it was not reached"
        )
    half = answer.estimate(answer.precision.measure, answer.precision.level).half_width
    reached = "reached" if half <= answer.precision.half_width else "not reached yet"
    return f"{runs}; {answer.precision.text} {reached}"
