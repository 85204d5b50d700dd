"""The command for newcomers: a device list in, a scenario out that runs at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli.group import example, main
from fwsim.cli.options import PATH, check_out, checked
from fwsim.cli.warning import tell
from fwsim.first_scenario.asked import ASKED, OTHER_LINES, SitesFrom, hint, label
from fwsim.input_file import check_file
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.shell_words import command_line

if TYPE_CHECKING:
    from fwsim.first_scenario.creating import Source
    from fwsim.first_scenario.draft import Draft

_SITES_SHOWN = 8


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _answers(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each thing that is asked."""
    for name in reversed(ASKED):
        if name == OTHER_LINES:
            continue
        text = say("new.line_option") if name == "line" else hint(name)
        option = click.option(
            _option(name), name, multiple=name == "line", help=f"{label(name)}: {text}."
        )
        command = option(command)
    return command


@main.command(
    short_help="Make a scenario from a device list exported from the console.",
    epilog=example("fwsim new devices.csv --line '50 Mbit/s' --line 'Head office=1 Gbit/s'"),
)
@click.argument("devices", type=PATH)
@click.option("--out", type=PATH, help="Scenario to write; default: beside DEVICES, as .yaml.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--yes", is_flag=True, help="Ask nothing; assume what no option says.")
@click.option(
    "--sites",
    type=click.Choice([kind.value for kind in SitesFrom]),
    help="What makes a site: the list's column Site, the OU, or the subnet.",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="HEADER=FIELD",
    help="What a header of the list means, as in Rechner=name; may be repeated.",
)
@_answers
def new(
    devices: Path,
    out: Path | None,
    sites: str | None,
    headers: tuple[str, ...],
    *,
    force: bool,
    yes: bool,
    **answers: Any,
) -> None:
    """Make a scenario from DEVICES, a device list (CSV) exported from the console.

    Shows the OUs, sites and counts found, asks for the rest on a terminal, and warns of unlikely
    values. Defaults are written as assumed and in doubt, and are marked so.
    """
    check_file(devices, str(devices))
    target = devices.with_suffix(".yaml") if out is None else out
    is_asking = not yes and _is_terminal()
    if target.resolve() == devices.resolve():
        why = "new.is_scenario" if out is None else "new.is_the_list"
        raise InputError([Problem(say(why), source=str(target))])
    draft: Draft
    *_, (source, draft) = checked(
        lambda: check_out(target.parent),
        lambda: _check_free(target, force or is_asking),
        lambda: _read(devices, headers, sites, answers),
    )
    _show(draft)
    draft = _ask(draft) if is_asking else _warn(draft, *ASKED)
    _write(source, draft, target, is_asking=is_asking, force=force)


def _read(
    devices: Path, headers: tuple[str, ...], sites: str | None, answers: Mapping[str, Any]
) -> tuple[Source, Draft]:
    """Return what a device list says, and with it what options said.

    Raises
    ------
    InputError
        With everything that is wrong with either.
    """
    from fwsim.first_scenario.creating import read_source
    from fwsim.first_scenario.draft import Draft

    source = read_source(
        devices, headers=_headers(headers), sites_from=SitesFrom(sites) if sites else None
    )
    tell(source.found.devices.warnings)
    draft = Draft(source.found, _today(), _said(answers))
    if wrong := draft.problems():
        raise InputError(Problem(text, source=_source_of(name)) for name, text in wrong.items())
    return source, draft


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _today() -> date:
    return datetime.now().astimezone().date()


def _check_free(target: Path, may_replace: bool) -> None:
    if target.is_dir() or (target.exists() and not may_replace):
        raise InputError([Problem(say("new.is_there"), source=str(target))])


def _headers(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in given]
    if wrong := [
        text for text, (name, _, to) in zip(given, pairs, strict=True) if not (name and to)
    ]:
        raise InputError(Problem(say("new.wrong_header", text=t), source="--header") for t in wrong)
    return {name.strip(): meaning.strip() for name, _, meaning in pairs}


def _said(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what options said; a line with a site's name before it is that site's."""
    said = {name: text for name, text in answers.items() if isinstance(text, str)}
    lines: tuple[str, ...] = answers["line"]
    of_sites = [text for text in lines if "=" in text]
    if usual := [text for text in lines if "=" not in text]:
        said["line"] = usual[-1]
    if of_sites:
        said[OTHER_LINES] = "\n".join(of_sites)
    return said


def _source_of(name: str) -> str:
    return _option("line" if name == OTHER_LINES else name)


# What is shown and asked


def _show(draft: Draft) -> None:
    from fwsim.console import console_for_tables, plain_table
    from fwsim.first_scenario.shown import found_in_words, site_heads, site_rows

    console = console_for_tables()
    for sentence in found_in_words(draft.found):
        console.print(sentence)
    console.print()
    table = plain_table(*site_heads())
    for row in site_rows(draft, _SITES_SHOWN):
        table.add_row(*row)
    console.print(table)
    console.print()


def _warn(draft: Draft, *names: str) -> Draft:
    """Say what is odd in some fields."""
    from fwsim.first_scenario.cautions import cautions

    found = cautions(draft)
    for name in names:
        for text in found.get(name, ()):
            click.echo(say("cli.warning", message=f"{_source_of(name)}: {text}"), err=True)
    return draft


def _ask(draft: Draft) -> Draft:
    """Ask for each thing that no option said; warn right behind each."""
    click.echo(say("new.asking"))
    for name in ASKED:
        if not draft.is_said(name):
            draft = _ask_one(draft, name)
        _warn(draft, name)
    return draft


def _ask_one(draft: Draft, name: str) -> Draft:
    from fwsim.first_scenario.fields import FIELDS

    field, usual = FIELDS[name], draft.usual(name)
    shown = usual.replace("\n", "; ")
    text = say("new.other_lines_asked") if name == OTHER_LINES else hint(name)
    click.echo(f"\n{text[:1].upper()}{text[1:]}.")

    def read(text: str) -> str:
        plain = text.replace(";", "\n") if name == OTHER_LINES else text
        if text != shown:
            try:
                field.read(plain, draft)
            except ValueError as error:
                raise click.UsageError(str(error)) from None
        return plain

    text = click.prompt(label(name), default=shown, value_proc=read, show_default=bool(shown))
    if text == (shown.replace(";", "\n") if name == OTHER_LINES else shown):
        return draft
    return replace(draft, said={**draft.said, name: text})


def _write(source: Source, draft: Draft, target: Path, *, is_asking: bool, force: bool) -> None:
    from fwsim.first_scenario.creating import make
    from fwsim.results.output.writing import bytes_writer, write_all

    made = make(source, draft, target)
    there = [name for name in made.files if (target.parent / name).exists()]
    if there and not force:
        if not is_asking:
            raise InputError(
                Problem(say("new.is_there"), source=str(target.parent / name)) for name in there
            )
        if not click.confirm(say("new.replace", file=", ".join(there))):
            click.echo(say("new.kept"))
            return
    files = {name: bytes_writer(content) for name, content in made.files.items()}
    written = write_all(target.parent, files)
    tell(made.warnings)
    click.echo(say("new.written", paths=", ".join(map(str, written))))
    command = command_line(["fwsim", "run", str(target), "--out", f"out/{target.stem}"])
    click.echo(say("new.next", command=command))
