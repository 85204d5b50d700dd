"""The command that forecasts a rollout which is under way, from its log so far."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.asked_forecast import NAMES, AskedForecast, ReadyForecast, checked
from fwsim.cli.group import STOPPED_BY_USER, example, main
from fwsim.cli.keeping import Outputs, keep_in_ledger, tell_written
from fwsim.cli.options import PATH
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.cli.watching import watch as watch_log
from fwsim.messages import ENGLISH, say, speaking

if TYPE_CHECKING:
    from fwsim.experiments.comparison import Comparison
    from fwsim.learning.under_way.under_way import UnderWay
    from fwsim.results.statistics.answer import Answer


@main.command(
    short_help="Forecast the rest of a rollout that is under way.",
    epilog=example("fwsim forecast ours.yaml --so-far status.csv --at '2026-11-23 19:00'"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@options.settings
@click.option(
    "--so-far", required=True, type=PATH, help="Log of the rollout so far, or a folder of results."
)
@click.option(
    "--at",
    help="Up to when the log counts, as in '2021-09-24 17:00', or '2021-10-31 02:30 +01:00' where"
    " the clock shows it twice; default: its last line.",
)
@click.option("--mapping", type=PATH, help="File that says what columns and words mean.")
@click.option(
    "--web",
    multiple=True,
    type=PATH,
    help="Log of the repository's web server; shows what lines carry; may be repeated.",
)
@options.replications("How many runs. Default: the scenario's, or 200.", fewest=2)
@options.seed()
@click.option(
    "--what-if",
    "alternatives",
    multiple=True,
    type=PATH,
    help="File with what would be done from now on, compared in pairs with going on as planned; "
    "may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead.")
@click.option("--figure", type=PATH, help="File for the picture: .png, .svg or .pdf.")
@click.option(
    "--out", type=PATH, help="Folder for the answer as JSON, the picture and prompts by hour."
)
@click.option("--watch", is_flag=True, help="Forecast again whenever the log has grown.")
@options.ledger
@options.workers
@options.quiet
def forecast(**given: Any) -> None:
    """Forecast the rest of a rollout of SCENARIO that is under way.

    Every run follows the log so far line for line, then continues. Says where the rollout
    stands, when it will be over, what was expected before the start, and why it differs.
    """
    asked = AskedForecast(**given)
    ready = checked(asked)
    last: UnderWay | None = None

    def tell_now() -> None:
        nonlocal last
        found, comparison = _made(asked, ready, None if last is None else last.before)
        with Outputs() as outputs:
            _tell_forecast(asked, found, comparison, last, outputs)
            last = found
            up_to = ready.rollout.local_time(found.until)
            keep_in_ledger(found.told, asked.ledger, outputs, data_up_to=up_to)

    if asked.watch:
        watch_log(asked.so_far, tell_now)
    tell_now()


def _tell_forecast(
    asked: AskedForecast,
    found: UnderWay,
    comparison: Comparison | None,
    last: UnderWay | None,
    outputs: Outputs,
) -> None:
    """Tell a forecast, and how it differs from the last one; end if it was stopped."""
    changed = None if last is None else found.since(last)
    tell(found.so_far.contradictions)
    if changed is not None and not asked.as_json:
        click.echo(changed)
    show = partial(_show, found, comparison, as_json=asked.as_json)

    def keep(_: Path) -> list[Path]:
        if asked.figure is not None:
            outputs.tried("cli.picture_not_written", partial(_draw, found, asked.figure))
        return _keep(found, comparison, asked.out) if asked.out is not None else []

    tell_written(outputs.keep_and_tell(asked.out or asked.figure, keep, show))
    if found.now.interrupted:
        runs = say("runs.count", count=found.now.runs)
        click.echo(say("cli.stopped_after", runs=runs), err=True)
        raise SystemExit(STOPPED_BY_USER)


def _made(
    asked: AskedForecast, ready: ReadyForecast, before: Answer | None
) -> tuple[UnderWay, Comparison | None]:
    from fwsim.engine import choose_engine
    from fwsim.learning.under_way.forecast import forecast as forecast_from
    from fwsim.planning.what_if import what_if

    choose_engine(None)  # its first use has a progress bar of its own
    with ProgressBar("runs", hidden=asked.quiet) as bar:
        found = forecast_from(
            ready.rollout,
            asked.so_far,
            at=asked.at,
            mapping=asked.mapping,
            web=asked.web,
            runs=asked.replications,
            seed=asked.seed,
            before=before,
            workers=asked.workers,
            progress=bar.tell_runs,
        )
        if not ready.alternatives or found.now.interrupted:
            return found, None
        ways = ready.alternatives
        return found, what_if(found, ways, workers=asked.workers, progress=bar.tell_runs)


def _draw(found: UnderWay, figure: Path) -> None:
    from fwsim.results.figures import figure_writer
    from fwsim.results.output.writing import write_all

    write_all(figure.parent, {figure.name: figure_writer(found.figure)})


def _keep(found: UnderWay, comparison: Comparison | None, out: Path) -> list[Path]:
    from fwsim.results.figures.look import picture_files
    from fwsim.results.output.folder.writing import NewPart, write_parts
    from fwsim.results.output.writing import frame_writer, json_writer
    from fwsim.results.statistics.prompts_by_people import prompt_tables

    prompts = prompt_tables(found.now).values()  # one, or two where people are told apart
    files = {
        NAMES[0]: json_writer(_data(found, comparison)),
        **picture_files({NAMES[1]: found.figure}),
        **{name: frame_writer(t, "csv") for name, t in zip(NAMES[2:], prompts, strict=False)},
    }
    return write_parts(out, {"under way": NewPart(files)})


def _data(found: UnderWay, comparison: Comparison | None) -> dict[str, Any]:
    data = found.as_data()
    if comparison is not None:
        # It was named in the language that was spoken then; a file is English.
        names = (say("what_if.going_on"), *comparison.names[1:])
        comparison = replace(comparison, names=names)
        data["what_if"] = [
            {
                "name": comparison.names[plan],
                "verdict": comparison.verdict(plan),
                "now": comparison.answers[plan].as_data(),
            }
            for plan in range(1, len(comparison.answers))
        ]
    return data


def _show(found: UnderWay, comparison: Comparison | None, *, as_json: bool) -> None:
    if as_json:
        with speaking(ENGLISH):
            click.echo(json.dumps(_data(found, comparison), indent=2))
        return
    from fwsim.cli.comparing import print_comparison
    from fwsim.console import console_for_tables

    console = console_for_tables()
    console.print(found.now.setting.name, style="bold")
    console.print()
    for sentence in found.sentences():
        console.print(sentence)
    if comparison is not None:
        console.print()
        print_comparison(comparison, console)
