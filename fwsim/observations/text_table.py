"""A log as a table of texts, whatever it is written in: CSV, JSON lines, Parquet.

A line of CSV is one row: what opens a quote and does not close it is left out, and never takes the
lines behind it along.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.fleet.list_cells import cell_text
from fwsim.fleet.list_headers import folded
from fwsim.fleet.list_rows import DELIMITERS
from fwsim.observations.complaints import Complaints
from fwsim.problems import InputError, nearest

LONGEST_LINE = 100_000
"""Characters; a longer line is none of a log."""
LONGEST_CELL = 2000
MOST_COLUMNS = 500
LARGEST_UNPACKED = 8_000_000_000
_ROWS_AT_A_TIME = 1 << 16
_MOST_LINES_ABOVE = 10


@dataclass
class TextTable:
    """Rows of texts, column by column.

    Parameters
    ----------
    columns
        By header, in order.
    line
        Line of each row in the file, counted from 1; for Parquet the row.
    complaints
        What is wrong with the file.
    kind
        What it is written in.
    rows_read
        Rows that hold something, the bad ones too.
    raw_line
        Gives a row's line as it stands, where there is one.
    """

    columns: dict[str, Column]
    line: NDArray[np.int64]
    complaints: Complaints
    kind: str
    rows_read: int
    raw_line: Callable[[int], str] = field(default=lambda _: "")

    def __len__(self) -> int:
        return len(self.line)

    def place(self, header: str) -> Callable[[int], int | None]:
        """Return what gives the column, counted from 1, where a row's cell begins."""

        def where(row: int) -> int | None:
            raw, text = self.raw_line(int(self.line[row])), self.columns[header][row]
            at = raw.find(text) if text else -1
            return at + 1 if at >= 0 else None

        return where


def column_of(texts: pa.Array | pa.ChunkedArray) -> Column:
    """Return Arrow's texts as a column; what is missing is empty."""
    encoded = pc.dictionary_encode(pc.fill_null(texts, ""))
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # of no chunk at all
        return Column((), np.zeros(0, np.int32))
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Column(tuple(encoded.dictionary.to_pylist()), codes)


def mapped(column: Column, change: Callable[[str], str]) -> Column:
    """Return a column with each distinct text changed; what becomes one text is one."""
    values: dict[str, int] = {}
    recode = [values.setdefault(change(text), len(values)) for text in column.values]
    return Column(tuple(values), np.array(recode, np.int32)[column.codes])


def compact(column: Column) -> Column:
    """Return a column of only those texts that stand in it, in the order they first do."""
    used, first, back = np.unique(column.codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    values = tuple(column.values[code] for code in used[order].tolist())
    return Column(values, place[back.reshape(-1)] if len(used) else column.codes)


_AS_IT_IS = r"^(?:[A-Za-z0-9(][^\n]*)?[A-Za-z0-9).%]$|^$"


def plain_cells(column: Column) -> Column:
    """Return a column of cells as they were before a spreadsheet kept them."""
    if not column.values:
        return column
    is_plain = pc.match_substring_regex(pa.array(column.values, pa.large_string()), _AS_IT_IS)
    return column if pc.all(is_plain).as_py() else mapped(column, cell_text)


def texts_of(cells: Sequence[str]) -> pa.Array:
    """Return texts as an Arrow array; halves of characters become question marks."""
    try:
        return pa.array(cells, pa.large_string())
    except UnicodeEncodeError:
        whole = [cell.encode("utf-8", "replace").decode() for cell in cells]
        return pa.array(whole, pa.large_string())


# Text with a delimiter


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


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
        complaints.refuse("is empty; expected a log", 1)
    at, delimiter = _header_at(lines, is_header, delimiter)
    header = [cell.strip() for cell in _cells_of(lines[at], delimiter) or []]
    while header and not header[-1]:
        header.pop()
    _check_header(header, at + 1, complaints)
    parts: list[list[pa.Array]] = [[] for _ in header]
    numbers: list[NDArray[np.int64]] = []
    rows_read = 0
    for first in range(at + 1, len(lines), _ROWS_AT_A_TIME):
        batch = _Batch(lines, first, len(header), delimiter, complaints)
        rows_read += batch.rows_read
        numbers.append(np.array(batch.numbers, np.int64))
        columns = zip(*batch.rows, strict=True) if batch.rows else ([] for _ in header)
        for part, cells in zip(parts, columns, strict=True):
            part.append(pa.array(cells, pa.large_string()))
    columns_read = {
        name: column_of(pa.chunked_array(part, pa.large_string()))
        for name, part in zip(header, parts, strict=True)
    }
    line = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
    return TextTable(
        columns_read, line, complaints, "CSV", rows_read, lambda number: lines[number - 1]
    )


def _header_at(
    lines: list[str], is_header: Callable[[Sequence[str]], int], delimiter: str | None
) -> tuple[int, str]:
    """Return which line is the header, and the delimiter under which it has most known ones."""
    best, found = (0, 0), (-1, delimiter or ",")
    top = [i for i in range(min(len(lines), 50)) if lines[i].strip()][: _MOST_LINES_ABOVE + 1]
    for i in top:
        for mark in (delimiter,) if delimiter else DELIMITERS:
            cells = _cells_of(lines[i][:LONGEST_LINE], mark) or []
            rank = is_header(cells), len(cells)
            if rank > best and rank[0]:
                best, found = rank, (i, mark)
    if found[0] < 0:
        mark = max(DELIMITERS, key=lines[top[0]].count) if delimiter is None else delimiter
        return top[0], mark
    return found


def _check_header(header: list[str], line: int, complaints: Complaints) -> None:
    if not header or len(header) > MOST_COLUMNS or any(len(h) > LONGEST_CELL for h in header):
        complaints.refuse("begins with no header line; expected the names of columns", line)
    names = [folded(name) for name in header]
    for i, name in enumerate(names):
        if name and (first := names.index(name)) < i:
            shown = complaints.shown(header[i])
            complaints.refuse(f"columns {first + 1} and {i + 1} both have the header {shown}", line)
    for i, name in enumerate(header):
        header[i] = name or f"column {i + 1}"


def _cells_of(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of one line; None if it is no row."""
    if '"' not in line:
        return line.split(delimiter)
    if line.count('"') % 2:
        return None
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


class _Batch:
    """Some neighbouring lines as rows of cells."""

    def __init__(
        self, lines: list[str], first: int, width: int, delimiter: str, complaints: Complaints
    ) -> None:
        self.rows: list[list[str]] = []
        self.numbers: list[int] = []
        self.rows_read = 0
        self._width, self._complaints = width, complaints
        for number in range(first, min(first + _ROWS_AT_A_TIME, len(lines))):
            line = lines[number]
            if len(line) > LONGEST_LINE:
                self.rows_read += 1
                text = f"is {len(line)} characters long; expected at most {LONGEST_LINE}"
                complaints.leave_out(number + 1, text)
                continue
            cells = _cells_of(line, delimiter)
            if cells is not None and len(cells) == width and len(line) > width - 1:
                self.rows.append(cells)
                self.numbers.append(number + 1)
                self.rows_read += 1
            else:
                self._take_odd(line, number + 1, cells)

    def _take_odd(self, line: str, number: int, cells: list[str] | None) -> None:
        """Take a line that is not as wide as the header: empty, too wide, or none."""
        if not any(cell.strip() for cell in cells or [line]):
            return
        self.rows_read += 1
        if cells is None:
            text = "a quote is opened and not closed in this line"
            self._complaints.leave_out(number, text, line.rfind('"') + 1)
            return
        filled = max(i for i, cell in enumerate(cells, 1) if cell.strip())
        if filled <= self._width <= len(cells):
            self.rows.append(cells[: self._width])
            self.numbers.append(number)
            return
        text = f"{len(cells)} cells, expected {self._width} as in the header"
        self._complaints.leave_out(
            number, text, len(line) + 1 if len(cells) < self._width else None
        )


# JSON lines


def read_json_lines(text: str, complaints: Complaints) -> TextTable:
    """Read a file with one JSON object a line: at once if all are alike, else line by line."""
    at_once = _json_at_once(text, complaints)
    if at_once is not None:
        return at_once
    cells: dict[str, list[str]] = {}
    numbers: list[int] = []
    lines = lines_of(text)
    read = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        read += 1
        row = _json_row(line, number, complaints)
        if row is None:
            continue
        if new := [name for name in row if name not in cells]:
            if len(cells) + len(new) > MOST_COLUMNS:
                complaints.refuse(f"has more than {MOST_COLUMNS} different keys", number)
            cells.update({name: [""] * len(numbers) for name in new})
        for name, column in cells.items():
            column.append(row.get(name, ""))
        numbers.append(number)
    columns = {name: column_of(texts_of(column)) for name, column in cells.items()}
    return TextTable(
        columns,
        np.array(numbers, np.int64),
        complaints,
        "JSON lines",
        read,
        lambda number: lines[number - 1],
    )


def _json_at_once(text: str, complaints: Complaints) -> TextTable | None:
    """Return the rows if every line is like the first, of texts and whole numbers; else None."""
    from pyarrow import json as arrow_json

    lines = lines_of(text)
    if not all(lines) or max(map(len, lines), default=0) > LONGEST_LINE:
        return None
    kinds = {str: pa.large_string(), int: pa.int64()}
    try:
        first = json.loads(lines[0])
        schema = pa.schema([(name, kinds[type(value)]) for name, value in first.items()])
        options = arrow_json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="error", newlines_in_values=False
        )
        buffer = pa.BufferReader("\n".join(lines).encode())
        blocks = arrow_json.ReadOptions(use_threads=False, block_size=1 << 24)
        table = arrow_json.read_json(buffer, blocks, options)
    except (ValueError, RecursionError, KeyError, AttributeError, pa.ArrowException):
        return None
    if table.num_rows != len(lines):
        return None
    columns = {name: column_of(table[name].cast(pa.large_string())) for name in schema.names}
    number = np.arange(1, len(lines) + 1)
    return TextTable(
        columns, number, complaints, "JSON lines", len(lines), lambda line: lines[line - 1]
    )


def _json_row(line: str, number: int, complaints: Complaints) -> dict[str, str] | None:
    if len(line) > LONGEST_LINE:
        text = f"is {len(line)} characters long; expected at most {LONGEST_LINE}"
        complaints.leave_out(number, text)
        return None
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", None)
        complaints.leave_out(number, "is no JSON; expected one object a line", column)
        return None
    if not isinstance(data, dict):
        complaints.leave_out(number, 'is no JSON object; expected for example {"device": …}')
        return None
    for name, value in data.items():
        if isinstance(value, str):
            continue
        if isinstance(value, (dict, list)):
            complaints.leave_out(number, f"{complaints.shown(name)} is no text and no number")
            return None
        data[name] = "" if value is None else str(value)
    return data


# Parquet


def read_parquet(raw: bytes, complaints: Complaints) -> TextTable:
    """Read a Parquet file; times become ISO 8601.

    Raises
    ------
    InputError
        If it is damaged, or far larger than it looks.
    """
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(raw))
        about = file.metadata
        groups = (about.row_group(n) for n in range(about.num_row_groups))
        if sum(group.total_byte_size for group in groups) > LARGEST_UNPACKED:
            complaints.refuse(f"unpacks to more than {LARGEST_UNPACKED // 10**9} GB")
        table = file.read()
        columns = {
            name: column_of(_as_texts(table.column(i))) for i, name in enumerate(table.column_names)
        }
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a reader dies of, it is no Parquet file
        complaints.refuse(f"cannot be read as Parquet: {_first_line(error, complaints)}")
    rows = table.num_rows
    return TextTable(columns, np.arange(1, rows + 1), complaints, "Parquet", rows)


def _first_line(error: Exception, complaints: Complaints) -> str:
    text = (str(error) or type(error).__name__).splitlines()[0][:200]
    return type(error).__name__ if complaints.hides else text


def _as_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_timestamp(kind):
        zoned = kind.tz is not None
        plain = column.cast(pa.timestamp("ms", "UTC" if zoned else None), safe=False)
        texts = (
            pc.strftime(plain, "%Y-%m-%dT%H:%M:%S") if len(plain) else plain.cast(pa.large_string())
        )
        return pc.binary_join_element_wise(texts, "Z", "") if zoned and len(plain) else texts
    return column.cast(pa.large_string())


# Which column is which


def missing_headers(wanted: Sequence[str], there: Sequence[str]) -> Iterator[str]:
    """Yield what to say of each header that is not there."""
    known = {folded(name) for name in there}
    for name in wanted:
        if folded(name) not in known:
            yield f"has no column {name!r}{nearest(name, there)}"
