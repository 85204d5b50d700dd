"""Tables of the report: what an answer came to, sorted by what it is about."""

from __future__ import annotations

from dataclasses import dataclass

from fwsim.measures.amounts import shown_share
from fwsim.measures.catalogue import Kind
from fwsim.measures.in_words import (
    meaning_in_words,
    measure_in_words,
    outcome_in_words,
    reason_in_words,
)
from fwsim.messages import localised, say
from fwsim.quantities.units import write_share
from fwsim.results.output.measure_groups import LOAD, PEOPLE
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.fullest import fullest_rows
from fwsim.results.statistics.in_words import median_head, range_head

MOST_LINES = 5


@dataclass(frozen=True)
class Shown:
    """A table of the report.

    Parameters
    ----------
    title
        Above it.
    heads, rows
        Its text.
    """

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]


def _with_something(shown: Shown) -> Shown:
    """Return a table without columns in which nothing stands, such as the ranges of one run."""
    if not shown.rows:
        return shown
    filled = [place for place, _ in enumerate(shown.heads) if any(row[place] for row in shown.rows)]
    rows = [tuple(row[place] for place in filled) for row in shown.rows]
    return Shown(shown.title, tuple(shown.heads[place] for place in filled), rows)


def _columns(answer: Answer) -> tuple[str, str]:
    return median_head(answer.runs), range_head(answer.runs)


def _of_kinds(answer: Answer, title: str, kinds: tuple[Kind, ...]) -> Shown:
    rows: list[tuple[str, ...]] = []
    for measure, found in answer.estimates.items():
        if measure.kind in kinds and measure.is_of_all and found.most > 0:
            cells = answer.cells(measure)
            rows.append((measure_in_words(measure), cells.middle, cells.range))
    return _with_something(Shown(title, (say("table.measure"), *_columns(answer)), rows))


def people(answer: Answer) -> Shown:
    """Return what people notice of the rollout."""
    return _of_kinds(answer, say("table.people"), PEOPLE)


def load(answer: Answer) -> Shown:
    """Return what lines, repository and server carry."""
    return _of_kinds(answer, say("table.load"), LOAD)


def fullest_lines(answer: Answer) -> Shown:
    """Return the sites and hubs whose fullest hour is fullest."""
    hubs = answer.setting.hubs
    title = say("table.fullest_sites_and_hubs") if hubs else say("table.fullest_sites")
    heads = say("table.busiest_minute"), say("table.fullest_hour"), say("table.in_all")
    nothing = shown_share(0)
    rows = [row for row in fullest_rows(answer, MOST_LINES) if row[2] != nothing]
    return Shown(title, (title, *heads), rows)


def in_full(answer: Answer) -> list[Shown]:
    """Return every measure, with how exact it is known: outcomes, times, and the others."""
    outcomes: list[tuple[str, ...]] = []
    times: list[tuple[str, ...]] = []
    rest: list[tuple[str, ...]] = []
    expected = {expectation.measure for expectation in answer.setting.expectations}
    for measure in answer.measures:
        if not measure.is_of_all and measure not in expected:
            continue
        cells = answer.cells(measure)
        found = cells.middle, cells.range, cells.exact
        if measure.kind is Kind.OUTCOME and measure.is_of_all:
            outcome = "" if measure.detail else measure.outcome or ""
            names = outcome_in_words(outcome), reason_in_words(measure.detail or "")
            outcomes.append((*names, *found))
        elif measure.kind is Kind.TIME_TO and not measure.of_targeted and measure.is_of_all:
            share = say("table.share_of_needed", share=localised(write_share(measure.share or 0)))
            times.append((share, *found[:2], answer.sure_by(measure), cells.exact))
        else:
            meaning = meaning_in_words(measure.definition)
            if by := answer.sure_by(measure):
                meaning = say("report.meaning_with_time", meaning=meaning, by=by)
            rest.append((measure_in_words(measure), *found, meaning))
    for name in answer.custom_measures:
        cells = answer.own_cells(name)
        rest.append((name, cells.middle, cells.range, cells.exact, say("report.own_measure")))
    columns, exact, by = _columns(answer), say("table.exact"), say("table.sure_by")
    outcome_heads = say("table.outcome"), say("table.reason"), *columns, exact
    time_heads = say("table.successful_after"), *columns, by, exact
    rest_heads = say("table.measure"), *columns, exact, say("report.what_it_is")
    tables = [
        Shown(say("report.outcomes"), outcome_heads, outcomes),
        Shown(say("report.over_when"), time_heads, times),
        Shown(say("report.everything_else"), rest_heads, rest),
    ]
    return [_with_something(one) for one in tables]
