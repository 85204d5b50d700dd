"""What a file may take the name of: a file, or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from stat import S_IFREG, S_ISDIR

from fwsim.input_file import kind_of
from fwsim.messages import say, translated
from fwsim.problems import InputError, Problem

_OF_THE_SYSTEM = {Path("/dev"), Path("/proc")}
"""Where links such as ``/dev/stdout`` stand for what a process has open."""


def _with_parents(folder: Path) -> tuple[Path, ...]:
    real = folder.resolve()
    return (real, *real.parents)


def refuse_no_files(folder: Path, names: Iterable[str]) -> None:
    """Refuse names that something else than a file has, before anything is put in its place.

    To rename a file to ``/dev/null``, or to a pipe, is to do away with it, for all who use it.

    Raises
    ------
    InputError
        If a folder, a pipe, a socket or a device has one of the names, or a link of the system's.
    """
    for name in names:
        path = folder / name
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError):  # not there, as a rule; what is otherwise wrong is told later
            mode = S_IFREG
        if S_ISDIR(mode):
            text = say("saved.is_folder", name=name)
            raise InputError([Problem(text, source=str(folder))])
        if kind := kind_of(mode):
            text = say("file.is_no_file", kind=translated("file kind", kind))
            raise InputError([Problem(text, source=str(path))])
        is_link = os.path.islink(path)  # noqa: PTH114 - is_symlink raises where nobody may look
        if is_link and _OF_THE_SYSTEM & {*_with_parents(folder)}:
            raise InputError([Problem(say("writing.link", name=name), source=str(folder))])
