"""Which part of a model was wrong: a rollout again with its people, or its lines, as they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from fwsim.engine import Engine
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.learning.under_way.forecast import believing, part_of, tell_ahead
from fwsim.learning.under_way.learnt_so_far import learn_so_far, runs_to_learn
from fwsim.learning.under_way.missing_sites import SilentSites
from fwsim.learning.under_way.sent_later import as_sent, sent_late
from fwsim.learning.under_way.so_far import SoFar, read_so_far
from fwsim.ledger.happened import Happened
from fwsim.ledger.kept import forecast_of
from fwsim.ledger.scoring import Scored, score_forecast
from fwsim.model.assignments import refuse_a_past
from fwsim.model.past import UP_TO_CONSENT, Past, cut
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.saved_log import read_log
from fwsim.run import prepared
from fwsim.scenario.schema import Scenario


class Known(StrEnum):
    """What of a rollout is taken as it was; the rest as it was believed."""

    NOTHING = "as believed"
    BEGUN = "begun as it was"
    PEOPLE = "with its people"
    LINES = "with its lines"


@dataclass(frozen=True)
class ScoredParts:
    """How good a forecast is that knows one part of what happened.

    Parameters
    ----------
    runs
        Of each of them.
    scored
        By what they knew. What lowers the scores most was furthest off.
    """

    runs: int
    scored: dict[Known, Scored]


def score_parts(
    scenario: Scenario | Rollout | str | Path,
    log: str | Path | LogColumns,
    happened: Happened,
    *,
    made_at: datetime,
    runs: int | None = None,
    engine: Engine | str | None = None,
    workers: int | None = None,
    progress: RunsProgress | None = None,
) -> ScoredParts:
    """Forecast a rollout that is over thrice: as believed, with its people, and with its lines.

    With its people: every notice, answer and deferment comes as the log tells it, and lines and
    devices are played. With its lines: what they carried is learnt from the log, and people are
    played. Where a command was clicked late, that alone is a part of its own, and begins both.

    Parameters
    ----------
    scenario
        That was planned.
    log
        What happened: fwsim's own status log, which tells of each notice.
    happened
        What the rollout came to.
    made_at
        Stands in the forecasts as the time at which they were made; with a zone.
    runs
        How many of each; by default the scenario's.
    engine, workers
        As in `Experiment.run`.
    progress
        Told after every run, those that are played to learn from among them.

    Raises
    ------
    InputError
        If the scenario is not consistent, or the log is not of it.
    """
    rollout = prepared(scenario)
    columns = log if isinstance(log, LogColumns) else read_log(log, rollout)
    count = rollout.scenario.replications if runs is None else runs
    seen = read_so_far(columns, rollout, None)
    kinds = _kinds(rollout, seen)
    sent, _ = kinds[Known.LINES]
    silent = SilentSites(sent, seen)
    to_learn = runs_to_learn(sent, seen, silent)
    total = to_learn + len(kinds) * count
    tell = None if progress is None else partial(tell_ahead, progress, 0, total)
    learnt = learn_so_far(sent, seen, None, silent, only_lines=True, tell=tell)
    kinds[Known.LINES] = believing(sent, learnt), None
    scored: dict[Known, Scored] = {}
    for part, (known, (played, past)) in enumerate(kinds.items()):
        answer = Experiment(played).run(
            count,
            past=past,
            engine=engine,
            workers=workers,
            progress=part_of(progress, to_learn + part * count, total),
        )
        if answer.interrupted:
            raise KeyboardInterrupt
        scored[known] = score_forecast(forecast_of(answer, made_at=made_at), happened, number=0)
    return ScoredParts(count, scored)


def _kinds(rollout: Rollout, seen: SoFar) -> dict[Known, tuple[Rollout, Past | None]]:
    """Return what is played, and kept to, by what is known of it; what lines carry is not yet."""
    people = cut(seen.past.log, rollout.horizon, len(rollout.fleet), UP_TO_CONSENT)
    refuse_a_past(rollout, people.tells)
    sent = as_sent(rollout, seen.later)
    kinds: dict[Known, tuple[Rollout, Past | None]] = {Known.NOTHING: (rollout, None)}
    if any(sent_late(seen.later, rollout)):
        kinds[Known.BEGUN] = sent, None
    kinds[Known.PEOPLE] = sent, people
    kinds[Known.LINES] = sent, None
    return kinds
