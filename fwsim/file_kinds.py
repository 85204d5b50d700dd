"""What a file is that is no plain text or table, told by how it begins, and what to do about it."""

from __future__ import annotations

import re

from fwsim.messages import say

_UNPACK, _SAVE_SHEET = "unpack", "save_sheet"
_ZIP = b"PK\x03\x04"
_WORKBOOKS = (b"xl/workbook", b"vnd.oasis.opendocument.spreadsheet")
_ENDS = 1 << 16
"""Bytes of an archive's beginning and end, where it lists what it holds."""
_KINDS = (
    (b"\x1f\x8b", "gzip", _UNPACK),
    (b"BZh", "bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "seven_zip", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "old_workbook", _SAVE_SHEET),
    (b"SQLite format 3\x00", "sqlite", "export_table"),
    (b"%PDF", "pdf", "export_list"),
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


def binary_kind(raw: bytes) -> str:
    """Return what bytes are that are neither text nor a table, and what to do; else nothing."""
    return _told(*_binary_kind(raw))


def _binary_kind(raw: bytes) -> tuple[str, str]:
    """Return what bytes are and what to do about it, as the messages are called."""
    if raw.startswith(_ZIP):
        ends = raw[:_ENDS] + raw[-_ENDS:]
        if any(mark in ends for mark in _WORKBOOKS):
            return "workbook", _SAVE_SHEET
        return "zip", "save_or_unpack"
    found = ((kind, advice) for mark, kind, advice in _KINDS if raw.startswith(mark))
    return next(found, ("", ""))


def _told(kind: str, advice: str) -> str:
    return "; ".join(say(f"file_kind.{name}") for name in (kind, advice) if name)


def kind_of_no_text(raw: bytes, *, is_table: bool) -> str:
    """Return what bytes are that cannot be read as text, and what to do; nothing if unknown.

    Parameters
    ----------
    raw
        The bytes.
    is_table
        Whether a table was expected, as a spreadsheet can save it.
    """
    kind, advice = ("parquet", "save_csv") if is_parquet(raw) else _binary_kind(raw)
    if kind and not is_table and advice != _UNPACK:
        advice = "text_expected"
    return _told(kind, advice)


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
