"""Cells of columns as arrays of Arrow; what each function does, `fwsim.results.run.cells` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fwsim.fleet.packed_texts import PackedTexts

if TYPE_CHECKING:
    import pandas as pd

_TEXT = pa.large_string()  # as pandas keeps it


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


def stamps(local: NDArray[np.datetime64], between: str) -> pa.Array:
    """Return times as texts."""
    return pc.binary_replace_slice(pc.cast(pa.array(local), _TEXT), 10, 11, between)


def looked_up(texts: pa.Array, index: NDArray[np.integer[Any]]) -> pa.Array:
    """Return the text at each place."""
    places = pa.array(index, mask=np.asarray(index) < 0)
    words = pc.take(texts, places, boundscheck=False)
    return pc.fill_null(words, "") if places.null_count else words


def joined(*pieces: pa.Array | str) -> pa.Array:
    """Return texts put together piece by piece."""
    large = [pa.scalar(p, _TEXT) if isinstance(p, str) else p for p in (*pieces, "")]
    return pc.binary_join_element_wise(*large)


def changed(texts: pa.Array, odd: str, change: Callable[[str], str]) -> pa.Array:
    """Return texts, the odd ones changed."""
    is_odd = pc.match_substring_regex(texts, odd)
    if not pc.any(is_odd).as_py():
        return texts
    instead = pa.array((change(text) for text in texts.filter(is_odd).to_pylist()), _TEXT)
    return pc.replace_with_mask(texts, is_odd, instead)


def in_bytes(texts: pa.Array) -> Any:
    """Return texts one after another, as they lie there."""
    size = pc.sum(pc.binary_length(texts)).as_py() or 0
    return texts.buffers()[2][:size]


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
