"""The door: a forecast is kept, and held against what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fwsim.arguments import (
    a,
    a_function,
    a_path,
    a_path_or,
    a_time,
    an_instant,
    one_or_several,
    taking,
)
from fwsim.learning.silent_sites import WithoutALine, sites_without_a_line
from fwsim.ledger.baselines import PastCurve, curve_of
from fwsim.ledger.came import all_begin_by_themselves, of_those_who_came, tells_who_came
from fwsim.ledger.decided import with_settled
from fwsim.ledger.ends import Ints
from fwsim.ledger.happened import Happened, happened_of
from fwsim.ledger.judged import with_fields
from fwsim.ledger.kept import KeptForecast, epoch, forecast_of
from fwsim.ledger.logs import MappingFile, Source
from fwsim.ledger.matching import (
    FilesProgress,
    forecasts_for,
    named_otherwise,
    not_before,
    refuse_of_another_clock,
    seen_before,
    seen_in_time,
    sources_of,
    tells_until,
    with_own_jobs,
    without_strangers,
)
from fwsim.ledger.of_groups import LogOfAll, with_groups
from fwsim.ledger.record import Record, before_the_start, records_of, under_way
from fwsim.ledger.scoring import Baselines, Scored, score_forecast
from fwsim.ledger.seen import Seen
from fwsim.ledger.store import Ledger, append, read_ledger
from fwsim.ledger.to_come import Sendings, ToCome
from fwsim.measures.measure import Measure
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import Account, Observed
from fwsim.problems import Problem
from fwsim.results.export.page import page
from fwsim.results.export.tables import Tables
from fwsim.results.statistics.answer import Answer
from fwsim.run import A_SCENARIO, prepared
from fwsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from fwsim.ledger.parts import ScoredParts

LAST, ALL = "last rollout", "all past rollouts"
"""Names of the baselines."""


@dataclass(frozen=True)
class Scores(Tables):
    """How good the forecasts of one rollout were, and those of all rollouts so far.

    Parameters
    ----------
    name
        Of the scenario.
    source
        The log.
    seen, happened
        What the log shows, and how the rollout ended.
    scored
        Its forecasts, by what they knew: those from before the start first.
    before, under_way
        How forecasts from before the start did over the rollouts so far, and those made meanwhile.
    baselines
        Names of the forecasts they are compared with.
    strangers
        Devices of the log that the scenario does not have; None if that was not looked at.
    to_come
        What can come after the log; None if it is known to be complete until some time.
    problems, accounts
        What is wrong with lines of the logs, and what became of each file.
    parts
        How good forecasts are that know one part of what happened; None if not requested.
    silent
        Sites of which the log has no line; None where there are none, or nobody knows the sites.
    expected
        How many devices came in the runs of the first forecast, where all begin by themselves and
        shares are of those that came; else None.
    """

    name: str
    source: Source
    seen: Seen
    happened: Happened
    scored: tuple[Scored, ...]
    before: tuple[Record, ...]
    under_way: tuple[Record, ...]
    baselines: tuple[str, ...]
    strangers: int | None
    to_come: ToCome | None
    problems: tuple[Problem, ...]
    accounts: tuple[Account, ...]
    parts: ScoredParts | None = None
    silent: WithoutALine | None = None
    expected: int | None = None

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return every score of every forecast."""
        import pandas as pd

        from fwsim.ledger.files import score_rows

        return {"scores": pd.DataFrame(score_rows(self))}

    def __repr__(self) -> str:
        return f"<Scores of {len(self.scored)} forecasts of {self.name!r}>"

    def _repr_html_(self) -> str:
        import pandas as pd

        from fwsim.ledger.in_words import told_scores

        told = told_scores(self)
        tables = {
            table.title: pd.DataFrame(table.rows, columns=list(table.heads))
            for table in told.tables
        }
        return page(self.name, told.sentences, tables)

    @property
    def forecast(self) -> KeptForecast:
        """One of the forecasts, for what they have in common."""
        return self.scored[0].forecast

    @property
    def absent(self) -> int:
        """Devices of which nobody knows what became: a log that may leave some out has no line."""
        return 0 if self.to_come is None else self.seen.absent_of(self.forecast.targeted)


@taking(answer=a("answer", Answer), ledger=a_path, made_at=an_instant, data_up_to=an_instant)
def keep_forecast(
    answer: Answer,
    ledger: str | Path,
    *,
    made_at: datetime,
    data_up_to: datetime | None = None,
) -> int:
    """Add a forecast to a ledger exactly as it was given; it is never changed.

    Parameters
    ----------
    answer
        Of several runs.
    ledger
        A file; created if missing.
    made_at
        When it was made; with a zone.
    data_up_to
        Until when it knew what had happened; None if it was made from the scenario alone.

    Returns
    -------
    int
        Its number in the ledger.

    Raises
    ------
    InputError
        If a time has no zone, the answer is one run, or the file is no ledger or cannot be written
        to; then nothing is added.
    """
    return append(Path(ledger), forecast_of(answer, made_at=made_at, data_up_to=data_up_to))


@taking(
    ledger=a_path,
    logs=one_or_several("paths", a_path),
    scored_at=an_instant,
    scenario=A_SCENARIO,
    past=one_or_several("paths", a_path),
    by=one_or_several("times", a_time),
    until=a_time,
    mapping=a_path_or("mapping", LogMapping),
    progress=a_function,
)
def score(
    ledger: str | Path,
    logs: str | Path | Iterable[str | Path],
    *,
    scored_at: datetime,
    scenario: Scenario | str | Path | None = None,
    past: Iterable[str | Path] = (),
    by: datetime | Sequence[datetime] = (),
    until: datetime | None = None,
    mapping: MappingFile = None,
    progress: FilesProgress | None = None,
) -> Scores:
    """Compare the forecasts of a rollout with its log.

    Parameters
    ----------
    ledger
        The file they are kept in.
    logs
        Of the rollout: a folder that fwsim wrote, or one or several files of it.
    scored_at
        When; with a zone.
    scenario
        Whose forecasts; by default the one the log says it was made with, or the only one there is.
    past
        Logs of earlier rollouts, one each, the latest last: their forecasts are the ones to beat.
    by
        Times on the server's wall clock for which the chances are scored that 50, 90, 95, 99 %
        have it; one or several.
    until
        Until when the log is complete, on the server's wall clock if it has no zone; by
        default until its last line, or to the end if every device has ended and the scenario has
        nothing more to come.
    mapping
        A mapping file, for columns and words that nobody knows.
    progress
        Called with the files that were read.

    Raises
    ------
    InputError
        If there is no such ledger, it holds no forecast of that rollout, a log tells nothing, or
        the time of scoring has no zone.
    """
    kept = read_ledger(Path(ledger))
    source, before = sources_of(logs, past)
    fleet = None if scenario is None else prepared(scenario)
    sha256 = source.scenario_sha256 if fleet is None else fleet.scenario.digest()
    forecasts = forecasts_for(kept, sha256, source)
    first = next(iter(forecasts.values()))
    tell = progress or _tell_nobody
    read = source.read(first.zone, mapping)
    tell(1, 1 + len(before))
    observed, strangers, told = _of_rollout(read, fleet, source)
    refuse_of_another_clock(observed, first, fleet, source)
    field = first.field if fleet is None else what_is_due(fleet).judged
    seen = seen_in_time(observed, first, source, field, is_of_scenario=fleet is not None)
    told_until = tells_until(until, first, source)
    expected = None
    if fleet is not None and all_begin_by_themselves(fleet) and seen.devices:
        is_whole = told_until is not None and told_until >= first.ends_at
        is_known = is_whole and tells_who_came(observed)
        expected = first.targeted if is_known else None
        forecasts = of_those_who_came(forecasts, seen, is_known=is_known)
        first = next(iter(forecasts.values()))
    sendings = None if fleet is None else Sendings(observed, fleet)
    after, given_up = _to_come(sendings, seen.until)
    measures = _measures(forecasts.values())
    happened = happened_of(
        seen,
        first,
        measures,
        log_sha256=source.sha256,
        until=told_until,
        is_over=after is ToCome.NOTHING,
        kept_at=scored_at,
    )
    happened = with_settled(happened, seen, first, measures, given_up)
    if fleet is not None and sendings is not None:
        log = LogOfAll(observed, seen, source.sha256, told_until, scored_at, sendings)
        happened = with_groups(happened, log, fleet, first, measures)
    earlier, of_past = seen_before(before, first, mapping, field, tell)
    baselines = Baselines(_curves(earlier), seen.done)
    times = (by,) if isinstance(by, datetime) else by
    scored = _scored(forecasts, happened, times, baselines)
    everything = [*_others(kept, first.scenario_sha256), *scored]
    return Scores(
        name=first.scenario,
        source=source,
        seen=seen,
        happened=happened,
        scored=tuple(scored),
        before=records_of(before_the_start(everything)),
        under_way=records_of(under_way(everything)),
        baselines=tuple(baselines.curves),
        strangers=strangers,
        to_come=after if told_until is None else None,
        problems=(*told, *of_past, *not_before(before, earlier, first)),
        accounts=observed.accounts,
        silent=None if fleet is None else sites_without_a_line(read, fleet),
        expected=expected,
    )


def _of_rollout(
    observed: Observed, fleet: Rollout | None, source: Source
) -> tuple[Observed, int | None, tuple[Problem, ...]]:
    """Return what of a log is a rollout's own, how many strangers there are, and what is told."""
    if fleet is None:
        return observed, None, observed.problems
    own, of_jobs = with_own_jobs(observed, fleet, source)
    told = (*observed.problems, *of_jobs, *named_otherwise(own, fleet, source))
    return *without_strangers(with_fields(own, fleet), fleet, source), told


def _to_come(sendings: Sendings | None, until: int) -> tuple[ToCome, Ints]:
    """Return what can come after a log, and for which devices nothing can any more."""
    if sendings is None:
        return ToCome.UNKNOWN, np.zeros(0, np.int64)
    return sendings.to_come(until), sendings.given_up()


def _tell_nobody(_done: int, _of: int) -> None:
    return


def _measures(forecasts: Iterable[KeptForecast]) -> list[Measure]:
    """Return what any forecast is about, in an order of their own."""
    found = {told.words: told.measure for one in forecasts for told in one.measures}
    return [found[words] for words in sorted(found)]


def _curves(past: Sequence[Seen]) -> dict[str, PastCurve]:
    if not past:
        return {}
    return {LAST: curve_of(past[-1:], is_certain=True), ALL: curve_of(past)}


@taking(scores=a("scores", Scores), ledger=a_path)
def keep_what_happened(scores: Scores, ledger: str | Path) -> int:
    """Record in the ledger how a rollout ended, so that later scores count it.

    Parameters
    ----------
    scores
        Of that rollout.
    ledger
        The file that holds its forecasts.

    Raises
    ------
    InputError
        If the ledger cannot be written to.
    """
    return append(Path(ledger), scores.happened)


def _scored(
    forecasts: dict[int, KeptForecast],
    happened: Happened,
    by: Sequence[datetime],
    baselines: Baselines,
) -> list[Scored]:
    """Return how good forecasts were, by what they knew, those from before the start first."""
    scored = [
        score_forecast(one, happened, number=number, by=by, baselines=baselines)
        for number, one in forecasts.items()
    ]
    return sorted(scored, key=lambda one: (_knew(one.forecast), one.forecast.made_at, one.number))


def _knew(kept: KeptForecast) -> int:
    return -1 if kept.data_up_to is None else epoch(kept.data_up_to)


def _others(ledger: Ledger, but: str) -> list[Scored]:
    """Return how forecasts of other rollouts did, as far as the ledger knows."""
    return [
        score_forecast(one, happened, number=number)
        for sha256, happened in ledger.came_to().items()
        if sha256 != but
        for number, one in ledger.of_scenario(sha256).items()
    ]
