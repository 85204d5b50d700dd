"""The command that says how good forecasts were: score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.group import example, main
from fwsim.cli.keeping import Outputs, tell_written
from fwsim.cli.options import PATH, check_out, in_options, problems_of, read_measures
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.ledger.score import Scores
    from fwsim.measures.measure import Measure
    from fwsim.results.output.score_files import ToldScores


@main.command(
    short_help="Say how good forecasts were, once the outcome is known.",
    epilog=example("fwsim score forecasts.sqlite status.csv --scenario ours.yaml"),
)
@click.argument("ledger", type=PATH)
@click.argument("logs", nargs=-1, required=True, type=PATH)
@allow_outside
@click.option(
    "--scenario",
    type=PATH,
    help="Scenario of the rollout: selects its forecasts in LEDGER, leaves out other devices, and "
    "tells what was still to come.",
)
@click.option(
    "--past",
    multiple=True,
    type=PATH,
    help="Log of an earlier rollout to compare with; may be repeated, the latest last.",
)
@click.option(
    "--by",
    "times",
    multiple=True,
    help="Also score the chances of being over by this time, as in '2018-08-21 06:00', or"
    " '2021-10-31 02:30 +01:00' where the clock shows it twice; may be repeated.",
)
@click.option(
    "--until", help="LOGS are complete until this time, as --by; default: their last line."
)
@click.option("--mapping", type=PATH, help="File that says what columns and words mean.")
@options.measures("Show this measure, too; may be repeated; --out writes all of them.")
@click.option("--keep", is_flag=True, help="Record in LEDGER what happened; later scores count it.")
@click.option(
    "--parts",
    is_flag=True,
    help="Run it again with the actual people, then the actual lines: which was furthest off?",
)
@click.option(
    "--out",
    type=PATH,
    help="Folder for the results; in the folder of an answer `fwsim report` shows them, too.",
)
@options.workers
@options.quiet
def score(**given: Any) -> None:
    """Say how good the forecasts in LEDGER were, by LOGS of what happened.

    LOGS are of one rollout: a folder that `fwsim run --out` wrote, or files as `fwsim learn` reads
    them. Shows how often results lay in the forecast range, over all finished rollouts in LEDGER.
    """
    from fwsim.ledger.in_words import told_scores
    from fwsim.ledger.score import keep_what_happened

    asked = _Asked(**given)
    by, end, wanted = _checked(asked)
    found = _scores(asked, by, end)
    tell(found.problems)
    for account in found.accounts:
        click.echo(str(account), err=True)
    with Outputs() as outputs:
        paths = outputs.keep_and_tell(
            asked.out,
            lambda folder: _write(found, folder, wanted),
            lambda: print_scores(told_scores(found, wanted)),
        )
        tell_written(paths)
        if asked.keep:
            keep = partial(keep_what_happened, found, asked.ledger)
            if outputs.tried("cli.happened_not_kept", keep) is not None:
                click.echo("\n" + say("cli.happened_kept", ledger=asked.ledger))


@dataclass(frozen=True)
class _Asked:
    """The options of `fwsim score`, as they were given; their help says what each is."""

    ledger: Path
    logs: tuple[Path, ...]
    scenario: Path | None
    past: tuple[Path, ...]
    times: tuple[str, ...]
    until: str | None
    mapping: Path | None
    measures: tuple[str, ...]
    keep: bool
    parts: bool
    out: Path | None
    workers: int | None
    quiet: bool


def _scores(asked: _Asked, by: list[datetime], until: datetime | None) -> Scores:
    from fwsim.ledger.score import score as score_of

    with ProgressBar("logs", hidden=asked.quiet) as bar, in_options(until="--until"):
        found = score_of(
            asked.ledger,
            asked.logs,
            scored_at=datetime.now(UTC),
            scenario=asked.scenario,
            past=asked.past,
            by=by,
            until=until,
            mapping=asked.mapping,
            progress=bar.tell_runs,
        )
    if asked.parts and asked.scenario is not None:
        return _with_parts(found, asked.scenario, asked.workers, quiet=asked.quiet)
    return found


def _with_parts(found: Scores, scenario: Path, workers: int | None, *, quiet: bool) -> Scores:
    """Return scores with those of forecasts that know one part of what happened."""
    from fwsim.engine import choose_engine
    from fwsim.ledger.parts import score_parts

    choose_engine()
    with ProgressBar("runs", hidden=quiet) as bar:
        scored = score_parts(
            scenario,
            found.source.files[0],
            found.happened,
            made_at=datetime.now(UTC),
            workers=workers,
            progress=bar.tell_runs,
        )
    return replace(found, parts=scored)


def _checked(asked: _Asked) -> tuple[list[datetime], datetime | None, list[Measure]]:
    """Return the times by which it is to be over, until when logs tell all, and the measures.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    from fwsim.ledger.files import NAMES
    from fwsim.ledger.store import check_ledger

    problems: list[Problem] = []
    if asked.parts and (asked.scenario is None or len(asked.logs) != 1):
        problems.append(Problem(say("option.needs_scenario_and_log"), source="--parts"))
    by = [at for text in asked.times if (at := _time(text, "--by", problems)) is not None]
    end = None if asked.until is None else _time(asked.until, "--until", problems)
    wanted = read_measures(asked.measures, problems)
    problems += problems_of(
        lambda: check_out(asked.out, NAMES),
        lambda: check_ledger(asked.ledger) if asked.keep else None,
    )
    if problems:
        raise InputError(problems)
    return by, end, wanted


def _time(text: str, source: str, problems: list[Problem]) -> datetime | None:
    from fwsim.scenario.server_clock import read_time

    try:
        return read_time(text)
    except ValueError as error:
        problems.append(Problem(str(error), source=source))
    return None


def _write(found: Scores, folder: Path, more: list[Measure]) -> list[Path]:
    from fwsim.ledger.files import part_of
    from fwsim.results.output.folder.writing import write_parts
    from fwsim.results.output.writing import SCORE

    return write_parts(folder, {SCORE: part_of(found, more)})


def print_scores(told: ToldScores) -> None:
    """Print what came, what had been said of it, and how often that is right."""
    from fwsim.console import console_for_tables, plain_table

    console = console_for_tables()
    console.print(told.title, style="bold")
    for sentence in told.sentences:
        console.print(sentence)
    for table in told.tables:
        shown = plain_table(*table.heads)
        for row in table.rows:
            shown.add_row(*row)
        console.print()
        console.print(table.title, style="bold")
        console.print(shown)
    console.print()
    for note in told.notes:
        console.print(note, style="dim")
