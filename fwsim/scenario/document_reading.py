"""Reading a YAML file as a `Document`.

Only the core of YAML 1.2 is taken: maps, lists, text, numbers, true, false, null. Tags, merge
keys, keys that stand twice, NaN and absurd sizes are refused; nothing is ever executed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.reader import ReaderError

from fwsim.input_file import read_text
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.scenario.document import (
    DEEPEST,
    SHORTEST_SECRET,
    Document,
    Path_,
    Place,
    WrittenFloat,
    WrittenInt,
)
from fwsim.scenario.yaml_traps import advice, in_quotes, is_in_typographic_quotes
from fwsim.secrecy import MASK, names_secret

LARGEST_FILE = 10_000_000
MOST_VALUES = 300_000
_INTEGER = re.compile(r"[-+]?[0-9]{1,25}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_HALF = re.compile("[\ud800-\udfff]")
_BEGINS_THERE = ("a simple key", "a quoted scalar")
"""Ends of what the parser says of a text whose beginning is where it is wrong."""
_NO_NUMBERS = {".nan", ".inf", "-.inf", "+.inf"}


@dataclass
class _Node:
    value: Any
    place: Place
    size: int = 1


@dataclass
class _Open:
    """A map or list that is being read."""

    node: _Node
    path: Path_
    anchor: str | None
    key: str | None = None
    key_place: Place | None = None
    seen: dict[str, Place] = field(default_factory=dict)


class _Builder:
    """Puts the events of a YAML file together; never deeper or larger than allowed."""

    def __init__(self, source: str, lines: tuple[str, ...]) -> None:
        self.document = Document(None, source, {}, {}, lines)
        self.problems: list[Problem] = []
        self.paths: list[Path_] = []
        self.root: _Node | None = None
        self.secret_lines: set[int] = set()
        self.secrets: set[str] = set()
        self.left_empty: list[Path_] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Node | None] = {}
        self._size = 0
        self._documents = 0

    def complain(self, place: Place, text: str, path: Path_ | None = None) -> None:
        hides = place.line in self.secret_lines or self._is_secret()
        hidden = frozenset({place.line} if hides else ())
        self.problems.append(replace(self.document, secret_lines=hidden).problem_in(place, text))
        self.paths.append(self._next_path() if path is None else path)

    def _next_path(self) -> Path_:
        """Return the path of the value that comes next; of a key, that of its map."""
        top = self._stack[-1] if self._stack else None
        if top is None:
            return ()
        if isinstance(top.node.value, list):
            return (*top.path, len(top.node.value))
        return top.path if top.key is None else (*top.path, top.key)

    def stop(self, place: Place, text: str) -> InputError:
        self.complain(place, text)
        return InputError(self.problems)

    def take(self, event: Event) -> None:
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self.stop(place, say("yaml.second"))
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._close()
        elif isinstance(event, AliasEvent):
            self._take_alias(event, place)
        elif isinstance(event, NodeEvent):
            self._take_node(event, place)

    def _take_node(self, event: Any, place: Place) -> None:
        tag = getattr(event, "ctag", None) or getattr(event, "tag", None)
        if tag and str(tag) not in {"None", "!"}:
            shown = MASK if self._is_secret() else str(tag)[:60]
            text = say("yaml.tag", tag=shown)
            self.complain(place, text + in_quotes("!"))
        if isinstance(event, ScalarEvent):
            self._take_scalar(event, place)
            return
        if len(self._stack) >= DEEPEST:
            raise self.stop(place, say("yaml.too_deep", most=DEEPEST))
        node = _Node({} if isinstance(event, MappingStartEvent) else [], place)
        if event.anchor is not None:
            self._anchors[event.anchor] = None  # not to be named from within itself
        path = self._put(node)
        self._stack.append(_Open(node, path, event.anchor))

    def _take_scalar(self, event: ScalarEvent, place: Place) -> None:
        top = self._stack[-1] if self._stack else None
        if _HALF.search(event.value):
            event.value = _joined(event.value)
            if half := _HALF.search(event.value):
                raise self.stop(place, _no_text(half))
        plain = event.style in {None, ""} and event.tag is None
        if plain and is_in_typographic_quotes(event.value) and not self._is_title(top):
            first, last = event.value[0], event.value[-1]
            is_key = top is not None and isinstance(top.node.value, dict) and top.key is None
            path = (*top.path, event.value) if top is not None and is_key else None
            self.complain(place, say("yaml.quotes", first=first, last=last), path)
        if top is not None and isinstance(top.node.value, dict) and top.key is None:
            if event.anchor is not None:
                self._anchors[event.anchor] = _Node(event.value, place)
            self._take_key(top, event.value, place)
            return
        is_empty = plain and not event.value and top is not None and top.key_place is not None
        if is_empty and top is not None and top.key_place is not None:
            place = top.key_place  # YAML has it stand where the next thing begins
        node = _Node(self._value_of(event.value, place) if plain else event.value, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        if self._is_secret():
            self._keep_secret(event, place)
        path = self._put(node)
        if is_empty:
            self.left_empty.append(path)

    def _is_title(self, top: _Open | None) -> bool:
        """Tell whether the value to come is the scenario's name or story: words to be read."""
        return top is not None and not top.path and top.key in {"name", "story"}

    def _secret_path(self) -> Path_:
        """Return the path of the key that names a secret and what comes next stands below."""
        top = self._stack[-1] if self._stack else None
        path = () if top is None else (*top.path, *([top.key] if top.key is not None else []))
        for depth, part in enumerate(path, 1):
            if isinstance(part, str) and names_secret(part):
                return path[:depth]
        return ()

    def _is_secret(self) -> bool:
        return bool(self._secret_path())

    def _keep_secret(self, event: ScalarEvent, place: Place) -> None:
        """Remember what is never shown: a text that may go on for lines, or begin below its key."""
        # The key's own place is put down with its value: until then it is the open one's.
        key = self.document.keys.get(self._secret_path(), self._stack[-1].key_place)
        begins_below = key is not None and key.line < place.line
        first = place.line if begins_below else place.line + 1
        self.secret_lines.update(range(first, event.end_mark.line + 2))
        if len(event.value) >= SHORTEST_SECRET and event.value != MASK:
            self.secrets.add(event.value)

    def _value_of(self, text: str, place: Place) -> Any:
        folded = text.casefold()
        if folded in _NO_NUMBERS:
            self.complain(place, say("yaml.no_number", text=text))
            return None
        if folded in _WORDS:
            return _WORDS[folded]
        if _INTEGER.fullmatch(text):
            number = int(text)
            return number if str(number) == text else WrittenInt.of(text)
        if len(text) <= 50 and _FLOAT.fullmatch(text):
            real = WrittenFloat.of(text)
            return real if math.isfinite(real) else text
        return text

    def _take_key(self, top: _Open, key: str, place: Place) -> None:
        if key == "<<":
            self.complain(place, say("yaml.merge"), (*top.path, key))
        first = top.seen.setdefault(key, place)
        if first is not place:
            text = say("yaml.key_again", key=key, line=first.line)
            self.complain(place, text, (*top.path, key))
        top.key, top.key_place = key, place

    def _take_alias(self, event: AliasEvent, place: Place) -> None:
        name = event.anchor
        shown = f"*{MASK if self._is_secret() else name}"
        if name not in self._anchors:
            raise self.stop(place, say("yaml.alias", alias=shown) + in_quotes("*"))
        node = self._anchors[name]
        if node is None:
            raise self.stop(place, say("yaml.within_itself", alias=shown))
        if self._is_secret() and isinstance(node.value, str):
            self.secret_lines.add(node.place.line)
        top = self._stack[-1] if self._stack else None
        is_key = top is not None and isinstance(top.node.value, dict) and top.key is None
        if top is not None and is_key and isinstance(node.value, str):
            self._take_key(top, node.value, place)
        else:
            self._put(_Node(node.value, place, node.size))

    def _put(self, node: _Node) -> Path_:
        """Put a value where it belongs; return its path."""
        self._size += node.size
        if self._size > MOST_VALUES:
            raise self.stop(node.place, say("yaml.too_many", most=MOST_VALUES))
        if not self._stack:
            self.root = node
            self.document.values[()] = node.place
            return ()
        top = self._stack[-1]
        if isinstance(top.node.value, list):
            path = (*top.path, len(top.node.value))
            top.node.value.append(node.value)
        elif top.key is None:
            raise self.stop(node.place, say("yaml.no_key"))
        else:
            path = (*top.path, top.key)
            top.node.value[top.key] = node.value
            if top.key_place is not None:
                self.document.keys[path] = top.key_place
            top.key = None
        self.document.values[path] = node.place
        return path

    def _close(self) -> None:
        closed = self._stack.pop()
        # What an alias to this adds again, should one come.
        children = closed.node.value
        values = children.values() if isinstance(children, dict) else children
        closed.node.size = 1 + sum(_size(value) for value in values)
        if closed.anchor is not None:
            self._anchors[closed.anchor] = closed.node


def _joined(text: str) -> str:
    """Return a text whose surrogates are put together in pairs, as JSON writes some characters."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _no_text(half: re.Match[str]) -> str:
    """Return what is said of a surrogate by itself: no encoding can write it."""
    return say("yaml.half", half=f"'\\u{ord(half[0]):04x}'")


def _size(value: Any) -> int:
    stack, total = [value], 0
    while stack and total <= MOST_VALUES:
        total += 1
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return total


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _syntax_problem(document: Document, error: YAMLError, text: str) -> Problem:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        if error.context_mark is not None and f"{error.context}".endswith(_BEGINS_THERE):
            mark = error.context_mark  # what is not closed is looked for up to the end of the file
        place = Place(mark.line + 1, mark.column + 1)
        said = f"{error.problem} {error.context}" if error.context else f"{error.problem}"
        line = document.lines[mark.line] if mark.line < len(document.lines) else ""
        return _no_yaml(document, place, said, line[mark.column : mark.column + 1])
    first = str(error).splitlines()[0] if str(error) else say("yaml.unreadable")
    if isinstance(error, ReaderError):
        # Up to there, only what ends a line for all who count them ends one.
        above = f"{text[: error.position]}.".splitlines()
        return _no_yaml(document, Place(len(above), len(above[-1])), first, "")
    return Problem(say("yaml.none", said=first) + advice(first, ""), source=document.source)


def _no_yaml(document: Document, place: Place, said: str, character: str) -> Problem:
    """Return what the parser said of a place; its line is not shown where it may be a secret's."""
    text = say("yaml.none", said=said) + advice(said, character)
    hides = any(names_secret(word) for word in re.findall(r"[\w-]+", "\n".join(document.lines)))
    problem = document.problem_in(place, text)
    return Problem(text, problem.source, problem.line, problem.column) if hides else problem


def read_document(text: str, source: str) -> Document:
    """Read YAML text.

    Parameters
    ----------
    text
        The text; JSON is YAML, too.
    source
        What to call it in problems.

    Raises
    ------
    InputError
        With every problem: of syntax the first, of content all.
    """
    document = read_document_as_it_is(text, source)
    if document.wrong:
        raise InputError(document.wrong.values())
    return document


def read_document_as_it_is(text: str, source: str) -> Document:
    """Read YAML text although there may be values in it that are none; see `read_document`.

    Raises
    ------
    InputError
        If it is no YAML at all.
    """
    if len(text) > LARGEST_FILE:
        raise InputError([Problem(say("yaml.too_large", most=LARGEST_FILE), source=source)])
    if half := _HALF.search(text):
        line = text[: half.start()].count("\n") + 1
        raise InputError([Problem(_no_text(half), source=source, line=line)])
    builder = _Builder(source, tuple(text.splitlines()))
    problem: Problem | None = None
    try:
        for event in _events(text):
            builder.take(event)
    except (YAMLError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        problem = (
            _syntax_problem(builder.document, error, text)
            if isinstance(error, YAMLError)
            else (Problem(say("yaml.none", said=error), source=source))
        )
    if problem:  # told only here: the parser's error has all of the text, and travels as context
        raise InputError([*builder.problems, problem])
    wrong = dict(zip(builder.paths, builder.problems, strict=True))
    if () in wrong or len(wrong) < len(builder.problems):
        raise InputError(builder.problems)
    data = builder.root.value if builder.root is not None else None
    done = builder.document
    return replace(
        done,
        data=data,
        secret_lines=frozenset(builder.secret_lines),
        secrets=frozenset(builder.secrets),
        left_empty=tuple(builder.left_empty),
        wrong=wrong,
    )


def read_document_file(path: Path, source: str) -> Document:
    """Read a YAML file; see `read_document`."""
    return read_document(_text_of(path, source), source)


def read_document_file_as_it_is(path: Path, source: str) -> Document:
    """Read a YAML file; see `read_document_as_it_is`."""
    return read_document_as_it_is(_text_of(path, source), source)


def _text_of(path: Path, source: str) -> str:
    return read_text(path, source, largest=4 * LARGEST_FILE)
