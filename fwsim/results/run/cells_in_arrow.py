"""Cells of columns as arrays of Arrow; what each function does, `fwsim.results.run.cells` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fwsim.fleet.packed_texts import PackedTexts
from fwsim.results.run.cells import Index, Picked

if TYPE_CHECKING:
    import pandas as pd

_TEXT = pa.large_string()  # as pandas keeps it
_DAY = 86_400
_AT_A_TIME = 1 << 14


def texts(words: Iterable[str]) -> pa.Array:
    """Return words as cells."""
    if not isinstance(words, PackedTexts):
        return pa.array(words, _TEXT)
    buffers = [None, *map(pa.py_buffer, (words.begins, words.written))]
    found = pa.Array.from_buffers(_TEXT, len(words), buffers)
    found.validate(full=True)  # a text may be none that UTF-8 has
    return found


def numbers(values: NDArray[np.integer[Any]]) -> pa.Array:
    """Return whole numbers as cells."""
    return pa.array(values)


def written(numbers: pa.Array) -> pa.Array:
    """Return numbers as texts."""
    return pc.cast(numbers, _TEXT)


def stamps(
    local: NDArray[np.datetime64], between: str, ends: Sequence[str], end_of: Index
) -> pa.Array:
    """Return times as texts, each with its end; all are as long, so their letters are laid out."""
    if not len(local):
        return pa.array([], _TEXT)
    seconds, thousandths = local.view(np.int64), None
    if np.datetime_data(local.dtype)[0] == "ms":
        seconds, thousandths = np.divmod(seconds, 1000)
    days, of_day = np.divmod(seconds, _DAY)
    first = days.min()
    dates = np.datetime_as_string(np.arange(first, days.max() + 1).view("datetime64[D]"))
    parts = [np.char.add(dates.astype("S10"), between.encode())[days - first], _times()[of_day]]
    if thousandths is not None:
        parts.append(_thousandths()[thousandths])
    if ends[0]:
        parts.append(np.array(ends, "S")[end_of])
    letters = np.empty(len(local), [(f"part {i}", part.dtype) for i, part in enumerate(parts)])
    for name, part in zip(letters.dtype.names or (), parts, strict=True):
        letters[name] = part
    begins = np.arange(len(local) + 1, dtype=np.int64) * letters.itemsize
    return pa.Array.from_buffers(_TEXT, len(local), [None, *map(pa.py_buffer, (begins, letters))])


@cache
def _times() -> NDArray[np.bytes_]:
    """Return every time of a day as text, by its second."""
    times = np.datetime_as_string(np.arange(_DAY).view("datetime64[s]"))
    return np.array([time[11:] for time in times.tolist()], "S8")


@cache
def _thousandths() -> NDArray[np.bytes_]:
    return np.array([f".{part:03d}" for part in range(1000)], "S4")


def looked_up(texts: pa.Array, index: Index) -> pa.Array:
    """Return the text at each place."""
    places = pa.array(index, mask=np.asarray(index) < 0)
    words = pc.take(texts, places, boundscheck=False)
    return pc.fill_null(words, "") if places.null_count else words


def joined(*pieces: pa.Array | Picked | str) -> pa.Array:
    """Return texts put together piece by piece."""
    told = _told(pieces)
    rows, ends_of_pieces, letters = len(told[0].index), *_in_a_row(told)
    ends = ends_of_pieces[:: len(told)].copy()
    return pa.Array.from_buffers(_TEXT, rows, [None, pa.py_buffer(ends), letters])


def _rows(pieces: Sequence[pa.Array | Picked | str]) -> int:
    sized = next(piece for piece in pieces if not isinstance(piece, str))
    return len(sized.index if isinstance(sized, Picked) else sized)


def _told(pieces: Sequence[pa.Array | Picked | str]) -> list[Picked]:
    """Return pieces as texts and which of them each row reads, no place below zero."""
    rows = _rows(pieces)
    return [_picked(piece, rows) for piece in pieces]


def _picked(piece: pa.Array | Picked | str, rows: int) -> Picked:
    match piece:
        case str():
            return Picked(pa.array([piece], _TEXT), np.broadcast_to(np.int8(0), rows))
        case Picked(words, index) if len(words) <= rows:
            if not rows or index.min() >= 0:
                return piece
            words = pa.concat_arrays([words, pa.array([""], _TEXT)])
            return Picked(words, np.where(index < 0, len(words) - 1, index))
        case Picked(words, index):
            piece = looked_up(words, index)
    return Picked(piece, np.arange(rows))


def _in_a_row(told: Sequence[Picked]) -> tuple[NDArray[np.int64], pa.Buffer]:
    """Return where each piece ends, row by row, behind a zero, and the letters of all.

    All are looked up at once, in the order in which they stand.
    """
    begins = np.cumsum([0, *(len(each.texts) for each in told)])
    fits = begins[-1] <= np.iinfo(np.int32).max
    places = np.empty((len(told[0].index), len(told)), np.int32 if fits else np.int64)
    for number, each in enumerate(told):
        np.add(each.index, begins[number], out=places[:, number], casting="unsafe")
    texts = pa.concat_arrays([each.texts for each in told])
    _, ends, letters = pc.take(texts, pa.array(places.ravel()), boundscheck=False).buffers()
    return np.frombuffer(ends, np.int64, places.size + 1), letters


def changed(texts: pa.Array, odd: str, change: Callable[[str], str]) -> pa.Array:
    """Return texts, the odd ones changed."""
    is_odd = pc.match_substring_regex(texts, odd)
    if not pc.any(is_odd).as_py():
        return texts
    instead = pa.array((change(text) for text in texts.filter(is_odd).to_pylist()), _TEXT)
    return pc.replace_with_mask(texts, is_odd, instead)


def in_bytes(*pieces: pa.Array | Picked | str) -> Iterator[Any]:
    """Yield texts put together piece by piece, so many rows at a time."""
    for first in range(0, _rows(pieces), _AT_A_TIME):
        rows = slice(first, first + _AT_A_TIME)
        ends, letters = _in_a_row(_told([_part(piece, rows) for piece in pieces]))
        yield letters[: int(ends[-1])]


def _part(piece: pa.Array | Picked | str, rows: slice) -> pa.Array | Picked | str:
    match piece:
        case str():
            return piece
        case Picked(words, index):
            return Picked(words, index[rows])
        case _:
            return piece[rows]


def listed(cells: pa.Array) -> list[Any]:
    """Return cells one by one."""
    values: list[Any] = cells.to_pylist()
    return values


def series(cells: pa.Array) -> pd.Series:
    """Return cells as pandas keeps them."""
    import pandas as pd

    if pa.types.is_integer(cells.type):
        return pd.Series(cells.to_numpy(zero_copy_only=False))
    return pd.Series(cells, dtype=pd.StringDtype(na_value=np.nan))
