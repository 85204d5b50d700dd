"""The fan of completion, plan A's ghost with the difference by pairs, and where devices stand."""

from __future__ import annotations

from typing import Any

import numpy as np

from fwsim.measures.catalogue import Kind
from fwsim.messages import say
from fwsim.notebook.board.pairs import not_alike, pairs_of
from fwsim.results.figures.grid import FEW_POINTS
from fwsim.results.run.stages import STAGES, Stage
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE, predictive_band
from fwsim.results.statistics.spread_answer import Fan

FEWEST_PAIRS = 5
"""Pairs of runs from which on their band is drawn; it is not called 9 rollouts in 10."""
FEW_DEVICES = 50
"""Below so many one device is a step that is seen."""
DIGITS = 4
READ_OUT: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("waiting", (Stage.DISPATCH, Stage.CHECK_IN, Stage.WAKING)),
    ("asked", (Stage.ASKED,)),
    ("deferred", (Stage.DEFERRED,)),
    ("transferring", (Stage.CHECKING, Stage.QUEUEING, Stage.TRANSFER)),
    ("serving", (Stage.SERVING,)),
    ("to_restart", (Stage.TO_RESTART,)),
    ("installing", (Stage.INSTALLATION, Stage.RESTART)),
    ("cancelled", (Stage.CANCELLED,)),
    ("failed", (Stage.NOT_SUCCESSFUL,)),
    ("not_reached", (Stage.NOT_REACHED,)),
    ("not_necessary", (Stage.NOT_NECESSARY,)),
)
"""What is read at a time: name of a message, and the stages that are added up."""


def _sent(values: Any) -> list[float]:
    rounded: list[float] = np.round(values, DIGITS).tolist()
    return rounded


def fan_data(shown: Answer, places: Any, known: Fan | None = None) -> dict[str, Any]:
    """Return the middle and the bands of the completion curve at some points.

    Parameters
    ----------
    shown
        An answer; a first look, or one of fewer runs than tell a range, has no band.
    places
        Index into its times.
    known
        Luck and doubt told apart, where somebody has looked for that.
    """
    curves = shown.completion_curves()[:, places]
    data: dict[str, Any] = {
        "at": shown.times[places].tolist(),
        "steps": _goes_in_steps(shown, places),
        "middle": _sent(np.median(curves, axis=0)),
        "bands": {},
    }
    if shown.runs >= FEWEST_FOR_RANGE:
        low, high = predictive_band(curves)
        data["bands"]["both"] = [_sent(low), _sent(high)]
    if known is not None and len(known.times) > int(places.max(initial=0)):
        for name, (low, high) in (("luck", known.luck), ("doubt", known.doubt)):
            data["bands"][name] = [_sent(low[places]), _sent(high[places])]
    return data


def ghost_data(shown: Answer, ghost: Answer, places: Any) -> dict[str, Any]:
    """Return plan A's curve and, run by run, how far the plan is from it.

    Pairs of runs meet the same luck; the band holds the next difference nine times in ten, of
    few pairs all of theirs, laid around plan A: where it leaves plan A out, the plans differ. There
    is none where the shares are of other devices.
    """
    times = shown.times[places]
    of_ghost = _curves_at(ghost, times)
    middle = np.median(of_ghost, axis=0)
    steps = _goes_in_steps(shown, places)
    data: dict[str, Any] = {"at": times.tolist(), "steps": steps, "middle": _sent(middle)}
    here, there = pairs_of(shown, ghost)
    if len(here) >= FEWEST_PAIRS and not not_alike(shown, ghost, Kind.SUCCESSFUL):
        apart = shown.completion_curves()[np.ix_(here, places)] - of_ghost[there]
        low, high = predictive_band(apart)
        data["band"] = [_sent(np.clip(middle + edge, 0, 1)) for edge in (low, high)]
    return data


def _goes_in_steps(shown: Answer, places: Any) -> bool:
    """Tell whether a slope would be read as what nobody looked at: few points, or few devices."""
    targeted = max(run.targeted for run in shown.replications)
    return len(places) < FEW_POINTS or targeted < FEW_DEVICES


def _curves_at(answer: Answer, times: Any) -> Any:
    """Return the curves at times; between two points of its own the earlier one holds."""
    places = np.searchsorted(answer.times, times, side="right") - 1
    return answer.completion_curves()[:, np.maximum(places, 0)]


def stages_data(shown: Answer, places: Any) -> list[dict[str, Any]]:
    """Return how many devices stand where at each point, on average; what nobody does left out."""
    rows = []
    for name, stages in READ_OUT:
        counts = sum(shown.stages[STAGES.index(stage)][places] for stage in stages)
        whole = np.rint(counts).astype(np.int64)
        if whole.any():
            rows.append({"name": say(f"board.stage.{name}"), "counts": whole.tolist()})
    return rows
