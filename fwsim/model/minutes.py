"""Bytes by minute and site, as fractions while they are shared out, and whole at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]

CELLS_OF_A_ROW = 16
"""Up to so many minutes of lines for each row, a table of all is faster than sorting."""


@dataclass(frozen=True)
class Cells:
    """Bytes in minutes of lines; arrays have shape (rows,).

    Parameters
    ----------
    minute
        When each begins, milliseconds.
    site
        Whose line.
    size
        Bytes.
    """

    minute: Integers
    site: Integers
    size: Floats

    @classmethod
    def added_up(cls, parts: Sequence[Cells], stretch: int) -> Cells:
        """Return the sums of several, one row for each minute of a line, without empty ones."""
        minute, site, size = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("minute", "site", "size")
        )
        width = int(site.max(initial=0)) + 1
        of_cell = minute.astype(np.int64) // stretch * width + site
        if of_cell.max(initial=0) < CELLS_OF_A_ROW * len(of_cell):
            sums = np.bincount(of_cell, weights=size)
            cell = np.flatnonzero(sums)
            sums = sums[cell]
        else:
            cell, of_sum = np.unique(of_cell, return_inverse=True)
            sums = np.bincount(of_sum, weights=size, minlength=len(cell))
        return cls(cell // width * stretch, cell % width, sums.astype(np.float64))

    def where(self, kept: NDArray[np.bool_]) -> Cells:
        """Return only some of the rows."""
        return Cells(self.minute[kept], self.site[kept], self.size[kept])

    def totals(self, sites: int) -> Floats:
        """Return the bytes of each site; shape (sites,)."""
        return np.bincount(self.site, self.size, sites).astype(np.float64)

    def within(self, most: Floats) -> Cells:
        """Return the same bytes with no more in a minute than the line carries.

        What is too much goes where the line has room, in minutes in which it was in use. A line
        without enough room stays as it is: the log tells more of it than its label.

        Parameters
        ----------
        most
            Bytes a minute by site; shape (sites,).
        """
        size = np.maximum(self.size, 0.0)
        room = most[self.site] - size
        excess = np.bincount(self.site, np.maximum(-room, 0), len(most))
        free = np.bincount(self.site, np.maximum(room, 0), len(most))
        part = np.where((excess > 0) & (free >= excess), excess / np.maximum(free, 1), 0)
        is_moved = part[self.site] > 0
        moved = np.minimum(size, most[self.site]) + np.maximum(room, 0) * part[self.site]
        return Cells(self.minute, self.site, np.where(is_moved, moved, size))

    def rounded(self, totals: Floats) -> tuple[Integers, Integers, NDArray[np.int64]]:
        """Return minute, site and whole bytes, such that each site has its total.

        What is more than that, since no minute holds less than nothing, comes off all alike.

        Parameters
        ----------
        totals
            Whole bytes by site; shape (sites,).
        """
        order = np.argsort(self.site, kind="stable")
        minute, site = self.minute[order], self.site[order]
        sums = self.totals(len(totals))
        part = np.where(sums - totals < 1, 1.0, np.maximum(totals, 0) / np.maximum(sums, 1))
        size = self.size[order] * part[site]
        so_far = np.append(0.0, np.cumsum(size))
        first = np.searchsorted(site, site)
        ends, begins = so_far[1:] - so_far[first], so_far[:-1] - so_far[first]
        whole = (np.rint(ends) - np.rint(begins)).astype(np.int64)
        rest = np.rint(totals).astype(np.int64)
        np.subtract.at(rest, site, whole)
        largest = np.lexsort((whole, site))[np.searchsorted(site, np.unique(site), "right") - 1]
        whole[largest] = np.maximum(whole[largest] + rest[site[largest]], 0)
        kept = whole > 0
        return minute[kept], site[kept], whole[kept]


def by_minute(
    begin: Integers, end: Integers, size: Floats, stretch: int
) -> tuple[Integers, Integers, Floats]:
    """Return what flows evenly from a time to another, minute by minute.

    Parameters
    ----------
    begin, end
        Milliseconds, `end` after `begin`; shape (flows,).
    size
        Bytes of each.
    stretch
        Milliseconds of a minute.

    Returns
    -------
    tuple of ndarray
        Which flow, when the minute begins, and its bytes in it; shape (rows,).
    """
    first, last = begin // stretch, (end - 1) // stretch
    counts = last - first + 1
    flow = np.repeat(np.arange(len(begin)), counts)
    minute = first[flow] + np.arange(len(flow)) - np.repeat(np.cumsum(counts) - counts, counts)
    lasted = np.minimum(end[flow], (minute + 1) * stretch) - np.maximum(
        begin[flow], minute * stretch
    )
    return flow, minute * stretch, size[flow] * lasted / (end - begin)[flow]
