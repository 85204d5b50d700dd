"""Machine code as it lies in a file: behind a word that names the format, and its digest."""

from __future__ import annotations

import hashlib

MAGIC = b"fwsim clock 1\n"
DIGEST_SIZE = 32
MOST_BYTES = 1 << 26


class DamagedError(ValueError):
    """What lies in a file is not the code that was put there."""


def wrapped(code: bytes, name: str) -> bytes:
    """Return what is written into a file of this name."""
    return MAGIC + _digest(code, name) + code


def unwrapped(data: bytes, name: str) -> bytes:
    """Return the code in a file of this name.

    Raises
    ------
    DamagedError
        If it is not what was written, or was written under another name.
    """
    begin = len(MAGIC) + DIGEST_SIZE
    if not data.startswith(MAGIC):
        raise DamagedError("it does not begin as compiled code does")
    code = data[begin:]
    if data[len(MAGIC) : begin] != _digest(code, name):
        raise DamagedError("it is damaged, or of another version")
    return code


def _digest(code: bytes, name: str) -> bytes:
    return hashlib.blake2b(name.encode() + b"\0" + code, digest_size=DIGEST_SIZE).digest()
