"""The console blocks of the docs: run their commands, put down what they print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from fwsim.cli import main
from fwsim.cli.group import WRONG_INPUT

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITH_ERRORS = " 2>&1"
"""Behind a command whose errors are part of what the docs show."""
IN_ENGLISH = {"LC_ALL": "C.UTF-8"}
"""The docs are English, whatever their writer's terminal speaks."""


def recipe(target: str) -> list[str]:
    """Return the commands of a target of the Makefile that calls fwsim."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t\$\(BIN\)/fwsim .*\n)+)", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"the Makefile has no target {target} that calls fwsim")
    return re.findall(r"\$\(BIN\)/(fwsim .*)", found[1])


def output_of(command: str) -> list[str]:
    """Return what a command prints, run where we are.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    made = re.fullmatch(r"make (\w+)", command)
    printed: list[str] = []
    for line in recipe(made[1]) if made else [command]:
        plain = line.removesuffix(WITH_ERRORS)
        result = CliRunner(env=IN_ENGLISH).invoke(main, shlex.split(plain)[1:])
        told = line.startswith("fwsim bounds ") and result.exit_code == 1
        refused = plain != line and result.exit_code == WRONG_INPUT
        if result.exit_code and not (told or refused):
            raise RuntimeError(f"{command}: {result.output}")
        printed += [f".venv/bin/{line}"] if made else []
        text = result.output if plain != line else result.stdout
        printed += [shown.rstrip() for shown in text.splitlines()]
    return printed


def refreshed(text: str, *, left: tuple[str, ...] = ()) -> str:
    """Return a page with the output below each command as it is now.

    A command without output below it is run, and stays without. ``make test`` is not run, nor are
    those that begin as one of `left`: they stay as they stand.
    """

    def block(match: re.Match[str]) -> str:
        lines: list[str] = []
        for part in re.split(r"^\$ ", match[1], flags=re.MULTILINE)[1:]:
            command, *shown = part.rstrip().splitlines()
            if not command.startswith(("make test", *left)):
                printed = output_of(command)
                shown = printed if shown else []
            lines += [f"$ {command}", *shown]
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, text)
