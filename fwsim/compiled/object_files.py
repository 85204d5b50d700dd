"""Object files that make up the clock's machine code, as one piece to be kept and shipped."""

from __future__ import annotations

from collections.abc import Sequence


def packed(objects: Sequence[bytes]) -> bytes:
    """Return object files behind a line that says how many bytes each has."""
    sizes = " ".join(str(len(each)) for each in objects)
    return b"".join([sizes.encode(), b"\n", *objects])


def unpacked(code: bytes) -> list[bytes]:
    """Return the object files that were packed."""
    sizes, _, rest = code.partition(b"\n")
    objects, begin = [], 0
    for size in map(int, sizes.split()):
        objects.append(rest[begin : begin + size])
        begin += size
    return objects
