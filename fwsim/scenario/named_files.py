"""The other files that a scenario names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def places_of_files(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield where a scenario's data names another file: a map and a key of it.

    Parameters
    ----------
    data
        As its file would hold it, commands spelled out.
    """
    fleet = data.get("fleet", {})
    sections = [fleet.get("inventory"), data.get("scheduler")]
    sections += [unit.get("scheduler") for unit in fleet.get("units", {}).values()]
    yield from ((s, "file") for s in sections if isinstance(s, dict) and s.get("file"))
    if data.get("idf"):
        yield data, "idf"
    for entry in (*data.get("commands", ()), *data.get("notifications", ())):
        for target in entry.values():
            if isinstance(target, dict) and target.get("list"):
                yield target, "list"
