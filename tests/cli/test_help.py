"""The help of every command is whole: its line in the list, an example, what may be repeated."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from fwsim.cli import main
from tests.cli.command_line import fwsim

COMMANDS = main.commands


def test_the_list_of_commands_cuts_no_sentence_short():
    text = fwsim("--help").text
    assert "..." not in text.partition("Commands:")[2]
    assert "Example:\n    fwsim demo\n" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_is_a_line_that_it_takes(name):
    text = fwsim(name, "--help").text
    (line,) = re.findall(r"^ +Example:\n +fwsim (.*)$", text, re.MULTILINE)
    told, *arguments = shlex.split(line.partition(" > ")[0])
    assert told == name
    COMMANDS[name].make_context(name, arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_may_be_repeated_says_so(name):
    options = [one for one in COMMANDS[name].params if isinstance(one, click.Option)]
    repeated = [one for one in options if one.multiple]
    silent = [o.name for o in repeated if not re.search(r"repeated|several times", o.help or "")]
    assert not silent


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("run --runs 3", "'--replications'"),
        ("plan --replications 3", "'--runs'"),
        ("compare -n 3", "'--replications'"),
        ("run --jobs 3", "'--workers'"),
        ("run -o x", "'--out'"),
        ("score --timezone x", None),
        ("run --sed 3", "'--seed'"),
        ("run --from 2026-11-20", "'--set start=…'"),
        ("new --since 2026-11-20", "'--start'"),
        ("plan --from 2026-11-20", None),
        ("forecast --log x", "'--so-far'"),
        ("simulate", "'run'"),
        ("valid", "'validate'"),
        ("optimize", "'plan'"),
    ],
)
@pytest.mark.parametrize(("language", "asked"), [("en", "Did you mean"), ("de", "meinten Sie")])
def test_who_takes_the_word_of_another_command_or_program_is_told_this_one(
    line, meant, language, asked
):
    ended = fwsim("--lang", language, *line.split(), "x.yaml")
    told = ended.text.splitlines()[-1]
    assert ended.code == 2
    assert asked in told if meant else asked not in told
    assert (meant or "") in told
