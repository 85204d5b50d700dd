"""The command that learns a scenario's inputs from logs of what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.group import example, main
from fwsim.cli.keeping import Outputs
from fwsim.cli.options import PATH, Checks, problems_of
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import FEWEST_ROWS, MOST_ROWS

if TYPE_CHECKING:
    from fwsim.learning.learnt import Learnt
    from fwsim.learning.reading import Logs
    from fwsim.scenario.schema import Scenario

_LONGEST = 90
"""Characters of a value that a table shows."""


@main.command(
    short_help="Learn from logs of past rollouts what a scenario believes.",
    epilog=example("fwsim learn ours.yaml status.csv --web access.log --out learnt.yaml"),
)
@click.argument("scenario", type=PATH)
@click.argument("logs", nargs=-1, required=True, type=PATH)
@allow_outside
@click.option(
    "--web",
    multiple=True,
    type=PATH,
    help="Log of the repository's web server; tells the lines; may be repeated.",
)
@click.option(
    "--together",
    is_flag=True,
    help="LOGS are of one rollout, such as several exports of a console; else each is of its own.",
)
@click.option(
    "--pseudonymise",
    is_flag=True,
    help="Put pseudonyms in place of devices' names, and show nothing of a line's content.",
)
@click.option("--zone", help="Of times in LOGS that name none; default: the scenario's.")
@click.option("--mapping", type=PATH, help="File that says what columns and words mean.")
@click.option(
    "--rows",
    type=click.IntRange(FEWEST_ROWS, MOST_ROWS),
    default=1000,
    show_default=True,
    help="Draws of the joint posterior.",
)
@options.seed("Seed of these draws; default: 1.")
@click.option(
    "--out",
    type=PATH,
    help="File for the scenario, in the folder of SCENARIO; its draws are written beside it.",
)
@click.option("--report", is_flag=True, help="With --out: a picture of how well the laws fit, too.")
@options.quiet
def learn(  # noqa: PLR0917 - click hands them over by name
    scenario: Path,
    logs: tuple[Path, ...],
    web: tuple[Path, ...],
    together: bool,
    pseudonymise: bool,
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

    LOGS are files, or folders that `fwsim run --out` wrote.
    Says for each input whether the logs told something of it, from how many observations, and how
    well its law fits. What they do not tell stays as SCENARIO has it.
    """
    from fwsim.learning.learn import learn as learn_from
    from fwsim.learning.reading import read_logs

    with ProgressBar("files", hidden=quiet) as bar:
        reading = partial(
            read_logs,
            logs,
            web,
            together=together,
            mapping=mapping,
            pseudonymise=pseudonymise,
            progress=bar.tell_runs,
        )
        model, read = _read(scenario, reading, zone, out, report=report)
    _tell_of_files(read)
    with ProgressBar("kinds of inputs", hidden=quiet) as bar:
        learnt = learn_from(
            model,
            read.observed,
            read.transfers,
            rows=rows,
            seed=1 if seed is None else seed,
            progress=bar.tell_runs,
        )
    original = scenario.read_text(encoding="utf-8-sig", errors="replace")
    _tell_and_keep(learnt, original, out, report=report)


def _tell_and_keep(learnt: Learnt, original: str, out: Path | None, *, report: bool) -> None:
    """Tell what was learnt, and write it into the text of the scenario."""
    outputs = Outputs()

    def keep(file: Path) -> list[Path]:
        paths = learnt.save(file, original)
        if report:
            picture = outputs.tried("cli.picture_not_written", partial(_picture, learnt, file))
            if picture is not None:
                paths.append(picture)
        return paths

    with outputs:
        for path in outputs.keep_and_tell(out, keep, lambda: print_learnt(learnt)):
            click.echo("\n" + say("cli.written_to", place=path))


def _read(
    scenario: Path,
    reading: Callable[..., Logs],
    zone: str | None,
    out: Path | None,
    *,
    report: bool,
) -> tuple[Scenario, Logs]:
    """Return the scenario and what the logs say.

    Raises
    ------
    InputError
        With everything that is wrong with either.
    """
    from fwsim.learning.reading import image_of
    from fwsim.observations.files import zone_of

    of_zone = [replace(one, source="--zone") for one in problems_of(lambda: zone_of(zone))]
    known = None if of_zone else zone
    checks = Checks()
    model = checks.made(lambda: _checked(scenario, out, report=report))
    checks.problems += of_zone
    if model is not None:
        reading = partial(reading, image=image_of(model))
    at = known or (model.zone if model is not None else "UTC")
    logs = checks.made(lambda: reading(zone=at))
    if model is None or logs is None or checks.problems:
        raise InputError(checks.problems)
    return model, logs


def _checked(scenario: Path, out: Path | None, *, report: bool) -> Scenario:
    """Return the scenario.

    Raises
    ------
    InputError
        With everything that is wrong with what was given.
    """
    from fwsim.results.figures.letters import check_drawing
    from fwsim.run import prepared

    checks = Checks()
    model = checks.made(lambda: prepared(scenario).scenario)
    if report and out is None:
        checks.problems.append(Problem(say("option.with_out"), "--report"))
    if report:
        checks.made(lambda: check_drawing(say("optional.figures")))
    if out is not None:
        checks.made(partial(_check_out, scenario, out))
    if model is None or checks.problems:
        raise InputError(checks.problems)
    return model


def _check_out(scenario: Path, out: Path) -> None:
    from fwsim.results.output.writing import check_folder

    if out.is_dir():
        raise InputError([Problem(say("option.is_folder"), str(out))])
    if out.exists() and scenario.exists() and out.samefile(scenario):
        raise InputError([Problem(say("option.is_scenario"), str(out))])
    check_folder(out.parent, [out.name])
    if out.parent.resolve() != scenario.parent.resolve():
        text = say("option.beside_scenario", name=scenario.name)
        raise InputError([Problem(text, str(out))])


def _tell_of_files(read: Logs) -> None:
    """Tell what became of each file."""
    tell(list(read.problems))
    for account in read.accounts:
        click.echo(str(account), err=True)


def _picture(learnt: Learnt, file: Path) -> Path:
    from fwsim.learning.figure import write_fits

    return write_fits(learnt, file.with_name(f"{file.stem}-fits.png"))


def print_learnt(learnt: Learnt) -> None:
    """Print what was learnt, from what, and what is kept as it was."""
    from fwsim.console import console_for_tables, plain_table

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
    from fwsim.learning.belief_in_words import belief_in_words

    text = belief_in_words(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
