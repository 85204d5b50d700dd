"""How many devices need the update at all."""

from __future__ import annotations

import numpy as np

from fwsim.measures.measure import Measure
from fwsim.results.run.stages import STAGES, Stage
from fwsim.results.statistics.answer import Answer


def share_in_need(answer: Answer) -> float:
    """Return the share of the targeted devices that need the update, on average."""
    row = STAGES.index(Stage.NOT_NECESSARY)
    shares = [
        1 - float(run.timeline.stages[row, -1]) / max(run.targeted, 1)
        for run in answer.replications
    ]
    return float(np.mean(shares))


def level_of(measure: Measure, answer: Answer) -> float:
    """Return at which share of the targeted devices a curve of completion reaches a measure's.

    Parameters
    ----------
    measure
        A time to a share, of those that need the update or of all that are targeted.
    answer
        Whose devices.
    """
    return (measure.share or 0.0) * (1.0 if measure.of_targeted else share_in_need(answer))
