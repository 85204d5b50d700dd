"""A log as a table of texts, whatever it is written in; here JSON lines and Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.fleet.list_cells import bare_text, cell_text
from fwsim.fleet.list_headers import folded
from fwsim.messages import say
from fwsim.observations.arrow import pa, pc
from fwsim.observations.complaints import Complaints
from fwsim.parquet_table import UnpacksLargerError, read_parquet_table
from fwsim.problems import nearest

LONGEST_LINE = 100_000
"""Characters; a longer line is none of a log."""
LONGEST_CELL = 2000
MOST_COLUMNS = 500
LARGEST_UNPACKED = 8_000_000_000


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
    open_line
        The last line of a text that does not end with a line end; 0 if it does. It may be cut.
    """

    columns: dict[str, Column]
    line: NDArray[np.int64]
    complaints: Complaints
    kind: str
    rows_read: int
    raw_line: Callable[[int], str] = field(default=lambda _: "")
    open_line: int = 0

    def __len__(self) -> int:
        return len(self.line)

    def place(self, header: str) -> Callable[[int], int | None]:
        """Return what gives the column, counted from 1, where a row's cell begins."""
        before = [*self.columns][: [*self.columns].index(header)]

        def where(row: int) -> int | None:
            raw, text = self.raw_line(int(self.line[row])), self.columns[header][row]
            at = 0
            for name in before:  # the same text may stand in a cell further ahead
                here = raw.find(self.columns[name][row], at)
                if here < 0:
                    break
                at = here + len(self.columns[name][row]) + 1
            found = raw.find(text, at)
            if found < 0:
                found = raw.find(text)
            return found + 1 if raw and found >= 0 else None

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


def combined(one: Column, other: Column, text_of: Callable[[str, str], str]) -> Column:
    """Return a column with a text for both texts of each row, worked out once for each pair."""
    count = max(len(other.values), 1)
    pairs, back = np.unique(one.codes.astype(np.int64) * count + other.codes, return_inverse=True)
    texts = [text_of(one.values[p // count], other.values[p % count]) for p in pairs.tolist()]
    return Column.of(texts).rows(back.reshape(-1))


def compact(column: Column) -> Column:
    """Return a column of only those texts that stand in it, in the order they first do."""
    used, first, back = np.unique(column.codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    values = tuple(column.values[code] for code in used[order].tolist())
    return Column(values, place[back.reshape(-1)] if len(used) else column.codes)


_AS_IT_IS = r"^(?:[A-Za-z0-9(][^\n]*)?[A-Za-z0-9).%]$|^$"
_NULLS = frozenset(("NULL", "(NULL)", "(null)", "<NULL>", "<null>", "[NULL]", "\\N"))
"""What databases write for a cell that holds nothing."""


def plain_cells(column: Column, kind: str = "CSV") -> Column:
    """Return a column of cells as they were before a spreadsheet or a database wrote them.

    Only in CSV does a mark stand in front of what a spreadsheet would change.
    """
    if not column.values:
        return column
    is_plain = pc.match_substring_regex(pa.array(column.values, pa.large_string()), _AS_IT_IS)
    if pc.all(is_plain).as_py() and _NULLS.isdisjoint(column.values):
        return column
    plain = cell_text if kind == "CSV" else bare_text
    return mapped(column, lambda cell: "" if (text := plain(cell)) in _NULLS else text)


def texts_of(cells: Sequence[str]) -> pa.Array:
    """Return texts as an Arrow array; halves of characters become question marks."""
    try:
        return pa.array(cells, pa.large_string())
    except UnicodeEncodeError:
        whole = [cell.encode("utf-8", "replace").decode() for cell in cells]
        return pa.array(whole, pa.large_string())


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def open_line_of(text: str) -> int:
    """Return the number of the last line of a text if it has no end; 0 if it has one."""
    return len(lines_of(text)) if text and text[-1] not in "\r\n" else 0


# JSON lines


def read_json_lines(
    text: str,
    complaints: Complaints,
    used: Callable[[Sequence[str]], Collection[str]] = frozenset,
) -> TextTable:
    """Read a file with one JSON object a line: at once if all are alike, else line by line.

    Parameters
    ----------
    text
        Of the file.
    complaints
        Takes what is wrong with it.
    used
        Tells which of all keys are looked at: a list or a map in another one does no harm.
    """
    at_once = _json_at_once(text, complaints)
    if at_once is not None:
        return at_once
    lines = lines_of(text)
    cells, numbers, nested, read = _json_rows(lines, complaints)
    looked_at = used(list(cells)) if nested else ()
    if bad := [(number, name) for number, name in nested if name in looked_at]:
        for number, name in bad:
            text = say("log_line.neither", text=complaints.shown(name))
            complaints.leave_out(number, text)
        kept = [number not in complaints.bad_lines for number in numbers]
        numbers = list(compress(numbers, kept))
        cells = {name: list(compress(column, kept)) for name, column in cells.items()}
    columns = {name: column_of(texts_of(column)) for name, column in cells.items()}
    return TextTable(
        columns,
        np.array(numbers, np.int64),
        complaints,
        "JSON lines",
        read,
        lambda number: lines[number - 1],
    )


class _JsonRows(NamedTuple):
    """Texts by key, the rows' lines, lines and keys with more than a text, and how many rows."""

    cells: dict[str, list[str]]
    numbers: list[int]
    nested: list[tuple[int, str]]
    read: int


def _json_rows(lines: Sequence[str], complaints: Complaints) -> _JsonRows:
    cells: dict[str, list[str]] = {}
    numbers: list[int] = []
    nested: list[tuple[int, str]] = []
    read = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        read += 1
        row = _json_row(line, number, complaints, nested)
        if row is None:
            continue
        if new := [name for name in row if name not in cells]:
            if len(cells) + len(new) > MOST_COLUMNS:
                complaints.refuse(say("log_file.too_many_keys", most=MOST_COLUMNS), number)
            cells.update({name: [""] * len(numbers) for name in new})
        for name, column in cells.items():
            column.append(row.get(name, ""))
        numbers.append(number)
    return _JsonRows(cells, numbers, nested, read)


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


def _json_row(
    line: str, number: int, complaints: Complaints, nested: list[tuple[int, str]]
) -> dict[str, str] | None:
    """Return the texts of a line; where one is a list or a map, its line and key are noted."""
    if len(line) > LONGEST_LINE:
        text = say("log_line.too_long", count=len(line), most=LONGEST_LINE)
        complaints.leave_out(number, text)
        return None
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", None)
        complaints.leave_out(number, say("log_line.no_json"), column)
        return None
    if not isinstance(data, dict):
        complaints.leave_out(number, say("log_line.no_json_object", example='{"device": …}'))
        return None
    for name, value in data.items():
        if isinstance(value, str):
            continue
        if isinstance(value, (dict, list)):
            nested.append((number, name))
            data[name] = ""
        else:
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
    try:
        table = read_parquet_table(pa.BufferReader(raw), LARGEST_UNPACKED)
        columns = {
            name: column_of(_as_texts(table.column(i))) for i, name in enumerate(table.column_names)
        }
    except UnpacksLargerError:
        complaints.refuse(say("log_file.too_large", gigabytes=LARGEST_UNPACKED // 10**9))
    except Exception as error:  # noqa: BLE001 - whatever a reader dies of, it is no Parquet file
        complaints.refuse(say("log_file.no_parquet", reason=_first_line(error, complaints)))
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
            yield say("log.no_column", name=name, near=nearest(name, there))
