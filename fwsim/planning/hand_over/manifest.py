"""Which files of a folder are those of a hand-over, untouched since: only those make room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.results.output.folder.before_manifests import HANDED_BY
from fwsim.results.output.folder.manifest import Content
from fwsim.results.output.folder.reading import parts_of, untouched
from fwsim.results.output.writing import json_writer

MANIFEST = "plan.json"
SCENARIO = "scenario.yaml"
PLAN, SEARCH = "plan", "search"
"""Parts of a folder: the hand-over, and the search it comes from."""


def manifest_writer(plan: str, names: Iterable[str]) -> Callable[[Path], None]:
    """Return a function that lists files that lie beside it, each with the hash of its content."""

    def write(path: Path) -> None:
        files = {name: Content.of(path.parent / name).sha256 for name in sorted(names)}
        content = {"made by": HANDED_BY, "plan": plan, "files": files}
        json_writer(content)(path)

    return write


def handed_files(folder: Path) -> list[str]:
    """Return the files in a folder that a hand-over wrote and nobody changed since."""
    parts = parts_of(folder) if folder.is_dir() else {}
    return sorted(untouched(folder, {PLAN: parts[PLAN]})) if PLAN in parts else []


def check_handed(folder: Path) -> None:
    """Refuse a folder in which files of an earlier hand-over were changed.

    They would stay beside those of another plan, or stand in their way after a long search.

    Raises
    ------
    InputError
        With each of them.
    """
    parts = parts_of(folder) if folder.is_dir() else {}
    if PLAN not in parts:
        return
    own = untouched(folder, {PLAN: parts[PLAN]})
    changed = sorted(n for n in parts[PLAN].files if n not in own and (folder / n).exists())
    if changed:
        text = say("planning.plan_changed")
        raise InputError([Problem(text, source=str(folder / name)) for name in changed])


def check_scenario(folder: Path) -> None:
    """Refuse a folder in which somebody's own scenario would be overwritten.

    Raises
    ------
    InputError
        If one lies there that no hand-over wrote, or that was changed since.
    """
    path = folder / SCENARIO
    if path.exists() and SCENARIO not in handed_files(folder):
        text = say("planning.own_scenario")
        raise InputError([Problem(text, source=str(path))])
