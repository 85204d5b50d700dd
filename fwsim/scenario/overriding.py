"""A scenario with some of its values changed: ``commands.0.user_can_cancel=false``.

A key is written with dots, as problems name it. An entry of a list goes by its number, from 0, by
its ``name``, or, if it is a command, by whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fwsim.commands.scmd import read_scmd
from fwsim.messages import by_door, say
from fwsim.problems import InputError, Problem, nearest
from fwsim.scenario.as_far_as_readable import COMMAND_KINDS
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.document import Document, Path_, longest_name
from fwsim.scenario.document_reading import read_document
from fwsim.scenario.excerpt import without_password_option
from fwsim.secrecy import MASK, names_secret, without_secrets

OPTION = "--set"
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Override:
    """A value that takes the place of what a file says.

    Parameters
    ----------
    key
        Where, with dots.
    value
        Plain data.
    source
        What to call it in problems.
    """

    key: str
    value: Any
    source: str = OPTION

    @property
    def is_secret(self) -> bool:
        """Whether its value is never shown."""
        return any(names_secret(part) for part in self.key.split("."))

    def problem(self, text: str) -> Problem:
        """Return a problem with it."""
        return Problem(text, source=self.source, path=without_secrets(self.key))


@dataclass(frozen=True)
class Change:
    """What became of an override.

    Parameters
    ----------
    path
        Where it stands.
    before, after
        As a person reads them; `before` is empty if nothing stood there.
    """

    path: Path_
    before: str
    after: str

    def __str__(self) -> str:
        words = {"key": ".".join(map(str, self.path)), "value": self.after, "before": self.before}
        return say("settings.changed" if self.before else "settings.added", **words)


def read_overrides(texts: Iterable[str], problems: list[Problem]) -> tuple[Override, ...]:
    """Read what stands behind ``--set``, or is a text among settings; values are YAML.

    Parameters
    ----------
    texts
        Of several, problems name which.
    problems
        Is told of every text that is no key and value.
    """
    found: list[Override] = []
    given = tuple(texts)
    for number, text in enumerate(given, 1):
        source = option = by_door(OPTION, "settings")
        if len(given) > 1:
            source = say("settings.which", option=option, number=number, count=len(given))
        key, equals, written = text.partition("=")
        key = key.strip()
        if not equals or not all(key.split(".")):
            problems.append(Problem(say("settings.no_setting"), source=source))
            continue
        override = Override(key, None, source)
        try:
            found.append(replace(override, value=read_document(written.strip(), source).data))
        except InputError as error:
            told = [say("settings.no_value")] if override.is_secret else _texts(error)
            problems += [override.problem(text) for text in told]
    return tuple(found)


def shown_settings(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what stands behind ``--set`` as it may be kept and shown; see `read_overrides`."""
    return tuple(map(_shown_setting, texts))


def _shown_setting(text: str) -> str:
    key, _, written = (part.strip() for part in text.partition("="))
    if Override(key, None).is_secret:
        return f"{without_secrets(key)}={MASK}"
    shown = read_document(written, OPTION).without_secrets(without_password_option(written))
    return f"{without_secrets(key)}={shown}"


def _texts(error: InputError) -> list[str]:
    return [problem.message for problem in error.problems]


def overrides_of(
    settings: Mapping[str, Any] | Iterable[str], problems: list[Problem]
) -> tuple[Override, ...]:
    """Return settings, however they are given: a map, or texts ``KEY=VALUE``.

    Parameters
    ----------
    settings
        As a user gave them.
    problems
        Is told of every text that is no key and value; what stands in it is not repeated.

    Raises
    ------
    InputError
        If they are neither.
    """
    has_keys = hasattr(settings, "keys") and not isinstance(settings, Mapping)  # such as a Series
    is_list = isinstance(settings, Iterable) and not isinstance(settings, (str, bytes))
    is_list = is_list and not has_keys
    keys = tuple(settings) if is_list else ()
    if not is_list or not all(isinstance(key, str) for key in keys):
        expected = say("argument.several.settings")
        raise InputError([Problem(say("argument.secret", expected=expected), source="settings")])
    if isinstance(settings, Mapping):
        return tuple(Override(key, value, "settings") for key, value in settings.items())
    return read_overrides(keys, problems)


def overridden(
    document: Document, overrides: Iterable[Override], problems: list[Problem]
) -> tuple[Document, tuple[Change, ...]]:
    """Return a document with values in the place of its own, and what changed.

    Parameters
    ----------
    document
        The file; it stays as it is.
    overrides
        In their order; a later one sees what an earlier one made.
    problems
        Is told of every key that leads nowhere, and of the nearest that leads somewhere.
    """
    changes: list[Change] = []
    for override in overrides:
        try:
            path, data, stood = _placed(document, override)
        except InputError as error:
            problems += error.problems
            continue
        before, after = (_told(value, override) for value in (stood, override.value))
        changes.append(Change(path, before, after or "null"))
        document = _with(document, path, data, override)
    return document, tuple(changes)


def _with(document: Document, path: Path_, data: Any, override: Override) -> Document:
    """Return a document that holds other data; what stood at the path has no place any more."""

    def elsewhere(places: Mapping[Path_, Any]) -> dict[Path_, Any]:
        return {at: place for at, place in places.items() if at[: len(path)] != path}

    secrets = {override.value} if override.is_secret and isinstance(override.value, str) else set()
    return replace(
        document,
        data=data,
        keys=elsewhere(document.keys),
        values=elsewhere(document.values),
        secrets=document.secrets | secrets,
        set_elsewhere={**document.set_elsewhere, path: override.source},
    )


def _placed(document: Document, override: Override) -> tuple[Path_, Any, Any]:
    """Return where an override stands, the data with it, and what stood there."""
    parts = override.key.split(".")
    path: list[str | int] = []
    root = [document.data]
    above: Any = root
    at: Any = 0
    key: str | int
    while parts:
        here = above[at]
        if isinstance(here, dict):
            here = dict(here)
            key, parts = longest_name(parts, here.__contains__)
        elif isinstance(here, list):
            here = list(here)
            key, parts = _entry(here, parts, tuple(path), override)
        elif here is None:
            here, key, parts = {}, parts[0], parts[1:]
        else:
            where = ".".join(map(str, path)) or "the scenario"
            raise InputError([override.problem(say("settings.no_map", place=where))])
        if path[:1] == ["commands"] and len(path) == 2 and key != "scmd":
            here = _spelled_out(here)
        above[at] = here
        path.append(key)
        if isinstance(here, dict):
            here.setdefault(key, None)
        above, at = here, key
    stood, above[at] = above[at], override.value
    return tuple(path), root[0], stood


def _spelled_out(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a command key by key where it is a line of scmd that can be read."""
    if not isinstance(entry.get("scmd"), str):
        return entry
    try:
        return command_data(read_scmd(entry["scmd"]).command)
    except InputError:
        return entry  # what is wrong with the line is told of the line


def _entry(
    here: list[Any], parts: list[str], path: Path_, override: Override
) -> tuple[int, list[str]]:
    """Return which entry of a list the next parts name, and the parts behind."""
    if parts[0].isdecimal() and int(parts[0]) < len(here):
        return int(parts[0]), parts[1:]
    names = [list(_names(entry)) for entry in here]
    for count in range(len(parts), 0, -1):
        name = ".".join(parts[:count])
        called = [number for number, own in enumerate(names) if name in own]
        if len(called) == 1:
            return called[0], parts[count:]
        if called:
            numbers = ", ".join(map(str, called))
            raise InputError([override.problem(say("settings.several", name=name, which=numbers))])
    place = ".".join(map(str, path))
    if not here:
        raise InputError([override.problem(say("settings.no_list", place=place))])
    known = [name for own in names for name in own]
    words = {
        "place": place,
        "entry": without_secrets(parts[0]),
        "numbers": say("settings.numbers", last=len(here) - 1) if len(here) > 1 else "0",
        "near": nearest(parts[0], known),
    }
    raise InputError([override.problem(say("settings.no_entry", **words))])


def _names(entry: Any) -> Iterator[str]:
    if isinstance(entry, dict):
        entry = _spelled_out(entry)
        values = (entry.get(key) for key in ("name", *COMMAND_KINDS))
        yield from (value for value in values if isinstance(value, str))


def _told(value: Any, override: Override) -> str:
    """Return a value as a person reads it; empty for none."""
    if value is None:
        return ""
    if override.is_secret:
        return MASK
    match value:
        case bool():
            return str(value).lower()
        case dict() | list() | tuple():
            return _told_together(value)
    text = getattr(value, "written", None) or str(value)
    text = without_secrets(without_password_option(text))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _told_together(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return a list or a map as YAML writes it on a line; a long one by how much is in it."""
    if isinstance(value, Mapping):
        inside = [f"{without_secrets(key)}: {_part(part, key)}" for key, part in value.items()]
        text, long = f"{{{', '.join(inside)}}}", "a map"
    else:
        text, long = f"[{', '.join(map(_part, value))}]", f"a list of {len(value)}"
    text = without_secrets(text)
    return text if len(text) <= LONGEST_SHOWN else long


def _part(value: Any, key: str = "") -> str:
    return _told(value, Override(key, value)) or "null"
