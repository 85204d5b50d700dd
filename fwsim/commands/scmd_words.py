"""The words of an scmd line with their places, and the line with its password hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwsim.commands.firmware import MASK
from fwsim.commands.scmd_options import BY_WORD

_TOKEN = re.compile(r'(?:[^\s"]+|"(?:[^"]|"")*")+')
_PIECE = re.compile(r'"((?:[^"]|"")*)"|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line.

    Parameters
    ----------
    text
        Without its quotation marks.
    column, end
        Where it starts, counted from 1, and where it ends.
    quoted
        Has quotation marks; then it is never an option.
    """

    text: str
    column: int
    end: int
    quoted: bool

    @property
    def is_option(self) -> bool:
        """Whether it begins like an option."""
        return self.text.startswith("-") and not self.quoted


def words_of(line: str) -> list[Word]:
    """Return the words of a line whose quotation marks are all closed."""
    found = []
    for match in _TOKEN.finditer(line):
        pieces = _PIECE.findall(match[0])
        text = "".join(quoted.replace('""', '"') or bare for quoted, bare in pieces)
        found.append(Word(text, match.start() + 1, match.end(), '"' in match[0]))
    return found


def may_be_password(word: Word) -> bool:
    """Tell whether a word is, or was meant as, the password option."""
    folded = word.text.casefold()
    return word.is_option and folded.startswith("-p") and folded != "-ping"


def mask_scmd(line: str) -> str:
    """Return a line with its password, and whatever may be one, replaced by ``***``."""
    pieces: list[str] = []
    end, hiding = 0, False
    for word in words_of(line):
        known = word.is_option and word.text.casefold() in BY_WORD
        if may_be_password(word):
            shown, hiding = (word.text if known else f"-p{MASK}"), True
        elif hiding and not (known and pieces and pieces[-1].strip() == MASK):
            shown = MASK
        else:
            shown, hiding = line[word.column - 1 : word.end], False
        pieces += [line[end : word.column - 1], shown]
        end = word.end
    if line.count('"') % 2:
        return f"{line.split(chr(34), 1)[0].split(' -p', maxsplit=1)[0]}…"
    return "".join(pieces) + line[end:]
