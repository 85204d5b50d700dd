"""Mistakes behind mistakes: what else is wrong with a file besides what cannot be read in it.

A rule that compares values waits for all of them. So what cannot be read is taken out, and the
rest is read again, until nothing new shows: whoever mends a file is to see all of it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from fwsim.problems import Problem
from fwsim.scenario.document import Document, Path_

MOST_READINGS = 8
"""Each takes out what the one before has found; a section that lacks a key goes as a whole."""

T = TypeVar("T")


class ClashError(ValueError):
    """Values each of which can be read, but not beside the others.

    Parameters
    ----------
    text
        What is wrong.
    places
        What is compared, by keys of the section. It is told although others cannot be read.
    at
        The key of the section beside which it is told; by default beside the section itself.
    """

    def __init__(self, text: str, *places: str | Path_, at: Path_ = ()) -> None:
        super().__init__(text)
        self.at = at
        self.places = [(place,) if isinstance(place, str) else place for place in places]


def refuse(broken: Iterable[ValueError]) -> None:
    """Refuse a section for every rule that it breaks, not for the first alone.

    Raises
    ------
    ValidationError
        If there are any.
    """
    found = [
        InitErrorDetails(type="value_error", loc=(), input={}, ctx={"error": error})
        for error in broken
    ]
    if found:
        raise ValidationError.from_exception_data("section", found)


@dataclass(frozen=True)
class Mistake:
    """What is wrong at one place of a file.

    Parameters
    ----------
    path
        Where.
    text
        What.
    kind
        Of several mistakes of one kind at one place only the first is told.
    at_key
        The key is wrong, not the value.
    cause
        What the rule that is broken has raised.
    """

    path: Path_
    text: str
    kind: str
    at_key: bool = False
    cause: object = None


class TakenOut:
    """The places that have been taken out of a file, by their paths."""

    def __init__(self, paths: Iterable[Path_] = ()) -> None:
        self.paths = frozenset(paths)
        self._above = {path[:length] for path in self.paths for length in range(len(path) + 1)}
        self._of_lists: dict[Path_, list[int]] = {}

    def touches(self, path: Path_) -> bool:
        """Tell whether something at a place, in it or around it has been taken out."""
        return path in self._above or any(path[:i] in self.paths for i in range(len(path)))

    def rest_of(self, data: Any, at: Path_ = ()) -> Any:
        """Return what is left of the data at a place."""
        if at not in self._above:
            return data
        if isinstance(data, dict):
            return {key: self.rest_of(data[key], (*at, key)) for key in self._kept(data, at)}
        if isinstance(data, (list, tuple)):
            return [self.rest_of(data[i], (*at, i)) for i in self._kept(range(len(data)), at)]
        return data

    def _kept(self, keys: Iterable[Any], at: Path_) -> list[Any]:
        return [key for key in keys if (*at, key) not in self.paths]

    def in_file(self, path: Path_, data: Any) -> Path_:
        """Return where in the whole file stands what a path of the rest leads to."""
        found: Path_ = ()
        for part in path:
            if isinstance(part, int) and found in self._above:
                found = (*found, self._kept_of_list(found, data)[part])
            else:
                found = (*found, part)
        return found

    def _kept_of_list(self, at: Path_, data: Any) -> list[int]:
        if at not in self._of_lists:
            self._of_lists[at] = self._kept(range(len(_at(at, data))), at)
        return self._of_lists[at]


def _at(path: Path_, data: Any) -> Any:
    """Return what stands at a place; nothing if it is none."""
    here = data
    for part in path:
        if isinstance(here, dict):
            here = here.get(part)
        else:
            among = here if isinstance(here, (list, tuple)) else ()
            here = among[part] if isinstance(part, int) and part < len(among) else None
    return here


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What a file says as far as it can be read; no value if that is too little."""

    value: T | None
    mistakes: tuple[Mistake, ...]
    taken_out: TakenOut

    def problems(self, document: Document) -> list[Problem]:
        """Return the mistakes with their places."""
        found = [document.problem(m.path, m.text, at_key=m.at_key) for m in self.mistakes]
        return sorted(found, key=lambda p: (p.line or 0, p.column or 0))


def read_as_far(
    data: Any,
    read: Callable[[Any], T],
    mistakes_of: Callable[[ValidationError, Any, TakenOut], Iterator[Mistake]],
    first: ValidationError | None = None,
) -> Reading[T]:
    """Read data, and read again what is left of them, until no mistake shows.

    Parameters
    ----------
    data
        Plain data.
    read
        What reads them.
    mistakes_of
        Returns what is wrong with what is left of the data, by the error that reading it has
        raised, and what has been taken out.
    first
        What the first reading has raised, if it is done.
    """
    told: dict[tuple[Path_, str], Mistake] = {}
    out, error = TakenOut(), first
    with_unknown_keys: set[Path_] = set()
    for _ in range(MOST_READINGS):
        rest = out.rest_of(data)
        if error is None:
            try:
                return Reading(read(rest), tuple(told.values()), out)
            except ValidationError as raised:
                error = raised
        new: set[Path_] = set()
        for mistake in mistakes_of(error, rest, out):
            path = out.in_file(mistake.path, data)
            new.add(path)
            if mistake.at_key:
                with_unknown_keys.add(path[:-1])
            if not _comes_of(out, path, mistake, data, with_unknown_keys):
                told.setdefault((path, mistake.kind), replace(mistake, path=path))
        if () in new:
            break
        out, error = TakenOut(out.paths | new), None
    return Reading(None, tuple(told.values()), out)


def _comes_of(
    out: TakenOut, path: Path_, mistake: Mistake, data: Any, with_unknown_keys: set[Path_]
) -> bool:
    """Tell whether a mistake comes of what has been taken out: it need not be one of the file.

    Parameters
    ----------
    out
        What has been taken out.
    path
        Where the mistake is in the whole file.
    mistake
        What a reading has found.
    data
        The whole file.
    with_unknown_keys
        The maps from which a key has been taken out that may be another one, misspelt.
    """
    if not isinstance(mistake.cause, ClashError):
        return out.touches(path)
    section = path[: len(path) - len(mistake.cause.at)]
    compared = [(*section, *place) for place in mistake.cause.places]
    return any(
        out.touches(place) or (place[:-1] in with_unknown_keys and _at(place, data) is None)
        for place in compared
    )
