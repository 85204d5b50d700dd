"""The command that judges scenarios by what they expect: test."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.group import MISSED, example, main
from fwsim.cli.options import PATH, checked
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import strict_option, tell
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.scenario_tests.judging import ScenarioTest

MOST_LINES = 20
MOST_DEVICES = 5


@main.command(
    short_help="Check scenarios against what they expect.",
    epilog=example("fwsim test scenarios"),
)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@allow_outside
@options.replications("Runs of each; default: the scenario's own.")
@options.seed("Seed for all; default: each scenario's own.")
@options.workers
@click.option(
    "--update-golden",
    is_flag=True,
    help="Rewrite the golden logs; read them before you commit them.",
)
@click.option(
    "--golden", multiple=True, help="Also keep a golden log of this device; may be repeated."
)
@strict_option
@options.quiet
def test(
    paths: tuple[Path, ...],
    update_golden: bool,
    golden: tuple[str, ...],
    strict: bool,
    quiet: bool,
    **chosen: Any,
) -> None:
    """Check scenarios against what they expect; PATHS are files or folders.

    Exit code 0: everything expected was met. 1: something was missed. 2: a file cannot be read.
    """
    from fwsim.console import console_for_tables
    from fwsim.measures.amounts import counted
    from fwsim.scenario_tests.judging import scenario_tests

    files = scenario_tests(paths)
    if golden and len(files) != 1:
        raise InputError([Problem(say("option.golden_of_one"), source="--golden")])
    with ProgressBar("runs", hidden=quiet) as bar:
        tests = _loaded(files, {**chosen, "progress": bar.tell_runs}, strict=strict)
        if update_golden or golden:
            written = _rewritten(tests, golden)
            logs = counted(len(written), "golden log")
            click.echo(say("judge.golden_written", logs=logs))
            return
        table, missed = _judged(tests)
        remarks = [(one.path, remark) for one in tests if (remark := one.remark())]
    console_for_tables().print(table)
    for place, came in remarks:
        click.echo("\n" + say("judge.remark", place=place, came=came))
    if missed:
        click.echo("\n" + "\n\n".join(missed))
        raise SystemExit(MISSED)
    is_tested = any(one.expectations or one.golden_logs for one in tests)
    click.echo("\n" + say("judge.all_held" if is_tested else "judge.nothing_expected"))


def _loaded(files: list[Path], options: dict[str, Any], *, strict: bool) -> list[ScenarioTest]:
    """Read every file before anything runs, so that all mistakes are told at once."""
    from fwsim.scenario_tests.judging import ScenarioTest

    def load(file: Path) -> ScenarioTest:
        test = ScenarioTest(file, **options)
        tell(test.warnings(), strict=strict)
        return test

    return checked(*(partial(load, file) for file in files))


def _rewritten(tests: list[ScenarioTest], more: tuple[str, ...]) -> list[Path]:
    """Write the golden logs of all scenarios anew, if every one of them can be made."""
    from fwsim.scenario_tests.golden_logs import write_golden

    made: list[dict[Path, str]] = checked(*(partial(one.golden_texts, *more) for one in tests))
    return write_golden({path: text for texts in made for path, text in texts.items()})


def _judged(tests: list[ScenarioTest]) -> tuple[Any, list[str]]:
    """Return a table of what held and by how much, and why the rest did not."""
    from rich.text import Text

    from fwsim.console import plain_table
    from fwsim.measures.in_words import expectation_in_words

    heads = "scenario", "expected", "got", "held", "by"
    table = plain_table(*(say(f"judge.{head}") for head in heads))
    yes, no = say("judge.yes"), Text(say("judge.no"), style="bold red")
    missed = []
    for one in tests:
        name = one.path.stem
        rows = []
        for verdict in one.verdicts():
            held = yes if verdict.held else no
            expected = expectation_in_words(verdict.expectation)
            rows.append((expected, verdict.got, held, verdict.margin))
            if not verdict.held:
                reasons = "".join(f"\n  {cause}" for cause in verdict.causes)
                told = {"expectation": expected, "got": verdict.got}
                missed.append(say("judge.missed", place=one.path, **told) + reasons)
        kept, differences = _golden(one)
        if kept:
            held = no if differences else yes
            rows.append((kept, "", held, ""))
        missed += differences
        for expected, got, held, margin in rows or [(say("judge.nothing"), "", "", "")]:
            table.add_row(name, expected, got, held, margin)
            name = ""
    return table, missed


def _golden(one: ScenarioTest) -> tuple[str, list[str]]:
    """Return what is said of a scenario's golden logs, and the differences device by device."""
    from fwsim.measures.amounts import counted

    logs = one.golden_logs
    changed = {log: text for log in logs if (text := one.difference(log))}
    shown = [
        say("judge.golden_changed", path=log.path, device=log.device)
        + "\n"
        + "\n".join(f"  {line}" for line in text.splitlines()[:MOST_LINES])
        for log, text in list(changed.items())[:MOST_DEVICES]
    ]
    if len(changed) > MOST_DEVICES:
        more = counted(len(changed) - MOST_DEVICES, "more device")
        shown.append(say("judge.golden_more", devices=more))
    return (counted(len(logs), "golden log") if logs else ""), shown
