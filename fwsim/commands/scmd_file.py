"""Files of scmd lines, as an administrator runs them on the server: batch files of Windows."""

from __future__ import annotations

from collections.abc import Iterable

from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.problems import InputError, Problem

LARGEST_FILE = 10_000_000
_NO_COMMANDS = ("rem", "@rem", "::", "@echo", "@chcp", "echo", "chcp")


def write_scmd_file(lines: Iterable[ScmdLine], remarks: Iterable[str] = ()) -> str:
    """Return a batch file with one command a line.

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
    rows = ["@echo off", "chcp 65001 >nul"]
    rows += [f"rem {_harmless(' '.join(remark.split()))}" for remark in remarks]
    rows += [_one_line(write_scmd(line)).replace("%", "%%") for line in lines]
    return "\r\n".join(rows) + "\r\n"


def _one_line(line: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in line):
        text = f"{line[:60]!r}… holds a control character; a batch file has one command a line"
        raise InputError([Problem(text)])
    return line


def _harmless(remark: str) -> str:
    """Return a remark without the letters that a batch file acts upon even there."""
    return remark.replace(" %", " per cent").translate(str.maketrans("", "", '%!^<>|&"'))


def read_scmd_file(text: str, source: str) -> list[ScmdLine]:
    """Return the commands of a file: its lines that begin with scmd, remarks left out.

    Parameters
    ----------
    text
        Of the file.
    source
        What to call it in error texts.

    Raises
    ------
    InputError
        With every line that is no command, and if there is none.
    """
    found, problems = [], []
    for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = row.strip()
        first = line.split(maxsplit=1)[0].lower() if line else ""
        if not first or first in _NO_COMMANDS or first.startswith("::"):
            continue
        if first != "scmd":
            message = f"{first[:20]!r} is no command; expected scmd, or rem before a remark"
            problems.append(Problem(message, source=source, line=number))
            continue
        try:
            found.append(read_scmd(line.replace("%%", "%"), source))
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
