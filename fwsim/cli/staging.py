"""The command that tries policies of other products on the same fleet."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fwsim.cli import options
from fwsim.cli.cluster import check_address, cluster
from fwsim.cli.group import main
from fwsim.cli.keeping import keep_and_tell
from fwsim.cli.options import PATH, check_out, checked
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell

if TYPE_CHECKING:
    from fwsim.planning.gates.policy_results import PolicyResult
    from fwsim.results.statistics.estimate import Estimate


@main.command()
@click.argument("scenario", type=PATH)
@allow_outside
@options.replications("Runs of each policy; default: 20.", fewest=2)
@options.seed()
@click.option("--out", type=PATH, help="Folder for the table and the picture.")
@options.workers
@options.scheduler
@options.quiet
def stages(
    scenario: Path,
    replications: int | None,
    seed: int | None,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    quiet: bool,
) -> None:
    """Try the policies of SCENARIO's stages block, with a good image and with a bad one."""
    from fwsim.planning.gates.policy_runs import PolicyRuns
    from fwsim.run import warnings_of

    made: list[PolicyRuns] = []
    checked(
        lambda: made.append(PolicyRuns(scenario, seed=seed)),
        lambda: check_out(out, ["stages.csv", "stages.png"]),
        lambda: check_address(scheduler),
    )
    trying = made[0]
    tell(warnings_of(trying.good.rollout))
    with cluster(scheduler) as executor, ProgressBar("runs", hidden=quiet) as bar:
        tried = trying.run(replications, workers=workers, executor=executor, progress=bar.tell_runs)
    if paths := keep_and_tell(out, partial(_keep, tried), lambda: print_tried(tried)):
        click.echo(f"\nWritten to {out}: " + ", ".join(path.name for path in paths))


def _keep(tried: list[PolicyResult], out: Path) -> list[Path]:
    from fwsim.planning.gates.policy_results import picture, table
    from fwsim.results.figures import figure_writer
    from fwsim.results.output.folder.writing import NewPart, write_parts
    from fwsim.results.output.writing import frame_writer

    files = {"stages.csv": frame_writer(table(tried), "csv")}
    if tried[0].bad:
        files["stages.png"] = figure_writer(lambda: picture(tried))
    return write_parts(out, {"stages": NewPart(files)})


def print_tried(tried: list[PolicyResult]) -> None:
    """Print what each policy costs with a good image and saves with a bad one."""
    from rich.table import Table

    from fwsim.console import console_for_tables
    from fwsim.measures.amounts import counted

    console = console_for_tables()
    runs = len(tried[0].good)
    console.print(
        f"{counted(tried[0].devices, 'device')}, {counted(runs, 'run')} of each policy, the same "
        "luck for all\n"
    )
    good = Table(
        "With a good image",
        "95 % of all after",
        "later",
        "not reached",
        "stopped",
        "held",
        box=None,
        pad_edge=False,
    )
    for policy in tried:
        good.add_row(
            policy.name,
            _over(policy),
            _later(policy, tried[0]),
            _of(runs - policy.over.reached, runs),
            _of(policy.stopped_wrongly, runs),
            _held(policy),
        )
    console.print(good)
    if any(policy.bad for policy in tried):
        bad = Table(
            "With a bad one", "failed on", "sent to", "stopped after", box=None, pad_edge=False
        )
        for policy in tried:
            bad.add_row(policy.name, *_bad(policy))
        console.print()
        console.print(bad)
    console.print(
        "\nlater: than under the first policy, run by run. not reached, stopped (for errors), held "
        "(by a gate\nthat stayed shut to the end; silent: it waited for devices without a result; "
        "failed: too many had failed\nor been cancelled): in so many runs. Intervals at 95 %."
    )


def _over(policy: PolicyResult) -> str:
    from fwsim.planning.gates.policy_results import OVER
    from fwsim.results.statistics.answer import with_interval

    return with_interval(policy.over, OVER).partition(", not reached")[0]


def _later(policy: PolicyResult, first: PolicyResult) -> str:
    from fwsim.results.statistics.difference import signed_interval, told

    if policy is first:
        return ""
    difference = policy.later_than(first)
    words = told(difference, first="this policy", second="the first")
    if not math.isfinite(difference.value):
        return words
    span = signed_interval(difference, "+")
    return f"{words} ({span})" if span and span != words.removeprefix("+") else words


def _held(policy: PolicyResult) -> str:
    from fwsim.planning.gates.staging import HeldBy

    runs = len(policy.good)
    held = [(by, count) for by in HeldBy if (count := policy.held_by(by))]
    return "; ".join(f"{count} of {runs} {by.value}" for by, count in held) or "never"


def _of(count: int, runs: int) -> str:
    return f"{count} of {runs}" if count else "never"


def _bad(policy: PolicyResult) -> list[str]:
    from fwsim.measures.catalogue import Kind
    from fwsim.measures.measure import Measure
    from fwsim.planning.gates.policy_results import OVER
    from fwsim.results.statistics.answer import with_interval

    def devices(estimate: Estimate) -> str:
        return with_interval(estimate, Measure(Kind.DEVICES_PROMPTED))  # a number of devices, too

    stopped, after = policy.stopped
    runs = len(policy.bad)
    when = "never" if after is None else with_interval(after, OVER)
    if 0 < stopped < runs:
        when += f", in {stopped} of {runs} runs"
    return [devices(policy.hit), devices(policy.reached), when]
