"""Tables of any length: their columns are looked up or made for a stretch of rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fwsim.results.run.cells import Cells, Index, Picked, Piece, cells

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_A_TIME = 1 << 16


class Column(Protocol):
    """One column of a table; `rows` are neighbours."""

    def part(self, rows: slice) -> Cells:
        """Return some rows."""


@dataclass(frozen=True)
class Words:
    """A column of few texts that are told often.

    Parameters
    ----------
    words
        The texts.
    index
        Gives which of them some rows read; below zero for none.
    """

    words: Sequence[str]
    index: Callable[[slice], Index]

    @cached_property
    def as_texts(self) -> Cells:
        """The words themselves."""
        return cells().texts(self.words)

    def part(self, rows: slice) -> Cells:
        """Return some rows as texts."""
        return cells().looked_up(self.as_texts, self.index(rows))


@dataclass(frozen=True)
class Texts:
    """A column of texts that are made when they are wanted: stamps, status texts.

    They are digits and fwsim's own words: no file format takes any of them for something else.

    Parameters
    ----------
    make
        Gives the pieces of the texts of some rows.
    """

    make: Callable[[slice], Sequence[Piece]]

    def part(self, rows: slice) -> Cells:
        """Return some rows as texts."""
        return put_together(self.make(rows))


@dataclass(frozen=True)
class Numbers:
    """A column of whole numbers.

    Parameters
    ----------
    values
        One a row; shape (rows,).
    """

    values: NDArray[np.integer[Any]]

    def part(self, rows: slice) -> Cells:
        """Return some rows as numbers."""
        return cells().numbers(self.values[rows])


@dataclass(frozen=True)
class Table:
    """A table whose parts are made one by one.

    Parameters
    ----------
    rows
        How many it has.
    columns
        By name, in order.
    """

    rows: int
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return self.rows

    def stretches(self, rows: int | None = None) -> Iterator[slice]:
        """Yield neighbouring stretches of so many rows; at least one, be it empty."""
        rows = rows or ROWS_AT_A_TIME
        for first in range(0, max(self.rows, 1), rows):
            yield slice(first, min(first + rows, self.rows))

    def frame(self, rows: slice | None = None) -> pd.DataFrame:
        """Return some rows, by default all, as a table of pandas."""
        import pandas as pd

        wanted = slice(0, self.rows) if rows is None else rows
        series = cells().series
        return pd.DataFrame(
            {name: series(column.part(wanted)) for name, column in self.columns.items()}
        )


def put_together(pieces: Sequence[Piece]) -> Cells:
    """Return texts of their pieces; one at least is no plain one."""
    return cells().joined(*pieces)


def codes_at(
    lines: NDArray[Any], codes_of: Callable[[NDArray[Any]], Index]
) -> Callable[[slice], Index]:
    """Return what gives the codes of the lines that some rows tell of; -1 where it is no line.

    Parameters
    ----------
    lines
        Of a log, one a row; below zero for none.
    codes_of
        Gives the codes of some lines.
    """

    def index(rows: slice) -> Index:
        wanted = lines[rows]
        there = wanted >= 0
        if there.all():
            return codes_of(wanted)
        codes = np.full(len(wanted), -1, np.int64)
        codes[there] = codes_of(wanted[there])
        return codes

    return index


def texts_at(lines: NDArray[Any], pieces_of: Callable[[NDArray[Any]], Sequence[Piece]]) -> Texts:
    """Return the column of texts of the lines that each row tells of; empty where it is no line.

    Parameters
    ----------
    lines
        Of a log, one a row; below zero for none.
    pieces_of
        Gives the pieces of the texts of some lines.
    """

    def make(rows: slice) -> Sequence[Piece]:
        wanted = lines[rows]
        there = wanted >= 0
        if there.all():
            return pieces_of(wanted)
        texts = put_together(pieces_of(wanted[there]))
        return [Picked(texts, np.where(there, np.cumsum(there) - 1, -1))]

    return Texts(make)
