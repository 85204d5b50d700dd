"""One line of an input as it may be shown: without anything that is or may be a secret."""

from __future__ import annotations

import re
from functools import lru_cache

from fwsim.commands.scmd_options import BY_WORD
from fwsim.commands.scmd_words import mask_scmd
from fwsim.secrecy import MASK, is_counted, names_secret, without_secrets
from fwsim.secret_pieces import LONGEST_TEXT

LONGEST_EXCERPT = 160
_BEHIND = 20
"""Letters that are shown behind a place where there are as many."""
_KEY = re.compile(r"(?P<key>[\w-]+)[\"']?\s*[:=]")
_OPTION = re.compile(r"(?<![^\s\"'])[-–—/]+(?P<name>\w+)")
_BEHIND_ACCOUNT = (
    r"(?<![^\s\"'])-(?:u|user|log[io]n|d|domain)\s+(?:\"[^\"]*\"|'[^']*'|[^\s\"'-][^\s\"']*)(?=\s)"
)
_BEHIND_PROGRAM = r"\bscmd(?:\.exe)?[\"']?(?=\s.*\s-\w)"
_BEHIND_FIRST = (
    r"\bscmd[\"']?:\s*[\"']?(?!(?:call|start|cmd)\b|\S*scmd|[-–—/@&\"'])[^\s\"'|>]+(?=\s.*\s-\w)"
)
_FORGOTTEN = re.compile(
    rf"(?P<before>{_BEHIND_ACCOUNT}|{_BEHIND_PROGRAM}|{_BEHIND_FIRST})"
    r"(?P<loose>(?:\s+(?![-–—/&])(?:\"[^\"]*\"|'[^']*'|\S+))+)",
    re.IGNORECASE,
)
"""A password without its option, behind the account or before the options."""
_OF_SCMD = re.compile(r"\bscmd\b[\"']?(?:\.exe[\"']?)?[:\s]|(?<![^\s\"'])-[a-z]+\s", re.IGNORECASE)
_SLASHED = re.compile(r"/(?:p|pw|pass\w*|kennwort)(?!\S)", re.IGNORECASE)
_USER = re.compile(
    r"(\b(?:user|login|account)\w*[\"']?\s*[:=]\s*[\"']?[^\s:,;%}\"']+"
    r"(?:[:%;]|,(?=[^\s'\"])|\s+/\s*|/\s+))[^\s,}]+"
)


def without_password_option(line: str) -> str:
    """Hide what follows the first option that is, or was meant as, the password's.

    And a password whose option was forgotten. In other lines than scmd's a / begins a path.
    """
    line = _FORGOTTEN.sub(_hidden, line)
    is_scmd = bool(_OF_SCMD.search(line))
    for option in _OPTION.finditer(line):
        name = option["name"].casefold()
        is_path = option[0][0] == "/" and not is_scmd and not _SLASHED.match(line, option.start())
        if is_path:
            continue
        if name.startswith("p") or "assw" in name or names_secret(name):
            return line[: option.start()] + mask_scmd(line[option.start() :])
    return line


def _hidden(match: re.Match[str]) -> str:
    words = match["loose"].split()
    are_options = all(f"-{word.casefold()}" in BY_WORD for word in words)
    return match[0] if are_options else f"{match['before']} {MASK}"


def excerpt_of(line: str) -> str:
    """Return a line with passwords hidden and its length cut."""
    return excerpt_around(masked(line), 0)[0]


def excerpt_around(shown: str, place: int) -> tuple[str, int]:
    """Return the part of a masked line that has a place in it, and the place in that part.

    Parameters
    ----------
    shown
        The line as `masked` returns it.
    place
        As `place_in` returns it.
    """
    if len(shown) <= LONGEST_EXCERPT or place <= LONGEST_EXCERPT - _BEHIND:
        cut = len(shown) > LONGEST_EXCERPT
        return (f"{shown[:LONGEST_EXCERPT]}…" if cut else shown), place
    start = min(place - LONGEST_EXCERPT // 2, len(shown) - LONGEST_EXCERPT)
    end = start + LONGEST_EXCERPT
    return f"…{shown[start:end]}{'…' * (end < len(shown))}", place - start + 1


def place_in(shown: str, line: str, column: int) -> int:
    """Return where the letter of a column of a line stands in what is shown of it, from 1.

    0 if it is not shown: it is hidden, or lies behind the end.
    """
    line = line.rstrip("\r\n").replace("\t", " ")
    before, rest = line[: column - 1], line[column - 1 :]
    if len(before) < len(shown) and shown.startswith(before):
        return column
    if rest and len(rest) < len(shown) and shown.endswith(rest):
        return len(shown) - len(rest) + 1
    return 0


@lru_cache(maxsize=1000)
def masked(line: str) -> str:
    """Return a line with passwords hidden; of a very long one the beginning."""
    shown = without_secrets(line[:LONGEST_TEXT].rstrip("\r\n")).replace("\t", " ")
    for match in _KEY.finditer(shown):
        if names_secret(match["key"]) and not is_counted(match["key"], shown[match.end() :]):
            shown = f"{shown[: match.end()]} {MASK}"
            break
    shown = without_secrets(_USER.sub(rf"\1{MASK}", without_password_option(shown)))
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "�" for c in shown)
    return shown
