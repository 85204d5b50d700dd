"""How good forecasts were, as files: every number, words for the report, pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwsim.ledger.in_words import told_scores
from fwsim.ledger.kept import reached
from fwsim.ledger.record import Record
from fwsim.ledger.score import Scores
from fwsim.ledger.scoring import EventScore, Score, Scored
from fwsim.measures.measure import Measure
from fwsim.messages import ENGLISH, speaking
from fwsim.results import figures
from fwsim.results.figures.look import picture_files
from fwsim.results.output.folder.writing import NewPart
from fwsim.results.output.score_files import FILE, PICTURES, TABLE, ToldScores, score_part
from fwsim.results.output.writing import origin_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = (TABLE, FILE, *PICTURES)
"""Of all files that may be written."""


@speaking(ENGLISH)
def part_of(scores: Scores, more: Iterable[Measure] = ()) -> NewPart:
    """Return the files of a folder that tell how good the forecasts of a rollout were."""
    told, kept = told_scores(scores, more), scores.forecast
    origin = {"scenario_sha256": kept.scenario_sha256, "seed": kept.seed}
    return score_part(told, as_data(scores), score_rows(scores), _pictures(told), origin_of(origin))


def as_data(scores: Scores) -> dict[str, Any]:
    """Return every number as plain data; what was never reached is null."""
    return {
        "scenario": scores.name,
        "happened": scores.happened.model_dump(mode="json"),
        "forecasts": [_scored(one) for one in scores.scored],
        "sites_without_a_line": [] if scores.silent is None else list(scores.silent.sites),
        "parts": _parts(scores),
        "rollouts_so_far": {
            "before": [_record(one) for one in scores.before],
            "under_way": [_record(one) for one in scores.under_way],
        },
    }


def _parts(scores: Scores) -> dict[str, Any] | None:
    if scores.parts is None:
        return None
    scored = {known.value: _scored(one)["scores"] for known, one in scores.parts.scored.items()}
    return {"runs": scores.parts.runs, **scored}


def _scored(one: Scored) -> dict[str, Any]:
    kept = one.forecast
    up_to = kept.data_up_to
    return {
        "number": one.number,
        "made_at": kept.made_at.isoformat(),
        "data_up_to": None if up_to is None else up_to.isoformat(),
        "runs": kept.runs,
        "seed": kept.seed,
        "fwsim": kept.fwsim,
        "holds": kept.holds,
        "scores": [_score(score) for score in one.scores],
        "events": [
            {"event": _named(e), "chance": e.chance, "came": e.came, "brier": e.brier}
            for e in one.events
        ],
        "not_told": [measure.name for measure in one.untold],
        "settled": [_named(event) for event in one.settled],
    }


def _named(event: EventScore) -> str:
    return event.event.name + event.offset


def _score(score: Score) -> dict[str, Any]:
    definition, told = score.measure.definition, score.told
    return {
        "measure": score.measure.name,
        "unit": definition.unit.value,
        "median": told.middle,
        "range_low": told.low,
        "range_high": told.high,
        "actual": reached(score.actual),
        "counts_up_to": reached(score.beyond),
        "is_settled": score.is_settled,
        "is_inside": score.is_inside,
        "crps": score.crps,
        "interval_score": score.interval,
        "quantile_scores": {f"{100 * level:.0f} %": s for level, s in score.quantiles.items()},
        "pit": score.pit,
        "pit_drawn": score.drawn,
        "crps_of_baselines": dict(score.baselines),
        "skill": {name: score.skill(name) for name in score.baselines},
    }


def _record(one: Record) -> dict[str, Any]:
    return {
        "measure": one.measure.name,
        "rollouts": one.rollouts,
        "held": one.hits,
        "held_low": one.low,
        "held_high": one.high,
        "pit_drawn": list(one.pits),
        "crps": one.crps,
        "crps_error": None if math.isnan(one.error) else one.error,
        "skill": dict(one.skill),
    }


def score_rows(scores: Scores) -> list[dict[str, Any]]:
    """Return a row for each forecast of a measure."""
    rows = []
    for one in scores.scored:
        whole = _scored(one)
        for score in whole["scores"]:
            flat = {key: whole[key] for key in ("number", "made_at", "data_up_to", "runs")}
            for key, value in score.items():
                if key == "pit":
                    flat["pit_low"], flat["pit_high"] = value or (None, None)
                elif isinstance(value, dict):
                    flat |= {f"{key} {name}": inner for name, inner in value.items()}
                else:
                    flat[key] = value
            rows.append(flat)
    return rows


def _pictures(told: ToldScores) -> dict[str, Callable[[Path], None]]:
    forecasts, places, coverage = PICTURES
    found: dict[str, Callable[[], Axes]] = {}
    if told.track is not None:
        track = told.track.track()
        found[forecasts] = lambda: figures.forecasts_so_far(track)
    if told.held:
        held = [one.held() for one in told.held]
        found[places] = lambda: figures.places(held, told.level)
        found[coverage] = lambda: figures.coverage(held, told.level)
    return picture_files(found)
