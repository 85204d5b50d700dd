"""What is read in the place of a required value that is wrong, so that the rest can be read.

Nothing is told of it: its place counts as taken out.
"""

from __future__ import annotations

from typing import Any

from fwsim.scenario.document import Path_

STANDS_IN = "?"
_IMAGE = {"name": "stand-in.idf", "packages": [{"name": STANDS_IN, "size": "1 MB"}]}
_OF_THE_FILE: dict[Path_, Any] = {
    ("zone",): "UTC",
    ("start",): "2000-01-01 00:00",
    ("fleet",): {"units": {STANDS_IN: {"devices": 1}}},
    ("image",): _IMAGE,
    ("image", "name"): _IMAGE["name"],
    ("image", "packages"): _IMAGE["packages"],
}
_SENT = ("commands", "notifications", "assignments")
_TARGETS = ("update", "delivery", "uefi_update")
_OF_ENTRIES: dict[Path_, str] = {
    ("outages", "start"): "2000-01-01 00:00",
    ("outages", "end"): "2000-01-02 00:00",
    ("changes", "at"): "2000-01-01 00:00",
    ("failing", "phase"): "transfer",
    ("failing", "share"): "0 %",
}


def stand_in(path: Path_) -> Any:
    """Return what is read in the place of a wrong or missing value; None if it is left out."""
    if len(path) == 3 and path[0] in _SENT and path[2] in _TARGETS:
        return STANDS_IN
    if len(path) == 3 and (path[0], path[2]) in _OF_ENTRIES:
        return _OF_ENTRIES[path[0], path[2]]
    if len(path) == 3 and path[0] == "images":
        path = ("image", path[2])
    return _OF_THE_FILE.get(path)
