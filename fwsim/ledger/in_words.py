"""How good forecasts were, in words and in tables of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from fwsim.ledger.band import shares_in_band
from fwsim.ledger.chance import chance_in_words, few_runs, sure_by, told_level
from fwsim.ledger.happened import Happened
from fwsim.ledger.kept import KeptForecast, epoch, never, of_epoch
from fwsim.ledger.parts import ScoredParts
from fwsim.ledger.record import Record
from fwsim.ledger.score import ALL, LAST, Scores
from fwsim.ledger.scoring import EventScore, Score, Scored
from fwsim.ledger.silent import log_ends, notes_of_silent, successful_in
from fwsim.ledger.to_come import ToCome
from fwsim.ledger.track import track_of
from fwsim.measures.amounts import shown, shown_interval, shown_share
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import by_door, localised, say
from fwsim.results.output.score_files import (
    Row,
    ToldHeld,
    ToldScores,
    ToldTable,
)
from fwsim.results.run.measuring import USUAL_SHARES
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.headline import SHARE
from fwsim.results.statistics.in_words import apart, minute_by, moment_in_words

USUAL = (
    *(Measure(Kind.TIME_TO, share=share) for share in USUAL_SHARES),
    Measure(Kind.SUCCESSFUL),
    Measure(Kind.DEVICES_PROMPTED),
    Measure(Kind.DEFERMENTS),
    Measure(Kind.CANCELS),
)
"""What is shown; everything else is in the files."""
OVER = Measure(Kind.TIME_TO, share=SHARE)
_MOST_NAMED = 6


def told_scores(scores: Scores, more: Iterable[Measure] = ()) -> ToldScores:
    """Return how good the forecasts of a rollout were, for a terminal and for the report.

    Parameters
    ----------
    scores
        What was found.
    more
        Measures to show beside the usual ones.
    """
    shown_ones = tuple(dict.fromkeys([*USUAL, *more]))
    tables = [_forecasts(scores, shown_ones), _events(scores)]
    before, meanwhile = (
        [one for measure in shown_ones for one in records if one.measure == measure]
        for records in (scores.before, scores.under_way)
    )
    if scores.parts is not None:
        tables.append(_parts(scores.parts, shown_ones))
    tables.append(_records(say("score.record_before"), before))
    tables.append(_records(say("score.record_under_way"), meanwhile))
    return ToldScores(
        scenario_sha256=scores.forecast.scenario_sha256,
        title=scores.name,
        sentences=tuple(_sentences(scores)),
        tables=tuple(table for table in tables if table.rows),
        notes=tuple(_notes(scores)),
        track=track_of(scores),
        held=tuple(map(_held, before)),
        level=told_level(scores.forecast),
    )


# Sentences


def _sentences(scores: Scores) -> Iterator[str]:
    kept, happened = scores.forecast, scores.happened
    if happened.devices > kept.targeted:
        yield say(
            "score.too_many",
            devices=happened.devices,
            targeted=kept.targeted,
            option=by_door("--scenario FILE", "scenario"),
        )
    over, is_open = _at_the_latest(happened)
    until = _moment(kept, epoch(happened.until))
    told = {
        "successful": successful_in(scores),
        "devices": max(kept.targeted, happened.devices),
    }
    if is_open:
        yield say("score.open_whether_over", **told, until=until)
    elif over is not None and math.isfinite(over):
        yield say("score.over", **told, at=_by(kept, over))
    elif happened.is_whole:
        yield say("score.never_over", **told)
    else:
        yield say("score.not_over", **told, until=until)
    if scores.expected not in {None, happened.devices}:
        number = min(one.number for one in scores.scored)
        yield say("score.who_came", count=happened.devices, of=scores.expected, forecast=number)
    if kept.judged:
        yield say(f"score.judged_by_{kept.judged}")
    for one in scores.scored[:1] + scores.scored[1:][-1:]:
        yield from _said(one)
    if not happened.is_whole:
        yield from _why_not_over(scores, until)
        yield log_ends(scores, until)


def _at_the_latest(happened: Happened) -> tuple[float | None, bool]:
    """Return after how long it was over, and whether the log leaves open if it was.

    By then it was, if the log tells only between which times.
    """
    value, span = happened.value(OVER), happened.span(OVER)
    return (value, False) if span is None else (span[1], math.isinf(span[1]))


def _why_not_over(scores: Scores, until: str) -> Iterator[str]:
    """Yield why a log in which every device has ended is not taken as the whole."""
    seen, targeted = scores.seen, scores.forecast.targeted
    is_ended = not seen.under_way and not seen.silent_of(targeted)
    if is_ended and scores.to_come is ToCome.SOMETHING:
        yield say("score.more_to_come", until=until)
    if is_ended and scores.to_come is ToCome.UNKNOWN:
        option = by_door("--scenario FILE", "scenario")
        yield say("score.unknown_to_come", until=until, option=option)


def _said(one: Scored) -> Iterator[str]:
    score = one.of(OVER)
    if score is not None:
        kept = one.forecast
        sure = sure_by(score.told, kept.runs)
        if math.isfinite(sure):
            yield say("score.said_sure", forecast=label_of(one), at=_by(kept, sure))
        else:
            yield say("score.said_unsure", forecast=label_of(one))


def label_of(one: Scored) -> str:
    """Return what a forecast is called: its number, and until when it knew what happened."""
    kept = one.forecast
    if kept.data_up_to is None:
        return say("score.label_before", number=one.number)
    at = moment_in_words(kept.local(epoch(kept.data_up_to)))
    return say("score.label_up_to", number=one.number, at=at)


def _moment(kept: KeptForecast, milliseconds: float) -> str:
    return moment_in_words(kept.local(milliseconds))


def _by(kept: KeptForecast, after: float) -> str:
    """Return by when something has come, so long after the first command."""
    return moment_in_words(minute_by(kept.local(kept.first_command_at + after)))


def _notes(scores: Scores) -> Iterator[str]:
    kept, seen = scores.forecast, scores.seen
    late = sum(map(_is_hindsight, scores.scored))
    if late:
        yield say("score.hindsight", count=len(scores.scored), late=late)
    yield from notes_of_silent(scores)
    if seen.too_soon:
        yield say("score.too_soon", count=seen.too_soon, at=_moment(kept, kept.first_command_at))
    if scores.strangers:
        yield say("score.strangers", count=scores.strangers)
    if seen.coarseness > 1000:
        yield say("score.coarse", within=shown(seen.coarseness, OVER.definition))
    if any(_has_never(score) for one in scores.scored for score in one.scores):
        yield say("score.never_counts", at=_moment(kept, epoch(scores.happened.until)))
    inside = shares_in_band(
        scores.scored[0].forecast, seen, scores.happened.until, absent=scores.absent
    )
    if inside is not None:
        first = scores.scored[0]
        level = chance_in_words(told_level(first.forecast))
        few, many = map(shown_share, inside)
        told = {"level": level, "forecast": label_of(first)}
        if few == many:
            yield say("score.in_band", share=few, **told)
        else:
            yield say("score.in_band_between", few=few, many=many, **told)
    yield from _note_of_few_runs(scores.scored)
    yield from _notes_of_settled(scores.scored)
    untold = [measure_in_words(measure) for measure in scores.scored[0].untold]
    if untold:
        yield say("score.untold", count=len(untold), named=_first(untold))
    if not scores.baselines:
        yield say("score.no_past", option=by_door("--past LOG", "past"))
    else:
        yield say("score.no_share")
    yield say("score.how")


def _note_of_few_runs(scored: Sequence[Scored]) -> Iterator[str]:
    named = [
        say("score.few_runs_of", count=runs, holds=chance_in_words(holds), forecasts=_first(few))
        for (holds, runs), few in few_runs(scored).items()
    ]
    if named:
        level = chance_in_words(scored[0].forecast.level)
        yield say("score.few_runs", fewest=FEWEST_FOR_RANGE, level=level, named="; ".join(named))


def _notes_of_settled(scored: Sequence[Scored]) -> Iterator[str]:
    if any(score.is_settled for one in scored for score in one.scores):
        yield say("score.settled_counts")
    if settled := _settled(scored):
        yield say("score.settled_chances", named="; ".join(settled))


def _settled(scored: Sequence[Scored]) -> list[str]:
    """Return the events whose chances are not scored, and of which forecasts."""
    of: dict[str, list[str]] = {}
    for one in scored:
        for event in one.settled:
            of.setdefault(_event_in_words(event), []).append(str(one.number))
    named = [
        say("score.settled_of", event=event, forecasts=_first(numbers))
        for event, numbers in of.items()
    ]
    return [*named[:_MOST_NAMED], *(["…"] if len(named) > _MOST_NAMED else [])]


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")


def _is_hindsight(one: Scored) -> bool:
    """Tell whether a forecast was made when what it is about had begun without its knowing."""
    kept = one.forecast
    known = of_epoch(kept.first_command_at) if kept.data_up_to is None else one.happened.until
    return kept.made_at > known


def _has_never(score: Score) -> bool:
    return score.told.missed > 0 or math.isinf(score.actual)


# Tables


def _forecasts(scores: Scores, measures: Sequence[Measure]) -> ToldTable:
    rows: list[Row] = []
    for measure in measures:
        name = measure_in_words(measure)
        for one in scores.scored:
            score = one.of(measure)
            if score is not None:
                rows.append(
                    (
                        name,
                        label_of(one),
                        *_cells(score, is_whole=scores.happened.is_whole),
                        *_skills(score, scores),
                    )
                )
                name = ""
    is_of_few = any(one.forecast.holds < one.forecast.level for one in scores.scored)
    said = "said_of_few" if is_of_few else "said"
    heads = ("measure", "forecast", said, "came", "held", "crps", "interval")
    return ToldTable(
        title=say("score.forecasts"),
        heads=(*(say(f"score.head_{head}") for head in heads), *_skill_heads(scores.baselines)),
        rows=tuple(rows),
    )


def _parts(parts: ScoredParts, measures: Sequence[Measure]) -> ToldTable:
    rows: list[Row] = []
    for measure in measures:
        scores = [one.of(measure) for one in parts.scored.values()]
        if all(score is not None for score in scores):
            texts = (apart(s.crps, measure.definition) for s in scores if s is not None)
            rows.append((measure_in_words(measure), *texts))
    return ToldTable(
        title=say("score.parts", runs=parts.runs),
        heads=(
            say("score.head_measure"),
            *(say(f"score.part_{known.name.lower()}") for known in parts.scored),
        ),
        rows=tuple(rows),
    )


def _cells(score: Score, *, is_whole: bool) -> Row:
    definition, told = score.measure.definition, score.told
    ends = never(told.middle), never(told.low), never(told.high)
    middle, low, high = shown_interval(*ends, definition)
    if definition.unit is Unit.COUNT:
        low, high = (text.partition(" ")[0] if text[:1].isdigit() else text for text in (low, high))
    said = middle if low == high else say("score.said", middle=middle, low=low, high=high)
    held = {True: say("score.yes"), False: say("score.no"), None: say("score.open")}
    return (
        said,
        _came(score, is_whole=is_whole),
        say("score.settled") if score.is_settled else held[score.is_inside],
        apart(score.crps, definition),
        apart(score.interval, definition),
    )


def _came(score: Score, *, is_whole: bool) -> str:
    definition = score.measure.definition
    if score.span is not None and (is_whole or math.isfinite(score.actual)):
        middle, low, high = shown_interval(score.actual, *score.span, definition)
        return say("score.said", middle=middle, low=low, high=high)
    if math.isinf(score.actual) and not is_whole:
        return say("score.not_yet")
    return shown(score.actual, definition)


def _skills(score: Score, scores: Scores) -> Row:
    return tuple(_skill(score.skill(name)) for name in scores.baselines)


def _skill(share: float | None) -> str:
    return "" if share is None else f"{100 * share:z.0f} %".replace("-", "−")


def _skill_heads(names: Sequence[str]) -> Row:
    heads = {LAST: say("score.head_last"), ALL: say("score.head_all")}
    return tuple(heads[name] for name in names)


def _events(scores: Scores) -> ToldTable:
    rows: list[Row] = []
    names = dict.fromkeys(_event_in_words(event) for one in scores.scored for event in one.events)
    for event in names:
        name = event
        for one in scores.scored:
            for found in (each for each in one.events if _event_in_words(each) == event):
                came = say("score.yes") if found.came else say("score.no")
                brier = localised(f"{found.brier:.3f}")
                rows.append((name, label_of(one), shown_share(found.chance), came, brier))
                name = ""
    heads = ("event", "forecast", "chance", "happened", "brier")
    return ToldTable(
        title=say("score.events"),
        heads=tuple(say(f"score.head_{head}") for head in heads),
        rows=tuple(rows),
    )


def _event_in_words(event: EventScore) -> str:
    return measure_in_words(event.event) + event.offset


def _records(title: str, records: Sequence[Record]) -> ToldTable:
    names = tuple(dict.fromkeys(name for one in records for name in one.skill))
    rows = []
    for one in records:
        definition = one.measure.definition
        mean = apart(one.crps, definition)
        if math.isfinite(one.error):
            error = apart(one.error, definition, like=one.crps or None)
            mean = say("score.with_error", mean=mean, error=error)
        hits = f"{one.hits:.0f}" if float(one.hits).is_integer() else localised(f"{one.hits:.1f}")
        rows.append(
            (
                measure_in_words(one.measure),
                say("score.held_in", hits=hits, count=one.rollouts),
                say("score.between", low=_percent(one.low), high=_percent(one.high)),
                mean,
                *(_skill(one.skill.get(name)) for name in names),
            )
        )
    heads = ("measure", "held", "between", "mean_crps")
    return ToldTable(
        title=title,
        heads=(*(say(f"score.head_{head}") for head in heads), *_skill_heads(names)),
        rows=tuple(rows),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


# Figures


def _held(one: Record) -> ToldHeld:
    return ToldHeld(
        name=measure_in_words(one.measure),
        rollouts=one.rollouts,
        share=min(1.0, one.hits / one.rollouts),
        low=one.low,
        high=one.high,
        places=one.pits,
    )
