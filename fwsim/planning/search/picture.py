"""The picture of a search: plans by two measures, the one that is told by its held-out runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.figures import PlanPoint, plans
from fwsim.results.statistics.estimate import Estimate, estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture_axes(result: SearchResult) -> tuple[Measure, Measure]:
    """Return the two measures of the picture: goals first, then what the limits look at."""
    first, *others = result.question.measures
    second = next((m for m in others if m.kind is not Kind.CHANCE_OF), None)
    return first, second or first


def picture_points(result: SearchResult) -> list[tuple[Candidate, PlanPoint]]:
    """Return the plans with runs, each with its place in the picture by the runs of the search.

    The selected or the nearest one also with its place by held-out runs, and only with that where
    the search has no runs of it.
    """
    front = {trial.choice for trial in result.front}
    best = result.chosen if result.keeps_limits else result.nearest
    chosen = best.choice if best is not None else None
    told = result.told
    points = [
        (
            trial,
            PlanPoint(
                *_place(result, trial),
                trial.keeps_limits,
                trial.choice in front,
                result.keeps_limits and trial.choice == chosen,
                not result.keeps_limits and trial.choice == chosen,
                _place(result, told) if told and told.choice == trial.choice else None,
            ),
        )
        for trial in result.trials
        if trial.runs
    ]
    if told is None or any(trial.choice == told.choice for trial, _ in points):
        return points
    # The runs of the search had no part of it: bounds rule it out, or it is the plan as written.
    place = _place(result, told)
    return [*points, (told, PlanPoint(*place, False, False, False, True, place))]


def _place(result: SearchResult, trial: Candidate) -> tuple[Estimate, Estimate]:
    """Return where a plan's runs put it in the picture: across, and up."""
    across, up = picture_axes(result)
    return (
        estimate(trial.of(across), across.definition.unit),
        estimate(trial.of(up), up.definition.unit),
    )


def picture(result: SearchResult, ax: Axes | None = None) -> Axes:
    """Draw the plans looked at."""
    return plans([point for _, point in picture_points(result)], picture_axes(result), ax=ax)
