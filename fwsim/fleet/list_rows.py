"""A device list as rows: which delimiter it has, where its header stands, in which line what is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from fwsim.file_kinds import kind_of_no_table
from fwsim.fleet.list_headers import Headers
from fwsim.input_file import END_OF_FILE
from fwsim.messages import say
from fwsim.problems import InputError, Problem, Severity
from fwsim.text_encoding import Decoded

DELIMITERS = ";,\t|"
_MOST_LINES_ABOVE = 10
MOST_COLUMNS = 10_000
"""Of a device list: telling them apart costs their square."""
_MOST_LINES_NAMED = 5
_PIECE = 1 << 20
_SEP_LINE = re.compile(r'"?sep=(?P<rest>[^\r\n]*)(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_FAULTS = {
    "end of data": "row.open_quote",
    "field limit": "row.long_cell",
}
"""What csv tells of a table that is cut off in the middle of a cell, and the message for it."""
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """The rows below a header.

    Parameters
    ----------
    columns
        Field or attribute of each column.
    header
        The cells above them.
    unnamed
        How many more the header row has, at its end and without a word.
    header_line
        Where the header stands.
    rows
        Line, counted from 1, and cells of each row.
    delimiter
        What stands between the cells.
    warnings
        What was left out above, and which headers are nearly others.
    """

    columns: list[str]
    header: list[str]
    unnamed: int
    header_line: int
    rows: Iterator[Row]
    delimiter: str
    warnings: list[Problem]


def _lines_in_pieces(text: str) -> Iterator[Iterator[str]]:
    """Return the lines, some at a time: StringIO takes four bytes a letter, at once."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield io.StringIO(text[start:end], newline="")
        start = end


def _rows(text: str, delimiter: str, source: str, above: int) -> Iterator[Row]:
    lines = chain.from_iterable(_lines_in_pieces(text))
    # Else the quotation marks of 'Name, "OU"' would be part of the header.
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = above + 1
    try:
        for cells in reader:
            yield line, cells
            line = above + reader.line_num + 1
    except csv.Error as error:
        known = (say(name) for of, name in _FAULTS.items() if of in str(error))
        fault = next(known, str(error))
        text = say("row.no_csv", fault=fault)
        raise InputError([Problem(text, source=source, line=line)]) from None


def _is_blank(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _without_sep_line(text: str, source: str) -> tuple[str, str]:
    """Return the text below a spreadsheet's ``sep=;``, and the delimiter it names."""
    match = _SEP_LINE.match(text)
    if match is None:
        return text, ""
    # The mark may be one of those that a spreadsheet fills the line up with.
    filled = match["rest"].rstrip(f"{DELIMITERS} ")
    empty_cells = match["rest"][len(filled) :]
    mark = filled.removesuffix('"')
    if len(mark) < 2:
        mark = (mark + empty_cells)[:1]
    if len(mark) != 1 or mark.isalnum() or mark in "\"' ":
        fault = say("row.no_delimiter")
        raise InputError([Problem(fault, source=source, line=1)])
    return text[match.end() :], mark


def _first_rows(text: str, delimiter: str, source: str) -> list[Row]:
    """Return the rows among which the header is looked for; fewer if they are no CSV."""
    rows: list[Row] = []
    try:
        for row in islice(_rows(text, delimiter, source, 0), _MOST_LINES_ABOVE + 1):
            rows.append(row)  # noqa: PERF402 - what was read before an error counts
    except InputError:
        pass
    return rows


def _header_at(rows: list[Row], headers: Headers) -> int:
    """Return which row has the header of the names; beyond the last if there is none."""
    return next((i for i, (_, cells) in enumerate(rows) if headers.has_name(cells)), len(rows))


def _delimiter(text: str, headers: Headers, source: str) -> str:
    """Return the delimiter under which the header is found first, and has most columns."""

    def rank(delimiter: str) -> tuple[int, int]:
        rows = _first_rows(text, delimiter, source)
        at = _header_at(rows, headers)
        return -at if at < len(rows) else -1000, len((rows[at:] or rows or [(0, [])])[0][1])

    return max(DELIMITERS, key=rank)


def _refuse_other_delimiter(text: str, named: str, headers: Headers, source: str) -> None:
    """Refuse a ``sep=,`` above a list whose header is found with a semicolon only."""
    other = _delimiter(text, headers, source)
    rows = _first_rows(text, other, source)
    if other != named and _header_at(rows, headers) < len(rows):
        fault = say("row.other_delimiter", named=named, other=other)
        raise InputError([Problem(fault, source=source, line=1)])


def _without_lines_above(
    first: list[Row], at: int, rows: Iterator[Row], source: str
) -> tuple[Row, list[Problem]]:
    """Return the header row, with `rows` set behind it, and what stands above it.

    Raises
    ------
    InputError
        If that is more than a title.
    """
    top = next((row for row in rows if not _is_blank(row[1])), (1, []))
    if not 0 < at < len(first):
        return top, []
    line = top[0] + first[at][0] - first[0][0]
    if any(sum(bool(cell.strip()) for cell in cells) > 1 for _, cells in first[:at]):
        fault = say("row.header_below", line=line)
        raise InputError([Problem(fault, source=source, line=top[0])])
    text = say("row.some_above", first=top[0], last=line - 1)
    if line == top[0] + 1:
        text = say("row.one_above", line=top[0])
    left_out = Problem(text, source=source, line=top[0], severity=Severity.WARNING)
    return next(row for row in rows if row[0] == line), [left_out]


def _width(row: Sequence[str]) -> int:
    """Return how many cells a row has; spreadsheets write empty ones to the end of the sheet."""
    return max((number for number, cell in enumerate(row, 1) if cell.strip()), default=0)


def read_table(text: str, headers: Headers, source: str) -> Table:
    """Return the rows of a device list.

    Raises
    ------
    InputError
        If it has no header, or one that leaves open what a column is.
    """
    body, delimiter = _without_sep_line(text.replace("\ufeff", "").rstrip(END_OF_FILE), source)
    above = 1 if delimiter else 0
    delimiter = delimiter or _delimiter(body, headers, source)
    first = [row for row in _first_rows(body, delimiter, source) if not _is_blank(row[1])]
    for line, row in first:
        if len(row) > MOST_COLUMNS and (count := _width(row)) > MOST_COLUMNS:
            text = say("list.too_many_columns", count=count, most=MOST_COLUMNS)
            raise InputError([Problem(text, source=source, line=line)])
    if above and _header_at(first, headers) == len(first):
        _refuse_other_delimiter(body, delimiter, headers, source)
    rows = _rows(body, delimiter, source, above)
    at = _header_at(first, headers)
    (line, header), warnings = _without_lines_above(first, at, rows, source)
    if not header:
        raise InputError([Problem(say("row.nothing"), source=source, line=1)])
    named = max(i for i, cell in enumerate(header, 1) if cell.strip())
    columns, faults = headers.columns(header[:named])
    if "name" not in columns and (kind := kind_of_no_table(body)):
        raise InputError([Problem(kind, source=source)])
    if faults:
        raise InputError(Problem(fault, source=source, line=line) for fault in faults)
    warnings += [
        Problem(text, source=source, line=line, severity=Severity.WARNING)
        for text in headers.doubts(header[:named])
    ]
    unnamed = len(header) - named
    return Table(columns, header[:named], unnamed, line, rows, delimiter, warnings)


def lines_named(numbers: list[int]) -> str:
    """Return the first of some lines' numbers, and how many more there are."""
    shown = ", ".join(map(str, numbers[:_MOST_LINES_NAMED]))
    more = len(numbers) - _MOST_LINES_NAMED
    if more > 0:
        return say("row.lines_and_more", numbers=shown, more=more)
    return say("row.lines", numbers=shown) if len(numbers) > 1 else say("row.line", numbers=shown)


def of_encoding(decoded: Decoded, source: str) -> Iterator[Problem]:
    """Yield a word on the encoding of a list, if it is not the usual one."""
    if decoded.encoding:
        shown = f" ({decoded.example})" if decoded.example else ""
        text = say("row.encoding", encoding=decoded.encoding, example=shown)
        yield Problem(text, source, severity=Severity.WARNING)
