"""Files a person hands in: read as a whole, or refused with a reason and the nearest right name.

Whatever else has a name in a file system is refused by its kind: a pipe would be waited for, a
device read without end.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from fwsim.file_kinds import kind_of_no_text
from fwsim.messages import say, translated
from fwsim.problems import InputError, Problem, nearest, nearest_to
from fwsim.spelling import why_not_one
from fwsim.text_encoding import Decoded, UnknownEncodingError, decode, decode_plain

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe (FIFO)"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_OPEN = (
    os.O_RDONLY
    # Windows has none of the first three, and nobody else the last.
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_PIECE = 1 << 20
END_OF_FILE = "\x1a"
"""What DOS puts behind a text."""
LARGEST_LOG = 2_000_000_000
_ENDLESS = "a stream without end"
"""What the system calls a file and yet hands out as it comes, such as its log under /proc."""


def nearest_file(path: Path) -> str:
    """Return ``"; did you mean 'x'?"`` for the file beside a path whose name is nearest."""
    return nearest(path.name, _beside(path))


def not_there(path: Path, folder: str = "", *, is_near_told: bool = True) -> str:
    """Return what is said of a file that is not there, with the nearest beside it.

    Parameters
    ----------
    path
        Where it would be.
    folder
        Where it was looked for, if that is to be told.
    is_near_told
        Whether the nearest is looked for, which costs time for every file beside it.
    """
    near = None
    if is_near_told:
        near = _with_strokes(path) or nearest_to(path.name, _beside(path))
    where = "_in" if folder else ""
    if near is None:
        return say(f"file.none{where}", folder=folder)
    return say(f"file.none_near{where}", name=near, folder=folder) + why_not_one(path.name, near)


def _with_strokes(path: Path) -> str | None:
    r"""Return ``lists/devices.csv`` for ``lists\devices.csv``, if that is there."""
    name = path.name.replace("\\", "/")
    is_below = name != path.name and ".." not in name.split("/") and not name.startswith("/")
    return name if is_below and (path.parent / name).is_file() else None


def _beside(path: Path) -> list[str]:
    """Return the names of the files beside a path."""
    try:
        # Under LC_ALL=C letters that are not ASCII come as halves of characters.
        names = [os.fsencode(one.name).decode("utf-8", "replace") for one in path.parent.iterdir()]
    except OSError:
        return []
    return sorted(names)


def _refuse(source: str, reason: str) -> NoReturn:
    raise InputError([Problem(reason, source=source)])


def kind_of(mode: int) -> str:
    """Return what something is by the mode the system tells, if it is no file; else nothing."""
    if stat.S_ISREG(mode):
        return ""
    return next((kind for is_kind, kind in _KINDS if is_kind(mode)), "no file")


def _no_file(kind: str) -> str:
    return say("file.is_no_file", kind=translated("file kind", kind))


def _open(path: Path, source: str, largest: int) -> int:
    """Return a descriptor of a plain file, opened without waiting for anybody."""
    # Asked before it is opened: to open some devices does something. And after: it may be swapped.
    _check(os.stat(path), source, largest)  # noqa: PTH116 - as fstat below
    descriptor = os.open(path, _OPEN)
    try:
        _check(os.fstat(descriptor), source, largest)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, source: str, largest: int) -> None:
    kind = kind_of(status.st_mode)
    if kind:
        _refuse(source, _no_file(kind))
    refuse_larger(status.st_size, source, largest)


def refuse_larger(size: int, source: str, largest: int) -> None:
    """Refuse a file that has more bytes than it may.

    Raises
    ------
    InputError
        If it has.
    """
    if size > largest:
        _refuse(source, say("file.larger", size=largest // 1_000_000))


def read_bytes(path: Path, source: str, *, largest: int) -> bytes:
    """Return a file's content.

    Parameters
    ----------
    path
        The file.
    source
        Its name as the user wrote it.
    largest
        Bytes it may have; no more are read, also while it grows.

    Raises
    ------
    InputError
        If it is not there, no file, too large or cannot be read.
    """
    content = bytearray()
    for piece in pieces_of(path, source, largest=largest):
        content += piece
    return bytes(content)


def first_bytes(path: Path, source: str, count: int) -> bytes:
    """Return how a file begins, however large it is.

    Raises
    ------
    InputError
        As `read_bytes`.
    """
    return next(pieces_of(path, source, largest=sys.maxsize), b"")[:count]


def digest_of(paths: Iterable[Path], *, largest: int) -> str:
    """Return the SHA-256 of the content of files, one behind the other, as hexadecimal digits.

    Raises
    ------
    InputError
        As `read_bytes`.
    """
    digest = hashlib.sha256()
    for path in paths:
        for piece in pieces_of(path, str(path), largest=largest):
            digest.update(piece)
    return digest.hexdigest()


def pieces_of(path: Path, source: str, *, largest: int) -> Iterator[bytes]:
    """Yield a file's content piece by piece, without waiting for anybody.

    Raises
    ------
    InputError
        As `read_bytes`.
    """
    left = largest
    try:
        with os.fdopen(_open(path, source, largest), "rb", buffering=0) as file:
            while (piece := file.read(min(_PIECE, left + 1))) != b"":
                if piece is None:  # nothing to be had without waiting
                    _refuse(source, _no_file(_ENDLESS))
                left -= len(piece)
                if left < 0:
                    refuse_larger(largest + 1, source, largest)
                yield piece
    except InputError:
        raise
    except FileNotFoundError:
        _refuse(source, not_there(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or say("file.no_name")
        _refuse(source, say("file.unreadable", reason=reason))


def check_file(path: Path, source: str) -> None:
    """Refuse what is there under a name and is no file.

    Raises
    ------
    InputError
        If it is a folder, a pipe, a socket, a device or a stream.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):
        return
    if kind := kind_of(found.st_mode):
        _refuse(source, _no_file(kind))
    if not found.st_size:  # so they all say, and this is all that tells one from an empty file
        for _ in pieces_of(path, source, largest=LARGEST_LOG):
            pass


def _no_text(raw: bytes, error: UnknownEncodingError, source: str, *, is_table: bool) -> InputError:
    """Return what is wrong with bytes that are no text: what they are, where that is known."""
    if kind := kind_of_no_text(raw, is_table=is_table):
        return InputError([Problem(kind, source=source)])
    return InputError([Problem(error.reason, source=source, line=error.line)])


def read_text(path: Path, source: str, *, largest: int) -> str:
    """Return a file's text: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    InputError
        As `read_bytes`, or if it is no text.
    """
    return as_text(read_bytes(path, source, largest=largest), source)


def as_text(raw: bytes, source: str) -> str:
    """Return a file's content as text, without the mark that DOS puts behind it.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return decode(raw).rstrip(END_OF_FILE)
    except UnknownEncodingError as error:
        raise _no_text(raw, error, source, is_table=False) from None


def as_text_as_it_comes(raw: bytes, source: str) -> Decoded:
    """Return the text of a file that other programs write, also in an old encoding that is plain.

    Raises
    ------
    InputError
        If it is no text or not plain in which encoding.
    """
    try:
        return decode_plain(raw)
    except UnknownEncodingError as error:
        raise _no_text(raw, error, source, is_table=True) from None
