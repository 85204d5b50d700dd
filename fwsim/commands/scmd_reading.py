"""One scmd line being read: which options it gives, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwsim.commands.batch_row import program_of
from fwsim.commands.scmd_options import BY_WORD, Option
from fwsim.commands.scmd_slips import LONG_DASHES, hint, path_with_blanks, without_password
from fwsim.commands.scmd_words import (
    Word,
    forgotten,
    is_known,
    may_be_login,
    may_be_password,
    words_of,
)
from fwsim.messages import ENGLISH, language, say, translated
from fwsim.problems import Problem


@dataclass(frozen=True, slots=True)
class Given:
    """An option as it stands in the line, with the words that follow it."""

    at: Word
    words: tuple[Word, ...]


class Reading:
    """A line being read.

    Parameters
    ----------
    line
        The line; its quotation marks are all closed.
    source
        What to call it in problems.

    Attributes
    ----------
    given
        Options by word.
    problems
        What is wrong.
    """

    def __init__(self, line: str, source: str | None) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.given: dict[str, Given] = {}
        self.has_unknown = False
        words = words_of(line)
        self._unasked = forgotten(words)
        self._sort(self._without_program(words, line))

    def _without_program(self, words: list[Word], line: str) -> list[Word]:
        """Return the words behind scmd, which may have its folder before it."""
        if words and program_of(words[0].text.lstrip("@")) == "scmd":
            return words[1:]
        path = path_with_blanks(line)
        if path:
            self.complain(say("scmd.path_with_blanks", path=path), words[0])
            end = line.index(path) + len(path)
            return [word for word in words if word.column > end]
        return words

    def complain(self, message: str, word: Word | None = None) -> None:
        """Note a problem, at a word."""
        column = word.column if word is not None else None
        self.problems.append(Problem(message, source=self.source, column=column))

    def _sort(self, words: list[Word]) -> None:
        """Give every option the words that follow it."""
        i = 0
        while i < len(words):
            word = words[i]
            i += 1
            option = BY_WORD.get(word.text.casefold()) if word.is_option else None
            if option is None:
                i = self._reject(words, i)
                continue
            end = i
            # A password may begin with a dash; whatever stands there is the password.
            while end < len(words) and end - i < option.most:
                if words[end].is_option and option.word != "-p":
                    break
                end += 1
            self._take(option, Given(word, tuple(words[i:end])))
            i = end if option.word != "-p" else self._skip_rest_of_password(words, end)

    def _skip_rest_of_password(self, words: list[Word], i: int) -> int:
        if i < len(words) and not is_known(words[i]):
            self.has_unknown = True
            self.complain(say("scmd.behind_password"), words[i])
        return self._next_option(words, i)

    def _next_option(self, words: list[Word], i: int) -> int:
        while i < len(words) and not is_known(words[i]):
            i += 1
        return i

    def _reject(self, words: list[Word], i: int) -> int:
        word = words[i - 1]
        shown = without_password(word.text)
        self.has_unknown = True
        if may_be_password(word):
            self.complain(_no_password_option(word), word)
            return self._next_option(words, i)
        if not word.text:
            self.complain(say("scmd.empty_word"), word)
        elif word.column in self._unasked:
            self.complain(self._unasked_text(), word)
            return self._next_option(words, i)
        elif word.is_option:
            self.complain(say("scmd.unknown", word=shown, near=hint(shown)), word)
        elif word.text[0] in f"/{LONG_DASHES}" and not word.quoted and hint(shown):
            self.complain(say("scmd.unexpected", word=shown, near=hint(shown)), word)
        else:
            self.complain(say("scmd.loose", word=shown), word)
        return i

    def _unasked_text(self) -> str:
        """Return what is wrong with a word that is not shown: it may be a password."""
        if {"-u", "-d"} & {*self.given}:
            return say("scmd.behind_account")
        return say("scmd.before_options")

    def _take(self, option: Option, given: Given) -> None:
        if option.word in self.given:
            self.complain(say("scmd.twice", word=option.word), given.at)
        elif option.takes and not given.words:
            what = translated("scmd word", option.takes)
            self.complain(say("scmd.lacks", what=what, word=option.word), given.at)
        self.given.setdefault(option.word, given)

    def miss(self, message: str) -> None:
        """Note that something is not there, unless a word that was not understood may be it."""
        if not self.has_unknown:
            self.complain(message)

    def has(self, word: str) -> bool:
        """Tell whether an option is given."""
        return word in self.given

    def text(self, word: str) -> str:
        """Return the word behind an option; empty if there is none."""
        given = self.given.get(word)
        return given.words[0].text if given and given.words else ""

    def number(self, word: str) -> int | None:
        """Return the whole number behind an option."""
        given = self.given.get(word)
        if given is None or not given.words:
            return None
        text = given.words[0].text
        if not re.fullmatch(r"[0-9]{1,18}", text):
            takes = BY_WORD[word].takes
            what = takes.lower() if language() == ENGLISH else translated("scmd word", takes)
            fault = say("scmd.no_whole", word=word, text=text, what=what)
            if re.fullmatch(r"[0-9]+", text):
                fault = say("scmd.too_large", word=word, text=text)
            self.complain(fault, given.words[0])
            return None
        return int(text)


def _no_password_option(word: Word) -> str:
    """Return what is wrong with an option behind which a password may stand."""
    if may_be_login(word):
        return say("scmd.unknown", word=word.text, near=say("near.meant", name="-u"))
    return say("scmd.password_option")
