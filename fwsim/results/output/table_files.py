"""Tables as files, however long: a part is made, written and forgotten before the next."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from fwsim.results.output.made_ahead import made_ahead
from fwsim.results.output.writing import NAME_COLUMNS, Format, arrow_parquet
from fwsim.results.run.cells import Cells, Picked, Piece, cells
from fwsim.results.run.table import Column, Numbers, Table, Texts, Words
from fwsim.spreadsheet import FORMULA, SUSPECT, marked, marked_formula

Tell = Callable[[int], None]
RowsProgress = Callable[[int, int], None]
FEW = 1 << 12
"""So many words are written together with what stands around them."""
_QUOTED_IN_CSV = r'[",\r\n]'
_ESCAPED_IN_JSON = r'["\\/\x00-\x1f]'


@dataclass(frozen=True)
class ToWrite:
    """A table that is made when its turn has come, and forgotten when it is written.

    Parameters
    ----------
    most
        Rows it has at most.
    make
        Gives the table.
    """

    most: int
    make: Callable[[], Table]


def writers(
    tables: Mapping[str, ToWrite], form: Format, progress: RowsProgress | None = None
) -> dict[str, Callable[[Path], None]]:
    """Return functions that write tables to a path each, part by part, by the tables' names.

    Parameters
    ----------
    tables
        By name.
    form
        As what.
    progress
        Is told, after each part, the rows written so far and those of all tables.
    """
    written, total = 0, sum(table.most for table in tables.values())

    def tell(rows: int, fewer: int = 0) -> None:
        nonlocal written, total
        written, total = written + rows, total - fewer
        if progress is not None:
            progress(written, total)

    def writer(planned: ToWrite) -> Callable[[Path], None]:
        def write(path: Path) -> None:
            tell(0)
            table = planned.make()
            tell(0, fewer=planned.most - len(table))
            table_writer(table, form, tell)(path)

        return write

    return {name: writer(planned) for name, planned in tables.items()}


def table_writer(table: Table, form: Format, tell: Tell | None = None) -> Callable[[Path], None]:
    """Return a function that writes a table to a path, part by part.

    Parameters
    ----------
    table
        The table.
    form
        As what.
    tell
        Is told the rows of each part when it is written.
    """

    def write(path: Path) -> None:
        with path.open("wb") as file:  # a path with a colon would be taken for an address
            for rows in _WRITERS[form](table, file):
                if tell is not None:
                    tell(rows.stop - rows.start)

    return write


def _write_parquet(table: Table, file: BinaryIO) -> Iterable[slice]:
    parquet = arrow_parquet()
    import pyarrow as pa

    schema = pa.Schema.from_pandas(table.frame(slice(0, 0)), preserve_index=False)

    def part(rows: slice) -> Any:
        return pa.Table.from_arrays(
            [each.part(rows) for each in table.columns.values()], schema=schema
        )

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows, made in made_ahead(part, table.stretches()):
            writer.write_table(made)
            yield rows


def _write_csv(table: Table, file: BinaryIO) -> Iterable[slice]:
    file.write(",".join(table.columns).encode() + b"\n")
    gaps = ["", *[","] * (len(table.columns) - 1), "\n"]
    return _write_lines(table, file, gaps, _csv_rule)


def _write_jsonl(table: Table, file: BinaryIO) -> Iterable[slice]:
    gaps, before = [], "{"
    for name, column in table.columns.items():
        quote = "" if isinstance(column, Numbers) else '"'
        gaps.append(f'{before}"{_in_json(name)}":{quote}')
        before = f"{quote},"
    gaps.append(before.rstrip(",") + "}\n")
    if not len(table):
        file.write(b"\n")  # what pandas writes, and reads back
    return _write_lines(table, file, gaps, lambda _: _json_rule)


_WRITERS: dict[Format, Callable[[Table, BinaryIO], Iterable[slice]]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "jsonl": _write_jsonl,
}


Rule = Callable[[Cells], Cells]
Pieces = Callable[[slice], Iterable[Piece]]


def _write_lines(
    table: Table, file: BinaryIO, gaps: list[str], rule_of: Callable[[str], Rule]
) -> Iterable[slice]:
    """Write lines of cells with gaps before, between and behind them; yield what is written."""
    before, pieces_of = gaps[0], list[Pieces]()
    for (name, column), behind in zip(table.columns.items(), gaps[1:], strict=True):
        if isinstance(column, Words) and len(column.words) <= FEW:
            pieces_of.append(_words_with_gaps(column, rule_of(name), before, behind))
            before = ""
        else:
            pieces_of += [_gap(before), _pieces(column, rule_of(name))]
            before = behind
    pieces_of.append(_gap(before))

    def lines_of(rows: slice) -> list[Any]:
        pieces = chain.from_iterable(of(rows) for of in pieces_of)
        return [*cells().in_bytes(*pieces)]

    for rows, lines in made_ahead(lines_of, table.stretches()):
        file.writelines(lines)
        yield rows


def _gap(gap: str) -> Pieces:
    return lambda _: [gap] if gap else []


def _words_with_gaps(column: Words, rule: Rule, before: str, behind: str) -> Pieces:
    """Return what gives a column's cells together with what stands around each of them."""
    none = len(column.words)
    words = Picked(rule(column.as_texts), np.append(np.arange(none), -1))
    written = cells().joined(before, words, behind)

    def pieces(rows: slice) -> list[Piece]:
        index = column.index(rows)
        return [Picked(written, np.where(index < 0, none, index))]

    return pieces


def _pieces(column: Column, rule: Rule) -> Pieces:
    """Return what gives a column's cells as they are written; a word is looked at once."""
    match column:
        case Words():
            written = rule(column.as_texts)
            return lambda rows: [Picked(written, column.index(rows))]
        case Numbers():
            return lambda rows: [cells().written(column.part(rows))]
        case Texts():
            return column.make
        case _:
            return lambda rows: [column.part(rows)]


def _csv_rule(name: str) -> Rule:
    begins, change = (SUSPECT, marked) if name in NAME_COLUMNS else (FORMULA, marked_formula)

    def rule(words: Cells) -> Cells:
        words = cells().changed(words, f"^{begins}", change)
        return cells().changed(words, _QUOTED_IN_CSV, _quoted)

    return rule


def _quoted(text: str) -> str:
    if not re.search(_QUOTED_IN_CSV, text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _json_rule(words: Cells) -> Cells:
    return cells().changed(words, _ESCAPED_IN_JSON, _in_json)


def _in_json(text: str) -> str:
    """Return a text between quotes as pandas writes it."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/")
