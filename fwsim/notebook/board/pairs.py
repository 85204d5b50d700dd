"""Runs of two plans in pairs: those of the same number meet the same luck and the same world."""

from __future__ import annotations

from typing import Any

import numpy as np

from fwsim.experiments.pairing import unlike
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.results.run.replication import Replication
from fwsim.results.statistics.answer import Answer

Places = Any
"""Index into the runs of an answer; shape (pairs,)."""


def pairs_of(answer: Answer, ghost: Answer) -> tuple[Places, Places]:
    """Return where the runs that both plans made stand in each answer, pair by pair.

    One may have been stopped, the other asked for more: what only one of them made is in no pair.
    """
    here, there = (np.array([run.number for run in one.replications]) for one in (answer, ghost))
    _, of_answer, of_ghost = np.intersect1d(here, there, return_indices=True)
    return of_answer, of_ghost


def values_in_pairs(
    answer: Answer, ghost: Answer, measure: Measure
) -> tuple[list[float], list[float]]:
    """Return what a measure came to under both plans, pair by pair.

    Raises
    ------
    KeyError
        If one of them does not tell of it.
    """
    one, other = answer.values(measure), ghost.values(measure)
    of_answer, of_ghost = pairs_of(answer, ghost)
    return [one[place] for place in of_answer], [other[place] for place in of_ghost]


def not_alike(answer: Answer, ghost: Answer, kind: Kind) -> str:
    """Return why a kind of measure tells nothing of which plan is better; empty if it does."""
    judged = answer.setting.judged, ghost.setting.judged
    why = unlike(kind, runs_in_pairs(answer, ghost), judged)
    return say(f"board.tile.other_{why}") if why else ""


def runs_in_pairs(answer: Answer, ghost: Answer) -> list[tuple[Replication, Replication]]:
    """Return the runs that both plans made, pair by pair."""
    places = zip(*pairs_of(answer, ghost), strict=True)
    return [(answer.replications[one], ghost.replications[other]) for one, other in places]
