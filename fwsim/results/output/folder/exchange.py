"""Two folders change their names in one step, where the system can do that: Linux, renameat2."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@cache
def _renameat2() -> Any:
    if sys.platform != "linux":
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a C library without it
        return None
    number, text = ctypes.c_int, ctypes.c_char_p
    function.argtypes = [number, text, number, text, ctypes.c_uint]
    function.restype = number
    return function


def exchange(one: Path, other: Path) -> None:
    """Let two folders change their names; nobody sees one without the other.

    Raises
    ------
    OSError
        If that cannot be done here; nothing has changed then.
    """
    function = _renameat2()
    if function is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    names = os.fsencode(one), os.fsencode(other)
    if function(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(other))


def _is_stood_in(folder: Path) -> bool:
    """Tell whether a process, as far as can be seen, works in a folder."""
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with suppress(OSError):
                if (process / "cwd").readlink().is_relative_to(folder):
                    return True
    return False


def can_be_exchanged(folder: Path) -> bool:
    """Tell whether a folder may change places with another beside it.

    Not where somebody stands in it, whose shell would be left nowhere; where something is mounted
    on it; where nothing may be made beside it; or where it holds what cannot be linked: folders.
    """
    if _renameat2() is None or os.path.ismount(folder) or _is_stood_in(folder):
        return False
    if not os.access(folder.parent, os.W_OK | os.X_OK):
        return False
    with os.scandir(folder) as entries:
        return all(e.is_file(follow_symlinks=False) or e.is_symlink() for e in entries)
