"""What a run came to part by part, and as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from rich.table import Table

    from fwsim.cli.keeping import Outputs
    from fwsim.fleet.fleet import Fleet
    from fwsim.fleet.grouping import Grouping
    from fwsim.measures.measure import Measure
    from fwsim.model.rollout import Rollout
    from fwsim.results.export.tables import Tables
    from fwsim.results.statistics.answer import Answer

MOST_SHOWN = 10


def check_workbook(path: Path | None) -> None:
    """Refuse a workbook that could not be written, before there is anything to write.

    Raises
    ------
    InputError
        If its name does not end in .xlsx, openpyxl is missing, or its folder cannot be written to.
    """
    if path is None:
        return
    from fwsim.optional import needed
    from fwsim.results.output.writing import check_folder

    if path.suffix.lower() != ".xlsx":
        raise InputError([Problem(say("option.xlsx"), source=str(path))])
    needed("openpyxl", "excel", say("export.workbooks"))
    check_folder(path.parent, [path.name])


def check_by(rollout: Rollout, by: Iterable[str]) -> None:
    """Refuse to tell devices apart by what they do not have.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    from fwsim.cli.options import checked
    from fwsim.fleet.grouping import Grouping
    from fwsim.results.run.measuring import measures_by

    checked(*(lambda one=one: measures_by(rollout, Grouping(one)) for one in by))


def write_workbook(result: Tables, path: Path | None, outputs: Outputs) -> None:
    """Write a workbook, if one is wanted, and say so."""
    if path is None:
        return
    if outputs.tried("cli.workbook_not_written", partial(result.to_excel, path)) is not None:
        click.echo(say("cli.written_to", place=path))


def print_groups(answer: Answer, fleet: Fleet, by: Sequence[str]) -> None:
    """Print the groups where the smallest share of the devices that need the update get it."""
    from fwsim.console import console_for_tables
    from fwsim.fleet.grouping import Grouping, nameless
    from fwsim.results.statistics.answer_tables import has_targets, worst_first

    console = console_for_tables()
    for one in by:
        of_each = _of_each(answer, Grouping(one))
        targeted = {name: own for name, own in of_each.items() if has_targets(answer, own)}
        needing = worst_first(answer, targeted)
        shown = {name: targeted[name] for name in needing[:MOST_SHOWN]}
        console.print()
        by_what = say(f"measure.group.{one}")
        if shown:
            heading = say("by_group.heading", by=by_what, count=len(shown))
            if answer.runs > 1:
                medians = "by_group.medians_in_order" if len(shown) > 1 else "by_group.medians"
                heading = say(medians, heading=heading)
            console.print(heading, highlight=False)
            devices, people = _tables_of_groups(answer, one, shown)
            console.print(devices)
            console.print()
            console.print(people)
        if count := len(of_each) - len(targeted):
            console.print(say("by_group.none_targeted", count=count))
        if count := len(targeted) - len(needing):
            console.print(say("by_group.none_needs_it", count=count))
        if count := nameless(fleet, Grouping(one)):
            console.print(say("by_group.nameless", count=count, by=by_what))


def _tables_of_groups(
    answer: Answer, by: str, groups: Mapping[str, Mapping[Measure, Measure]]
) -> tuple[Table, Table]:
    """Return how the devices of groups ended, and what their people bore: one is too wide."""
    from fwsim.results.run.measuring import OF_A_GROUP, PEOPLE_OF_A_GROUP

    of_devices = [measure for measure in OF_A_GROUP if measure not in PEOPLE_OF_A_GROUP]
    return (
        _table_of_groups(answer, by, groups, of_devices),
        _table_of_groups(answer, by, groups, PEOPLE_OF_A_GROUP),
    )


def _table_of_groups(
    answer: Answer,
    by: str,
    groups: Mapping[str, Mapping[Measure, Measure]],
    measures: Sequence[Measure],
) -> Table:
    """Return what groups came to: the median of the runs, of successes their range, too."""
    from fwsim.console import plain_table
    from fwsim.measures.catalogue import Kind
    from fwsim.measures.in_words import measure_in_words, outcome_in_words
    from fwsim.results.statistics.in_words import range_head

    table = plain_table(say(f"by_group.head_{by}"))
    is_one_run = answer.runs == 1
    for measure in measures:
        is_outcome = measure.kind is Kind.OUTCOME
        head = outcome_in_words(measure.outcome or "") if is_outcome else measure_in_words(measure)
        table.add_column(head, justify="right")
        if measure.kind is Kind.SUCCESSFUL and not is_one_run:
            table.add_column(range_head(answer.runs), justify="right")
    for name, own in groups.items():
        row = [name]
        for measure in measures:
            cells = answer.cells(own[measure])
            row.append(cells.middle)
            if measure.kind is Kind.SUCCESSFUL and not is_one_run:
                row.append(cells.range)
        table.add_row(*row)
    return table


def _of_each(answer: Answer, by: Grouping) -> dict[str, dict[Measure, Measure]]:
    """Return the measures of each group, by what they measure."""
    from fwsim.results.run.measuring import OF_A_GROUP
    from fwsim.results.statistics.answer_tables import measures_of_groups

    found = measures_of_groups(answer, by)
    return {name: own for name, own in found.items() if own.keys() >= set(OF_A_GROUP)}
