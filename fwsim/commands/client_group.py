"""The filter of a dynamic client group: ``Device type = LES AND (OS version = 6 OR Memory = 4)``.

AND and OR in capitals, prefix match, no wildcards [S] (OU filter page); AND binds closer than OR
and round brackets group [A]. A value with AND, OR or a bracket in it stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, Self, TypeVar

from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.spelling import folded

REPORTED_ATTRIBUTES = (
    "Host name",
    "OS name",
    "OS version",
    "Serial number",
    "Supplier",
    "Device type",
    "BIOS",
    "CPU",
    "Product",
    "Kernel",
    "Flash type",
    "Flash size",
    "Memory",
    "Graphics",
    "IDF name",
    "MAC address",
    "IP address",
    "Netmask",
    "Broadcast",
    "Network",
)
"""What devices report of themselves [S]."""

UPDATE_STATE = "Update state"
"""The Update State field of the console; a group over it can say *all that were not successful*."""

IDF_NAME = "IDF name"
BIOS = "BIOS"
FLASH_SIZE = "Flash size"
CHANGING_ATTRIBUTES = (IDF_NAME, UPDATE_STATE)
"""What an update of the firmware changes while time goes on."""

_REPORTED = {folded(name): name for name in (*REPORTED_ATTRIBUTES, UPDATE_STATE)}

LONGEST_FILTER = 10_000
DEEPEST_NESTING = 50
_TOKEN = re.compile(r'\s*(?:(?P<mark>[()=])|"(?P<quoted>(?:[^"]|"")*)"|(?P<word>[^\s()="]+))')
_WORDS = ("AND", "OR")


@lru_cache(maxsize=1024)
def attribute_name(name: str) -> str:
    """Return an attribute's name as devices report it, if they do; else as it is."""
    return _REPORTED.get(folded(name), name)


def attribute_key(name: str) -> str:
    """Return what is the same for all spellings of an attribute, in a fleet and in a filter."""
    return attribute_name(name).casefold()


@dataclass(frozen=True, slots=True)
class Comparison:
    """An attribute that begins with a value."""

    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Terms joined by AND."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Terms joined by OR."""

    terms: tuple[Filter, ...]


Filter = Comparison | AllOf | AnyOf


class _Truth(Protocol):
    def __and__(self, other: Self, /) -> Self: ...
    def __or__(self, other: Self, /) -> Self: ...


T = TypeVar("T", bound=_Truth)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    column: int
    kind: str


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong(say("filter.not_closed"), text.index('"', at) + 1)
        kind = match.lastgroup or ""
        value, column = match[kind], match.start(kind) + (kind != "quoted")
        if kind == "word" and value in _WORDS:
            kind = "mark"
        found.append(_Token(value.replace('""', '"'), column, kind))
        at = match.end()
    return found


def _wrong(message: str, column: int) -> InputError:
    return InputError([Problem(message + say("filter.example"), column=column)])


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._end = len(text) + 1
        self._at = 0

    def _next_is(self, *marks: str) -> bool:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token is not None and token.kind == "mark" and token.text in marks

    def _column(self) -> int:
        return self._tokens[self._at].column if self._at < len(self._tokens) else self._end

    def _words(self, name: str, **of: str) -> str:
        words = []
        while self._at < len(self._tokens) and self._tokens[self._at].kind != "mark":
            words.append(self._tokens[self._at].text)
            self._at += 1
        if not words:
            raise _wrong(say(name, **of), self._column())
        return " ".join(words)

    def whole(self) -> Filter:
        found = self._any(0)
        if self._at < len(self._tokens):
            text = self._tokens[self._at].text
            raise _wrong(say("filter.unexpected", text=text), self._column())
        return found

    def _any(self, depth: int) -> Filter:
        terms = [self._all(depth)]
        while self._next_is("OR"):
            self._at += 1
            terms.append(self._all(depth))
        return AnyOf(tuple(terms)) if len(terms) > 1 else terms[0]

    def _all(self, depth: int) -> Filter:
        terms = [self._term(depth)]
        while self._next_is("AND"):
            self._at += 1
            terms.append(self._term(depth))
        return AllOf(tuple(terms)) if len(terms) > 1 else terms[0]

    def _term(self, depth: int) -> Filter:
        if depth > DEEPEST_NESTING:
            raise _wrong(say("filter.too_deep", most=DEEPEST_NESTING), self._column())
        if self._next_is("("):
            self._at += 1
            inner = self._any(depth + 1)
            if not self._next_is(")"):
                raise _wrong(say("filter.bracket"), self._column())
            self._at += 1
            return inner
        attribute = self._words("filter.no_attribute")
        if not self._next_is("="):
            raise _wrong(say("filter.equals", attribute=attribute), self._column())
        self._at += 1
        return Comparison(attribute, self._words("filter.no_value", attribute=attribute))


def parse_filter(text: str) -> Filter:
    """Return what a filter says.

    Raises
    ------
    InputError
        If it is no filter; with the column.
    """
    if len(text) > LONGEST_FILTER:
        raise InputError([Problem(say("filter.too_long", most=LONGEST_FILTER))])
    return _Parser(text).whole()


def _written(text: str) -> str:
    plain = re.fullmatch(r'[^\s()="]+(?: [^\s()="]+)*', text)
    if plain and not any(word in _WORDS for word in text.split(" ")):
        return text
    return '"' + text.replace('"', '""') + '"'


def write_filter(condition: Filter) -> str:
    """Return the text that reads back as `condition`."""
    match condition:
        case Comparison(attribute, value):
            return f"{_written(attribute)} = {_written(value)}"
        case AllOf(terms):
            return " AND ".join(_bracketed(term, AllOf | AnyOf) for term in terms)
        case AnyOf(terms):
            return " OR ".join(_bracketed(term, AnyOf) for term in terms)


def _bracketed(term: Filter, kinds: object) -> str:
    text = write_filter(term)
    return f"({text})" if isinstance(term, kinds) else text  # type: ignore[arg-type]


def evaluate(condition: Filter, holds: Callable[[Comparison], T]) -> T:
    """Return where a filter holds.

    Parameters
    ----------
    condition
        The filter.
    holds
        Answers one comparison: with a truth value for one device, or an array of them for many.
    """
    if isinstance(condition, Comparison):
        return holds(condition)
    first, *others = (evaluate(term, holds) for term in condition.terms)
    for other in others:
        first = first & other if isinstance(condition, AllOf) else first | other
    return first


def asks_what_changes(text: str, changing: Iterable[str] = CHANGING_ATTRIBUTES) -> bool:
    """Tell whether a filter looks at what an update changes while time goes on.

    Parameters
    ----------
    text
        The filter.
    changing
        The attributes that updates change.

    Raises
    ------
    InputError
        If it is no filter.
    """
    return not asked_attributes(text).isdisjoint(changing)


def asked_attributes(text: str) -> set[str]:
    """Return the attributes that a filter looks at.

    Raises
    ------
    InputError
        If it is no filter.
    """
    asked: set[str] = set()

    def holds(comparison: Comparison) -> bool:
        asked.add(attribute_name(comparison.attribute))
        return True

    evaluate(parse_filter(text), holds)
    return asked


def begins_with(text: str, value: str, *, ignore_case: bool) -> bool:
    """Tell whether an attribute's text matches a value: by its beginning [S]."""
    if ignore_case:
        return text.casefold().startswith(value.casefold())
    return text.startswith(value)
