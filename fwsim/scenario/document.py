"""What a YAML file says, as plain data that remembers where everything stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Self

from fwsim.messages import say
from fwsim.problems import Problem, Severity
from fwsim.quantities.units import may_be_thousands
from fwsim.scenario.excerpt import excerpt_around, masked, place_in
from fwsim.secrecy import MASK, keeping, names_secret, without_secrets

Path_ = tuple[str | int, ...]
DEEPEST = 50
"""Levels that a scenario may nest."""
SHORTEST_SECRET = 4
"""Characters of a secret that is looked for elsewhere in a file; a shorter one hides words."""


class Written:
    """A number that remembers how it was written."""

    written: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the number a text stands for."""
        number = cls(text)  # type: ignore[call-arg]  # an int or a float
        number.written = text
        return number

    def __repr__(self) -> str:
        """Return it as it was written: so it is told."""
        return self.written


class WrittenInt(Written, int):
    """A whole number: ``007`` is a name, too."""


class WrittenFloat(Written, float):
    """A number with a point: ``6.10`` is a version, too."""


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says so.

    Parameters
    ----------
    data
        Plain data.
    source
        The file's name as the user wrote it.
    keys, values
        Places of keys and values, by path.
    lines
        The text, line by line; masked once the document is sealed.
    secret_lines
        Lines (from 1) that hold nothing but a secret.
    secrets
        What stands behind keys that name a secret.
    left_empty
        Paths of keys with nothing after the colon.
    in_doubt
        Paths of numbers that may have been meant otherwise, with what to say of them.
    set_elsewhere
        Paths whose values did not stand in the file, and what to call where they came from.
    wrong
        What is wrong with how it is written, by path: those values are none.
    names
        Names of places that look like a secret and are none, where `data` no longer tells them.
    """

    data: Any
    source: str
    keys: dict[Path_, Place]
    values: dict[Path_, Place]
    lines: tuple[str, ...]
    secret_lines: frozenset[int] = frozenset()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    left_empty: tuple[Path_, ...] = ()
    in_doubt: tuple[tuple[Path_, str], ...] = ()
    set_elsewhere: Mapping[Path_, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    wrong: Mapping[Path_, Problem] = field(default_factory=dict)

    def warnings(self) -> list[Problem]:
        """Return what in the file may read otherwise than it was meant."""
        return [
            replace(
                self.problem(path, say("warning.left_empty"), at_key=True),
                severity=Severity.WARNING,
            )
            for path in self.left_empty
        ] + [
            replace(self.problem(path, text), severity=Severity.WARNING)
            for path, text in self.in_doubt
        ]

    def sealed(self) -> Document:
        """Return only what problems are told with later: places and masked lines, no data.

        What leaves the process, such as a task for a cluster, is made from this.
        """
        lines = tuple(self._excerpt(number) for number in range(1, len(self.lines) + 1))
        doubt = tuple(_in_doubt(self.data))
        empty: frozenset[str] = frozenset()
        return replace(
            self, data=None, lines=lines, secrets=empty, names=self._names, in_doubt=doubt
        )

    def without_secrets(self, text: str) -> str:
        """Return a text without what is a secret in this file, or may be one."""
        return keeping(self._names, text, self._mask(without_secrets))

    def _mask(self, mask: Callable[[str], str]) -> Callable[[str], str]:
        """Return what hides the secrets of this file before it hides what may be one."""

        def hide(text: str) -> str:
            for secret in self.secrets:
                text = text.replace(secret, MASK)
            return mask(text)

        return hide

    @cached_property
    def _names(self) -> frozenset[str]:
        """Names of OUs and lines that look like a secret, such as ``Nord:Ost@home``."""
        if self.data is None:
            return self.names
        places = (self._at("fleet", "units"), self._at("network", "sites"))
        names = {str(name) for at in places for name, of in at.items() if isinstance(of, Mapping)}
        parts = {part for name in names for part in (name, *name.split("/"))}
        odd = (part for part in parts if without_secrets(part) != part)
        plain = (name for name in odd if not any(secret in name for secret in self.secrets))
        return frozenset(name for name in plain if "://" not in name)

    def _at(self, *path: str) -> Mapping[str, Any]:
        here = self.data
        for part in path:
            here = here.get(part) if isinstance(here, Mapping) else None
        return here if isinstance(here, Mapping) else {}

    def _excerpt(self, number: int) -> str:
        if number in self.secret_lines:
            return MASK
        return keeping(self._names, self._line(number), self._mask(masked))

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def problem(self, path: Path_, text: str, *, at_key: bool = False) -> Problem:
        """Return a problem at a path, or at the nearest place above it that the file has."""
        if source := self._set_at(path):
            key = ".".join(self.without_secrets(str(part)) for part in path)
            return Problem(self.without_secrets(text), source=source, path=key)
        first, second = (self.keys, self.values) if at_key else (self.values, self.keys)
        place = None
        for depth in range(len(path), -1, -1):
            place = first.get(path[:depth]) or second.get(path[:depth])
            if place is not None:
                break
        shown = ".".join(self.without_secrets(str(part)) for part in path) or None
        text = "".join([text, *self._set_below(path)])
        if place is None:
            return Problem(self.without_secrets(text), source=self.source, path=shown)
        return self.problem_in(place, text, shown)

    def path_of(self, written: str) -> Path_:
        """Return the path that was written with dots between its parts; names have dots, too."""
        path: Path_ = ()
        parts = written.split(".")
        while parts:
            name, parts = longest_name(parts, partial(self._has_key, path))
            path = (*path, int(name) if name.isdecimal() else name)
        return path

    def _has_key(self, path: Path_, name: str) -> bool:
        return (*path, name) in self.keys

    def _set_at(self, path: Path_) -> str:
        """Return from where what stands at a path came, if not from the file."""
        for other, source in self.set_elsewhere.items():
            is_in_it = path[: len(other)] == other
            is_above = bool(path) and other[: len(path)] == path and path not in self.values
            if is_in_it or is_above:
                return source
        return ""

    def _set_below(self, path: Path_) -> Iterator[str]:
        """Yield what to say of values below a path that did not stand in the file."""
        for other, source in self.set_elsewhere.items():
            if path and other[: len(path)] == path:
                key = ".".join(self.without_secrets(str(part)) for part in other)
                yield say("settings.with", source=source, key=key)

    def problem_in(self, place: Place, text: str, path: str | None = None) -> Problem:
        """Return a problem at a place."""
        hidden = self._excerpt(place.line).rstrip()
        line = self._line(place.line)
        is_sealed_over = self.data is None and MASK in line[: place.column - 1]
        at = 0 if is_sealed_over else place_in(hidden, line, place.column)
        excerpt, mark = excerpt_around(hidden, at)
        shown = self.without_secrets(text)
        return Problem(
            shown, self.source, place.line, place.column, path, excerpt or None, mark=mark
        )


def longest_name(parts: list[str], is_known: Callable[[str], bool]) -> tuple[str, list[str]]:
    """Return the name that the next parts of a path make up, and the parts behind.

    Parameters
    ----------
    parts
        What stood between dots; names have dots, too.
    is_known
        Tells whether there is such a name; if there is none of several parts, it is the first.
    """
    for count in range(len(parts), 1, -1):
        if is_known(name := ".".join(parts[:count])):
            return name, parts[count:]
    return parts[0], parts[1:]


def document_of(data: Any, source: str) -> Document:
    """Return values that a program hands over: they stand in no line, and have secrets as well."""
    return Document(data, source, {}, {}, (), secrets=frozenset(_secrets_in(data)))


def _secrets_in(data: Any, depth: int = DEEPEST, *, hides: bool = False) -> Iterator[str]:
    """Yield the texts behind keys that name a secret."""
    if isinstance(data, str):
        if hides and len(data) >= SHORTEST_SECRET and data != MASK:
            yield data
    elif isinstance(data, Mapping) and depth:
        for key, value in data.items():
            below = hides or (isinstance(key, str) and names_secret(key))
            yield from _secrets_in(value, depth - 1, hides=below)
    elif isinstance(data, (list, tuple)) and depth:
        for value in data:
            yield from _secrets_in(value, depth - 1, hides=hides)


_NO_NUMBERS = frozenset({"attributes", "name", "story"})


def _in_doubt(data: Any, path: Path_ = (), depth: int = DEEPEST) -> Iterator[tuple[Path_, str]]:
    """Yield numbers that may have been meant otherwise; names are none, nor what is reported."""
    if isinstance(data, str):
        if "." in data and (readings := may_be_thousands(data)):
            one, other = readings
            yield path, say("warning.thousands", text=data, one=one, other=other)
    elif isinstance(data, (Mapping, list)) and depth:
        for key, value in data.items() if isinstance(data, Mapping) else enumerate(data):
            if key not in _NO_NUMBERS:
                yield from _in_doubt(value, (*path, key), depth - 1)
