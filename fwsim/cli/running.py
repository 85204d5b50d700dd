"""The command that runs a rollout."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.cluster import check_address, cluster
from fwsim.cli.group import STOPPED_BY_USER, main
from fwsim.cli.keeping import keep_and_tell, keep_in_ledger, tell_written
from fwsim.cli.options import PATH, check_out, problems_of
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.tables import check_by, check_workbook, print_groups, write_workbook
from fwsim.cli.warning import strict_option, tell
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import MOST_REPLICATIONS

if TYPE_CHECKING:
    from fwsim.measures.precision import Precision
    from fwsim.model.rollout import Rollout
    from fwsim.results.statistics.answer import Answer
    from fwsim.scenario.schema import Scenario


@main.command()
@click.argument("scenario", type=PATH)
@allow_outside
@options.settings
@options.seed()
@options.replications("How many runs; 1 is a story. Default: the scenario's, or 200.")
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
    help="Look at each of them by itself, too; may be repeated.",
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
@click.option("--until", help="Stop each run at this time, as in '2018-08-21 06:00'.")
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
    help="The clock; both write the same log. Default: compiled, where it can play.",
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
def run(  # noqa: PLR0917 - an option each; click gives them by name
    scenario: Path,
    settings: tuple[str, ...],
    seed: int | None,
    replications: int | None,
    precision: str | None,
    replication: int | None,
    by: tuple[str, ...],
    out: Path | None,
    excel: Path | None,
    ledger: Path | None,
    logs: Path | None,
    until: str | None,
    workers: int | None,
    scheduler: str | None,
    form: Any,
    engine: str | None,
    files: tuple[Path, ...],
    strict: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO and show what to expect.

    The answer is a forecast of the next rollout, from 200 runs unless the scenario or an option
    says otherwise; one run, with --replications 1 or --replication, is a story.
    """
    from fwsim.engine import choose_engine
    from fwsim.experiments.experiment import Experiment
    from fwsim.run import warnings_of

    rollout, stop, precise = _checked(
        scenario,
        settings,
        files,
        until=until,
        precision=precision,
        replications=replications,
        replication=replication,
        out=out,
        ledger=ledger,
        logs=logs,
        scheduler=scheduler,
        form=form,
        by=by,
        excel=excel,
    )
    tell(warnings_of(rollout), strict=strict)
    if _is_sample_run(rollout.scenario, replications, replication, precise):
        choose_engine(engine)  # its first use has a progress bar of its own
        told = partial(_tell_sample_run, rollout, seed, replication, stop, out, form)
        told(engine=engine, by=by, excel=excel, quiet=quiet)
        return
    experiment = Experiment(rollout, seed=seed, by=by)
    choose_engine(engine)
    with ProgressBar("runs", hidden=quiet) as bar, cluster(scheduler) as executor:
        answer = experiment.run(
            replications,
            until=precise,
            stop_at=stop,
            engine=engine,
            workers=workers,
            executor=executor,
            logs=logs,
            progress=bar.tell_runs,
        )
    told = partial(_tell_answer, answer, rollout, seed, stop, out, form, engine)
    told(ledger=ledger, by=by, excel=excel, quiet=quiet)


def _checked(
    scenario: Path,
    settings: tuple[str, ...],
    files: tuple[Path, ...],
    *,
    until: str | None,
    precision: str | None,
    replications: int | None,
    replication: int | None,
    out: Path | None,
    ledger: Path | None,
    logs: Path | None,
    scheduler: str | None,
    form: Any,
    by: tuple[str, ...],
    excel: Path | None,
) -> tuple[Rollout, int | None, Precision | None]:
    """Return what is to be run, when to stop, and the precision asked for.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything runs.
    """
    from fwsim.results.output.writing import arrow_parquet, names_of_a_run
    from fwsim.run import prepare

    several = {"replications": replications, "precision": precision}
    given = [f"--{name}" for name, value in several.items() if value is not None]
    problems: list[Problem] = []
    if len(given) == 2 or (given and replication is not None):
        given = [*(["--replication"] if replication is not None else []), *given]
        problems.append(Problem("exclude each other; take one", source=", ".join(given)))
    models: list[Scenario] = []
    rollouts: list[Rollout] = []
    stops: list[int | None] = [None]
    precise: list[Precision | None] = [None]
    problems += problems_of(
        lambda: models.append(_commanded(scenario, settings, files)),
        lambda: rollouts.append(prepare(models[0])) if models else None,
        lambda: precise.append(_precision(precision)),
        lambda: stops.append(_milliseconds_until(models[0], until)) if models else None,
        lambda: check_by(rollouts[0], by) if rollouts else None,
        lambda: arrow_parquet() if form == "parquet" or logs is not None else None,
        lambda: check_out(logs),
        lambda: check_workbook(excel),
        lambda: _check_ledger(ledger, until),
        lambda: check_address(scheduler),
    )
    is_sample_run = bool(models) and _is_sample_run(
        models[0], replications, replication, precise[-1]
    )
    problems += problems_of(
        lambda: check_out(out, names_of_a_run(form, is_sample_run=is_sample_run))
    )
    if is_sample_run:
        problems += [
            Problem("is for several runs, and this is one; --out keeps its log", source=name)
            for name, value in (("--logs", logs), ("--scheduler", scheduler), ("--ledger", ledger))
            if value is not None
        ]
    if problems:
        raise InputError(problems)
    return rollouts[0], stops[-1], precise[-1]


def _check_ledger(ledger: Path | None, until: str | None) -> None:
    if ledger is None:
        return
    from fwsim.ledger.store import check_ledger

    check_ledger(ledger)
    if until is not None:
        text = "cuts runs short: they are no forecast of the whole rollout; leave one of them out"
        raise InputError([Problem(text, source="--until, --ledger")])


def _commanded(scenario: Path, settings: tuple[str, ...], files: tuple[Path, ...]) -> Scenario:
    from fwsim.planning.hand_over.command_files import commanded

    model = options.load_changed(scenario, settings)
    return commanded(model, list(files)) if files else model


def _is_sample_run(
    model: Scenario, replications: int | None, replication: int | None, precise: Precision | None
) -> bool:
    alone = (replications or model.replications) == 1
    return replication is not None or (alone and not (precise or model.precision))


def _precision(text: str | None) -> Precision | None:
    from fwsim.measures.precision import read_precision

    try:
        return read_precision(text) if text is not None else None
    except ValueError as error:
        raise InputError([Problem(str(error), source="--precision")]) from None


def _tell_sample_run(
    rollout: Rollout,
    seed: int | None,
    replication: int | None,
    stop: int | None,
    out: Path | None,
    form: Any,
    *,
    engine: str | None,
    by: tuple[str, ...],
    excel: Path | None,
    quiet: bool,
) -> None:
    from fwsim.results.output.console import print_summary
    from fwsim.run import simulate

    with ProgressBar("devices done", hidden=quiet) as bar:
        result = simulate(
            rollout,
            seed=seed,
            replication=replication,
            until=stop,
            progress=bar.tell_devices,
            engine=engine,
        )

    def keep(folder: Path) -> list[Path]:
        with ProgressBar("rows written", hidden=quiet) as bar:
            return result.save(folder, form, bar.tell_rows)

    def show() -> None:
        print_summary(result)
        for group in by:
            click.echo(f"\n{result.by(group).to_string(index=False, max_rows=40)}")

    tell_written(keep_and_tell(out, keep, show))
    write_workbook(result, excel)


def _tell_answer(
    answer: Answer,
    rollout: Rollout,
    seed: int | None,
    stop: int | None,
    out: Path | None,
    form: Any,
    engine: str | None,
    *,
    ledger: Path | None,
    by: tuple[str, ...],
    excel: Path | None,
    quiet: bool,
) -> None:
    """Keep the answer, and its first run as a story beside it; then print it."""
    from fwsim.measures.amounts import counted
    from fwsim.results.output.answer_files import save_answer
    from fwsim.results.output.console_answer import print_answer
    from fwsim.run import simulate

    def keep(folder: Path) -> list[Path]:
        with ProgressBar("rows written", hidden=quiet) as bar:
            sample_run = simulate(rollout, seed=seed, replication=0, until=stop, engine=engine)
            return save_answer(answer, folder, form, beside=sample_run.tables(form, bar.tell_rows))

    def show() -> None:
        print_answer(answer)
        print_groups(answer, by)

    tell_written(keep_and_tell(out, keep, show))
    write_workbook(answer, excel)
    if answer.interrupted:
        runs = counted(answer.runs, "run")
        kept = "cli.stopped_and_kept" if out is not None else "cli.stopped_and_shown"
        click.echo(say(kept, runs=runs), err=True)
        if ledger is not None:
            click.echo(say("cli.not_in_ledger", ledger=ledger), err=True)
        raise SystemExit(STOPPED_BY_USER)
    keep_in_ledger(answer, ledger)


def _milliseconds_until(scenario: Scenario, until: str | None) -> int | None:
    if until is None:
        return None
    from fwsim.scenario.server_clock import instant, start_of
    from fwsim.scenario.values import read_local_time

    try:
        at = read_local_time(until)
    except ValueError as error:
        raise InputError([Problem(str(error), source="--until")]) from None
    milliseconds = round((instant(scenario, at) - start_of(scenario)).total_seconds() * 1000)
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
