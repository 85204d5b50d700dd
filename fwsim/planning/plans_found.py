"""What a search found, for people: a table, a picture, sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fwsim.measures.amounts import counted, shown, shown_share
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure
from fwsim.planning.final import Outcome
from fwsim.planning.found import Found
from fwsim.planning.hand_over import Asked
from fwsim.planning.question import shown_estimate
from fwsim.planning.trial import Trial
from fwsim.quantities.units import write_share
from fwsim.results.estimate import estimate
from fwsim.results.figures import PlanPoint, plans

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


_UNITS = {
    Unit.DURATION: " (ms)", Unit.SHARE: " (share)", Unit.CHANCE: " (share)", Unit.SIZE: " (bytes)",
    Unit.RATE: " (bytes/s)", Unit.COUNT: "",
}  # fmt: skip


def picture_axes(found: Found) -> tuple[Measure, Measure]:
    """Return the two measures of the picture: goals first, then what the limits look at."""
    first, *others = found.question.measures
    second = next((m for m in others if m.kind is not Kind.CHANCE_OF), None)
    return first, second or first


def picture_points(found: Found) -> list[tuple[Trial, PlanPoint]]:
    """Return the plans with runs, each with its place in the picture."""
    across, up = picture_axes(found)
    front = {trial.choice for trial in found.front}
    chosen = found.chosen.choice if found.chosen is not None else None
    return [
        (
            trial,
            PlanPoint(
                estimate(trial.of(across), across.definition.unit),
                estimate(trial.of(up), up.definition.unit),
                trial.keeps_limits, trial.choice in front, trial.choice == chosen,
            ),
        )
        for trial in found.trials
        if trial.runs
    ]  # fmt: skip


def picture(found: Found, ax: Axes | None = None) -> Axes:
    """Draw the plans looked at."""
    return plans([point for _, point in picture_points(found)], picture_axes(found), ax=ax)


def table(found: Found) -> pd.DataFrame:
    """Return one row a plan looked at, best first: what is turned, what it came to."""
    import pandas as pd

    front = {trial.choice for trial in found.front}
    rows: list[dict[str, Any]] = []
    for trial in found.trials:
        row: dict[str, Any] = dict(trial.words)
        row["runs"] = trial.runs
        row["keeps limits"] = trial.keeps_limits
        row["on the front"] = trial.choice in front
        row["ruled out"] = "; ".join([*trial.faults, *(b.reason for b in trial.ruled_out)])
        for measure in found.question.measures:
            if trial.runs:
                e = estimate(trial.of(measure), measure.definition.unit)
                name, unit = measure.name, _UNITS[measure.definition.unit]
                row |= {f"{name}{unit}": e.value, f"{name} low{unit}": e.low,
                        f"{name} high{unit}": e.high}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def promise_in_words(found: Found) -> str:
    """Return how sure the selection is and how often the plan keeps its limits."""
    outcome = found.outcome
    if outcome is None:
        return "No plan was selected."
    sentences = []
    if len(outcome.finalists) > 1:
        sentences.append(_selection_in_words(found, outcome))
    if found.question.limits:
        value, low, high = found.promise
        sentences.append(
            f"In {counted(outcome.chosen.runs, 'run')} that decided nothing it kept every limit "
            f"{counted(found.kept, 'time')}: in {shown_share(value)} of the runs "
            f"({shown_share(low)} to {shown_share(high)})."
        )
    if found.broken:
        broken = "; ".join(map(str, found.broken))
        sentences.append(f"These runs do not keep {broken}: spend more runs.")
    return " ".join(sentences)


def asked_of(found: Found, picked: Trial | None = None) -> Asked:
    """Return what a plan was looked for, for its hand-over; by default the chosen one.

    Parameters
    ----------
    found
        What a search came to.
    picked
        Another plan, picked by hand.
    """
    trial = picked or found.chosen
    if trial is None:
        return Asked(found.question.words())
    promise = promise_in_words(found) if trial is found.chosen else "Picked by hand."
    told = tuple(measures_in_words(found, trial))
    return Asked(found.question.words(), tuple(trial.words.items()), told, promise)


def _selection_in_words(found: Found, outcome: Outcome) -> str:
    goal, selection = found.question.goals[0], outcome.selection
    if not any(map(math.isfinite, (v for t in outcome.finalists for v in t.of(goal)))):
        return f"No finalist reaches {goal} in any run, so by that none is best."
    near = shown(selection.within, goal.definition)
    told = (
        f"at {write_share(selection.confidence)} confidence no other of the "
        f"{len(outcome.finalists)} finalists is more than {near} better in {goal}."
    )
    if selection.is_settled:
        return f"{told[0].upper()}{told[1:]}"
    return f"It is not settled which is best; {told}"


def verdict(found: Found) -> list[str]:
    """Return what was found, sentence by sentence."""
    lines = [_looked_at(found)]
    if found.impossible:
        lines.append("No plan looked at can keep the limits, whatever its luck. The nearest:")
        return [*lines, *(f"  {bound}" for bound in found.impossible)]
    if found.chosen is None:
        best = next((trial for trial in found.trials if trial.runs), None)
        keeps = best is not None and best.keeps_limits
        lines.append("Stopped before one was selected." if found.interrupted else
                     "No plan that keeps the limits was confirmed; spend more runs." if keeps else
                     "No plan looked at keeps the limits.")  # fmt: skip
        if best is not None:
            lines.append(f"{'Best so far' if keeps else 'The nearest'}: {best.title}")
            lines += [f"  {line}" for line in measures_in_words(found, best)]
        return lines
    lines.append(f"Selected: {found.chosen.title or 'the plan as it is written'}")
    lines += [f"  {line}" for line in measures_in_words(found, found.chosen)]
    return [*lines, promise_in_words(found)]


def _looked_at(found: Found) -> str:
    looked = counted(len(found.trials), "plan")
    text = f"Looked at {looked} of {found.space.size:,} with {counted(found.spent, 'run')}"
    if out := sum(1 for trial in found.trials if trial.ruled_out):
        text += f"; bounds ruled out {out:,} of them without a run"
    if wrong := [trial for trial in found.trials if trial.faults]:
        one = f"{len(wrong):,} {'is' if len(wrong) == 1 else 'are'} no plan"
        text += f"; {one}, as {wrong[0].title}: {wrong[0].faults[0]}"
    return f"{text}."


def measures_in_words(found: Found, trial: Trial) -> list[str]:
    """Return what each goal and limit came to, with its interval."""
    lines = [f"{goal}: {shown_estimate(goal, trial.of(goal))}" for goal in found.question.goals]
    for limit in found.question.limits:
        kept = sum(map(limit.meets, trial.of(limit.measure)))
        lines.append(
            f"{limit}: {shown_estimate(limit.measure, trial.of(limit.measure))}, "
            f"in {kept} of {trial.runs} runs"
        )
    return lines
