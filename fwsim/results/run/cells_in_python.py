"""Cells of columns without Arrow, more slowly; what each does, `fwsim.results.run.cells` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.results.run.cells import Index, Picked

if TYPE_CHECKING:
    import pandas as pd

Texts = NDArray[np.object_]


def texts(words: Iterable[str]) -> Texts:
    """Return words as cells."""
    return np.array([*words], np.object_)


def numbers(values: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Return whole numbers as cells."""
    return values


def written(numbers: NDArray[np.integer[Any]]) -> Texts:
    """Return numbers as texts."""
    return texts(map(str, numbers.tolist()))


def stamps(
    local: NDArray[np.datetime64], between: str, ends: Sequence[str], end_of: Index
) -> Texts:
    """Return times as texts, each with its end."""
    letters = np.datetime_as_string(local)
    if len(letters):
        letters.view("U1").reshape(len(letters), -1)[:, 10] = between
    return joined(letters.astype(np.object_), Picked(texts(ends), end_of))


def looked_up(texts: Texts, index: Index) -> Texts:
    """Return the text at each place."""
    at = np.asarray(index)
    words = np.append(texts, "")
    found: Texts = words[np.where(at < 0, len(texts), at)]
    return found


def joined(*pieces: Texts | Picked | str) -> Texts:
    """Return texts put together piece by piece."""
    return texts(map("".join, zip(*map(_row_by_row, pieces), strict=False)))


def _row_by_row(piece: Texts | Picked | str) -> Iterable[str]:
    match piece:
        case str():
            return repeat(piece)
        case Picked(words, index):
            return _row_by_row(looked_up(words, index))
        case _:
            every: list[str] = piece.tolist()
            return every


def changed(texts: Texts, odd: str, change: Callable[[str], str]) -> Texts:  # noqa: ARG001
    """Return texts, the odd ones changed; `change` leaves the others alone."""
    return np.array([change(text) for text in texts], np.object_)


def in_bytes(*pieces: Texts | Picked | str) -> Iterator[bytes]:
    """Yield texts put together piece by piece, one after another."""
    yield "".join(joined(*pieces).tolist()).encode()


def listed(cells: NDArray[Any]) -> list[Any]:
    """Return cells one by one."""
    values: list[Any] = cells.tolist()
    return values


def series(cells: NDArray[Any]) -> pd.Series:
    """Return cells as pandas keeps them."""
    import pandas as pd

    if cells.dtype == np.object_:
        return pd.Series(cells, dtype=pd.StringDtype(na_value=np.nan))
    return pd.Series(cells)
