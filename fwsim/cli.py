"""The command line: run, compare, validate, schema, log."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.results.result import Result
    from fwsim.scenario.schema import Scenario

STOPPED_BY_USER = 130
WRONG_INPUT = 2


class _Group(click.Group):
    """Turns refused input and Ctrl-C into words; no traceback reaches a user."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(str(error), err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was done", err=True)
            sys.exit(WRONG_INPUT)
        except KeyboardInterrupt:
            click.echo("\nstopped; nothing was written", err=True)
            sys.exit(STOPPED_BY_USER)
        except BrokenPipeError:
            # Whoever read the output has seen enough.
            sys.stderr.close()
            sys.exit(0)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fwsim")
def main() -> None:
    """Rehearse a firmware rollout before you click Execute."""


@main.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--seed", type=click.IntRange(0), help="Name of the experiment; default: the scenario's."
)
@click.option("--replication", type=click.IntRange(0), default=0, help="Which run of it.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for log, devices and summary.")
@click.option("--until", help="Stop at this time, as in '2018-08-21 06:00'.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "jsonl"]),
    default="csv",
    show_default=True,
    help="Form of the tables.",
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
def run(
    scenario: Path, seed: int | None, replication: int, out: Path | None, until: str | None,
    form: Any, quiet: bool,
) -> None:  # fmt: skip
    """Run SCENARIO once and tell what happened."""
    from fwsim.results.console import print_summary
    from fwsim.run import simulate
    from fwsim.scenario.load import load

    model = load(scenario)
    stop = _milliseconds_until(model, until)
    with _ProgressBar(hidden=quiet) as bar:
        result = simulate(model, seed=seed, replication=replication, until=stop, progress=bar.tell)
    print_summary(result)
    if out is not None:
        _save(result, out, form)


def _save(result: Result, out: Path, form: Any) -> None:
    paths = result.save(out, form)
    click.echo("Written: " + ", ".join(str(path) for path in paths))


def _milliseconds_until(scenario: Scenario, until: str | None) -> int | None:
    if until is None:
        return None
    from datetime import UTC
    from zoneinfo import ZoneInfo

    from fwsim.scenario.values import read_local_time

    try:
        at = read_local_time(until)
    except ValueError as error:
        raise InputError([Problem(str(error), source="--until")]) from None
    zone = ZoneInfo(scenario.zone)
    start = scenario.start.replace(tzinfo=zone).astimezone(UTC)
    milliseconds = round((at.replace(tzinfo=zone).astimezone(UTC) - start).total_seconds() * 1000)
    if milliseconds <= 0:
        raise InputError(
            [
                Problem(
                    f"{until!r} is not after the scenario's start, {scenario.start}",
                    source="--until",
                )
            ]
        )
    return milliseconds


class _ProgressBar:
    """Shows how many of the targeted devices are done, and the simulated time."""

    def __init__(self, *, hidden: bool) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("devices done"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console, transient=True, disable=hidden or not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, done: int, targeted: int, milliseconds: int) -> None:
        """Move the bar."""
        hours = milliseconds / 3_600_000
        self._progress.update(
            self._task, completed=done, total=targeted, description=f"{hours:.1f} h simulated"
        )


@main.command()
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(path_type=Path))
def validate(scenarios: tuple[Path, ...]) -> None:
    """Check SCENARIOS without running them; all problems of all files at once."""
    from fwsim.results.console import counted
    from fwsim.run import prepare
    from fwsim.scenario.load import load

    problems: list[Problem] = []
    for path in scenarios:
        try:
            rollout = prepare(load(path))
        except InputError as error:
            problems += error.problems
        else:
            click.echo(
                f"{path}: valid, {counted(len(rollout.fleet), 'device')}, "
                f"{counted(len(rollout.runs), 'command run')}"
            )
    if problems:
        raise InputError(problems)


@main.command()
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(0), help="The same for all; default: each one's own.")
def compare(scenarios: tuple[Path, ...], seed: int | None) -> None:
    """Run SCENARIOS once each and put them side by side."""
    from fwsim.results.console import print_side_by_side
    from fwsim.results.side_by_side import measures_of
    from fwsim.run import simulate
    from fwsim.scenario.load import load

    models = [load(path) for path in scenarios]
    print_side_by_side([measures_of(simulate(model, seed=seed)) for model in models])


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from fwsim.scenario.load import schema as scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--device", required=True, help="Name of the device, as in the devices' table.")
def log(folder: Path, device: str) -> None:
    """Print one device's status log from the results in FOLDER, as its Properties window would."""
    from fwsim.results.properties import properties_window

    click.echo(properties_window(folder, device))
