"""The command that tries policies of other products on the same fleet."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.asked_stages import (
    PICTURE,
    TABLE,
    AskedStages,
    checked_for_now,
    checked_to_try,
)
from fwsim.cli.cluster import cluster
from fwsim.cli.group import example, main
from fwsim.cli.keeping import keep_and_tell, tell_written
from fwsim.cli.options import PATH
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.messages import say, translated

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from fwsim.planning.gates.now import Verdict
    from fwsim.planning.gates.policy_results import PolicyResult


@main.command(
    short_help="Try policies of waves and gates, with a good and a bad image.",
    epilog=example("fwsim stages ours.yaml --out out/stages"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@options.replications("Runs of each policy; default: 20.", fewest=2)
@options.seed()
@click.option("--out", type=PATH, help="Folder for the table and the picture.")
@options.workers
@options.scheduler
@click.option(
    "--so-far", type=PATH, help="Log of a rollout under way: what would each policy say now?"
)
@click.option(
    "--at",
    help="With --so-far: up to when it counts, as in '2021-09-24 17:00', or"
    " '2021-10-31 02:30 +01:00' where the clock shows it twice; default: its last line.",
)
@click.option("--mapping", type=PATH, help="With --so-far: what its columns and words mean.")
@options.quiet
def stages(**given: Any) -> None:
    """Try the policies of SCENARIO's stages block, with a good image and with a bad one.

    With --so-far nothing is tried: shows what each policy would say now in a rollout under way.
    """
    asked = AskedStages(**given)
    if asked.is_of_now:
        _tell_now(asked)
        return
    from fwsim.run import warnings_of

    trying = checked_to_try(asked)
    tell([*warnings_of(trying.good.rollout), *trying.warnings])
    with cluster(asked.scheduler) as executor, ProgressBar("runs", hidden=asked.quiet) as bar:
        tried = trying.run(
            asked.replications,
            workers=asked.workers,
            executor=executor,
            progress=bar.tell_runs,
        )
    if paths := keep_and_tell(asked.out, partial(_keep, tried), lambda: print_tried(tried)):
        click.echo()
        tell_written(paths)


def _tell_now(asked: AskedStages) -> None:
    """Print what each policy says at a moment of a rollout under way."""
    from fwsim.commands.schedule import offset_if_twice
    from fwsim.commands.status_text import StatusField
    from fwsim.console import console_for_tables
    from fwsim.learning.under_way.so_far import read_so_far
    from fwsim.learning.under_way.unheard import unheard
    from fwsim.planning.gates.now import verdicts

    runs, so_far = checked_for_now(asked)
    rollout = runs.good.rollout
    seen = read_so_far(so_far, rollout, asked.at, asked.mapping)
    tell(seen.contradictions)
    console = console_for_tables()
    at_last = rollout.local_time(seen.until)
    when = " ".join(filter(None, [f"{at_last:%Y-%m-%d %H:%M}", offset_if_twice(at_last)]))
    console.print(say("gates.heading", at=when))
    console.print()
    _print_verdicts(verdicts(rollout, seen, runs.stages), console)
    if count := len(unheard(seen, rollout, StatusField.UPDATE)):
        are_looks = bool(seen.observed.last_looks)
        name = "gates.unshown" if are_looks else "gates.unheard"
        console.print(say(name, count=count))


def _print_verdicts(found: Iterable[Verdict], console: Console) -> None:
    from fwsim.console import plain_table

    table = plain_table(say("gates.policy"), say("gates.says"), say("gates.because"))
    for verdict in found:
        table.add_row(verdict.policy, translated("says", verdict.says.value), verdict.why)
    console.print(table)
    console.print()
    console.print(say("gates.note"))


def _keep(tried: list[PolicyResult], out: Path) -> list[Path]:
    from fwsim.planning.gates.policy_results import picture, table
    from fwsim.results.figures.look import picture_files
    from fwsim.results.output.folder.writing import NewPart, write_parts
    from fwsim.results.output.writing import frame_writer

    files = {TABLE: frame_writer(table(tried), "csv")}
    if tried[0].bad:
        files |= picture_files({PICTURE: lambda: picture(tried)})
    return write_parts(out, {"stages": NewPart(files)})


def print_tried(tried: list[PolicyResult]) -> None:
    """Print what each policy costs with a good image and saves with a bad one."""
    from fwsim.console import console_for_tables, plain_table
    from fwsim.measures.amounts import counted

    console = console_for_tables()
    runs = len(tried[0].good)
    devices = counted(tried[0].devices, "device")
    console.print(say("stages.heading", devices=devices, runs=say("runs.count", count=runs)))
    console.print()
    console.print(_table_of_good(tried, runs))
    if any(policy.bad for policy in tried):
        bad = plain_table(
            say("stages.bad"),
            say("stages.failed_on"),
            say("stages.sent_to"),
            say("stages.stopped_after"),
        )
        for policy in tried:
            bad.add_row(policy.name, *_bad(policy))
        console.print()
        console.print(bad)
    console.print()
    for line in _notes(tried, runs):
        console.print(line)


def _table_of_good(tried: list[PolicyResult], runs: int) -> Table:
    """Return what each policy costs with a good image."""
    from fwsim.console import plain_table

    table = plain_table(
        say("stages.good"),
        say("stages.over"),
        say("stages.later"),
        say("stages.not_reached"),
        say("stages.stopped"),
        say("stages.held"),
    )
    for policy in tried:
        table.add_row(
            policy.name,
            _over(policy),
            _later(policy, tried[0]),
            _of(sum(map(math.isinf, policy.times)), runs),
            _of(policy.stopped_wrongly, runs),
            _held(policy),
        )
    return table


def _notes(tried: list[PolicyResult], runs: int) -> list[str]:
    from fwsim.results.statistics.difference_in_words import is_open
    from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE

    is_few = runs < FEWEST_FOR_RANGE
    ranges = say("stages.ranges_of_few", count=runs) if is_few else say("stages.ranges")
    are_open = any(is_open(policy.later_than(tried[0])) for policy in tried[1:])
    opens = [say("comparison.note_open")] if are_open else []
    return [*say("stages.notes").splitlines(), *opens, ranges]


def _over(policy: PolicyResult) -> str:
    from fwsim.planning.gates.policy_results import OVER
    from fwsim.results.statistics.in_words import in_one_line

    return in_one_line(policy.times, OVER, missed=False)


def _later(policy: PolicyResult, first: PolicyResult) -> str:
    from fwsim.results.statistics.difference_in_words import range_cell, told

    if policy is first:
        return ""
    difference = policy.later_than(first)
    names = {"first": say("stages.this_policy"), "second": say("difference.the_first")}
    words = told(difference, **names, with_alone=False)  # a column of its own tells it
    if not math.isfinite(difference.value):
        return words
    span = range_cell(difference, "+")
    return say("measure.with_range", value=words, range=span) if span else words


def _held(policy: PolicyResult) -> str:
    from fwsim.planning.gates.staged_run import HeldBy

    runs = len(policy.good)
    held = [(by, count) for by in HeldBy if (count := policy.held_by(by))]
    told = [
        say("stages.held_by", often=count, count=runs, by=say(f"stages.{by.value}"))
        for by, count in held
    ]
    return "; ".join(told) or say("stages.never")


def _of(often: int, runs: int) -> str:
    return say("difference.often", often=often, count=runs) if often else say("stages.never")


def _bad(policy: PolicyResult) -> list[str]:
    from fwsim.measures.catalogue import Kind
    from fwsim.measures.measure import Measure
    from fwsim.planning.gates.policy_results import OVER
    from fwsim.results.statistics.in_words import in_one_line

    def devices(counts: list[int]) -> str:
        if not counts:
            return ""
        of_devices = Measure(Kind.DEVICES_PROMPTED)  # a number of devices, too
        return in_one_line([float(count) for count in counts], of_devices)

    runs, stops = len(policy.bad), policy.stops
    when = in_one_line(stops, OVER) if stops else say("stages.never")
    if 0 < len(stops) < runs:
        when = say("stages.in_some", when=when, often=len(stops), count=runs)
    failed = [run.failed for run in policy.bad]
    return [devices(failed), devices([run.reached for run in policy.bad]), when]
