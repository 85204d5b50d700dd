"""One writer at a time: a lock on the folder itself, which its owner's end sets free."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fwsim.messages import say


class FolderInUseWarning(UserWarning):
    """Another fwsim writes into the same folder; this one waits."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other writers; wait for one that is there, and say so.

    Where there are no such locks (Windows, some file systems), writers are not held apart.
    """
    if sys.platform == "win32":
        yield
        return
    while True:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _take(descriptor, folder)
            if _is_still(descriptor, folder):
                yield
                return
        finally:
            os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    import fcntl

    with suppress(OSError):  # a file system without locks holds nobody apart
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            warnings.warn(
                say("saved.in_use", folder=folder),
                FolderInUseWarning,
                stacklevel=4,
            )
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _is_still(descriptor: int, folder: Path) -> bool:
    """Tell whether the locked folder still has its name: its writer may have exchanged it."""
    try:
        return os.path.samestat(os.fstat(descriptor), folder.stat())
    except FileNotFoundError:
        return False


def is_owned(folder: Path) -> bool:
    """Tell whether somebody holds a folder now."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held, or nobody can tell
        return True
    finally:
        os.close(descriptor)
    return False
