"""The command that compares plans."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli.cluster import cluster
from fwsim.cli.group import main
from fwsim.cli.progress import ProgressBar
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from fwsim.measures.measure import Measure
    from fwsim.planning.comparison import Comparison
    from fwsim.scenario.schema import Scenario

_PATH = click.Path(path_type=Path)


@main.command()
@click.argument("scenarios", nargs=-1, required=True, type=_PATH)
@click.option("--seed", type=click.IntRange(0), help="The same for all; default: the first one's.")
@click.option(
    "--replications",
    type=click.IntRange(1),
    help="Runs of each; 1 is a story. Default: the first scenario's, but no fewer than 20.",
)
@click.option("--measure", "measures", multiple=True, help="Look at this too, as in 't99'.")
@click.option("--out", type=_PATH, help="Folder for the table of all differences.")
@click.option("--workers", type=click.IntRange(1), help="Runs at a time; default: one a processor.")
@click.option("--scheduler", help="A Dask cluster's scheduler instead, as in tcp://host:8786.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def compare(
    scenarios: tuple[Path, ...], seed: int | None, replications: int | None,
    measures: tuple[str, ...], out: Path | None, workers: int | None, scheduler: str | None,
    *, quiet: bool,
) -> None:  # fmt: skip
    """Compare SCENARIOS with the first of them, in pairs of runs that meet the same luck."""
    from fwsim.results.writing import check_folder

    if out is not None:
        check_folder(out)
    models, asked = _read_all(scenarios, measures)
    if replications == 1:
        _tell_stories(models, seed)
        return
    if len(models) < 2:
        raise InputError([Problem("expected two scenarios or more", source="SCENARIOS")])
    with ProgressBar("runs", hidden=quiet) as bar, cluster(scheduler) as executor:
        from fwsim.planning.comparison import compare as compared

        found = compared(
            scenarios, replications=replications, seed=seed, measures=asked, workers=workers,
            executor=executor, progress=bar.tell_runs,
        )  # fmt: skip
    print_comparison(found)
    if out is not None:
        from fwsim.results.writing import table_writer, write_all

        files = {"comparison.csv": table_writer(found.table(), "csv")}
        click.echo(f"\nWritten to {write_all(out, files)[0]}")


def _read_all(
    scenarios: tuple[Path, ...], measures: tuple[str, ...]
) -> tuple[list[Scenario], list[Measure]]:
    """Return scenarios and measures.

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    from fwsim.measures.measure import read_measure
    from fwsim.results.measuring import check_measure
    from fwsim.run import prepare
    from fwsim.scenario.load import load

    problems: list[Problem] = []
    models: list[Scenario] = []
    asked: list[Measure] = []
    for path in scenarios:
        try:
            models.append(load(path))
        except InputError as error:
            problems += error.problems
    for words in measures:
        try:
            asked.append(read_measure(words))
        except ValueError as error:
            problems.append(Problem(str(error), source="--measure"))
    for model in models if asked else ():
        try:
            rollout = prepare(model)
        except InputError as error:
            problems += error.problems
            continue
        for measure in asked:
            try:
                check_measure(rollout, measure)
            except InputError as error:
                problems += [replace(p, source=p.source or "--measure") for p in error.problems]
    if problems:
        raise InputError(problems)
    return models, asked


def _tell_stories(models: list[Scenario], seed: int | None) -> None:
    from fwsim.results.console import print_side_by_side
    from fwsim.results.side_by_side import measures_of
    from fwsim.run import simulate

    print_side_by_side([measures_of(simulate(model, seed=seed)) for model in models])


def print_comparison(found: Comparison, console: Console | None = None) -> None:
    """Print each plan against the first: the table, the verdict, what the pairs saved."""
    from rich.markup import escape

    from fwsim.measures.amounts import counted
    from fwsim.results.console import console_for_tables

    console = console or console_for_tables()
    seed = found.answers[0].provenance["seed"]
    for plan in range(1, len(found.answers)):
        console.print(
            f"[bold]{escape(found.names[plan])}[/bold] against "
            f"[bold]{escape(found.names[0])}[/bold]: {found.runs} pairs of runs, seed {seed}"
        )
        console.print()
        console.print(_table(found, plan))
        console.print()
        for sentence in found.verdict(plan):
            console.print(escape(sentence))
        if (best := found.saved(plan)) is not None:
            measure, difference = best
            console.print(
                f"Pairs made the interval of {escape(measure.name)} "
                f"{difference.narrower:.1f} times narrower; "
                f"without them it takes {counted(difference.runs_saved, 'more run')} of each."
            )
        console.print()
    if found.paired_by:
        console.print(found.paired_by)
    console.print(f"Intervals hold at {100 * found.level:.4g} % each.")


def _table(found: Comparison, plan: int) -> Any:
    from rich.markup import escape
    from rich.table import Table

    from fwsim.measures.amounts import shown
    from fwsim.results.difference import signed_interval, told

    table = Table("Measure", box=None, pad_edge=False)
    for head in ("first", "this", "difference", "interval", "settled", "narrower"):
        table.add_column(head, justify="right")
    for measure in found.first_measures:
        difference = found.difference(measure, plan)
        values = [
            shown(found.answers[p].estimate(measure).value, measure.definition) for p in (0, plan)
        ]
        if difference.same:
            words = "none" if difference.neither < difference.runs else told(difference)
            table.add_row(escape(measure.name), *values, words, "", "same", "")
            continue
        ratio = difference.narrower
        table.add_row(
            escape(measure.name), *values, told(difference), signed_interval(difference),
            "yes" if difference.settled else "no",
            f"{ratio:.1f} ×" if math.isfinite(ratio) else "",
        )  # fmt: skip
    return table
