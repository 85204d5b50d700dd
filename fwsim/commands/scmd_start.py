"""What starts scmd in a typed line: call, start and cmd as in batch files, & as in PowerShell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwsim.commands.batch_row import Piece, program_of, takes_program_for_title, unwrapped
from fwsim.messages import say

_CALLED = re.compile(r"&\s*(?P<program>'[^']*'|\"[^\"]*\"|\S+)")


@dataclass(frozen=True, slots=True)
class Started:
    """A line and the command in it, every letter in its column.

    Parameters
    ----------
    line
        The command; blanks stand for what starts it.
    begin, end
        What of it is as it was typed: ``cmd /c "…"`` has a quotation mark behind it.
    fault
        Why this would not start scmd, in words; empty if it would.
    """

    line: str
    begin: int
    end: int
    fault: str = ""


def started(line: str) -> Started:
    """Return the command of a line, without what starts scmd; others are left as they are."""
    start = len(line) - len(line.lstrip(" \t@"))
    called = _CALLED.match(line, start)
    if called and program_of(called["program"].strip("'")) == "scmd":
        bare = " " * called.start("program") + "scmd".ljust(len(called["program"]))
        return Started(bare + line[called.end() :], called.end(), len(line))
    text = line[start:].rstrip()
    whole = Piece(text, tuple(range(start + 1, start + 1 + len(text))))
    piece = unwrapped(whole)
    if piece is whole or program_of(piece.first) != "scmd":
        return Started(line, 0, len(line))
    before = piece.columns[0] - 1
    fault = say("batch.starts_a_title") if takes_program_for_title(whole) else ""
    return Started(" " * before + piece.text, before, before + len(piece.text), fault)
