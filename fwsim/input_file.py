"""Files a person hands in: read as a whole, or refused with a reason and the nearest right name."""

from __future__ import annotations

from pathlib import Path

from fwsim.problems import InputError, Problem, nearest

_ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def _beside(path: Path) -> str:
    try:
        return nearest(path.name, sorted(other.name for other in path.parent.iterdir()))
    except OSError:
        return ""


def read_text(path: Path, source: str, *, largest: int) -> str:
    """Return a file's text: UTF-8, or UTF-16 with its mark.

    Parameters
    ----------
    path
        The file.
    source
        Its name as the user wrote it.
    largest
        Bytes it may have.

    Raises
    ------
    InputError
        If it is not there, no file, too large or no text.
    """
    try:
        if path.is_file() and path.stat().st_size > largest:
            text = f"is larger than {largest // 1_000_000} MB"
            raise InputError([Problem(text, source=source)])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Problem(f"no such file{_beside(path)}", source=source)]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is no name of a file"
        raise InputError([Problem(f"cannot be read: {reason}", source=source)]) from None
    try:
        return raw.decode(_ENCODINGS.get(raw[:2], "utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        text = "is not UTF-8 text; save it as UTF-8"
        raise InputError([Problem(text, source=source, line=line)]) from None
