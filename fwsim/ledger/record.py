"""The record: how forecasts did over the rollouts so far, a rollout counting once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fwsim.ledger.rules import held_between
from fwsim.ledger.scoring import Score, Scored
from fwsim.measures.measure import Measure
from fwsim.quantities.elementary import summed


@dataclass(frozen=True)
class Record:
    """How forecasts of one measure did.

    Parameters
    ----------
    measure
        What was forecast.
    rollouts
        How many rollouts it stands on.
    hits
        In how many of them the range held; one with several forecasts counts by their share.
    low, high
        Between which ends the share of all rollouts lies that the ranges hold (95 %).
    pits
        A number for each forecast that is uniform if forecasts are calibrated.
    crps, error
        Mean over the rollouts, and its standard error; the error of one rollout is NaN.
    skill
        By which share it was better than each baseline, over the rollouts that have one.
    """

    measure: Measure
    rollouts: int
    hits: float
    low: float
    high: float
    pits: tuple[float, ...]
    crps: float
    error: float
    skill: Mapping[str, float]


def before_the_start(scored: Iterable[Scored]) -> list[Scored]:
    """Return the last forecast of each rollout that was made from its scenario alone."""
    last: dict[str, Scored] = {}
    for one in sorted(scored, key=lambda one: (one.forecast.made_at, one.number)):
        if one.forecast.data_up_to is None:
            last[one.forecast.scenario_sha256] = one
    return list(last.values())


def under_way(scored: Iterable[Scored]) -> list[Scored]:
    """Return the forecasts that were made while a rollout was under way."""
    return [one for one in scored if one.forecast.data_up_to is not None]


def records_of(scored: Sequence[Scored]) -> tuple[Record, ...]:
    """Return how forecasts did, measure by measure; what nothing is known of is left out."""
    measures = dict.fromkeys(score.measure for one in scored for score in one.scores)
    found = (_record(measure, scored) for measure in measures)
    return tuple(one for one in found if one is not None)


def _record(measure: Measure, scored: Sequence[Scored]) -> Record | None:
    by_rollout: dict[str, list[Score]] = {}
    for one in scored:
        score = one.of(measure)
        if score is not None and score.is_inside is not None:
            by_rollout.setdefault(one.forecast.scenario_sha256, []).append(score)
    if not by_rollout:
        return None
    rollouts = len(by_rollout)
    hits = summed(float(np.mean([s.is_inside for s in each])) for each in by_rollout.values())
    means = [float(np.mean([s.crps for s in each])) for each in by_rollout.values()]
    each_score = [score for each in by_rollout.values() for score in each]
    names = dict.fromkeys(name for score in each_score for name in score.baselines)
    return Record(
        measure,
        rollouts,
        hits,
        *held_between(hits, rollouts),
        pits=tuple(score.drawn for score in each_score if score.drawn is not None),
        crps=float(np.mean(means)),
        error=float(np.std(means, ddof=1) / math.sqrt(rollouts)) if rollouts > 1 else math.nan,
        skill={name: s for name in names if (s := _skill(name, each_score)) is not None},
    )


def _skill(name: str, scores: Sequence[Score]) -> float | None:
    held = [score for score in scores if name in score.baselines]
    other = summed(score.baselines[name] for score in held)
    return 1 - summed(score.crps for score in held) / other if other > 0 else None
