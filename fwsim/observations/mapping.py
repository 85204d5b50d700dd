"""A mapping file: what columns and words of a log mean that nobody here has seen before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from fwsim.fleet.list_rows import DELIMITERS
from fwsim.messages import say
from fwsim.observations.headings import ROLES
from fwsim.observations.names import plain_name
from fwsim.observations.observed import What
from fwsim.observations.words import names_of_what, what_named
from fwsim.problems import InputError, Problem, nearest
from fwsim.scenario.document import Document, Path_
from fwsim.scenario.document_reading import read_document_file

FORMS = ("events", "snapshots", "jobs", "status log")
DATES = {"day first": True, "month first": False}
DURATIONS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class LogMapping:
    """What a mapping file says.

    Parameters
    ----------
    form
        What the tables are, of `FORMS`; empty finds out.
    columns
        Role → header.
    words
        Word of a log → what it means.
    day_first
        How to read ``05/06/2021``.
    delimiter
        What stands between cells; None finds out.
    devices
        Name or address in a log → device.
    duration
        Milliseconds in a unit of a web log's last column; None goes by how it is written.
    """

    form: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[What, ...]] = field(default_factory=dict)
    day_first: bool | None = None
    delimiter: str | None = None
    devices: Mapping[str, str] = field(default_factory=dict)
    duration: float | None = None

    @cached_property
    def plain_devices(self) -> dict[str, str]:
        """`devices`, with MACs and paths in one spelling, as readers of logs have them."""
        return {plain_name(name): plain_name(of) for name, of in self.devices.items()}


class _Reader:
    """Takes a document apart; complains of everything at once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.problems: list[Problem] = []

    def complain(self, path: Path_, text: str, *, at_key: bool = False) -> None:
        self.problems.append(self._document.problem(path, text, at_key=at_key))

    def texts(self, key: str, data: Any) -> dict[str, str]:
        """Return a map of texts."""
        if not isinstance(data, dict):
            self.complain((key,), say("mapping.names"))
            return {}
        texts: dict[str, str] = {}
        for name, value in data.items():
            if isinstance(value, (dict, list, bool)) or value in {None, ""}:
                self.complain((key, name), say("mapping.text"))
            else:
                texts[str(name)] = str(getattr(value, "written", value))
        return texts

    def one_of(self, key: str, value: Any, choices: Mapping[str, Any] | tuple[str, ...]) -> str:
        """Return one of some words; the empty one if it is none of them."""
        if isinstance(value, str) and value in choices:
            return value
        near = nearest(str(value), choices)
        words = {"key": key, "value": value, "near": near, "known": _all(choices)}
        self.complain((key,), say("log.unknown_value", **words))
        return ""

    def columns(self, data: Any) -> dict[str, str]:
        """Return the headers by role."""
        columns = self.texts("columns", data)
        for role in [role for role in columns if role not in ROLES]:
            near, known = nearest(role, ROLES), _all(ROLES)
            text = say("log.unknown_column", name=role, near=near, known=known)
            self.complain(("columns", role), text, at_key=True)
            del columns[role]
        return columns

    def words(self, data: Any) -> dict[str, tuple[What, ...]]:
        """Return what words mean."""
        words: dict[str, tuple[What, ...]] = {}
        for word, name in self.texts("words", data).items():
            whats = what_named(name)
            if whats is None:
                near, known = nearest(name, names_of_what()), _all(names_of_what())
                text = say("log.not_seen", name=name, near=near, known=known)
                self.complain(("words", word), text)
            else:
                words[word] = whats
        return words

    def delimiter(self, value: Any) -> str | None:
        """Return what stands between cells."""
        if value == "tab":
            return "\t"
        if isinstance(value, str) and len(value) == 1 and value in DELIMITERS:
            return value
        self.complain(("delimiter",), say("mapping.delimiter"))
        return None


def _all(choices: Mapping[str, Any] | tuple[str, ...] | list[str]) -> str:
    return ", ".join(choices)


def read_mapping(path: Path, source: str) -> LogMapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    document = read_document_file(path, source)
    data = document.data if document.data is not None else {}
    if not isinstance(data, dict):
        raise InputError([document.problem((), say("mapping.keys"))])
    reader = _Reader(document)
    read: dict[str, Callable[[Any], Any]] = {
        "form": lambda value: reader.one_of("form", value, FORMS),
        "columns": reader.columns,
        "words": reader.words,
        "dates": lambda value: DATES.get(reader.one_of("dates", value, DATES)),
        "delimiter": reader.delimiter,
        "devices": lambda value: reader.texts("devices", value),
        "duration": lambda value: DURATIONS.get(reader.one_of("duration", value, DURATIONS)),
    }
    fields: dict[str, Any] = {}
    for key, value in data.items():
        if key not in read:
            near = nearest(str(key), read)
            text = say("log.unknown_key", name=key, near=near, known=_all(tuple(read)))
            reader.complain((key,), text, at_key=True)
        elif value is not None:
            fields["day_first" if key == "dates" else key] = read[key](value)
    if reader.problems:
        raise InputError(reader.problems)
    return LogMapping(**fields)
