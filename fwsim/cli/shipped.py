"""Commands for a first look: the demo, and the scenarios that come with fwsim."""

from __future__ import annotations

from pathlib import Path

import click

from fwsim.cli.group import example, main
from fwsim.cli.options import PATH, quiet, replications
from fwsim.cli.reading import report
from fwsim.cli.running import run
from fwsim.messages import say
from fwsim.problems import InputError

_OUT = Path("out") / "branch-offices"


@main.command(
    short_help="Run the demo, 1,600 devices at 41 sites; write the report.",
    epilog=example("fwsim demo --replications 50"),
)
@click.option(
    "--out", type=PATH, default=_OUT, show_default=True, help="Folder for results and report."
)
@replications("How many runs; default: 200.")
@quiet
@click.pass_context
def demo(ctx: click.Context, out: Path, replications: int | None, *, quiet: bool) -> None:
    """Run the demo: 1,600 devices at 41 sites, 200 times; write the report.

    The report has figures: needs the extra fwsim[figures].
    """
    from fwsim.results.figures.letters import check_drawing
    from fwsim.scenario.shipped import DEMO, folder

    scenario = folder() / f"{DEMO}.yaml"
    ctx.invoke(run, scenario=scenario, out=out, replications=replications, quiet=quiet)
    if replications == 1:
        click.echo(say("shipped.no_report"))
        return
    try:
        check_drawing(say("optional.report"))
    except InputError as error:
        message = error.problems[0].message  # the forecast, which was wanted, is there
        click.echo(say("cli.warning", message=message), err=True)
        click.echo(say("optional.then", command=f"fwsim report {out}"), err=True)
        return
    ctx.invoke(report, folder=out)


@main.command(
    "list",
    short_help="List the scenarios that come with fwsim.",
    epilog=example("fwsim list --copy-to scenarios"),
)
@click.option(
    "--copy-to",
    type=PATH,
    metavar="FOLDER",
    help="Copy them there: into a new folder, or an empty one.",
)
def list_shipped(copy_to: Path | None) -> None:
    """List the scenarios that come with fwsim, each with what it shows."""
    from fwsim.scenario.shipped import copy_shipped, folder, shipped

    if copy_to is not None:
        click.echo(say("shipped.copied", folder=copy_shipped(copy_to)))
        return
    scenarios = list(shipped())
    width = max(len(one.path.stem) for one in scenarios)
    for one in scenarios:
        click.echo(f"{one.path.stem:{width}}  {one.shows}")
    click.echo(say("shipped.folder", folder=folder()))
