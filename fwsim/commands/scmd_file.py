"""Files of scmd lines, as an administrator runs them on the server: batch files of Windows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.targets import ListFileTarget
from fwsim.problems import InputError, Problem

LARGEST_FILE = 10_000_000
LONGEST_COMMAND = 8191
"""Characters that cmd.exe takes [M]."""
_HEAD = ("@echo off", "setlocal DisableDelayedExpansion", "chcp 65001 >nul")
_NO_COMMANDS = (
    "rem", "::", "echo", "echo.", "chcp", "setlocal", "endlocal", "pause", "exit", "cls", "title",
)  # fmt: skip
_HERE = "%~dp0"
"""What cmd.exe puts in for the folder of the batch file itself."""
_MARK = "\0 "
"""Stands for it until the % of names are written twice; has a blank, so that it is quoted."""


def write_scmd_file(lines: Iterable[ScmdLine], remarks: Iterable[str] = ()) -> str:
    """Return a batch file with one command a line; lists of devices lie beside it.

    Parameters
    ----------
    lines
        The commands.
    remarks
        What to say above them; a line each.

    Raises
    ------
    InputError
        If a name would break the line: what follows would be a command of its own.
    """
    rows = [*_HEAD, *(f"rem {_harmless(' '.join(r.split()))}" for r in remarks if r.strip())]
    rows += [_row(line) for line in lines]
    return "\r\n".join(rows) + "\r\n"


def is_too_long(line: ScmdLine) -> bool:
    """Tell whether cmd.exe would not take a command whole."""
    return len(_escaped(line)) > LONGEST_COMMAND


def _escaped(line: ScmdLine) -> str:
    target = line.command.target
    if isinstance(target, ListFileTarget):
        # Wherever the file is run from, its lists lie beside it.
        beside = replace(line.command, target=ListFileTarget(_MARK + target.file))
        line = replace(line, command=beside)
    return write_scmd(line).replace("%", "%%").replace(_MARK, _HERE)


def _row(line: ScmdLine) -> str:
    text = _escaped(line)
    fault = ""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        fault = "holds a control character; a batch file has one command a line"
    elif '\\"' in text:
        fault = 'has a name that ends in \\, which would hide the " behind it'
    elif len(text) > LONGEST_COMMAND:
        fault = f"is longer than {LONGEST_COMMAND} characters, which cmd.exe does not take"
    if fault:
        raise InputError([Problem(f"{text[:60]!r}… {fault}")])
    return text


def _harmless(remark: str) -> str:
    """Return a remark without the letters that a batch file acts upon even there."""
    return remark.replace(" %", " per cent").translate(str.maketrans("", "", '%!^<>|&"'))


def read_scmd_file(text: str, source: str, here: str = "") -> list[tuple[int, ScmdLine]]:
    """Return the commands of a file with their lines, from 1: those that begin with scmd.

    Parameters
    ----------
    text
        Of the file.
    source
        What to call it in error texts.
    here
        What the file's own folder is called, with a stroke at its end; empty for the current one.

    Raises
    ------
    InputError
        With every line that is no command, and if there is none.
    """
    found, problems = [], []
    for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = row.strip().removeprefix("@")
        first = line.split(maxsplit=1)[0].lower() if line else ""
        if not first or first in _NO_COMMANDS or first.startswith("::"):
            continue
        if first not in {"scmd", "scmd.exe"}:
            shown = "an option" if first[0] in "-–—/\"'" else repr(first[:20])
            message = f"{shown} is no command; expected scmd, or rem before a remark"
            problems.append(Problem(message, source=source, line=number))
            continue
        try:
            found.append((number, read_scmd(_as_typed(line, here), source)))
        except InputError as error:
            problems += [
                Problem(p.message, source=source, line=number, column=p.column)
                for p in error.problems
            ]
    if not found and not problems:
        problems.append(Problem("holds no scmd line", source=source))
    if problems:
        raise InputError(problems)
    return found


def _as_typed(line: str, here: str) -> str:
    """Return a line of a batch file as it would be typed."""
    parts = re.split(r"(%%|%~dp0)", line)
    return "".join({"%%": "%", _HERE: here}.get(part, part) for part in parts)
