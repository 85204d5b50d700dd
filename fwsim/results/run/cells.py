"""Cells of a column by the hundred thousand: kept by Arrow where it is installed, else by Python.

Which of them keeps the cells changes how long it takes, never what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Cells = Any
"""Cells of one column, in order: an array of Arrow or of numpy."""
Index = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Picked:
    """Texts that are looked up only when they are put together with others.

    Parameters
    ----------
    texts
        The texts.
    index
        Which of them each row reads, below zero for an empty one; shape (rows,).
    """

    texts: Cells
    index: Index


Piece = Cells | Picked | str
"""Of a text in each row; a plain one is the same in every row."""


class Kept(Protocol):
    """What can be done with cells."""

    def texts(self, words: Iterable[str], /) -> Cells:
        """Return words as cells."""

    def numbers(self, values: NDArray[np.integer[Any]], /) -> Cells:
        """Return whole numbers as cells."""

    def written(self, numbers: Cells, /) -> Cells:
        """Return numbers as texts."""

    def stamps(
        self, local: NDArray[np.datetime64], between: str, ends: Sequence[str], end_of: Index, /
    ) -> Cells:
        """Return times as texts, to the digits their unit has.

        Parameters
        ----------
        local
            In seconds or milliseconds, of the years 1 to 9999; shape (rows,).
        between
            One letter, between date and time.
        ends
            What stands behind a time: letters of ASCII, as many in each.
        end_of
            Which of `ends` stands behind each; shape (rows,).
        """

    def looked_up(self, texts: Cells, index: Index, /) -> Cells:
        """Return the text at each place; an empty one where the place is below zero."""

    def joined(self, *pieces: Piece) -> Cells:
        """Return texts put together piece by piece; one piece at least is no plain one."""

    def changed(self, texts: Cells, odd: str, change: Callable[[str], str], /) -> Cells:
        """Return texts, some of them changed.

        Parameters
        ----------
        texts
            The texts.
        odd
            What is found in each text that `change` changes, and in few others (RE2).
        change
            Leaves alone what needs no change.
        """

    def in_bytes(self, *pieces: Piece) -> Iterator[Any]:
        """Yield what `joined` returns, one text after another in UTF-8, in several parts."""

    def listed(self, cells: Cells, /) -> list[Any]:
        """Return cells one by one."""

    def series(self, cells: Cells, /) -> pd.Series:
        """Return cells as pandas keeps them."""


@cache
def cells() -> Kept:
    """Return what keeps cells here."""
    has_arrow = find_spec("pyarrow") is not None
    module = f"fwsim.results.run.cells_in_{'arrow' if has_arrow else 'python'}"
    return cast("Kept", import_module(module))
