"""An answer on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fwsim.console import console_for_tables, plain_table
from fwsim.measures.amounts import counted
from fwsim.measures.catalogue import Kind
from fwsim.measures.in_words import (
    expectation_in_words,
    measure_in_words,
    outcome_in_words,
    reason_in_words,
)
from fwsim.messages import localised, say
from fwsim.messages.retelling import why_simpy_again
from fwsim.quantities.units import write_share
from fwsim.results.output.measure_groups import LOAD, PEOPLE, WINDOW
from fwsim.results.run.lines_in_words import lines_again
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.fullest import fullest_rows, others_use_lines
from fwsim.results.statistics.in_words import (
    Cells,
    first_due_in_words,
    median_head,
    range_head,
)
from fwsim.results.statistics.judgement import judge
from fwsim.results.statistics.sentences import (
    exact_in_words,
    in_doubt_in_words,
    runs_in_words,
    tail_in_words,
    untold_in_words,
)
from fwsim.results.statistics.stopping import is_for_nobody

MOST_SITES = 3


def _forecasts(answer: Answer, *heads: str, by: bool = False) -> Table:
    """Return a table of forecasts: its first columns, then the median and all that follows it."""
    last = (say("table.sure_by"),) if by else ()
    columns = (median_head(answer.runs), range_head(answer.runs), *last)
    table = plain_table(*heads, *(columns if answer.runs > 1 else columns[:1]))
    if answer.runs > 1:
        table.add_column(say("table.exact"), style="dim")
    return table


def _row(table: Table, names: tuple[str, ...], found: Cells, *by: str) -> None:
    told = (found.middle, found.range, *by, found.exact)
    table.add_row(*names, *told[: len(table.columns) - len(names)])


def _expected(answer: Answer) -> Table:
    """Return what the scenario expects, and whether that holds, as `fwsim test` tells it."""
    heads = "expected", "got", "held", "by"
    table = plain_table(*(say(f"judge.{head}") for head in heads))
    for verdict in judge(answer, answer.setting.expectations):
        held = Text(say("judge.yes") if verdict.held else "")
        if verdict.judged and not verdict.held:
            held = Text(say("judge.no"), style="bold red")
        expected = expectation_in_words(verdict.expectation)
        table.add_row(expected, verdict.got, held, verdict.margin)
    return table


def _outcomes(answer: Answer) -> Table:
    table = _forecasts(answer, say("table.outcome"), say("table.reason"))
    for measure in answer.measures:
        if measure.kind is Kind.OUTCOME and measure.is_of_all:
            outcome = "" if measure.detail else measure.outcome or ""
            names = outcome_in_words(outcome), reason_in_words(measure.detail or "")
            _row(table, names, answer.cells(measure))
    return table


def _times(answer: Answer) -> Table:
    table = _forecasts(answer, say("table.successful_after"), by=True)
    for measure in answer.measures:
        if measure.kind is Kind.TIME_TO and not measure.of_targeted and measure.is_of_all:
            name = say("table.share_of_needed", share=localised(write_share(measure.share or 0)))
            _row(table, (name,), answer.cells(measure), answer.sure_by(measure))
    return table


def _print_tables(answer: Answer, console: Console) -> None:
    """Print tables that have a row; what times count from stands above them."""
    times = _times(answer)
    for table in (
        _expected(answer),
        _outcomes(answer),
        times,
        _measures(answer, say("table.window"), WINDOW),
        _measures(answer, say("table.people"), PEOPLE),
        _measures(answer, say("table.load"), LOAD),
        _sites(answer),
    ):
        if table.row_count and not (table is times and is_for_nobody(answer)):
            console.print()
            if table is times:
                console.print(first_due_in_words(answer.setting.judged, answer.moment(0, up=False)))
            console.print(table)


def _measures(answer: Answer, head: str, kinds: tuple[Kind, ...]) -> Table:
    table = _forecasts(answer, head)
    for measure, found in answer.estimates.items():
        if measure.kind in kinds and measure.is_of_all and found.most > 0:
            _row(table, (measure_in_words(measure),), answer.cells(measure))
    return table


def _sites(answer: Answer) -> Table:
    hubs = answer.setting.hubs
    head = say("table.fullest_sites_and_hubs") if hubs else say("table.fullest_sites")
    columns = say("table.busiest_minute"), say("table.fullest_hour"), say("table.in_all")
    table = plain_table(head, *columns)
    for row in fullest_rows(answer, MOST_SITES):
        table.add_row(*row)
    return table


def print_answer(answer: Answer, console: Console | None = None) -> None:
    """Print the answer, whether it is what was expected, then what it is made of."""
    console = console or console_for_tables()
    seed = answer.provenance["seed"]
    console.print(answer.setting.name, style="bold")
    devices = counted(answer.setting.devices, "device")
    console.print(say("answer.of", devices=devices, runs=runs_in_words(answer), seed=seed))
    console.print(in_doubt_in_words(answer.setting))
    if answer.setting.lines:
        console.print(lines_again(answer.setting.lines))
    if untold := untold_in_words(answer):
        console.print(untold)
    if "why_engine" in answer.provenance:
        why = why_simpy_again(answer.provenance["why_engine"])
        console.print(say("answer.played_by_simpy", why=why))
    console.print()
    console.print(f"{answer.headline}.")
    _print_tables(answer, console)
    if answer.custom_measures:
        custom = _forecasts(answer, say("table.own"))
        for name in answer.custom_measures:
            _row(custom, (name,), answer.own_cells(name))
        console.print()
        console.print(custom)
    console.print()
    for sentence in (others_use_lines(answer), tail_in_words(answer)):
        if sentence:
            console.print(sentence)
    if answer.runs > 1:
        console.print(exact_in_words(answer), style="dim")
