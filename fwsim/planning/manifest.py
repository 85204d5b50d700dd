"""Which files of a folder are those of a hand-over, untouched since: only those make room."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from fwsim.input_file import read_bytes, read_text
from fwsim.problems import InputError, Problem
from fwsim.results.writing import json_writer

MANIFEST = "plan.json"
SCENARIO = "scenario.yaml"
_MADE_BY = "fwsim hand-over"
LARGEST = 10_000_000
LARGEST_HANDED = 1_000_000_000


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; empty if it cannot be read."""
    try:
        content = read_bytes(path, str(path), largest=LARGEST_HANDED)
        return hashlib.sha256(content).hexdigest()
    except InputError:
        return ""


def manifest_writer(plan: str, names: Iterable[str]) -> Callable[[Path], None]:
    """Return a function that lists files that lie beside it, each with the hash of its content."""

    def write(path: Path) -> None:
        files = {name: digest_of(path.parent / name) for name in sorted(names)}
        content = {"made by": _MADE_BY, "plan": plan, "files": files}
        json_writer(content)(path)

    return write


def handed_files(folder: Path) -> list[str]:
    """Return the files in a folder that a hand-over wrote and nobody changed since."""
    listed = _listed(folder / MANIFEST)
    own = [name for name, digest in listed.items() if digest_of(folder / name) == digest]
    return [*own, MANIFEST] if listed else []


def _listed(path: Path) -> dict[str, str]:
    try:
        content = json.loads(read_text(path, str(path), largest=LARGEST))
        files = content["files"] if content["made by"] == _MADE_BY else {}
        return {
            name: digest
            for name, digest in files.items()
            if isinstance(digest, str) and digest and name == Path(name).name
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def check_scenario(folder: Path) -> None:
    """Refuse a folder in which somebody's own scenario would be overwritten.

    Raises
    ------
    InputError
        If one lies there that no hand-over wrote, or that was changed since.
    """
    path = folder / SCENARIO
    if path.exists() and SCENARIO not in handed_files(folder):
        text = "lies there and is not, or no longer, what fwsim wrote; name another folder"
        raise InputError([Problem(text, source=str(path))])
