"""Commands that look at files: validate, schema, log, report."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fwsim.cli.group import main
from fwsim.problems import InputError, Problem


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


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Write FOLDER/report.html: the answer with its figures, in one file that needs nothing else.

    FOLDER is what `fwsim run --replications N --out FOLDER` wrote.
    """
    from fwsim.results.report import write_report

    click.echo(f"The report lies in {write_report(folder)}")
