"""The scenarios that come with fwsim: where they lie, and what each shows."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fwsim.messages import say
from fwsim.problems import InputError, Problem, told_as_not_written
from fwsim.put_in_place import putting, temporary

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


def copy_shipped(target: Path) -> Path:
    """Copy the folder with them, whole or not at all; return where it lies.

    Parameters
    ----------
    target
        A folder that does not exist yet, or is empty.

    Raises
    ------
    InputError
        If there is something in it, or it cannot be written.
    """
    place = Path(os.path.realpath(target))  # "." has no name, and a link is no folder to rename to
    with told_as_not_written(str(target)):
        if place.exists():
            if not place.is_dir() or any(place.iterdir()):
                raise InputError([Problem(say("shipped.not_empty"), source=str(target))])
            _fill(place)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            with _draft(place.parent) as copy, putting(place):
                copy.rename(place)
    return target if target.name else place


def _fill(place: Path) -> None:
    """Copy what is in the folder into an empty one, which stays: somebody may be in it."""
    moved: list[Path] = []
    with _draft(place) as copy, putting(place):
        try:
            for path in sorted(copy.iterdir()):
                moved.append(place / path.name)
                path.rename(moved[-1])
        except BaseException:
            for path in moved:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
            raise


@contextmanager
def _draft(within: Path) -> Iterator[Path]:
    """Make a copy that can take its place in a step, and take away what is left of it."""
    with temporary(within, ".shipped-", may_stay=True) as draft:
        copy = draft / "copy"
        for path in folder().rglob("*.*"):  # copytree would tell of all files that failed
            copied = copy / path.relative_to(folder())
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
        yield copy


def _first_sentence(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    found = _SENTENCE.match(" ".join(lines))
    return found[1] if found else " ".join(lines)
