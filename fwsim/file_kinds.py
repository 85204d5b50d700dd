"""What a file is that is no plain text or table, told by how it begins, and what to do about it."""

from __future__ import annotations

import re

_UNPACK = "unpack it first"
_SAVE_SHEET = "save the sheet as CSV UTF-8"
_ZIP = b"PK\x03\x04"
_WORKBOOKS = (b"xl/workbook", b"vnd.oasis.opendocument.spreadsheet")
_ENDS = 1 << 16
"""Bytes of an archive's beginning and end, where it lists what it holds."""
_KINDS = (
    (b"\x1f\x8b", "is packed with gzip", _UNPACK),
    (b"BZh", "is packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "is packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "is a workbook of an old spreadsheet", _SAVE_SHEET),
    (b"SQLite format 3\x00", "is a database of SQLite", "export its table as CSV"),
    (b"%PDF", "is a PDF", "export the list as CSV"),
    (b"\x89PNG", "is a picture", ""),
    (b"MZ", "is a program", ""),
    (b"\x7fELF", "is a program", ""),
)
_PARQUET = b"PAR1"
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*["}]|\s*\[\s*\]')
_MARKUP = re.compile(
    r"\s*<(?:[!?/]|(?:html|head|body|table|thead|tbody|tr|td|th|div|meta|style|script)\b[^;,\t]*>"
    r"|[a-z][\w:.-]*(?:>(?:[\r\n]+[ \t]+)?<|\s+[\w:.-]+=[\"']))",
    re.IGNORECASE,
)
"""What no header in angle brackets is, such as <Name>: a known tag, one in another, attributes."""


def binary_kind(raw: bytes) -> str:
    """Return what bytes are that are neither text nor a table, and what to do; else nothing."""
    if raw.startswith(_ZIP):
        ends = raw[:_ENDS] + raw[-_ENDS:]
        if any(mark in ends for mark in _WORKBOOKS):
            return f"is a workbook of a spreadsheet; {_SAVE_SHEET}"
        return f"is a zip archive, as workbooks of a spreadsheet are; {_SAVE_SHEET}, or {_UNPACK}"
    for mark, kind, advice in _KINDS:
        if raw.startswith(mark):
            return f"{kind}; {advice}" if advice else kind
    return ""


def kind_of_no_text(raw: bytes, *, is_table: bool) -> str:
    """Return what bytes are that cannot be read as text, and what to do; nothing if unknown.

    Parameters
    ----------
    raw
        The bytes.
    is_table
        Whether a table was expected, as a spreadsheet can save it.
    """
    kind = "is Parquet; save it as CSV UTF-8" if is_parquet(raw) else binary_kind(raw)
    what, _, advice = kind.partition("; ")
    return kind if is_table or not kind or advice == _UNPACK else f"{what}; expected text"


def is_parquet(raw: bytes) -> bool:
    """Tell whether bytes are a Parquet file."""
    return raw.startswith(_PARQUET)


def kind_of_no_table(text: str) -> str:
    """Return what a text is that is no table, and what to do; nothing if it may be one."""
    if _JSON.match(text):
        return f"is JSON; {_SAVE_SHEET}"
    return f"is HTML or XML; {_SAVE_SHEET}" if _MARKUP.match(text) else ""


def is_json_array(text: str) -> bool:
    """Tell whether a text is an array of JSON objects."""
    return text.lstrip()[:1] == "[" and _JSON.match(text) is not None
