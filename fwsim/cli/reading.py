"""Commands that look at files: validate, schema, log, report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fwsim.cli.group import example, main
from fwsim.cli.options import PATH, checked
from fwsim.cli.outside import allow_outside
from fwsim.cli.warning import strict_option, tell
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.model.rollout import Rollout


@main.command(
    short_help="Check scenarios without running them.",
    epilog=example("fwsim validate ours.yaml"),
)
@click.argument("scenarios", nargs=-1, required=True, type=PATH)
@allow_outside
@strict_option
def validate(scenarios: tuple[Path, ...], *, strict: bool) -> None:
    """Check SCENARIOS without running them; reports all problems of all files at once.

    Warns of what is valid but probably not meant: a site that no device is at, a command that
    never runs. Exit code 0: valid. 2: there are problems, or with --strict warnings.
    """
    from fwsim.measures.amounts import counted
    from fwsim.run import prepared, warnings_of

    problems: list[Problem] = []
    for path in scenarios:
        try:
            rollout = prepared(path)
            of_plans = _check_plans(rollout)
            warnings = [*warnings_of(rollout), *of_plans]
            tell(warnings, strict=strict)
        except InputError as error:
            problems += error.problems
        else:
            assigned = len(rollout.scenario.assignments)
            parts = [
                counted(len(rollout.fleet), "device"),
                counted(len(rollout.runs), "command run"),
                *([counted(assigned, "assignment")] if assigned else []),
                *([counted(len(warnings), "warning")] if warnings else []),
            ]
            click.echo(say("cli.valid", path=path, what=", ".join(parts)))
    if problems:
        raise InputError(problems)


def _check_plans(rollout: Rollout) -> list[Problem]:
    """Return warnings of a stages block; refuse what `fwsim plan` or `stages` would refuse.

    Raises
    ------
    InputError
        With every problem of either.
    """
    from fwsim.planning.gates.policy_runs import PolicyRuns
    from fwsim.planning.search.question import question_of
    from fwsim.planning.search.space import Space

    checks: list[Callable[[], object]] = []
    if rollout.scenario.search is not None:
        checks += [lambda: question_of(rollout), lambda: Space(rollout)]
    if rollout.scenario.stages is None:
        checked(*checks)
        return []
    *_, staged = checked(*checks, lambda: PolicyRuns(rollout.scenario))
    return [*staged.warnings]


@main.command(
    short_help="Print the JSON Schema of scenario files, for editors.",
    epilog=example("fwsim schema > fwsim-scenario.json"),
)
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from fwsim.scenario.load import schema as scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))  # in ASCII: it is JSON on every console


@main.command(
    short_help="Print one device's status log, as its Properties window would.",
    epilog=example("fwsim log out/ours --device Karlsruhe-1"),
)
@click.argument("folder", type=PATH)
@click.option("--device", required=True, help="Name of the device, as in the devices' table.")
def log(folder: Path, device: str) -> None:
    """Print one device's status log from the results in FOLDER, as its Properties window would."""
    from fwsim.results.output.properties import properties_window

    click.echo(properties_window(folder, device))


@main.command(
    short_help="Write the report of saved results: one file with its figures.",
    epilog=example("fwsim report out/ours"),
)
@click.argument("folder", type=PATH)
@click.option("--by", default="", help="Author, as named in the report.")
@click.option("--on", default="", help="Date shown in the report; none unless given.")
def report(folder: Path, by: str, on: str) -> None:
    """Write FOLDER/report.html: the answer with its figures, in one file that needs nothing else.

    FOLDER is what `fwsim run --replications N --out FOLDER` wrote.
    """
    from fwsim.results.output.report import Signed, write_report

    signed = Signed(" ".join(by.split()), " ".join(on.split()))
    click.echo(say("cli.report", path=write_report(folder, signed)))
