"""The command that learns a scenario's inputs from logs of what happened."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.asked_learning import AskedLearning, read_all
from fwsim.cli.group import example, main
from fwsim.cli.keeping import Outputs
from fwsim.cli.options import PATH
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.messages import say
from fwsim.quantities.counts import FEWEST_ROWS, MOST_ROWS

if TYPE_CHECKING:
    from fwsim.learning.learnt import Learnt
    from fwsim.learning.reading import Logs

_LONGEST = 90
"""Characters of a value that a table shows."""


@main.command(
    short_help="Learn a scenario's beliefs from logs of past rollouts.",
    epilog=example("fwsim learn ours.yaml status.csv --web access.log --out learnt.yaml"),
)
@click.argument("scenario", type=PATH)
@click.argument("logs", nargs=-1, required=True, type=PATH)
@allow_outside
@click.option(
    "--web",
    multiple=True,
    type=PATH,
    help="Log of the repository's web server; shows what lines carry; may be repeated.",
)
@click.option(
    "--together",
    is_flag=True,
    help="LOGS are of one rollout, as several exports of a console; default: one rollout each.",
)
@click.option(
    "--pseudonymise",
    is_flag=True,
    help="Replace device names with pseudonyms, and show no content of lines.",
)
@click.option("--zone", help="Time zone of times in LOGS that name none; default: the scenario's.")
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
@click.option(
    "--report", is_flag=True, help="With --out: a picture of how well the distributions fit, too."
)
@options.quiet
def learn(**given: Any) -> None:
    """Learn the beliefs of SCENARIO from LOGS of past rollouts.

    LOGS are files, or folders that `fwsim run --out` wrote.
    Says for each input whether the logs show anything about it, in how many observations, and how
    well its distribution fits. What they do not tell stays as SCENARIO has it.
    """
    from fwsim.learning.learn import learn as learn_from

    asked = AskedLearning(**given)
    with ProgressBar("files", hidden=asked.quiet) as bar:
        model, read = read_all(asked, bar.tell_runs)
    _tell_of_files(read)
    with ProgressBar("kinds of inputs", hidden=asked.quiet) as bar:
        learnt = learn_from(
            model,
            read.observed,
            read.transfers,
            rows=asked.rows,
            seed=1 if asked.seed is None else asked.seed,
            progress=bar.tell_runs,
        )
    _tell_and_keep(learnt, asked)


def _tell_and_keep(learnt: Learnt, asked: AskedLearning) -> None:
    """Tell what was learnt, and write it into the text of the scenario."""
    original = asked.scenario.read_text(encoding="utf-8-sig", errors="replace")
    outputs = Outputs()

    def keep(file: Path) -> list[Path]:
        paths = learnt.save(file, original)
        if asked.report:
            picture = outputs.tried("cli.picture_not_written", partial(_picture, learnt, file))
            if picture is not None:
                paths.append(picture)
        return paths

    with outputs:
        for path in outputs.keep_and_tell(asked.out, keep, lambda: print_learnt(learnt)):
            click.echo("\n" + say("cli.written_to", place=path))


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
