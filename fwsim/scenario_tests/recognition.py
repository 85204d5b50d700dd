"""Which files are scenarios with something to test; imports nothing heavy, for pytest asks of all.

A file is glanced at, never parsed: whatever it holds, that costs little and can do no harm.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

GOLDEN_FOLDER = "golden"
_ENDINGS = (".yaml", ".yml")
_EXPECT = b"expect"
_PARTS = (
    (b"zone",),
    (b"start",),
    (b"fleet",),
    (b"image", b"images", b"idf"),
    (b"commands", b"notifications", b"assignments", b"scheduler"),
)
_PLAIN = 4
"""So many of the parts that a scenario is made of make one; one of the five may be misspelt."""

_WORDS = b"|".join((_EXPECT, *(word for words in _PARTS for word in words)))
_KEY = re.compile(rb"^[\"']?(%s)[\"']?[ \t]*:(?=\s|$)" % _WORDS, re.MULTILINE)
_KEY_IN_BRACES = re.compile(rb"[{,\s][\"']?(%s)[\"']?\s*:" % _WORDS)
_NEXT_DOCUMENT = re.compile(rb"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FIRST_GLANCE = 1 << 16
_LONGEST_GLANCE = 40_000_000


def golden_files(scenario: Path) -> list[Path]:
    """Return the files of a scenario's golden logs."""
    stem = "".join(f"[{c}]" if c in "*?[" else c for c in scenario.stem)
    return sorted((scenario.parent / GOLDEN_FOLDER).glob(f"{stem}@*.log"))


def is_test(path: Path, *, plainly: bool = False) -> bool:
    """Tell at a glance whether a file is a scenario with something to test.

    Parameters
    ----------
    path
        The file; a folder, a pipe and the like are none.
    plainly
        Whether it must have what a scenario is made of. Without, whatever expects something is
        one: where only scenarios lie, a file with many mistakes must not pass as none.

    Raises
    ------
    OSError
        If the file cannot be looked at.
    """
    if path.suffix not in _ENDINGS or (text := _glance(path)) is None:
        return False
    documents = _NEXT_DOCUMENT.split(text)
    if plainly:
        documents = [document for document in documents if _is_plain(document)]
    is_expecting = any(_EXPECT in _keys(document) for document in documents)
    return is_expecting or bool(documents and golden_files(path))


def _is_plain(document: bytes) -> bool:
    keys = {match[1] for match in _KEY.finditer(document)}
    return sum(not keys.isdisjoint(part) for part in _PARTS) >= _PLAIN


def _keys(document: bytes) -> set[bytes]:
    """Return the words of a scenario among a document's keys; in braces, at any depth."""
    key = _KEY_IN_BRACES if document.lstrip().startswith(b"{") else _KEY
    return {match[1] for match in key.finditer(document)}


def _glance(path: Path) -> bytes | None:
    """Return a file's text as far as it is looked at; None if it is no regular file."""
    if not stat.S_ISREG(path.stat().st_mode):
        return None
    # A pipe that has taken the file's place meanwhile is not waited for.
    wanted = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    number = os.open(path, wanted)
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return None
        text = file.read(_FIRST_GLANCE) or b""  # none at all where it would be waited for
        # A scenario begins with something of its own; what does not is not read to its end.
        if any(map(_keys, _NEXT_DOCUMENT.split(_plain_bytes(text)))):
            text += file.read(_LONGEST_GLANCE) or b""
        return _plain_bytes(text)


def _plain_bytes(raw: bytes) -> bytes:
    """Return UTF-16 as UTF-8, and lines that end as Python's do; other bytes as they are."""
    if raw[:2] in _UTF_16_MARKS:
        raw = raw.decode("utf-16", errors="replace").encode()
    return raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n")
