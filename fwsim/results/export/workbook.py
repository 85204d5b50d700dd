"""Tables as an Excel workbook: texts stay texts, and the same tables give the same bytes."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fwsim.messages import say
from fwsim.optional import needed
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1_048_575
"""Of a sheet, beside its heads."""
LONGEST_TEXT = 32_767
"""Characters of a cell."""
_LONGEST_NAME = 31
_WIDEST = 60
_LOOKED_AT = 200
"""Rows whose texts decide how wide a column is."""
_ESCAPED = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_STAMP = "1980-01-01T00:00:00Z"
_ZIP_STAMP = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a workbook with a sheet for every table.

    Parameters
    ----------
    tables
        By the names of their sheets. Infinite and missing numbers become empty cells.

    Raises
    ------
    InputError
        If a table has more rows than a sheet, or openpyxl is missing.
    """
    openpyxl = needed("openpyxl", "excel", say("export.workbooks"))
    too_long = [
        Problem(say("export.too_long", rows=len(table), most=MOST_ROWS), source=name)
        for name, table in tables.items()
        if len(table) > MOST_ROWS
    ]
    if too_long:
        raise InputError(too_long)
    book = openpyxl.Workbook(write_only=True)
    written = io.BytesIO()
    try:
        for name, table in tables.items():
            _fill(book.create_sheet(_sheet_name(name)), table)
        book.save(written)
    except OSError:
        for sheet in book.worksheets:
            _let_go(sheet)
        raise
    return _without_its_time(written)


def _sheet_name(name: str) -> str:
    """Return a name that a sheet may have: none ends with an apostrophe."""
    plain = _CONTROL.sub("-", _NOT_IN_A_NAME.sub("-", name))
    return plain[:_LONGEST_NAME].rstrip("'")


def _let_go(sheet: Any) -> None:
    """Close what openpyxl has open, and remove its file: else each complains when it is gone."""
    writer = getattr(sheet, "_writer", None)
    parts = (getattr(sheet, "_rows", None), getattr(writer, "xf", None))
    for end in (
        *(getattr(part, "close", None) for part in parts),
        getattr(writer, "cleanup", None),
    ):
        with suppress(Exception):
            if end is not None:
                end()


def _fill(sheet: Any, table: pd.DataFrame) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    first = table.head(_LOOKED_AT)
    for number, column in enumerate(table.columns, 1):
        longest = max([len(str(column)), *(len(str(v)) for v in first[column].tolist())])
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, _WIDEST)

    def cell(value: Any, *, bold: bool = False) -> Any:
        plain = _plain(value)
        if not isinstance(plain, str):
            return plain
        made = WriteOnlyCell(sheet, plain)
        made.data_type = "s"  # what begins with = would be taken for a formula
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(str(name), bold=True) for name in table.columns])
    for row in _rows(table):
        sheet.append([cell(value) for value in row])


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    yield from zip(*(table[name].tolist() for name in table.columns), strict=True)


def _plain(value: Any) -> str | int | float | bool | None:
    """Return a value as a cell holds it."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = str(value)
    if text in {"nan", "<NA>", "NaT"} and not isinstance(value, str):
        return None
    text = _CONTROL.sub("\ufffd", _ESCAPED.sub("_x005F_x", text))
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _without_its_time(written: io.BytesIO) -> bytes:
    """Return the workbook without the time it was made at."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(written) as made,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _STAMPS.sub(rb"\g<1>" + _STAMP.encode(), content)
            same = zipfile.ZipInfo(entry.filename, _ZIP_STAMP)
            same.compress_type = zipfile.ZIP_DEFLATED
            same.create_system = 0
            kept.writestr(same, content)
    return result.getvalue()
