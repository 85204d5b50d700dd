"""What is wrong with the lines of one file: counted, told with its place, never in full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from fwsim.messages import say, translated
from fwsim.problems import InputError, Problem, Severity
from fwsim.secrecy import without_secrets

MOST_KEPT = 1000
"""Problems of one file that are told; all are counted."""
_LONGEST_SHOWN = 60


def form_in_words(form: str) -> str:
    """Return what a log is in the language that is spoken; what it is written in stands behind."""
    what, mark, written_in = form.partition(" (")
    if form == (whole := translated("log form", form)) and mark:
        return f"{translated('log form', what)} ({written_in}"
    return whole


def and_more(count: int) -> str:
    """Return that more lines or devices do the same, or nothing."""
    return say("log_line.more", count=count) if count else ""


class Complaints:
    """Collects what is wrong with one file.

    Parameters
    ----------
    source
        The file, as the user named it.
    hides
        Show nothing of what stands in it: names are personal data.
    """

    def __init__(self, source: str, *, hides: bool = False) -> None:
        self.source = source
        self.hides = hides
        self.bad_lines: set[int] = set()
        self._kept: list[Problem] = []
        self._more = 0

    @property
    def bad(self) -> int:
        """How many lines are left out."""
        return len(self.bad_lines)

    def shown(self, text: str) -> str:
        """Return a cell as it may be told."""
        if self.hides:
            return "…"
        cut = text[:_LONGEST_SHOWN] + "…" * (len(text) > _LONGEST_SHOWN)
        return repr(without_secrets(cut))

    def leave_out(self, line: int, message: str, column: int | None = None) -> None:
        """Leave a line out, and say why; once a line."""
        self.leave_out_lazily(line, lambda: (message, column))

    def leave_out_lazily(self, line: int, why: Callable[[], tuple[str, int | None]]) -> None:
        """Leave a line out; why, and at which column, is asked while it is still told.

        To say it takes longer than to read the line, and a wrong file has millions of them.
        """
        if line in self.bad_lines:
            return
        self.bad_lines.add(line)
        if len(self._kept) >= MOST_KEPT:
            self._more += 1
            return
        message, column = why()
        self._keep(Problem(message, self.source, line, column))

    def warn(self, message: str, line: int | None = None) -> None:
        """Say what was taken with a word."""
        self._keep(Problem(message, self.source, line, severity=Severity.WARNING))

    def refuse(self, message: str, line: int | None = None, column: int | None = None) -> NoReturn:
        """Refuse the file as a whole.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError([Problem(message, self.source, line, column)])

    def _keep(self, problem: Problem) -> None:
        if len(self._kept) < MOST_KEPT:
            self._kept.append(problem)
        else:
            self._more += 1

    def told(self) -> tuple[Problem, ...]:
        """Return the problems in the order of their lines; what lines have in common, once."""
        alike: dict[tuple[str, Severity], list[Problem]] = {}
        for problem in sorted(self._kept, key=lambda problem: problem.line or 0):
            alike.setdefault((problem.message, problem.severity), []).append(problem)
        told = [_as_one(problems, is_all=not self._more) for problems in alike.values()]
        if self._more:
            text = say("log_file.more", count=self._more)
            told.append(Problem(text, self.source, severity=Severity.WARNING))
        return tuple(told)

    def check_most_are_good(self, lines: int, form: str) -> None:
        """Refuse a file of which more than half is left out.

        Raises
        ------
        InputError
            With the first lines that could not be read.
        """
        if not lines:
            self.refuse(say("log_file.header_only", form=form_in_words(form)))
        if 2 * self.bad > lines:
            read_as = form_in_words(form)
            text = say("log_file.another_kind", count=self.bad, lines=lines, form=read_as)
            raise InputError([Problem(text, self.source), *self.told()])


def _as_one(problems: list[Problem], *, is_all: bool) -> Problem:
    """Return the first of problems that say the same, and in how many more lines, at least."""
    first, more = problems[0], len(problems) - 1
    if not more:
        return first
    name = "log_file.in_more_lines" if is_all else "log_file.in_more_lines_at_least"
    return replace(first, message=say(name, message=first.message, count=more))
