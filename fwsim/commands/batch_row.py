"""Rows of a batch file as cmd.exe reads them: variables, carets, redirections, several commands.

Only what stands around a command is understood; nothing is expanded that fwsim cannot know.
Sources: `cmd /?`, `start /?`, and how cmd.exe is known to parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HERE = "\0"
"""Stands for ``%~dp0``, the folder of the batch file itself."""
_BLANK = "\x1a"
"""Stands for a blank behind a caret: it parts no words."""
_VARIABLE = re.compile(r"%~[a-z]*[0-9]|%[0-9*]|%[^\s%:=\"]+(?::[^%]*)?%", re.IGNORECASE)
_ROW_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r'\s*((?:[^\s"]|"[^"]*"?)+)')
_MOST_WRAPPINGS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """One command of a row.

    Parameters
    ----------
    text
        As it would be typed.
    columns
        Where each of its letters stands in the row, from 1.
    link
        What it hangs on: ``&``, ``&&``, ``||``, ``|`` or nothing. ``||`` reaches to the next ``&``:
        in ``a || b && c`` nothing but ``a`` is run when that succeeds.
    unknown
        Columns of variables and lone ``%`` in it.
    """

    text: str
    columns: tuple[int, ...]
    link: str = ""
    unknown: tuple[int, ...] = ()

    @property
    def first(self) -> str:
        """Its first word, with its quotation marks; empty if there is none."""
        match = _WORD.match(self.text)
        return match[1] if match else ""

    def without_first(self) -> Piece:
        """Return what follows the first word."""
        match = _WORD.match(self.text)
        return self.part(match.end() if match else 0, len(self.text))

    def part(self, start: int, end: int) -> Piece:
        """Return the letters from one place to another, without blanks around them."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        return Piece(self.text[start:end], self.columns[start:end], self.link, self.unknown)

    def column(self, place: int) -> int:
        """Return where the letter at a place of the text, from 1, stands in the row."""
        return self.columns[place - 1] if 0 < place <= len(self.columns) else 1


def rows_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the rows of a batch file with their lines; a ^ at the end joins the next one."""
    joined, first = "", 1
    for number, row in enumerate(_ROW_END.split(text.rstrip("\x1a")), 1):
        carets = len(row) - len(row.rstrip("^"))
        if carets % 2 and row.count('"') % 2 == 0 and not _is_aside(joined + row):
            joined += row[:-1]
            continue
        yield first, joined + row
        joined, first = "", number + 1
    if joined:
        yield first, joined


def _is_aside(row: str) -> bool:
    """Tell whether a row is a remark: cmd.exe reads no further."""
    start = row.strip().lstrip("@").lstrip().lower()
    return start.startswith("::") or bool(re.match(r"rem(?![\w.])", start))


def _expanded(row: str) -> Iterator[tuple[str, int, bool]]:
    """Yield letters with their columns, and whether they begin something that is not known."""
    i = 0
    while i < len(row):
        match = _VARIABLE.match(row, i)
        if row.startswith("%%", i):
            yield "%", i + 1, False
            i += 2
        elif match and match[0].lower() == "%~dp0":
            yield HERE, i + 1, False
            i = match.end()
        elif match:
            yield from ((letter, i + 1, not n) for n, letter in enumerate(match[0]))
            i = match.end()
        else:
            yield row[i], i + 1, row[i] == "%"
            i += 1


class _Splitting:
    """A row being split into its commands."""

    def __init__(self, row: str) -> None:
        self._letters = list(_expanded(row))
        self._at = 0
        self._taken: list[tuple[str, int]] = []
        self._unknown: list[int] = []
        self._link = ""
        self._hangs_on_failure = False

    def _next(self, count: int = 1) -> str:
        return "".join(letter for letter, *_ in self._letters[self._at : self._at + count])

    def _take(self, instead: str = "") -> None:
        letter, column, is_unknown = self._letters[self._at]
        self._taken.append((instead or letter, column))
        if is_unknown:
            self._unknown.append(column)
        self._at += 1

    def _done(self, link: str = "") -> Piece:
        self._hangs_on_failure = link == "||" or (self._hangs_on_failure and link != "&")
        if link == "&&" and self._hangs_on_failure:
            link = "||"
        text = "".join(letter for letter, _ in self._taken)
        columns = tuple(column for _, column in self._taken)
        piece = Piece(text, columns, self._link, tuple(self._unknown)).part(0, len(text))
        self._taken, self._unknown, self._link = [], [], link
        return piece

    def pieces(self) -> Iterator[Piece]:
        """Yield the commands."""
        is_quoted = False
        while self._at < len(self._letters):
            letter = self._next()
            if letter == '"':
                is_quoted = not is_quoted
                self._take()
            elif is_quoted:
                self._take()
            elif letter == "^":
                self._at += 1
                if self._at < len(self._letters):
                    self._take(_BLANK if self._next() == " " else "")
            elif letter in "&|":
                link = self._next(2) if self._next(2) in {"&&", "||"} else letter
                self._at += len(link)
                yield self._done(link)
            elif letter in "<>":
                self._skip_redirection()
            else:
                self._take()
        yield self._done()

    def _skip_redirection(self) -> None:
        """Leave out a redirection: what is printed, and where, changes no command."""
        if (
            self._taken
            and self._taken[-1][0].isdigit()
            and (len(self._taken) == 1 or self._taken[-2][0].isspace())
        ):
            self._taken.pop()
        while self._next() in {"<", ">"}:
            self._at += 1
        if self._next() == "&":
            self._at += 1
        rest = "".join(letter for letter, *_ in self._letters[self._at :])
        target = re.match(r'\s*(?:"[^"]*"?|[^\s"&|<>])*', rest)
        self._at += target.end() if target else 0


def pieces_of(row: str) -> list[Piece]:
    """Return the commands of a row; a remark is none, nor is a label."""
    if _is_aside(row):
        return []
    found = []
    for whole in _Splitting(row).pieces():
        bare = whole.text.lstrip("@ \t")
        piece = whole.part(len(whole.text) - len(bare), len(whole.text))
        if _is_aside(piece.text) or piece.text.startswith(":"):
            break  # it reaches to the end of the row
        if piece.text:
            found.append(piece)
    return found


def unwrapped(piece: Piece) -> Piece:
    """Return the command itself, without ``call``, ``start /wait`` or ``cmd /c`` around it."""
    for _ in range(_MOST_WRAPPINGS):
        name = program_of(piece.first)
        if name == "call":
            piece = piece.without_first()
        elif name == "start":
            piece = _started(piece.without_first())
        elif name == "cmd":
            piece = _of_shell(piece.without_first())
        else:
            break
    return piece


def takes_program_for_title(piece: Piece) -> bool:
    """Tell whether `start` would not start scmd: it takes a first word in quotes for a title."""
    second = piece.without_first().first
    is_start = program_of(piece.first) == "start"
    return is_start and second.startswith('"') and program_of(second) == "scmd"


def _started(piece: Piece) -> Piece:
    """Return what `start` starts: behind a title in quotation marks and its options."""
    if piece.first.startswith('"') and program_of(piece.first) != "scmd":
        piece = piece.without_first()
    while piece.first.startswith("/"):
        has_folder = piece.first.lower() == "/d"
        piece = piece.without_first()
        piece = piece.without_first() if has_folder else piece
    return piece


def _of_shell(piece: Piece) -> Piece:
    """Return what ``cmd /c`` runs: it takes away the first and the last quotation mark."""
    while piece.first.startswith("/"):
        is_last = piece.first.lower() in {"/c", "/k"}
        piece = piece.without_first()
        if is_last:
            break
    text = piece.text
    is_program = text.count('"') == 2 and program_of(piece.first) == "scmd"
    if text.startswith('"') and text.endswith('"') and len(text) > 1 and not is_program:
        return piece.part(1, len(text) - 1)
    return piece


def program_of(word: str) -> str:
    """Return the name of the program a word starts, without its folder and its ending."""
    name = re.split(r"[\\/]", word.replace('"', "").replace(_BLANK, " "))[-1]
    return name.removeprefix(HERE).strip().casefold().removesuffix(".exe")


def as_typed(text: str, here: str) -> str:
    """Return a command as it would be typed in the folder it is run in."""
    return text.replace(HERE, here).replace(_BLANK, " ")
