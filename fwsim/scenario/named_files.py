"""The other files that a scenario names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]


def places_of_files(data: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any], str]]:
    """Yield where a scenario's data names another file: its path, a map and a key of it.

    Parameters
    ----------
    data
        As its file would hold it, commands spelled out.
    """
    fleet = data.get("fleet", {})
    sections: list[tuple[Place, Any]] = [
        (("fleet", "inventory"), fleet.get("inventory")),
        (("scheduler",), data.get("scheduler")),
    ]
    sections += [
        (("fleet", "units", path, "scheduler"), unit.get("scheduler"))
        for path, unit in fleet.get("units", {}).items()
    ]
    for path, section in sections:
        if isinstance(section, dict) and section.get("file"):
            yield (*path, "file"), section, "file"
    for key in ("idf", "draws"):
        if data.get(key):
            yield (key,), data, key
    yield from _calendars(data)
    for kind in ("commands", "notifications", "assignments"):
        for number, entry in enumerate(data.get(kind, ())):
            for key, target in entry.items():
                if isinstance(target, dict) and target.get("list"):
                    yield (kind, number, key, "list"), target, "list"


def _calendars(data: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any], str]]:
    """Yield where windows name a calendar of days off."""
    assignments = enumerate(data.get("assignments", ()))
    places: list[tuple[Place, Any]] = [((), data)]
    places += [(("assignments", number), entry) for number, entry in assignments]
    for path, entry in places:
        holidays = (entry.get("windows") or {}).get("holidays")
        if isinstance(holidays, dict) and holidays.get("file"):
            yield (*path, "windows", "holidays", "file"), holidays, "file"
