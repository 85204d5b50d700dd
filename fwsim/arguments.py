"""What a program hands over: each argument is read at the door, or refused with its name.

The command line has its options checked by click; this is the same for who calls from Python.
"""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps
from numbers import Real
from typing import Any, ParamSpec, TypeVar

from fwsim.messages import say
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.counts import (
    LARGEST_DURATION,
    LARGEST_SEED,
    MOST_REPLICATIONS,
    MOST_WORKERS,
    whole,
)
from fwsim.secrecy import without_secrets

Reader = Callable[[Any], Any]
"""Returns a value as it is used; raises an `InputError` that says what was expected."""
LONGEST_SHOWN = 60
"""Characters of a value that is refused."""
P = ParamSpec("P")
R = TypeVar("R")


def taking(**readers: Reader) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that reads arguments before a function is called.

    What is left at its default is right.

    Parameters
    ----------
    readers
        How to read each, by the name of the parameter.

    Raises
    ------
    InputError
        From the function, with every argument that is wrong.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                given = signature.bind(*args, **kwargs)
            except TypeError:
                return function(*args, **kwargs)  # Python says it with the function's name
            problems: list[Problem] = []
            for name, read in readers.items():
                default = signature.parameters[name].default
                if (value := given.arguments.get(name, default)) is default:
                    continue
                try:
                    given.arguments[name] = taken(name, value, read)
                except InputError as error:
                    problems += error.problems
            if problems:
                raise InputError(problems)
            return function(*given.args, **given.kwargs)

        return called

    return decorate


def taken(name: str, value: Any, read: Reader) -> Any:
    """Return one argument as its reader gives it, where that hangs on others.

    Raises
    ------
    InputError
        With its name.
    """
    try:
        return read(value)
    except InputError as error:
        raise InputError(replace(p, source=p.source or name) for p in error.problems) from None


def refused(value: Any, expected: str, name: str | None = None) -> InputError:
    """Return what to raise of a value that is not what was expected."""
    text = without_secrets(repr(os.fspath(value) if isinstance(value, os.PathLike) else value))
    if "\n" in text:  # a table, which says less of itself than its kind does
        text = type(value).__name__
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return InputError([Problem(say("argument.wrong", value=shown, expected=expected), name)])


def whole_from(least: int, most: int) -> Reader:
    """Return the reader of a whole number; neither 1.0 nor True is one."""

    def read(value: Any) -> int:
        number = whole(value)
        if number is None or not least <= number <= most:
            raise refused(value, say("argument.whole", first=least, last=most))
        return number

    return read


def a(name: str, *kinds: type) -> Reader:
    """Return the reader of an object.

    Parameters
    ----------
    name
        What to call it: a key of ``argument.a`` among the messages.
    kinds
        Its classes.
    """

    def read(value: Any) -> Any:
        if not isinstance(value, kinds):
            raise refused(value, say(f"argument.a.{name}"))
        return value

    return read


def a_path_or(name: str, *kinds: type) -> Reader:
    """Return the reader of an object or the path of its file; see `a`."""

    def read(value: Any) -> Any:
        if isinstance(value, kinds) or _is_path(value):
            return value
        raise refused(value, say(f"argument.a.{name}"))

    return read


a_path = a_path_or("path")
"""The reader of the name of a file or folder; nothing is looked up."""


def _is_path(value: Any) -> bool:
    if not isinstance(value, (str, os.PathLike)):
        return False
    name = os.fspath(value)
    return isinstance(name, str) and bool(name) and "\0" not in name


def a_function(value: Any) -> Any:
    """Return what can be called."""
    if not callable(value):
        raise refused(value, say("argument.a.function"))
    return value


def what_has(name: str, *parts: str) -> Reader:
    """Return the reader of an object of whatever class that has some parts; see `a`.

    A class has the parts of its objects, and is none of them.
    """

    def read(value: Any) -> Any:
        if isinstance(value, type) or not all(hasattr(value, part) for part in parts):
            raise refused(value, say(f"argument.a.{name}"))
        return value

    return read


an_executor = what_has("executor", "submit")
some_axes = what_has("axes", "step", "set_xlim")


def a_number(value: Any) -> float:
    """Return a number, whole or not, that is finite."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise refused(value, say("argument.a.number"))
    return float(value)


def a_level(value: Any) -> float:
    """Return a chance between 0 and 1, both excluded."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1:
        raise refused(value, say("argument.a.level"))
    return float(value)


def a_share(value: Any) -> float:
    """Return a share above 0 and up to 1."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 < value <= 1:
        raise refused(value, say("argument.a.share"))
    return float(value)


def a_key(value: Any) -> bool | str:
    """Return whether pseudonyms are wished for, or their key, which no message repeats."""
    if value == "" or not isinstance(value, (bool, str)):
        kind = Problem(say("argument.secret", expected=say("argument.a.key")))
        raise InputError([kind])
    return value


def a_time(value: Any) -> datetime:
    """Return a time, with a zone or without."""
    if not isinstance(value, datetime):
        raise refused(value, say("argument.a.time"))
    return value


def an_instant(value: Any) -> datetime:
    """Return a time that has a zone."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise refused(value, say("argument.a.instant"))
    return value


def word_of(*words: str) -> Reader:
    """Return the reader of one of several words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            near = nearest(value, words) if isinstance(value, str) else ""
            raise refused(value, say("argument.one_of", words=", ".join(words)) + near)
        return str(value)

    return read


def several(name: str, read: Reader, *, fewest: int = 0, most: int | None = None) -> Reader:
    """Return the reader of a list, which no single text is.

    Parameters
    ----------
    name
        Of an example: a key of ``argument.several`` among the messages.
    read
        How to read each.
    fewest, most
        How many there are at least, and at most.
    """

    def read_each(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, Iterable) or isinstance(values, (str, bytes, Mapping)):
            raise refused(values, say(f"argument.several.{name}"))
        found: list[Any] = []
        problems: list[Problem] = []
        for number, value in enumerate(values):
            try:
                found.append(read(value))
            except InputError as error:
                problems += [replace(p, path=str(number)) for p in error.problems]
        if problems:
            raise InputError(problems)
        if len(found) < fewest or (most is not None and len(found) > most):
            raise refused(values, say(f"argument.several.{name}"))
        return tuple(found)

    return read_each


def a_map(name: str, read: Reader) -> Reader:
    """Return the reader of a map of names.

    Parameters
    ----------
    name
        What to call it: a key of ``argument.a`` among the messages.
    read
        How to read what belongs to each.
    """

    def read_each(values: Any) -> dict[str, Any]:
        if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
            raise refused(values, say(f"argument.a.{name}"))
        return {key: taken(key, value, read) for key, value in values.items()}

    return read_each


def one_or_several(name: str, read: Reader, *, fewest: int = 0) -> Reader:
    """Return the reader of one value or of a list of them, which comes out as it went in.

    Parameters
    ----------
    name, read, fewest
        As for `several`.
    """
    each = several(name, read, fewest=fewest)

    def read_them(values: Any) -> Any:
        is_list = isinstance(values, Iterable) and not isinstance(values, (str, bytes, os.PathLike))
        return each(values) if is_list else read(values)

    return read_them


a_seed = whole_from(0, LARGEST_SEED)
a_count = whole_from(0, LARGEST_SEED)
a_number_of_runs = whole_from(1, MOST_REPLICATIONS)
a_number_of_workers = whole_from(1, MOST_WORKERS)
milliseconds = whole_from(0, LARGEST_DURATION)
"""After the start of a rollout."""
