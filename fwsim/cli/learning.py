"""The command that learns a scenario's inputs from logs of what happened."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.group import main
from fwsim.cli.keeping import keep_and_tell
from fwsim.cli.options import PATH, problems_of
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.learning.learnt import Learnt
    from fwsim.observations.observed import Observed, Transfers
    from fwsim.scenario.schema import Scenario

_LONGEST = 60
"""Characters of a value that a table shows."""


@main.command()
@click.argument("scenario", type=PATH)
@click.argument("logs", nargs=-1, required=True, type=PATH)
@allow_outside
@click.option(
    "--web", multiple=True, type=PATH, help="Log of the repository's web server; tells the lines."
)
@click.option(
    "--together",
    is_flag=True,
    help="LOGS are of one rollout, such as several exports of a console; else each is of its own.",
)
@click.option("--zone", help="Of times in LOGS that name none; default: the scenario's.")
@click.option("--mapping", type=PATH, help="File that says what columns and words mean.")
@click.option(
    "--rows",
    type=click.IntRange(10, 100_000),
    default=1000,
    show_default=True,
    help="Draws of the joint posterior.",
)
@options.seed("Seed of these draws; default: 1.")
@click.option("--out", type=PATH, help="File for the scenario; its draws are written beside it.")
@click.option("--report", is_flag=True, help="With --out: a picture of how well the laws fit, too.")
@options.quiet
def learn(  # noqa: PLR0917 - click hands them over by name
    scenario: Path,
    logs: tuple[Path, ...],
    web: tuple[Path, ...],
    together: bool,
    zone: str | None,
    mapping: Path | None,
    rows: int,
    seed: int | None,
    out: Path | None,
    report: bool,
    *,
    quiet: bool,
) -> None:
    """Learn from LOGS of past rollouts what SCENARIO can only believe.

    Says for each input whether the logs told something of it, from how many observations, and how
    well its law fits. What they do not tell stays as SCENARIO has it.
    """
    from fwsim.learning.learn import learn as learn_from

    model = _checked(scenario, out, report=report)
    with ProgressBar("files", hidden=quiet) as bar:
        seen, transfers = _read(model, logs, web, zone, mapping, together=together, bar=bar)
    learnt = learn_from(model, seen, transfers, rows=rows, seed=1 if seed is None else seed)
    original = scenario.read_text(encoding="utf-8-sig", errors="replace")

    def keep(file: Path) -> list[Path]:
        return [*learnt.save(file, original), *([_picture(learnt, file)] if report else [])]

    for path in keep_and_tell(out, keep, lambda: print_learnt(learnt)):
        click.echo(f"\nWritten to {path}")


def _checked(scenario: Path, out: Path | None, *, report: bool) -> Scenario:
    """Return the scenario.

    Raises
    ------
    InputError
        With everything that is wrong with what was given.
    """
    from fwsim.run import prepared

    found: list[Scenario] = []
    problems = problems_of(lambda: found.append(prepared(scenario).scenario))
    if report and out is None:
        problems.append(Problem("goes with --out, beside which the picture lies", "--report"))
    if out is not None:
        problems += problems_of(lambda: _check_out(scenario, out))
    if problems:
        raise InputError(problems)
    return found[0]


def _check_out(scenario: Path, out: Path) -> None:
    from fwsim.results.output.writing import check_folder

    if out.is_dir():
        raise InputError([Problem("is a folder; expected a file, such as learnt.yaml", str(out))])
    if out.exists() and scenario.exists() and out.samefile(scenario):
        raise InputError([Problem("is the scenario itself, which stays as it is", str(out))])
    check_folder(out.parent)
    if out.parent.resolve() != scenario.parent.resolve():
        text = f"files that {scenario.name} names are seen from its folder; write it there"
        raise InputError([Problem(text, str(out))])


def _read(
    model: Scenario,
    logs: tuple[Path, ...],
    web: tuple[Path, ...],
    zone: str | None,
    mapping: Path | None,
    *,
    together: bool,
    bar: ProgressBar,
) -> tuple[list[Observed], Transfers | None]:
    """Return what was seen, and tell what became of each file."""
    from fwsim.observations.reading import read_observed
    from fwsim.observations.transfers import read_transfers

    groups = [logs] if together else [(log,) for log in logs]
    seen: list[Observed] = []
    found: list[Transfers] = []
    problems: list[Problem] = []
    for group in groups:
        problems += problems_of(
            lambda group=group: seen.append(  # type: ignore[misc]
                read_observed(group, zone=zone or model.zone, mapping=mapping)
            )
        )
    if web:
        problems += problems_of(lambda: found.append(read_transfers(web, mapping=mapping)))
    if problems:
        raise InputError(problems)
    tell([problem for one in seen for problem in one.problems])
    tell([problem for one in found for problem in one.problems])
    accounts = [one.accounts for one in seen] + [one.accounts for one in found]
    for account in chain.from_iterable(accounts):
        click.echo(str(account), err=True)
    bar.tell_runs(len(logs) + len(web), len(logs) + len(web))
    return seen, found[0] if found else None


def _picture(learnt: Learnt, file: Path) -> Path:
    from fwsim.learning.figure import write_fits

    return write_fits(learnt, file.with_name(f"{file.stem}-fits.png"))


def print_learnt(learnt: Learnt) -> None:
    """Print what was learnt, from what, and what is kept as it was."""
    from fwsim.console import console_for_tables, plain_table
    from fwsim.messages import say

    console = console_for_tables()
    console.print(learnt.before.name, style="bold")
    table = plain_table(
        say("learn.head_place"),
        say("learn.head_now"),
        say("learn.head_seen"),
        say("learn.head_fit"),
    )
    for one in learnt.learnt:
        table.add_row(one.name, _short(one.value), one.seen, one.fitting)
    console.print()
    console.print(table)
    console.print()
    for sentence in learnt.remarks():
        console.print(sentence)


def _short(value: Any) -> str:
    """Return what a file says, cut to what a table takes."""
    text = in_short(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def in_short(value: Any) -> str:
    """Return a value as a file says it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {in_short(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(in_short, value)) + "]"
    return str(value)
