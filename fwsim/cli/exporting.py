"""The command that hands a run to other tools."""

from __future__ import annotations

from pathlib import Path

import click

from fwsim.cli import options
from fwsim.cli.group import example, main
from fwsim.cli.options import PATH
from fwsim.cli.progress import ProgressBar
from fwsim.messages import say


@main.command(
    short_help="Write a run as an event log for tools of process mining.",
    epilog=example("fwsim export out/ours --xes ours.xes"),
)
@click.argument("folder", type=PATH)
@click.option("--xes", type=PATH, help="Write an event log in XES (IEEE 1849) to this file.")
@click.option("--ocel", type=PATH, help="Write an object-centric log, OCEL 2.0 as JSON.")
@options.quiet
def export(folder: Path, xes: Path | None, ocel: Path | None, *, quiet: bool) -> None:
    """Write the run saved in FOLDER as an event log that tools of process mining read.

    FOLDER is what `fwsim run --out FOLDER` wrote. XES has a trace for each device under each
    command; OCEL relates each event to its device, site, command and image.
    """
    if xes is None and ocel is None:
        raise click.UsageError(say("usage.no_export"))
    with ProgressBar("events", hidden=quiet) as bar:
        from fwsim.results.output.event_logs import export_events

        paths = export_events(folder, xes, ocel, bar.tell_rows)
    for path in paths:
        click.echo(say("cli.written_to", place=path))
