"""What a file is that is no plain text or table, told by how it begins, and what to do about it."""

from __future__ import annotations

import re

from fwsim.messages import say

_UNPACK, _SAVE_SHEET, _EXPORT_TABLE, _EXPORT_LIST = "unpack", "save_sheet", "table", "list"
"""What to do, by the name of its sentence."""
_ZIP = b"PK\x03\x04"
_WORKBOOKS = (b"xl/workbook", b"vnd.oasis.opendocument.spreadsheet")
_ENDS = 1 << 16
"""Bytes of an archive's beginning and end, where it lists what it holds."""
_KINDS = (
    (b"\x1f\x8b", "gzip", _UNPACK),
    (b"BZh", "bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "seven_z", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "old_workbook", _SAVE_SHEET),
    (b"SQLite format 3\x00", "sqlite", _EXPORT_TABLE),
    (b"%PDF", "pdf", _EXPORT_LIST),
    (b"\x89PNG", "picture", ""),
    (b"MZ", "program", ""),
    (b"\x7fELF", "program", ""),
)
_PARQUET = b"PAR1"
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*["}]|\s*\[\s*\]')
_MARKUP = re.compile(
    r"\s*<(?:[!?/]|(?:html|head|body|table|thead|tbody|tr|td|th|div|meta|style|script)\b[^;,\t]*>"
    r"|[a-z][\w:.-]*(?:>(?:[\r\n]+[ \t]+)?<|\s+[\w:.-]+=[\"']))",
    re.IGNORECASE,
)
"""What no header in angle brackets is, such as <Name>: a known tag, one in another, attributes."""


def _told(kind: str, advice: str) -> str:
    what = say(f"file_kind.{kind}")
    return f"{what}; {say(f'file_kind.do.{advice}')}" if advice else what


def binary_kind(raw: bytes) -> str:
    """Return what bytes are that are neither text nor a table, and what to do; else nothing."""
    kind, advice = _binary_kind(raw)
    return _told(kind, advice) if kind else ""


def _binary_kind(raw: bytes) -> tuple[str, str]:
    """Return the names of what bytes are and of what to do; empty if they may be text."""
    if raw.startswith(_ZIP):
        ends = raw[:_ENDS] + raw[-_ENDS:]
        is_workbook = any(mark in ends for mark in _WORKBOOKS)
        return ("workbook", _SAVE_SHEET) if is_workbook else ("zip", "save_or_unpack")
    return next(((kind, do) for mark, kind, do in _KINDS if raw.startswith(mark)), ("", ""))


def kind_of_no_text(raw: bytes, *, is_table: bool) -> str:
    """Return what bytes are that cannot be read as text, and what to do; nothing if unknown.

    Parameters
    ----------
    raw
        The bytes.
    is_table
        Whether a table was expected, as a spreadsheet can save it.
    """
    kind, advice = ("parquet", "save") if is_parquet(raw) else _binary_kind(raw)
    if not kind:
        return ""
    return _told(kind, advice if is_table or advice == _UNPACK else "expected_text")


def is_parquet(raw: bytes) -> bool:
    """Tell whether bytes are a Parquet file."""
    return raw.startswith(_PARQUET)


def kind_of_no_table(text: str) -> str:
    """Return what a text is that is no table, and what to do; nothing if it may be one."""
    if _JSON.match(text):
        return _told("json", _SAVE_SHEET)
    return _told("markup", _SAVE_SHEET) if _MARKUP.match(text) else ""


def is_json_array(text: str) -> bool:
    """Tell whether a text is an array of JSON objects."""
    return text.lstrip()[:1] == "[" and _JSON.match(text) is not None
