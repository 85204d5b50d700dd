"""What is wrong with an input: place, value, expectation, nearest right thing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from fwsim.messages import say
from fwsim.secrecy import without_accounts, without_secrets
from fwsim.spelling import meant, numbers_alike

MOST_SHOWN = 50
LONGEST_WORD = 80
"""Characters of a word that may be a slip of another; the search costs their square."""
MOST_COMPARED = 100_000
"""Pairs of a wrong name and a right one that are compared for hints: some seconds."""


class Severity(StrEnum):
    """Whether an input is refused for a problem, or taken with a word."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in an input, or something in it that is hardly meant.

    Parameters
    ----------
    message
        What was read, what was expected, and the nearest right thing. Never holds a secret.
    source
        The file or input it stands in, as the user named it, without what may be a secret.
    line, column
        Where, counted from 1.
    path
        The keys that lead to the value, as in ``commands.0.inform_user``.
    excerpt
        The offending line, with secrets masked.
    mark
        Which letter of the excerpt, from 1, stands in the column; by default the same, 0 if none.
    severity
        An error refuses the input; a warning is told, and the input is taken.
    """

    message: str
    source: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    excerpt: str | None = None
    severity: Severity = Severity.ERROR
    mark: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", without_accounts(self.message))
        if self.source is not None:
            object.__setattr__(self, "source", without_secrets(self.source))

    def __str__(self) -> str:
        # A name may have line breaks, which would make lines of it that nobody said.
        source = self.source and self.source.replace("\r", "\\r").replace("\n", "\\n")
        place = ":".join(str(part) for part in (source, self.line, self.column) if part is not None)
        kind = say(f"problem.{self.severity}")
        head = ": ".join(part for part in (place, kind, self.path, self.message) if part)
        if self.excerpt is None:
            return head
        number = f"{self.line or '':>7}"
        shown = f"{head}\n{number} | {self.excerpt}"
        mark = self.column if self.mark is None else self.mark
        return f"{shown}\n{'':>7} | {' ' * (mark - 1)}^" if mark else shown


def first_lines(shown: Sequence[str], count: int) -> str:
    """Return what is shown of many, a line each, and how many more there are."""
    more = [say("problem.more", count=count - len(shown))] if count > len(shown) else []
    return "\n".join([*shown, *more])


class InputError(ValueError):
    """An input was refused as a whole; holds every problem found in it.

    Parameters
    ----------
    problems
        At least one problem, in the order of their places.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Travel to other processes with the problems, not with their text."""
        return type(self), (self.problems,)

    def _text(self) -> str:
        shown = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        return first_lines(shown, len(self.problems))


class NotWrittenError(InputError):
    """What was made could not be written: no room, no right to; the input was as it should be."""


@contextmanager
def told_as_not_written(folder: str) -> Iterator[None]:
    """Tell what the system refuses as a problem of the folder that is written to.

    Raises
    ------
    NotWrittenError
        If it refuses anything.
    """
    try:
        yield
    except OSError as error:
        text = say("file.not_written", reason=error.strerror or error)
        raise NotWrittenError([Problem(text, source=folder)]) from None


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest of `choices`, or an empty string.

    Parameters
    ----------
    word
        What was read.
    choices
        What would have been right.
    """
    near = nearest_to(word, choices)
    return "" if near is None else meant(word, near)


def nearest_to(word: str, choices: Iterable[str]) -> str | None:
    """Return the closest of some choices to a word; None if none is close."""
    if len(word) > LONGEST_WORD:
        return None
    by_folded: dict[str, str] = {}
    by_number: dict[str, str] = {}
    for choice in choices:
        folded = choice.casefold()
        by_folded[folded] = choice
        by_number.setdefault(numbers_alike(folded), choice)
    if same := by_folded.get(word.casefold()):
        return same
    near = difflib.get_close_matches(numbers_alike(word.casefold()), by_number, n=1, cutoff=0.6)
    return by_number[near[0]] if near else None


class Hints:
    """Finds what wrong names were meant to be: all of a few, of very many only the first."""

    def __init__(self) -> None:
        self._left = MOST_COMPARED
        self._told: dict[tuple[str, str], str] = {}

    def nearest(self, word: str, choices: Collection[str], kind: str = "") -> str:
        """Return what `nearest` does; an empty string once too many names have been compared.

        Parameters
        ----------
        word, choices
            As of `nearest`; always the same choices for one kind.
        kind
            What the word is to name, where one may be meant for either of two.
        """
        return self.nearest_of(word, lambda: choices, kind)

    def nearest_of(self, word: str, choices: Callable[[], Collection[str]], kind: str = "") -> str:
        """Return what `nearest` does, of choices that are gathered only if they are compared."""
        asked = (word, kind)
        if asked not in self._told:
            known = choices() if self._left > 0 else ()
            self._told[asked] = nearest(word, known)
            self._left -= len(known)
        return self._told[asked]
