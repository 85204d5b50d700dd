"""The words of an scmd line with their places, and the line with its password hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwsim.commands.batch_row import program_of
from fwsim.commands.scmd_options import BY_WORD
from fwsim.commands.scmd_start import started
from fwsim.secrecy import MASK, names_secret

_TOKEN = re.compile(r'(?:[^\s"]+|"(?:[^"]|"")*")+')
_DASHES = "-–—/"
_ACCOUNT = frozenset({"-u", "-user", "-d", "-domain"})
_LOGIN = frozenset({"login", "logon"})
"""No options of scmd's, but of others', with an account and its password behind them."""
_SUSPICIOUS = re.compile(r"(?<![^\s\"'])[-–—/]+\w*(?:p|assw|kennw|secret|token|key)", re.IGNORECASE)
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
    """Tell whether a word is, or was meant as, the password option.

    A wrong dash, a wrong beginning and quotation marks are minded: what follows is never shown.
    """
    text = word.text.casefold()
    name = text.lstrip(_DASHES)
    if name == text or (text == "-ping" and not word.quoted):
        return False
    if text.startswith("/") and name != "p":  # a path
        return names_secret(name)
    return name.startswith("p") or name in _LOGIN or names_secret(name)


def may_be_login(word: Word) -> bool:
    """Tell whether a word is what other programs call the option of an account."""
    return word.is_option and word.text.casefold().lstrip(_DASHES) in _LOGIN


def is_known(word: Word) -> bool:
    """Tell whether a word is one of the options."""
    return word.is_option and word.text.casefold() in BY_WORD


def forgotten(words: list[Word]) -> frozenset[int]:
    """Return the columns of words that may be a password whose option was forgotten.

    Those that stand behind the account, or behind the program and whatever is before the options.
    """
    found = []
    is_scmd = [program_of(word.text.lstrip("@")) == "scmd" for word in words]
    first = next((i for i, word in enumerate(words) if word.is_option), len(words))
    begin = max((i for i in range(first) if is_scmd[i]), default=0) + 1
    may_be, i = True, begin if begin <= first else 0
    while i < len(words):
        word = words[i]
        i += 1
        if is_known(word):
            may_be = word.text.casefold() in _ACCOUNT
            i += may_be and i < len(words) and not words[i].is_option
        elif word.text[:1] in _DASHES and not word.quoted:
            may_be = False
        elif may_be and f"-{word.text.casefold()}" not in BY_WORD:
            found.append(word.column)
    return frozenset(found)


def mask_scmd(line: str) -> str:
    """Return a line with its password, and whatever may be one, replaced by ``***``."""
    begun = started(line)
    return line[: begun.begin] + _masked(begun.line)[begun.begin :] + line[begun.end :]


def _masked(line: str) -> str:
    if line.count('"') % 2:
        suspicious = _SUSPICIOUS.search(line)
        end = min(line.index('"'), suspicious.start() if suspicious else len(line))
        return f"{line[:end].rstrip()}…"
    pieces: list[str] = []
    end, hiding, is_next, is_value = 0, False, False, False
    words = words_of(line)
    unasked = forgotten(words)
    for word in words:
        known = is_known(word)
        if is_next:
            shown, is_next = MASK, False
        elif may_be_password(word) and not (is_value and word.quoted):
            shown, hiding, is_next = (word.text if known else f"-p{MASK}"), True, known
        elif (hiding and not known) or word.column in unasked:
            shown = MASK
        else:
            shown, hiding = line[word.column - 1 : word.end], False
        is_value = known and BY_WORD[word.text.casefold()].most > 0
        pieces += [line[end : word.column - 1], shown]
        end = word.end
    return "".join(pieces) + line[end:]
