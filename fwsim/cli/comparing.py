"""The command that compares plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.asked_comparison import (
    TABLE,
    AskedComparison,
    ReadyComparison,
    checked,
    with_itself,
)
from fwsim.cli.cluster import cluster
from fwsim.cli.group import example, main
from fwsim.cli.keeping import keep_and_tell
from fwsim.cli.options import PATH
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.messages import ENGLISH, language, localised, say, speaking

if TYPE_CHECKING:
    from rich.console import Console

    from fwsim.experiments.comparison import Comparison
    from fwsim.results.statistics.difference import Difference


@main.command(
    short_help="Compare plans in pairs of runs that meet the same luck.",
    epilog=example("fwsim compare ours.yaml --set commands.0.user_can_cancel=false"),
)
@click.argument("scenarios", nargs=-1, required=True, type=PATH)
@allow_outside
@options.settings
@options.seed("Seed for all; default: the first scenario's.")
@options.replications(
    "Runs of each; 1 is an example. Default: the first scenario's, or 200, but at least 20."
)
@options.measures("Compare this measure too, as in 't99'; may be repeated.")
@click.option("--out", type=PATH, help="Folder for the table of all differences.")
@options.workers
@options.scheduler
@options.quiet
def compare(**given: Any) -> None:
    """Compare SCENARIOS with the first of them, in pairs of runs that meet the same luck.

    One SCENARIO with --set is compared with its changed version; of several, all are changed.
    """
    asked = AskedComparison(**given)
    ready = checked(asked)
    if asked.replications == 1:
        _tell_stories(ready, asked.seed)
        return
    with (
        ProgressBar("runs", hidden=asked.quiet) as bar,
        cluster(asked.scheduler) as executor,
    ):
        from fwsim.experiments.compare import compare as compared

        comparison = compared(
            ready.models,
            paths=ready.paths,
            replications=asked.replications,
            seed=asked.seed,
            measures=ready.measures,
            workers=asked.workers,
            executor=executor,
            progress=bar.tell_runs,
        )
    kept = comparison if asked.out is None else _in_english(comparison, asked)
    for path in keep_and_tell(
        asked.out, partial(_keep, kept), lambda: print_comparison(comparison)
    ):
        click.echo("\n" + say("cli.written_to", place=path))


def _in_english(comparison: Comparison, asked: AskedComparison) -> Comparison:
    """Return a comparison with the names that its file has, whatever language is spoken."""
    if len(asked.scenarios) > 1 or language() == ENGLISH:
        return comparison
    with speaking(ENGLISH):
        names = tuple(model.name for model in with_itself(asked.scenarios[0], asked.settings))
    return replace(comparison, names=names)


def _keep(comparison: Comparison, out: Path) -> list[Path]:
    from fwsim.results.output.folder.writing import NewPart, write_parts
    from fwsim.results.output.writing import frame_writer

    files = {TABLE: frame_writer(comparison.table(), "csv")}
    return write_parts(out, {"comparison": NewPart(files)})


def _tell_stories(ready: ReadyComparison, seed: int | None) -> None:
    """Print one run of each plan, a line each, and what they do not have in common."""
    from fwsim.experiments.pairing import horizons_in_words, starts_in_words, whom_in_words
    from fwsim.experiments.plans import names_of
    from fwsim.model.first_due import what_is_due
    from fwsim.results.output.console import print_side_by_side
    from fwsim.results.output.side_by_side import measures_of
    from fwsim.results.run.lines_in_words import others_of_plans, others_of_rollout
    from fwsim.results.run.replication import measured
    from fwsim.run import simulate

    models = ready.models
    names = names_of(models, ready.paths or [None] * len(models))
    rows, runs, firsts, judged, ends, others = [], [], [], [], [], []
    for model, name in zip(models, names, strict=True):
        result = simulate(model, seed=seed)
        row = measures_of(result, asked=tuple(dict.fromkeys(ready.measures)))
        rows.append(replace(row, name=name))
        runs.append(run := measured(result.record, 0))
        at = result.rollout.local_time(run.first_command)
        ends.append(result.rollout.horizon)
        others.append(others_of_rollout(result.rollout))
        firsts.append(at if run.targeted else None)
        judged.append(what_is_due(result.rollout).judged.name.lower())
    print_side_by_side(rows)
    for sentence in others_of_plans(names, others):
        click.echo(sentence)
    for row, run, by in zip(rows[1:], runs[1:], judged[1:], strict=True):
        pair, both = (run, runs[0]), (by, judged[0])
        for sentence in whom_in_words(row.name, rows[0].name, [pair], both):
            click.echo(sentence)
    if starts := starts_in_words(firsts):
        click.echo(starts)
    if horizons := horizons_in_words(ends):
        click.echo(horizons)


def print_comparison(comparison: Comparison, console: Console | None = None) -> None:
    """Print each plan against the first: the table, the verdict, what the pairs saved."""
    from rich.text import Text

    from fwsim.console import console_for_tables
    from fwsim.results.statistics.difference_in_words import saved_in_words

    console = console or console_for_tables()
    seed = comparison.answers[0].provenance["seed"]
    for plan in range(1, len(comparison.answers)):
        between = say("comparison.against")
        names = (comparison.names[plan], "bold"), between, (comparison.names[0], "bold")
        heading = say("comparison.heading", count=comparison.runs, seed=seed)
        console.print(Text.assemble(*names, f": {heading}"))
        console.print()
        console.print(_table(comparison, plan))
        console.print()
        for sentence in comparison.verdict(plan):
            console.print(sentence)
        for sentence in comparison.worth_knowing(plan):
            console.print(sentence)
        if (best := comparison.saved(plan)) is not None:
            console.print(saved_in_words(*best))
        console.print()
    if comparison.starts:
        console.print(comparison.starts)
    if comparison.horizons:
        console.print(comparison.horizons)
    if comparison.paired_by:
        console.print(comparison.paired_by)
    for note in _notes(comparison):
        console.print(note)


def _notes(comparison: Comparison) -> Iterator[str]:
    """Yield what the numbers of the table are."""
    from fwsim.measures.catalogue import Unit
    from fwsim.results.statistics.difference_in_words import is_open
    from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE

    level = localised(f"{100 * comparison.level:.4g}")
    if comparison.runs < FEWEST_FOR_RANGE:
        yield say("comparison.note_few", level=level, count=comparison.runs)
    else:
        name = "comparison.note_under_way" if comparison.under_way else "comparison.note"
        yield say(name, level=level)
    if any(measure.definition.unit is Unit.CHANCE for measure in comparison.first_measures):
        yield say("comparison.note_chances")
    yield from comparison.shared
    if any(map(is_open, _differences(comparison))):
        yield say("comparison.note_open")
    if _is_of_some_pairs(comparison):
        is_way = comparison.under_way
        name = "comparison.note_pairs_under_way" if is_way else "comparison.note_pairs"
        yield say(name, count=comparison.runs, fewest=FEWEST_FOR_RANGE)


def _is_of_some_pairs(comparison: Comparison) -> bool:
    """Tell whether any range that is shown leaves out pairs."""
    from fwsim.results.statistics.difference_in_words import tells_pairs

    return any(not one.same and tells_pairs(one) for one in _differences(comparison))


def _differences(comparison: Comparison) -> Iterator[Difference]:
    for measure in comparison.first_measures:
        for plan in range(1, len(comparison.answers)):
            yield comparison.difference(measure, plan)


def _table(comparison: Comparison, plan: int) -> Any:
    from fwsim.console import plain_table
    from fwsim.experiments.comparison_table import heads, rows

    first, *others = heads(comparison)
    table = plain_table(first)
    for head in others:
        table.add_column(head, justify="right")
    for row in rows(comparison, plan):
        table.add_row(*row)
    return table
