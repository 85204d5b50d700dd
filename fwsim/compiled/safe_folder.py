"""Whether a folder is one's own: whoever can write into it can have code run by its owner.

Where the system has no owners and modes (Windows), the user's own cache folder is taken as it is.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MOST_LINKS = 40
_ROOT = 0


class UnsafeFolderError(OSError):
    """Others could write into a folder; says how."""


def make_safe_folder(folder: Path) -> None:
    """Make a folder that nobody else can enter, with whatever is missing above it.

    Raises
    ------
    OSError
        If it cannot be made, or is there and not safe (`UnsafeFolderError`).
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """Refuse a folder that others can write into, or exchange for another; close it to the rest.

    Raises
    ------
    OSError
        If it is not there.
    UnsafeFolderError
        If it, or a folder on the way to it, belongs to somebody else or is open to others; if it
        is reached by a link of somebody else; if it, or the one it stands in, is a link.
    """
    for place in (folder, folder.parent):
        if place.is_symlink():
            raise UnsafeFolderError(f"{place} is a link")
    if not hasattr(os, "getuid"):
        return
    status = folder.lstat()
    for place, passed in _passed(folder):
        status = passed
        _check_on_the_way(place, passed)
    if not stat.S_ISDIR(status.st_mode):
        raise UnsafeFolderError(f"{folder} is not a folder")
    if status.st_uid != os.getuid():
        raise UnsafeFolderError(f"{folder} belongs to another user")
    if status.st_mode & _OTHERS_WRITE:
        raise UnsafeFolderError(f"others may write into {folder}")
    if stat.S_IMODE(status.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


def _check_on_the_way(place: Path, status: os.stat_result) -> None:
    if status.st_uid not in {os.getuid(), _ROOT}:
        raise UnsafeFolderError(f"{place} belongs to another user")
    if stat.S_ISDIR(status.st_mode) and _is_open_to_others(status):
        raise UnsafeFolderError(f"others may write into {place}")


def _passed(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield every folder and link on the way to a folder, the root first; what it is itself last.

    A link on the way is followed; one in the last place is not.
    """
    absolute = folder.absolute()
    place = Path(absolute.anchor)
    yield place, place.lstat()
    parts = [*reversed(absolute.parts[1:])]
    links = 0
    while parts:
        name = parts.pop()
        if name == "..":
            place = place.parent  # no link stands in `place`
            continue
        entry = place / name
        status = entry.lstat()
        yield entry, status
        if not (stat.S_ISLNK(status.st_mode) and parts):
            place = entry
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
        target = entry.readlink()
        place = Path(target.anchor) if target.is_absolute() else place
        parts += reversed(target.parts[1:] if target.is_absolute() else target.parts)


def _is_open_to_others(status: os.stat_result) -> bool:
    """Tell whether others may exchange what lies in a folder on the way.

    With the sticky bit they may not; nor may a group of which the user is the only member.
    """
    if status.st_mode & stat.S_ISVTX:
        return False
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private_group(status.st_gid)


def _is_private_group(number: int) -> bool:
    """Tell whether a group is a user's own: many systems make one for each, by the same name."""
    import grp
    import pwd

    try:
        me, group = pwd.getpwuid(os.getuid()), grp.getgrgid(number)
    except KeyError:
        return False
    is_mine = number == me.pw_gid and number != _ROOT and group.gr_name == me.pw_name
    return is_mine and set(group.gr_mem) <= {me.pw_name}
