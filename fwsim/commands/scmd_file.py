"""Files of scmd lines, as an administrator runs them on the server: batch files of Windows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fwsim.commands.batch_row import (
    HERE,
    Piece,
    as_typed,
    pieces_of,
    program_of,
    rows_of,
    takes_program_for_title,
    unwrapped,
)
from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.scmd_slips import LONG_DASHES, path_with_blanks
from fwsim.commands.targets import ListFileTarget
from fwsim.messages import say
from fwsim.problems import InputError, Problem, nearest

LARGEST_FILE = 10_000_000
LONGEST_COMMAND = 8191
"""Characters that cmd.exe takes [M]."""
LONGEST_REMARK = 2000
_HEAD = ("@echo off", "setlocal DisableDelayedExpansion", "chcp 65001 >nul")
_NO_COMMANDS = frozenset(
    {
        "rem",
        "echo",
        "chcp",
        "setlocal",
        "endlocal",
        "pause",
        "exit",
        "cls",
        "title",
        "color",
        "mode",
        "prompt",
        "verify",
        "popd",
        "ver",
    }
)
"""What changes no command that stands beside it."""
_NOT_PLAYED = frozenset(
    {
        "if",
        "else",
        "for",
        "goto",
        "set",
        "shift",
        "timeout",
        "ping",
        "sleep",
        "choice",
        "cd",
        "chdir",
        "pushd",
        "del",
        "erase",
        "copy",
        "xcopy",
        "robocopy",
        "move",
        "ren",
        "md",
        "mkdir",
        "rd",
        "rmdir",
        "net",
        "powershell",
        "wscript",
        "cscript",
        "schtasks",
        "at",
        "reg",
        "sc",
        "start",
        "call",
        "cmd",
    }
)
"""What a batch file may do besides, and fwsim does not."""
_JUMPS = frozenset({"goto", "call"})
_IN_A_SHELL_OF_ITS_OWN = frozenset({"cmd", "start"})
_FILTERS = frozenset({"find", "findstr", "more", "sort", "clip"})
_AFTER = {"|": "pipe", "||": "failure", "&&": "success"}
"""What a command waits for, by what stands between the two."""
_MAY_FAIL = _FILTERS | {"mode", "color", "popd"}
"""After these nobody can say beforehand whether what stands behind && is run."""
_COMMAND = re.compile(rf"(?<!\S)[-/{LONG_DASHES}]+(?:update|deliver|uefi)(?!\S)", re.IGNORECASE)
_IN_POWERSHELL = re.compile(r"'[^']*\bscmd(?:\.exe)?'", re.IGNORECASE)
"""As it starts a program: ``& 'C:\\Program Files\\…\\scmd.exe'``; to cmd.exe ' is a letter."""
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
    rows = [*_HEAD, *(f"rem {said}" for said in map(_harmless, remarks) if said)]
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
        fault = say("batch.control_character")
    elif '\\"' in text:
        fault = say("batch.hides_quote")
    elif len(text) > LONGEST_COMMAND:
        fault = say("batch.too_long", most=LONGEST_COMMAND)
    if fault:
        raise InputError([Problem(f"{text[:60]!r}… {fault}")])
    return text


def _harmless(remark: str) -> str:
    """Return a remark that cmd.exe acts upon in no place, and a person can read.

    Between quotation marks ``& | < > ^`` are letters like others; a ``%`` is one written twice.
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in remark).split())
    text = text[:LONGEST_REMARK].replace('"', "'").replace("%", "%%")
    return f'"{text}"' if text else ""


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
    file = _File(source, here)
    for number, row in rows_of(text):
        for piece in pieces_of(row):
            file.take(number, piece)
    if not file.is_of_its_kind:
        # It may be any file: what it holds is not told.
        raise InputError([Problem(say("batch.no_scmd"), source=source)])
    if file.problems:
        raise InputError(file.problems)
    return file.found


class _File:
    """A batch file being read."""

    def __init__(self, source: str, here: str) -> None:
        self.found: list[tuple[int, ScmdLine]] = []
        self.problems: list[Problem] = []
        self.is_of_its_kind = False
        self._source = source
        self._here = here
        self._end = 0
        self._jumps = False
        self._may_fail = False
        self._expands = [False]

    def _complain(self, line: int, message: str, column: int | None = None) -> None:
        self.problems.append(Problem(message, source=self._source, line=line, column=column))

    def take(self, line: int, wrapped: Piece) -> None:
        """Take one command."""
        piece = unwrapped(wrapped)
        name = program_of(piece.first)
        depends = wrapped.link == "&&" and self._may_fail
        goes_on = wrapped.link in {"&&", "|"} and self._may_fail
        self._may_fail = goes_on or name in _MAY_FAIL
        if takes_program_for_title(wrapped):
            self._complain(line, say("batch.starts_a_title"), wrapped.column(1))
        if name == "scmd" or path_with_blanks(as_typed(piece.text, "")):
            self._take_scmd(line, piece, depends=depends)
        elif name == "exit":
            if not depends:
                self._take_exit(line, wrapped)
        elif piece.first.startswith(":"):
            self._refuse(line, wrapped, program_of(wrapped.first))
        elif not _is_harmless(piece, name):
            self._refuse(line, piece, name)
        elif name in {"setlocal", "endlocal"}:
            self._take_local(piece.text.casefold().split())

    def _take_exit(self, line: int, wrapped: Piece) -> None:
        """Remember where the file ends; what a failure or another shell ends is not the file."""
        is_elsewhere = program_of(wrapped.first) in _IN_A_SHELL_OF_ITS_OWN
        if wrapped.link not in {"|", "||"} and not is_elsewhere and not self._jumps:
            self._end = self._end or line

    def _take_local(self, words: list[str]) -> None:
        """Remember whether ! stands for variables from here on."""
        if words[0] == "endlocal":
            self._expands = self._expands[:-1] or [False]
        elif "enabledelayedexpansion" in words:
            self._expands.append(True)
        else:
            self._expands.append(self._expands[-1] and "disabledelayedexpansion" not in words)

    def _take_scmd(self, line: int, piece: Piece, *, depends: bool) -> None:
        self.is_of_its_kind = True
        if piece.link in _AFTER and (depends or piece.link != "&&"):
            text = say(f"batch.after_{_AFTER[piece.link]}", link=piece.link)
            self._complain(line, text, piece.column(1))
        if self._end:
            self._complain(line, say("batch.after_exit", line=self._end))
        start = len(piece.first)
        self._complain_of_variables(line, piece, start)
        # Where scmd lies, and how that is written, does not matter.
        text = "scmd".ljust(start) + piece.text[start:]
        typed = text if program_of(piece.first) == "scmd" else piece.text
        try:
            self.found.append((line, read_scmd(as_typed(typed, self._here), self._source)))
        except InputError as error:
            for p in error.problems:
                self._complain(line, p.message, p.column and self._column(piece, typed, p.column))

    def _complain_of_variables(self, line: int, piece: Piece, start: int) -> None:
        for column in piece.unknown:
            if column > piece.column(start):
                self._complain(line, say("batch.unknown_percent"), column)
        place = piece.text.find("!", start) if self._expands[-1] else -1
        if place >= 0:
            self._complain(line, say("batch.unknown_mark"), piece.column(place + 1))

    def _column(self, piece: Piece, text: str, place: int) -> int:
        """Return where in the row a letter of the line as it is typed stands."""
        shown = 0
        for at, letter in enumerate(text, 1):
            shown += len(as_typed(letter, self._here))
            if shown >= place:
                return piece.column(at)
        return piece.column(len(text))

    def _refuse(self, line: int, piece: Piece, name: str) -> None:
        known = name in _NOT_PLAYED
        self._jumps |= name in _JUMPS
        near = "" if known else nearest(name, ["scmd"])
        if piece.text.count('"') % 2:
            self.is_of_its_kind |= bool(_COMMAND.search(piece.text))
            self._complain(line, say("scmd.not_closed"))
            return
        if _IN_POWERSHELL.match(piece.text):
            self.is_of_its_kind = True
            self._complain(line, say("batch.powershell"), piece.column(1))
            return
        is_options = piece.first.lstrip("\"'")[:1] in f"-/{LONG_DASHES}"
        self.is_of_its_kind |= known or bool(near) or bool(_COMMAND.search(piece.text))
        unnamed = say("scmd.an_option") if is_options else say("scmd.this")
        shown = repr(name) if known or near else unnamed
        self._complain(line, say("scmd.no_command", shown=shown, near=near))


def _is_harmless(piece: Piece, name: str) -> bool:
    """Tell whether something changes no command: something printed, the own folder."""
    first = piece.first.casefold()
    if name in _NO_COMMANDS or re.match(r"echo[.:,;=+/\\(\[]", first):
        return True
    if name in {"cd", "chdir", "pushd"}:
        rest = piece.without_first().text.lower().removeprefix("/d").strip().strip('"')
        return rest.rstrip("\\") in {HERE, ""}
    return piece.link == "|" and name in _FILTERS
