"""What a run came to part by part, and as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fwsim.cli.group import NOT_POSSIBLE
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
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
        raise InputError([Problem("expected a name that ends in .xlsx", source=str(path))])
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


def write_workbook(result: Tables, path: Path | None) -> None:
    """Write a workbook, if one is wanted, and say so."""
    if path is None:
        return
    try:
        result.to_excel(path)
    except InputError as error:
        click.echo(f"{error}\nthe workbook was not written", err=True)
        raise SystemExit(NOT_POSSIBLE) from None
    click.echo(say("cli.written_to", place=path))


def print_groups(answer: Answer, by: Sequence[str]) -> None:
    """Print the groups that end with the smallest share successful."""
    from fwsim.console import console_for_tables, plain_table
    from fwsim.fleet.grouping import Grouping
    from fwsim.measures.catalogue import Kind
    from fwsim.measures.measure import Measure
    from fwsim.results.run.measuring import OF_A_GROUP

    console = console_for_tables()
    for one in by:
        of_each = _of_each(answer, Grouping(one))
        first = Measure(Kind.SUCCESSFUL)
        names = sorted(of_each, key=lambda n: (answer.forecast(of_each[n][first]).middle.value, n))
        shown = names[:MOST_SHOWN]
        table = plain_table(say("by_group.heading", by=one, count=len(shown)))
        for measure in OF_A_GROUP:
            table.add_column(measure.name, justify="right")
        for name in shown:
            cells = (answer.cells(of_each[name][measure]).middle for measure in OF_A_GROUP)
            table.add_row(name, *cells)
        console.print()
        console.print(table)


def _of_each(answer: Answer, by: Grouping) -> dict[str, dict[Measure, Measure]]:
    """Return the measures of each group, by what they measure."""
    from fwsim.results.run.measuring import OF_A_GROUP

    found: dict[str, dict[Measure, Measure]] = {}
    for measure in answer.measures:
        if measure.grouping is not None and measure.grouping[0] is by:
            found.setdefault(measure.grouping[1], {})[measure.of_all] = measure
    return {name: own for name, own in found.items() if own.keys() >= set(OF_A_GROUP)}
