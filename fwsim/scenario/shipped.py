"""The scenarios that come with fwsim: where they lie, and what each shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DEMO = "branch-offices"
_SENTENCE = re.compile(r"(.+?[.?!])(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A scenario that comes with fwsim.

    Parameters
    ----------
    path
        Of its file.
    shows
        What it shows, the first sentence of its file.
    """

    path: Path
    shows: str


def folder() -> Path:
    """Return where they lie: in the package, or beside it where that is a clone."""
    inside = PACKAGE / "shipped"  # put there when the wheel is built; see hatch_build.py
    return inside if inside.is_dir() else PACKAGE.parent / "scenarios"


def shipped() -> Iterator[Shipped]:
    """Yield each, in the order of their names."""
    for path in sorted(folder().glob("*.yaml")):
        yield Shipped(path, _first_sentence(path.read_text(encoding="utf-8")))


def _first_sentence(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    found = _SENTENCE.match(" ".join(lines))
    return found[1] if found else " ".join(lines)
