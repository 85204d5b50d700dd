"""The other files that a scenario names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fwsim.commands.scmd import read_scmd
from fwsim.commands.targets import ListFileTarget
from fwsim.problems import InputError

IDF = "idf"
Place = tuple[str | int, ...]
Named = tuple[Place, dict[str, Any], str]


def places_of_files(data: Any) -> Iterator[Named]:
    """Yield where a scenario's data names another file: its path, a map and a key of it.

    Parameters
    ----------
    data
        As its file would hold it, commands spelled out; or as a file holds it that may be wrong
        in any other way.
    """
    fleet = _map(data, "fleet")
    yield from _named(("fleet",), fleet, "inventory")
    yield from _named((), data, "scheduler")
    for path, unit in _map(fleet, "units").items():
        yield from _named(("fleet", "units", path), unit, "scheduler")
    for key in (IDF, "draws"):
        yield from _named((), data, key)
    yield from _calendars(data)
    for kind in ("commands", "notifications", "assignments"):
        for number, entry in _entries(data, kind):
            for key in entry:
                if isinstance(target := entry[key], dict) and _is_name(target.get("list")):
                    yield (kind, number, key, "list"), target, "list"


def files_named_in(data: Any) -> Iterator[tuple[Place, str]]:
    """Yield the places of a file's data that name another file, with its name; scmd lines, too."""
    for place, section, key in places_of_files(data):
        yield place, section[key]
    for number, entry in _entries(data, "commands"):
        line = entry.get("scmd")
        if isinstance(line, str) and "list" in line.casefold():
            try:
                target = read_scmd(line).command.target
            except InputError:
                continue
            if isinstance(target, ListFileTarget):
                yield ("commands", number, "scmd"), target.file
    for number, entry in _entries(data, "skip"):  # of what is done instead
        if _is_name(entry.get("list")):
            yield ("skip", number, "list"), entry["list"]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _map(data: Any, key: str) -> Mapping[str, Any]:
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _entries(data: Any, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    found = data.get(key) if isinstance(data, Mapping) else None
    for number, entry in enumerate(found if isinstance(found, (list, tuple)) else ()):
        if isinstance(entry, Mapping):
            yield number, entry


def _named(place: Place, section: Any, key: str) -> Iterator[Named]:
    """Yield a file that is named by itself, or in a map of its own as ``file``."""
    value = section.get(key) if isinstance(section, Mapping) else None
    if _is_name(value):
        yield (*place, key), section, key
    elif isinstance(value, dict) and _is_name(value.get("file")):
        yield (*place, key, "file"), value, "file"


def _calendars(data: Any) -> Iterator[Named]:
    """Yield where windows, habits and lines name a calendar of days off."""
    places: list[tuple[Place, Any]] = [(("windows",), _map(data, "windows"))]
    for number, entry in _entries(data, "assignments"):
        places.append((("assignments", number, "windows"), _map(entry, "windows")))
    for part in ("people", "power"):
        kinds = _map(data, part)
        places += [((part, name), _map(kinds, name)) for name in kinds]
    network = _map(data, "network")
    for part in ("sites", "hubs"):
        lines = _map(network, part)
        places += [(("network", part, name), _map(lines, name)) for name in lines]
    for path, entry in places:
        holidays = entry.get("holidays")
        if isinstance(holidays, dict) and _is_name(holidays.get("file")):
            yield (*path, "holidays", "file"), holidays, "file"
