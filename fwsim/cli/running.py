"""The command that runs a rollout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.asked_run import AskedRun, ReadyRun, beyond_the_horizon, checked
from fwsim.cli.cluster import cluster
from fwsim.cli.group import STOPPED_BY_USER, example, main
from fwsim.cli.keeping import Outputs, keep_in_ledger, tell_written
from fwsim.cli.options import PATH
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.tables import print_groups, write_workbook
from fwsim.cli.warning import strict_option, tell
from fwsim.messages import say
from fwsim.quantities.counts import MOST_REPLICATIONS

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer


@main.command(
    short_help="Run a scenario and show what to expect.",
    epilog=example("fwsim run ours.yaml --out out/ours"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@options.settings
@options.seed()
@options.replications("How many runs; 1 is an example. Default: the scenario's, or 200.")
@click.option(
    "--precision",
    help="Add runs until, for example, 'p90 of t95 ± 10 min'; of the mean: 't95 ± 10 min'.",
)
@click.option(
    "--replication",
    type=click.IntRange(0, MOST_REPLICATIONS - 1),
    help="Only this one run of the experiment, with the beliefs it drew.",
)
@click.option(
    "--by",
    type=click.Choice(["site", "model", "unit", "people"]),
    multiple=True,
    help="Also show the results of each site, model, OU (unit) or kind of people; may be repeated.",
)
@click.option("--out", type=PATH, help="Folder for the results.")
@click.option(
    "--excel",
    type=PATH,
    help="Workbook for all tables, a sheet each; needs the extra fwsim[excel].",
)
@options.ledger
@click.option(
    "--logs",
    type=PATH,
    help="Folder for every run's whole status log, as Parquet; needs the extra fwsim[logs].",
)
@click.option(
    "--until",
    help="Stop each run at this time, as in '2018-08-21 06:00', or '2021-10-31 02:30 +01:00' where"
    " the clock shows it twice.",
)
@options.workers
@options.scheduler
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "jsonl"]),
    default="csv",
    show_default=True,
    help="Format of the tables; parquet needs the extra fwsim[logs].",
)
@click.option(
    "--engine",
    type=click.Choice(["compiled", "simpy"]),
    help="The clock; both write the same log. Default: compiled, if possible.",
)
@click.option(
    "--commands",
    "files",
    type=PATH,
    multiple=True,
    help="Run the scmd lines of this file, or of a folder's *.cmd, instead of the scenario's "
    "commands; may be repeated.",
)
@strict_option
@options.quiet
def run(*, strict: bool, **given: Any) -> None:
    """Run SCENARIO and show what to expect.

    The answer is a forecast of the next rollout, from 200 runs unless the scenario or an option
    says otherwise; one run, with --replications 1 or --replication, is an example.
    """
    from fwsim.engine import choose_engine
    from fwsim.run import warnings_of

    asked = AskedRun(**given)
    ready = checked(asked)
    tell([*warnings_of(ready.rollout), *beyond_the_horizon(ready)], strict=strict)
    if ready.is_sample_run:
        choose_engine(asked.engine)  # its first use has a progress bar of its own
        _tell_sample_run(asked, ready)
    else:
        with Outputs() as outputs:
            answer = _answer(asked, ready, outputs)
            _tell_answer(asked, ready, answer, outputs)
        if answer.interrupted:
            raise SystemExit(STOPPED_BY_USER)


def _answer(asked: AskedRun, ready: ReadyRun, outputs: Outputs) -> Answer:
    """Return the answer, though the runs' logs may not have been written."""
    from fwsim.engine import choose_engine
    from fwsim.experiments.experiment import Experiment, LogsNotWrittenError

    experiment = Experiment(ready.rollout, seed=asked.seed, by=asked.by)
    choose_engine(asked.engine)
    try:
        with ProgressBar("runs", hidden=asked.quiet) as bar, cluster(asked.scheduler) as executor:
            return experiment.run(
                asked.replications,
                until=ready.precision,
                stop_at=ready.stop,
                engine=asked.engine,
                workers=asked.workers,
                executor=executor,
                logs=asked.logs,
                progress=bar.tell_runs,
            )
    except LogsNotWrittenError as error:
        outputs.tell_failed("cli.logs_not_written", error)
        return error.answer


def _tell_sample_run(asked: AskedRun, ready: ReadyRun) -> None:
    from fwsim.results.output.console import print_groups_of_run, print_summary
    from fwsim.run import simulate

    with ProgressBar("devices done", hidden=asked.quiet) as bar:
        result = simulate(
            ready.rollout,
            seed=asked.seed,
            replication=asked.replication,
            until=ready.stop,
            progress=bar.tell_devices,
            engine=asked.engine,
        )

    result.provenance |= asked.changes()

    def keep(folder: Path) -> list[Path]:
        with ProgressBar("rows written", hidden=asked.quiet) as bar:
            return result.save(folder, asked.form, bar.tell_rows, by=asked.by)

    def show() -> None:
        print_summary(result)
        for group in asked.by:
            print_groups_of_run(result, group)

    with Outputs() as outputs:
        tell_written(outputs.keep_and_tell(asked.out, keep, show))
        write_workbook(result, asked.excel, outputs)


def _tell_answer(asked: AskedRun, ready: ReadyRun, answer: Answer, outputs: Outputs) -> None:
    """Keep the answer, and its first run as a story beside it; then print it."""
    from fwsim.results.output.answer_files import save_answer
    from fwsim.results.output.console_answer import print_answer
    from fwsim.run import simulate

    answer.provenance |= asked.changes()

    def keep(folder: Path) -> list[Path]:
        with ProgressBar("rows written", hidden=asked.quiet) as bar:
            sample_run = simulate(
                ready.rollout,
                seed=asked.seed,
                replication=0,
                until=ready.stop,
                engine=asked.engine,
            )
            beside = sample_run.tables(asked.form, bar.tell_rows)
            return save_answer(answer, folder, asked.form, beside=beside)

    def show() -> None:
        print_answer(answer)
        print_groups(answer, ready.rollout.fleet, asked.by)

    paths = outputs.keep_and_tell(asked.out, keep, show)
    tell_written(paths)
    write_workbook(answer, asked.excel, outputs)
    if answer.interrupted:
        _tell_stopped(asked, answer, is_kept=bool(paths))
    else:
        keep_in_ledger(answer, asked.ledger, outputs)


def _tell_stopped(asked: AskedRun, answer: Answer, *, is_kept: bool) -> None:
    """Say what is kept of an answer that was stopped."""
    from fwsim.measures.amounts import counted

    runs = counted(answer.runs, "run")
    kept = "cli.stopped_and_kept" if is_kept else "cli.stopped_and_shown"
    click.echo(say(kept, runs=runs), err=True)
    if asked.ledger is not None:
        click.echo(say("cli.not_in_ledger", ledger=asked.ledger), err=True)
