"""Mistakes behind mistakes: what else is wrong with a file besides what cannot be read in it.

A rule that compares values waits for all of them. So what cannot be read is taken out, and the
rest is read again, until nothing new shows: whoever mends a file is to see all of it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from fwsim.problems import Problem
from fwsim.scenario.document import Document, Path_

ANY = "*"
"""In the place of keys: any of them."""
COMMAND_KINDS = ("update", "delivery", "uefi_update", "scmd")
"""Keys that say what an entry of ``commands`` is."""
MOST_READINGS = 8
"""Each takes out what the one before has found; a section that lacks a key goes as a whole."""

T = TypeVar("T")
StandIn = Callable[[Path_], Any]
"""Returns what is read in the place of something required that has been taken out; or None."""
_NOTHING: Mapping[Path_, Any] = MappingProxyType({})


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
    instead
        What is read in the section so that the rest of it can be, by keys of the section.
    by_being_there
        The keys clash, whatever their values.
    """

    def __init__(
        self,
        text: str,
        *places: str | Path_,
        at: Path_ = (),
        instead: Mapping[Path_, Any] = _NOTHING,
        by_being_there: bool = False,
    ) -> None:
        super().__init__(text)
        self.at = at
        self.by_being_there = by_being_there
        self.instead = instead
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
    lacks
        The required key that is not there.
    may_be
        The known keys any of which an unknown one may be, misspelt or by another word.
    """

    path: Path_
    text: str
    kind: str
    at_key: bool = False
    cause: object = None
    lacks: str | None = None
    may_be: frozenset[str] = frozenset()


def unreadable(paths: Iterable[Path_], stand_in: StandIn) -> TakenOut:
    """Return what is taken out of a file for it is not written as it must be.

    A key among them may be any other.
    """
    places = frozenset(paths)
    instead = {path: value for path in places if (value := stand_in(path)) is not None}
    return TakenOut(places, instead, {path[:-1]: frozenset({ANY}) for path in places})


class TakenOut:
    """The places that have been taken out of a file, by their paths.

    Parameters
    ----------
    paths
        Which.
    stand_ins
        What is read at some of them instead.
    misspelt
        By map, the keys that may stand in it under another name.
    """

    def __init__(
        self,
        paths: Iterable[Path_] = (),
        stand_ins: Mapping[Path_, Any] = _NOTHING,
        misspelt: Mapping[Path_, frozenset[str]] = _NOTHING,
    ) -> None:
        self.paths = frozenset(paths)
        self.stand_ins, self.misspelt = stand_ins, misspelt
        self._instead: dict[Path_, dict[Any, Any]] = {}
        for path, value in stand_ins.items():
            self._instead.setdefault(path[:-1], {})[path[-1]] = value
        self._above = {path[:length] for path in self.paths for length in range(len(path) + 1)}
        self._of_lists: dict[Path_, list[int]] = {}

    def touches(self, path: Path_) -> bool:
        """Tell whether something at a place, in it or around it has been taken out."""
        return path in self._above or self.is_around(path)

    def is_around(self, path: Path_) -> bool:
        """Tell whether something around a place has been taken out."""
        return any(path[:i] in self.paths for i in range(len(path)))

    def leaves_open(self, place: Path_, data: Any) -> bool:
        """Tell whether nobody knows what is meant to stand at a place of the file.

        It has been taken out, with what is around it or by itself; or it is not there, and what is
        may be its misspelt key.
        """
        starts = [place[:length] for length in range(1, len(place) + 1)]
        return any(start in self.paths or self.may_be_misspelt(start, data) for start in starts)

    def may_be_misspelt(self, place: Path_, data: Any) -> bool:
        """Tell whether what is not at a place may be there under another key."""
        others = self.misspelt.get(place[:-1], ())
        return (place[-1] in others or ANY in others) and _at(place, data) is None

    def rest_of(self, data: Any, at: Path_ = ()) -> Any:
        """Return what is left of the data at a place."""
        if at not in self._above:
            return data
        if isinstance(data, dict):
            kept = {key: self.rest_of(data[key], (*at, key)) for key in self._kept(data, at)}
            return kept | self._instead.get(at, {})
        if isinstance(data, (list, tuple)):
            return [self.rest_of(data[i], (*at, i)) for i in self._kept(range(len(data)), at)]
        return data

    def _kept(self, keys: Iterable[Any], at: Path_) -> list[Any]:
        return [key for key in keys if (*at, key) not in self.paths]

    def in_file(self, path: Path_, data: Any) -> Path_:
        """Return where in the whole file stands what a path of the rest leads to."""
        found: Path_ = ()
        for i, part in enumerate(path):
            if found in self.stand_ins:
                return (*found, *path[i:])
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
    stand_in: StandIn = lambda _path: None,
    out: TakenOut | None = None,
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
    stand_in
        What is read in the place of what must be there.
    out
        What is known to be wrong before anything is read.
    """
    told: dict[tuple[Path_, str], Mistake] = {}
    out, error = out or TakenOut(), first
    for _ in range(MOST_READINGS):
        rest = out.rest_of(data)
        if error is None:
            try:
                return Reading(read(rest), tuple(told.values()), out)
            except ValidationError as raised:
                error = raised
        found = [
            replace(mistake, path=out.in_file(mistake.path, data))
            for mistake in mistakes_of(error, rest, out)
        ]
        out = _without_keys(out, found)
        gone, instead = set(out.paths), dict(out.stand_ins)
        for mistake in found:
            if not _comes_of(out, mistake, data):
                told.setdefault((mistake.path, mistake.kind), mistake)
            _take_out(mistake, data, stand_in, gone, instead)
        if () in gone:
            break
        out, error = TakenOut(gone, instead, out.misspelt), None
    return Reading(None, tuple(told.values()), out)


def _without_keys(out: TakenOut, mistakes: list[Mistake]) -> TakenOut:
    """Return what is taken out, which knows of the keys that may be others, misspelt."""
    misspelt = dict(out.misspelt)
    for mistake in mistakes:
        if mistake.at_key and not isinstance(mistake.cause, ClashError):
            above = mistake.path[:-1]
            may_be = mistake.may_be or {ANY}  # a name is wrong, not a key
            misspelt[above] = misspelt.get(above, frozenset()) | may_be
    return TakenOut(out.paths, out.stand_ins, misspelt)


def _take_out(
    mistake: Mistake,
    data: Any,
    stand_in: StandIn,
    gone: set[Path_],
    stand_ins: dict[Path_, Any],
) -> None:
    """Take out what is wrong so that the rest can be read: of a clash only what clashes."""
    path, cause = mistake.path, mistake.cause
    new = {path}
    instead: dict[Path_, Any] = {}
    if isinstance(cause, ClashError):
        section = path[: len(path) - len(cause.at)]
        compared = {(*section, *place) for place in cause.places}
        instead = {(*section, *place): value for place, value in cause.instead.items()}
        around = {place[:length] for place in instead for length in range(len(place))}
        there = {place for place in compared - around - gone if _at(place, data) is not None}
        new = (there | instead.keys()) or new
    elif mistake.lacks is not None and stand_in((*path, mistake.lacks)) is not None:
        new = {(*path, mistake.lacks)}
    instead = instead or {at: value for at in new if (value := stand_in(at)) is not None}
    gone |= new
    stand_ins |= instead


def _is_there_misspelt(path: Path_, key: str, out: TakenOut) -> bool:
    """Tell whether a required key is there, misspelt, or another kind of command is."""
    others = out.misspelt.get(path, frozenset())
    is_command = path[:1] == ("commands",) and len(path) == 2
    return key in others or ANY in others or (is_command and not others.isdisjoint(COMMAND_KINDS))


def _comes_of(out: TakenOut, mistake: Mistake, data: Any) -> bool:
    """Tell whether a mistake comes of what has been taken out: it need not be one of the file.

    Parameters
    ----------
    out
        What has been taken out.
    mistake
        What a reading has found, with its place in the whole file.
    data
        The whole file.
    """
    path = mistake.path
    if mistake.lacks is not None and _is_there_misspelt(path, mistake.lacks, out):
        return True
    if not isinstance(mistake.cause, ClashError):
        return out.touches(path)
    section = path[: len(path) - len(mistake.cause.at)]
    compared = [(*section, *place) for place in mistake.cause.places]
    if mistake.cause.by_being_there:
        return any(out.leaves_open(place, data) for place in compared)
    return any(out.touches(place) or out.leaves_open(place, data) for place in compared)
