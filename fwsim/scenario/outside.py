"""Files that a scenario names lie in its own folder; others only where a person has allowed it.

A scenario may come from a stranger: it must not read what else its reader may read, and show it in
an error, a report or a hand-over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from fwsim.environment import is_switched_on
from fwsim.messages import say
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.named_files import Place, files_named_in
from fwsim.secrecy import without_secrets

VARIABLE = "FWSIM_ALLOW_OUTSIDE"
OPTION = "--allow-outside"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/{1,2}(?=[^/])", re.IGNORECASE)
_MOST_SEARCHED = 20
"""Files that cannot be read, beyond which no nearest name is looked for among all beside them."""
_ALLOWED: ContextVar[bool | None] = ContextVar("allowed", default=None)


def is_allowed() -> bool:
    """Tell whether files outside of a scenario's folder may be read."""
    said = _ALLOWED.get()
    return is_switched_on(VARIABLE) if said is None else said


@contextmanager
def allowed(said: bool | None = True) -> Iterator[None]:
    """Allow files outside of a scenario's folder, or forbid them, while the block runs.

    Parameters
    ----------
    said
        None leaves it as it is.
    """
    token = _ALLOWED.set(is_allowed() if said is None else said)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def place_outside(folder: Path, file: str) -> str:
    """Return where a file really lies if that is outside of a folder; links are followed.

    Empty if it lies inside, or if it is not the name of a file at all: reading it will tell.
    """
    try:
        root, real = folder.resolve(), (folder / file).resolve()
    except (OSError, ValueError, RuntimeError):
        return ""
    return "" if real.is_relative_to(root) else str(real)


def findings_of_files(data: Any, files: FilesBeside) -> Iterator[tuple[Place, str]]:
    """Yield the places at which a scenario names a file that cannot be read, and why.

    It is not there; or it lies outside of the scenario's folder, if none may; or it is no file at
    all, but an address. Of what lies outside it is not told whether it is there.

    Parameters
    ----------
    data
        What the scenario's file holds, right or wrong.
    files
        The files beside it.
    """
    return findings_of_named(files_named_in(data), files)


def findings_of_named(
    named: Iterable[tuple[Place, str]], files: FilesBeside
) -> Iterator[tuple[Place, str]]:
    """Yield the places at which files are named that cannot be read; see `findings_of_files`."""
    found: dict[str, str] = {}  # many commands may name one file
    unread = 0
    for place, file in named:
        if file not in found:
            found[file] = _fault_of(file, files, is_near_told=unread < _MOST_SEARCHED)
            unread += bool(found[file])
        if found[file]:
            yield place, found[file]


def _fault_of(file: str, files: FilesBeside, *, is_near_told: bool) -> str:
    if _ADDRESS.match(file):
        return say("outside.address", shown=without_secrets(file))
    if not is_allowed() and (real := place_outside(files.folder, file)):
        return outside_text(file, real)
    fault = files.fault_of(file, is_near_told=is_near_told)
    return say("file.named", file=file, fault=fault) if fault else ""


def outside_text(file: str, real: str) -> str:
    """Return what to say of a file outside."""
    kind = "lies" if str(Path(file)) == real else "leads"
    return say(f"outside.{kind}", file=file, real=real, option=OPTION, variable=VARIABLE)
