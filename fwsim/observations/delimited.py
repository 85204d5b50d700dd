"""CSV as a table of texts: plain lines all at once, odd ones one by one.

A line is one row, unless the next few close a quote that it opens, and all of them make a row, and
none of them does by itself. What opens a quote that nothing closes so is left out, and never takes
the lines behind it along.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.list_cells import on_one_line
from fwsim.fleet.list_headers import folded
from fwsim.fleet.list_rows import DELIMITERS
from fwsim.messages import say
from fwsim.observations.arrow import pa, pc
from fwsim.observations.complaints import Complaints, and_more
from fwsim.observations.text_table import (
    LONGEST_CELL,
    LONGEST_LINE,
    MOST_COLUMNS,
    TextTable,
    column_of,
    lines_of,
    texts_of,
)

_ROWS_AT_A_TIME = 1 << 16
_SEP_LINE = re.compile(r'"?sep=(?P<mark>[^"\s])', re.IGNORECASE)
_MOST_LINES_ABOVE = 10
_MOST_LINES_OF_A_ROW = 20
_SHOWN = 25
"""Characters of an odd line that are shown before and behind the place."""


def read_delimited(
    text: str,
    complaints: Complaints,
    is_header: Callable[[Sequence[str]], int],
    delimiter: str | None = None,
) -> TextTable:
    """Read CSV with a header line.

    Parameters
    ----------
    text
        The file's.
    complaints
        Takes what is wrong.
    is_header
        Tells how many of some cells are headers that are known.
    delimiter
        What stands between cells; None finds it out.

    Raises
    ------
    InputError
        If there is no header.
    """
    lines = lines_of(text.replace("\ufeff", ""))
    if not any(line.strip() for line in lines):
        complaints.refuse(say("log_file.empty"), 1)
    marks = delimiter or _marks(lines)

    def may_be_header(line: str) -> bool:
        return any(is_header(_cells_of(line, mark) or []) for mark in marks)

    _join_broken(lines, range(min(len(lines), _MOST_LINES_ABOVE)), may_be_header)
    at, delimiter = _header_at(lines, is_header, marks)
    header = [cell.strip() for cell in _cells_of(lines[at], delimiter) or []]
    while header and not header[-1]:
        header.pop()
    _check_header(header, at + 1, complaints, is_header)
    some = range(at + 1, len(lines)) if '"' in text else ()
    last = _join_broken(lines, some, lambda line: _is_broken_row(line, len(header), delimiter))
    _leave_out_headers(lines, at, complaints)
    batches = [
        _Batch(lines, first, len(header), delimiter, complaints)
        for first in range(at + 1, len(lines), _ROWS_AT_A_TIME)
    ]
    columns = {
        name: column_of(pa.chunked_array([one.columns[i] for one in batches], pa.large_string()))
        for i, name in enumerate(header)
    }
    line = np.concatenate([np.zeros(0, np.int64), *(one.numbers for one in batches)])
    rows_read = sum(one.rows_read for one in batches)
    is_open = not text.endswith(("\n", "\r"))
    return TextTable(
        columns,
        line,
        complaints,
        "CSV",
        rows_read,
        lambda number: lines[number - 1],
        last or len(lines) if is_open else 0,
    )


def _join_broken(lines: list[str], some: Iterable[int], is_row: Callable[[str], bool]) -> int:
    """Put rows whose cells have line breaks into a line each; lines that they go on in are empty.

    Parameters
    ----------
    lines
        Of the file.
    some
        Where such a row may begin.
    is_row
        Tells whether a text is one.

    Returns
    -------
    int
        Number of the line in which the last row begins if it ends in the last line; else 0.
    """
    last = 0
    for first in some:
        if lines[first].count('"') % 2 == 0:
            continue
        end = min(first + _MOST_LINES_OF_A_ROW, len(lines))
        closing = (i for i in range(first + 1, end) if lines[i].count('"') % 2)
        stop = next(closing, first) + 1
        whole = "\n".join(lines[first:stop])
        if stop > first + 1 and len(whole) <= LONGEST_LINE and is_row(whole):
            lines[first:stop] = [whole, *[""] * (stop - first - 1)]
            last = first + 1 if stop == len(lines) else 0
    return last


def _is_broken_row(text: str, width: int, delimiter: str) -> bool:
    """Tell whether lines are one row as wide as the header, but for empty cells behind it.

    Not if one of them goes on as a row of its own: two quotes that nobody closed take none along.
    """
    parts = text.split('"')
    outside = parts[::2] if len(parts) == 3 else [text]  # the break is in quotes, or it is no row
    if sum(part.count(delimiter) for part in outside) < width - 1:  # to part it takes far longer
        return False
    cells = _cells_of(text, delimiter) or []
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return False
    plain = (line.partition('"')[0].count(delimiter) for line in text.split("\n")[1:])
    return width < 2 or max(plain) < width - 1


def _header_at(
    lines: list[str], is_header: Callable[[Sequence[str]], int], marks: str
) -> tuple[int, str]:
    """Return which line is the header, and the delimiter under which it has most known ones."""
    best, found = (0, 0), (-1, marks[0])
    top = [i for i in range(min(len(lines), 50)) if lines[i].strip()][: _MOST_LINES_ABOVE + 1]
    for i in top:
        for mark in marks:
            cells = _cells_of(lines[i][:LONGEST_LINE], mark) or []
            rank = is_header(cells), len(cells)
            if rank > best and rank[0]:
                best, found = rank, (i, mark)
    if found[0] < 0:
        return top[0], max(marks, key=lines[top[0]].count)
    return found


def _marks(lines: list[str]) -> str:
    """Return what may stand between cells; a spreadsheet may name it in a line ``sep=^``."""
    match = next((_SEP_LINE.match(line) for line in lines if line.strip()), None)
    mark = match["mark"] if match else ""
    return DELIMITERS if mark in DELIMITERS or mark.isalnum() else DELIMITERS + mark


def _leave_out_headers(lines: list[str], at: int, complaints: Complaints) -> None:
    """Empty lines below the header that say the same: files were put together into one."""
    again = [i for i in range(at + 1, len(lines)) if lines[i] == lines[at]]
    if not again:
        return
    for i in again:
        lines[i] = ""
    text = say("log_line.header_again", more=and_more(len(again) - 1))
    complaints.warn(text, again[0] + 1)


def _check_header(
    header: list[str],
    line: int,
    complaints: Complaints,
    is_header: Callable[[Sequence[str]], int],
) -> None:
    """Refuse a header that is none, or has a known one twice; name all other columns apart."""
    if not header or len(header) > MOST_COLUMNS or any(len(h) > LONGEST_CELL for h in header):
        complaints.refuse(say("log_file.no_header"), line)
    names = [folded(name) for name in header]
    again = [name and names.index(name) < i for i, name in enumerate(names)]
    for i, name in enumerate(names):
        if again[i] and is_header([header[i]]):
            first = names.index(name)
            shown = complaints.shown(header[i])
            text = say("log_file.same_header", first=first + 1, other=i + 1, name=shown)
            complaints.refuse(text, line)
    for i, name in enumerate(header):
        header[i] = f"{name} (column {i + 1})" if again[i] else name or f"column {i + 1}"


def _cells_of(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of one line, their line breaks as blanks; None if it is no row."""
    if '"' not in line:
        return line.split(delimiter)
    if line.count('"') % 2:
        return None
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return [on_one_line(cell) for cell in rows[0]] if len(rows) == 1 else None


class _Batch:
    """Some neighbouring lines as columns of cells: plain ones all at once, odd ones one by one."""

    def __init__(
        self, lines: list[str], first: int, width: int, delimiter: str, complaints: Complaints
    ) -> None:
        self._width, self._complaints = width, complaints
        self._rows: list[list[str]] = []
        self._odd: list[int] = []
        some = lines[first : first + _ROWS_AT_A_TIME]
        texts = texts_of(some)
        plain = _plain_lines(texts, width, delimiter)
        places = np.flatnonzero(plain)
        self.rows_read = len(places)
        for place in np.flatnonzero(~plain).tolist():
            self._take(some[place], first + place + 1, delimiter)
        whole = texts if len(places) == len(texts) else texts.take(pa.array(places))
        cells = pc.list_flatten(pc.split_pattern(whole, delimiter))
        numbers = np.concatenate([places + first + 1, np.array(self._odd, np.int64)])
        order = np.argsort(numbers, kind="stable")
        self.numbers = numbers[order].astype(np.int64)
        self.columns = [self._column(cells, i, order) for i in range(width)]

    def _column(self, cells: pa.Array, place: int, order: NDArray[np.int64]) -> pa.Array:
        """Return the cells of one column, in the order of their lines."""
        plain = cells.take(pa.array(np.arange(place, len(cells), self._width)))
        if not self._rows:
            return plain
        odd = pa.array([row[place] for row in self._rows], pa.large_string())
        return pa.concat_arrays([plain, odd]).take(pa.array(order))

    def _take(self, line: str, number: int, delimiter: str) -> None:
        """Take a line that is not plain."""
        if len(line) > LONGEST_LINE:
            self.rows_read += 1
            text = say("log_line.too_long", count=len(line), most=LONGEST_LINE)
            self._complaints.leave_out(number, text, LONGEST_LINE + 1)
            return
        cells = _cells_of(line, delimiter)
        if cells is not None and len(cells) == self._width and len(line) > self._width - 1:
            self._keep(cells, number)
        else:
            self._take_odd(line, number, cells)

    def _keep(self, cells: list[str], number: int) -> None:
        self._rows.append(cells)
        self._odd.append(number)
        self.rows_read += 1

    def _take_odd(self, line: str, number: int, cells: list[str] | None) -> None:
        """Take a line that is not as wide as the header: empty, too wide, or none."""
        if not any(cell.strip() for cell in cells or [line]):
            return
        if cells is None:
            self.rows_read += 1
            self._complaints.leave_out_lazily(number, partial(self._why_open, line))
            return
        filled = max(i for i, cell in enumerate(cells, 1) if cell.strip())
        if filled <= self._width <= len(cells):
            self._keep(cells[: self._width], number)
            return
        self.rows_read += 1
        self._complaints.leave_out_lazily(number, partial(self._why_as_wide, line, cells, filled))

    def _why_open(self, line: str) -> tuple[str, int]:
        at = line.rfind('"')
        shown = self._complaints.shown(line[at:])
        return say("log_line.open_quote", text=shown), at + 1

    def _why_as_wide(self, line: str, cells: list[str], filled: int) -> tuple[str, int]:
        # Where the line ends too early, or the first cell stands that is too many.
        at = len(line) if len(cells) < self._width else line.find(cells[self._width], filled)
        shown = self._complaints.shown(line[max(0, at - _SHOWN) : at + _SHOWN])
        text = say("log_line.cells", count=len(cells), wanted=self._width, text=shown)
        return text, at + 1


def _plain_lines(texts: pa.Array, width: int, delimiter: str) -> NDArray[np.bool_]:
    """Tell which lines are rows as wide as the header, with nothing that needs a closer look."""
    length = pc.utf8_length(texts)
    plain = pc.equal(pc.count_substring(texts, delimiter), width - 1)
    plain = pc.and_(plain, pc.greater(length, width - 1))
    plain = pc.and_(plain, pc.less_equal(length, LONGEST_LINE))
    plain = pc.and_(plain, pc.invert(pc.match_substring(texts, '"')))
    return np.asarray(plain.to_numpy(zero_copy_only=False).astype(bool))
