"""Many texts in little memory: a million names as Python's own take four times as much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import index
from typing import overload

import numpy as np
from numpy.typing import NDArray

AT_A_TIME = 1 << 14
"""Texts that are written at a time."""
_ERRORS = "surrogatepass"
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class PackedTexts(Sequence[str]):
    """Texts that stay as they are, written one behind the other; equal to a list of the same.

    Parameters
    ----------
    written
        All of them, in UTF-8.
    ends
        Where each of them ends; shape (texts,).
    """

    __slots__ = ("_ends", "_written")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, written: bytes, ends: NDArray[np.integer]) -> None:
        self._written = written
        self._ends = ends.astype(np.min_scalar_type(len(written)), copy=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> PackedTexts:
        """Write texts."""
        left = iter(texts)
        some = iter(lambda: [text.encode(errors=_ERRORS) for text in islice(left, AT_A_TIME)], [])
        written, sizes = bytearray(), [np.zeros(0, np.int64)]
        for each in some:
            written += b"".join(each)
            sizes.append(np.fromiter(map(len, each), np.int64, len(each)))
        return cls(bytes(written), np.concatenate(sizes).cumsum())

    @property
    def written(self) -> bytes:
        """All of them, in UTF-8."""
        return self._written

    @property
    def begins(self) -> NDArray[np.int64]:
        """Where each of them begins, and where the last one ends; shape (texts + 1,)."""
        return np.concatenate([[0], self._ends], dtype=np.int64)

    def surely_differ(self) -> bool:
        """Tell whether no two of them are alike, at a glance: what it doubts may differ, too."""
        sums = np.sort(self._sums())
        return bool((sums[1:] != sums[:-1]).all())

    def _sums(self) -> NDArray[np.uint64]:
        """Return a number of each that is the same for texts that are alike; shape (texts,)."""
        begins, letters = self.begins, np.frombuffer(self._written, np.uint8)
        sizes, begins = np.diff(begins), begins[:-1]
        sums, longer = sizes.astype(np.uint64), np.arange(len(self))
        for place in range(int(sizes.max(initial=0))):
            longer = longer[sizes[longer] > place]
            sums[longer] = sums[longer] * _FACTOR + letters[begins[longer] + place]
        return sums

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        number = index(place)
        if number < 0:
            number += len(self)
        if not 0 <= number < len(self):
            raise IndexError(f"text {place} of {len(self)}")
        begin = int(self._ends[number - 1]) if number else 0
        return self._written[begin : int(self._ends[number])].decode(errors=_ERRORS)

    def __iter__(self) -> Iterator[str]:
        begin = 0
        for first in range(0, len(self), AT_A_TIME):
            for end in self._ends[first : first + AT_A_TIME].tolist():
                yield self._written[begin:end].decode(errors=_ERRORS)
                begin = end

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedTexts):
            return self._written == other._written and np.array_equal(self._ends, other._ends)
        if not isinstance(other, list | tuple):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    def __repr__(self) -> str:
        return f"PackedTexts.of({[*self]!r})"
