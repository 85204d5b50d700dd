"""The command that runs a rollout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli.cluster import cluster
from fwsim.cli.group import STOPPED_BY_USER, main
from fwsim.cli.progress import ProgressBar
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.results.answer import Answer
    from fwsim.scenario.schema import Scenario

_PATH = click.Path(path_type=Path)


@main.command()
@click.argument("scenario", type=_PATH)
@click.option(
    "--seed", type=click.IntRange(0), help="Name of the experiment; default: the scenario's."
)
@click.option(
    "--replications", type=click.IntRange(1), help="How many runs; default: the scenario's, or 1."
)
@click.option("--precision", help="Add runs until, for example, 't95 ± 10 min at 95 %'.")
@click.option("--replication", type=click.IntRange(0), help="Only this one run of the experiment.")
@click.option("--out", type=_PATH, help="Folder for the results.")
@click.option("--logs", type=_PATH, help="Folder for every run's whole status log, as Parquet.")
@click.option("--until", help="Stop each run at this time, as in '2018-08-21 06:00'.")
@click.option(
    "--workers", type=click.IntRange(1), help="Processes to compute with; default: one a processor."
)
@click.option("--scheduler", help="A Dask cluster's scheduler instead, as in tcp://host:8786.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "jsonl"]),
    default="csv",
    show_default=True,
    help="Form of the tables.",
)
@click.option(
    "--engine",
    type=click.Choice(["compiled", "simpy"]),
    help="The clock; both write the same log. Default: compiled, where it can play.",
)
@click.option(
    "--commands",
    "files",
    type=_PATH,
    multiple=True,
    help="Run the scmd lines of this file, or of a folder's *.cmd, instead of the scenario's "
    "commands; may be repeated.",
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
def run(  # noqa: PLR0917 - an option each; click gives them by name
    scenario: Path, seed: int | None, replications: int | None, precision: str | None,
    replication: int | None, out: Path | None, logs: Path | None, until: str | None,
    workers: int | None, scheduler: str | None, form: Any,
    engine: str | None, files: tuple[Path, ...], quiet: bool,
) -> None:  # fmt: skip
    """Run SCENARIO and tell what is to be expected.

    With --replications or --precision, or where the scenario asks for several runs, the answer
    comes with its intervals; else it is one run, a story.
    """
    from fwsim.engine import choose_engine
    from fwsim.scenario.load import load

    several = {"replications": replications, "precision": precision}
    given = [f"--{name}" for name, value in several.items() if value is not None]
    if len(given) == 2 or (given and replication is not None):
        raise InputError(
            [Problem("exclude each other; take one", source="--replication, " + ", ".join(given))]
        )
    model = load(scenario)
    if files:
        from fwsim.planning.command_files import commanded

        model = commanded(model, list(files))
    stop = _milliseconds_until(model, until)
    choose_engine(engine)  # its first use has a progress bar of its own
    alone = replications or model.replications
    if replication is not None or (alone == 1 and not (precision or model.precision)):
        _tell_story(model, seed, replication or 0, stop, out, form, engine=engine, quiet=quiet)
        return
    with ProgressBar("runs", hidden=quiet) as bar, cluster(scheduler) as executor:
        answer = _experiment(model, seed).run(
            replications, until=_precision(precision), stop_at=stop, engine=engine, workers=workers,
            executor=executor, logs=logs, progress=bar.tell_runs,
        )  # fmt: skip
    _tell_answer(answer, model, seed, stop, out, form, engine)


def _experiment(model: Scenario, seed: int | None) -> Any:
    from fwsim.planning.experiment import Experiment

    return Experiment(model, seed=seed)


def _precision(text: str | None) -> Any:
    from fwsim.measures.precision import read_precision

    try:
        return read_precision(text) if text is not None else None
    except ValueError as error:
        raise InputError([Problem(str(error), source="--precision")]) from None


def _tell_story(
    model: Scenario, seed: int | None, replication: int, stop: int | None, out: Path | None,
    form: Any, *, engine: str | None, quiet: bool,
) -> None:  # fmt: skip
    from fwsim.results.console import print_summary
    from fwsim.run import simulate

    with ProgressBar("devices done", hidden=quiet) as bar:
        result = simulate(
            model, seed=seed, replication=replication, until=stop, progress=bar.tell_devices,
            engine=engine,
        )  # fmt: skip
    print_summary(result)
    if out is not None:
        _written(result.save(out, form))


def _tell_answer(
    answer: Answer, model: Scenario, seed: int | None, stop: int | None, out: Path | None,
    form: Any, engine: str | None,
) -> None:  # fmt: skip
    """Print the answer; keep it, and its first run as a story beside it."""
    from fwsim.results.answer_files import save_answer
    from fwsim.results.console_answer import print_answer
    from fwsim.run import simulate

    print_answer(answer)
    if out is not None:
        story = simulate(model, seed=seed, until=stop, engine=engine)
        _written(save_answer(answer, out, form, beside=story.tables(form)))
    if answer.interrupted:
        kept = "kept" if out is not None else "what you see is made of them"
        click.echo(f"stopped after {answer.runs} runs; {kept}", err=True)
        raise SystemExit(STOPPED_BY_USER)


def _written(paths: list[Path]) -> None:
    folder = paths[0].parent
    click.echo(f"Written to {folder}: " + ", ".join(path.name for path in paths))


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
