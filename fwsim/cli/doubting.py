"""The command that tells where the spread of a forecast comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fwsim.cli import options
from fwsim.cli.cluster import check_address, cluster
from fwsim.cli.group import example, main
from fwsim.cli.keeping import keep_and_tell, tell_written
from fwsim.cli.options import (
    PATH,
    Checks,
    check_out,
    problems_of_measures,
    read_measures,
)
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.problems import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from fwsim.measures.measure import Measure
    from fwsim.model.rollout import Rollout
    from fwsim.results.statistics.spread_answer import Spread


@main.command(
    short_help="Tell luck from doubt in a forecast, and what to measure first.",
    epilog=example("fwsim doubt ours.yaml --out out/ours"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@options.seed()
@options.replications("Runs of the forecast itself; default: the scenario's, or 200.", fewest=10)
@click.option(
    "--worlds",
    type=click.IntRange(10, 10_000),
    default=50,
    show_default=True,
    help="Number of draws of what is not known.",
)
@click.option(
    "--lucks",
    type=click.IntRange(2, 1_000),
    default=4,
    show_default=True,
    help="Number of runs with each draw.",
)
@options.measures("Include this measure, as in 't99'; may be repeated.")
@click.option("--out", type=PATH, help="Folder for the results; `fwsim report` shows them.")
@options.workers
@options.scheduler
@options.quiet
def doubt(  # noqa: PLR0917 - click hands them over by name
    scenario: Path,
    seed: int | None,
    replications: int | None,
    worlds: int,
    lucks: int,
    measures: tuple[str, ...],
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    *,
    quiet: bool,
) -> None:
    """Tell how much of the forecast's spread is luck, how much doubt, and what to measure first.

    Luck differs from device to device. Doubt is what nobody knows: the beliefs of SCENARIO, and
    what is assumed where it says nothing.
    """
    rollout, asked = _checked(scenario, measures, out, scheduler)
    with ProgressBar("runs", hidden=quiet) as bar, cluster(scheduler) as executor:
        from fwsim.experiments.spread import spread

        found = spread(
            rollout,
            draws=worlds,
            lucks=lucks,
            runs=replications,
            seed=seed,
            measures=asked,
            workers=workers,
            executor=executor,
            progress=bar.tell_runs,
        )

    def keep(folder: Path) -> list[Path]:
        from fwsim.results.output.answer_files import save_answer
        from fwsim.results.output.spread_files import spread_part
        from fwsim.results.output.writing import DOUBT, origin_of

        part = spread_part(found, origin_of(found.forecast.provenance))
        return save_answer(found.forecast, folder, more={DOUBT: part})

    tell_written(keep_and_tell(out, keep, lambda: print_spread(found)))


def _checked(
    scenario: Path, measures: tuple[str, ...], out: Path | None, scheduler: str | None
) -> tuple[Rollout, list[Measure]]:
    """Return the rollout and the measures asked for.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything runs.
    """
    from fwsim.results.output.spread_files import FILE, TABLE
    from fwsim.run import prepared, warnings_of

    checks = Checks()
    checks.made(lambda: check_out(out, [FILE, TABLE]))
    checks.made(lambda: check_address(scheduler))
    rollout = checks.made(lambda: prepared(scenario))
    wanted = read_measures(measures, checks.problems)
    if rollout is not None:
        checks.problems += problems_of_measures(rollout, wanted)
    if rollout is None or checks.problems:
        raise InputError(checks.problems)
    tell(warnings_of(rollout))
    return rollout, wanted


def print_spread(found: Spread, console: Console | None = None) -> None:
    """Print, measure by measure, what luck and doubt make of it, and what to measure first."""
    from fwsim.console import console_for_tables, plain_table
    from fwsim.measures.amounts import counted
    from fwsim.messages import say
    from fwsim.results.output.spread_files import told, told_once

    console = console or console_for_tables()
    forecast = found.forecast
    console.print(forecast.setting.name, style="bold")
    console.print(
        say(
            "spread.of",
            devices=counted(forecast.setting.devices, "device"),
            runs=forecast.runs,
            draws=found.draws,
            lucks=found.lucks,
            seed=forecast.provenance["seed"],
        )
    )
    console.print()
    console.print(f"{forecast.headline}.")
    for one in told_once(told(found).measures):
        console.print()
        console.print(one.measure, style="bold")
        _print_ranges(console, one.ranges)
        for sentence in one.sentences:
            console.print(sentence)
        if one.inputs:
            console.print()
            table = plain_table(
                say("spread.head_input"), say("spread.head_share"), say("spread.head_left")
            )
            for line in one.inputs:
                table.add_row(line.place, line.share, line.left)
            console.print(table)
    console.print()
    console.print(say("spread.note"), style="dim")


def _print_ranges(console: Console, ranges: list[tuple[str, str]]) -> None:
    from fwsim.console import plain_table

    if not ranges:
        return
    table = plain_table("", "")
    table.show_header = False
    for name, text in ranges:
        table.add_row(name, text)
    console.print(table)
